//! The table `rongshu_customers` (§10, Customers): what is known of people, under each keyed digest that they are found
//! by, so that a check is one query. Every row has a copy of the facts; the one under the digest of the id number is the
//! base, whose version every change is on condition of, and which lists the others.

use std::collections::BTreeSet;

use aws_sdk_dynamodb::Client;
use aws_sdk_dynamodb::operation::get_item::builders::GetItemFluentBuilder;
use aws_sdk_dynamodb::operation::query::builders::QueryFluentBuilder;
use aws_sdk_dynamodb::types::{Delete, Put};
use domain::marketplace::Customer;
use futures_util::future::join;
use platform::Scope;
use platform::aws::warm;
use platform::config::{Environment, Variable};
use platform::dynamodb::{self, DynamoDbError, Item, Row, RowError, Transacted, Transaction, number, text};

use super::customer_row::{CUSTOMER, DIGEST, Refusal, StoredCustomer, VERSION};

const RONGSHU_CUSTOMERS_TABLE: Variable = Variable {
    name: "RONGSHU_CUSTOMERS_TABLE",
    meaning: "The table of what is known of people, by keyed digests.",
    default: None,
};
/// The sort key of our own refusals of whoever a digest means.
pub(super) const REFUSAL: &str = "refusal";

/// What is known of people.
#[derive(Clone, Debug)]
pub struct CustomerStore {
    client: Client,
    table: String,
}

/// Whoever a digest may mean.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Known {
    /// The customers, each with our refusals.
    pub customers: Vec<Customer>,
    /// Our refusals, which may be of somebody who is no customer.
    pub refusal: Refusal,
}

impl CustomerStore {
    /// The store in `table`.
    #[must_use]
    pub fn new(client: Client, table: String) -> Self {
        Self { client, table }
    }

    /// Reads the table's name.
    pub fn read_table(environment: &mut Environment) -> Option<String> {
        environment.read(RONGSHU_CUSTOMERS_TABLE)
    }

    pub(super) fn table(&self) -> &str {
        &self.table
    }

    /// Opens the connections during init, for who asks by two digests at once: queries of one that nobody has.
    pub async fn warm_for_checks(&self) {
        let query = || Box::pin(self.under("-").send());
        warm(join(query(), query())).await;
    }

    /// The same for who is told: a read of a customer that nobody is.
    pub async fn warm_for_events(&self) {
        warm(self.base_of("-").send()).await;
    }

    fn base_of(&self, customer: &str) -> GetItemFluentBuilder {
        let read = self.client.get_item().table_name(&self.table);
        read.key(DIGEST, text(customer)).key(CUSTOMER, text(customer))
    }

    fn under(&self, digest: &str) -> QueryFluentBuilder {
        self.client
            .query()
            .table_name(&self.table)
            .key_condition_expression("#digest = :digest")
            .expression_attribute_names("#digest", DIGEST)
            .expression_attribute_values(":digest", text(digest))
    }

    /// A customer's base, by the digest of the id number with a final X in upper case. One strong read.
    ///
    /// # Errors
    /// DynamoDB failed, or the row cannot be read.
    pub async fn base(&self, scope: &Scope, customer: &str) -> Result<Option<StoredCustomer>, DynamoDbError> {
        let item = dynamodb::get(scope, self.base_of(customer)).await?;
        item.as_ref().map(StoredCustomer::read).transpose().map_err(|error| error.of("GetItem"))
    }

    /// Writes every row of a customer in the place of what was read, and removes those under digests that no longer
    /// are the customer's. `false` if it is not what was read any more.
    ///
    /// # Errors
    /// DynamoDB failed.
    pub async fn replace(
        &self,
        scope: &Scope,
        read: Option<&StoredCustomer>,
        next: &StoredCustomer,
    ) -> Result<bool, DynamoDbError> {
        let stamp = scope.stamp();
        let row = |digest: &str| {
            Put::builder().table_name(&self.table).set_item(Some(next.to_item(digest, &stamp)))
        };
        let base = match read {
            Some(read) => row(&next.customer)
                .condition_expression("#version = :version")
                .expression_attribute_names("#version", VERSION)
                .expression_attribute_values(":version", number(read.version)),
            None => row(&next.customer)
                .condition_expression("attribute_not_exists(#digest)")
                .expression_attribute_names("#digest", DIGEST),
        };
        let others = next.digests.iter().map(|digest| row(digest));
        let mut transaction = others.fold(Transaction::new().put(base), Transaction::put);
        let none = BTreeSet::new();
        for stale in read.map_or(&none, |read| &read.digests).difference(&next.digests) {
            let key = Delete::builder().table_name(&self.table).key(DIGEST, text(stale));
            transaction = transaction.delete(key.key(CUSTOMER, text(&next.customer)));
        }
        Ok(match transaction.commit(&self.client, scope, &stamp).await? {
            Transacted::Applied => true,
            // The base has the only condition.
            Transacted::Lost(_) => false,
        })
    }

    /// Whoever a digest may mean. One strong query.
    ///
    /// # Errors
    /// DynamoDB failed, or a row cannot be read.
    pub async fn known(&self, scope: &Scope, digest: &str) -> Result<Known, DynamoDbError> {
        let items = dynamodb::query(scope, self.under(digest)).await?;
        known(&items).map_err(|error| error.of("Query"))
    }
}

fn known(items: &[Item]) -> Result<Known, RowError> {
    let is_refusal = |item: &&Item| Row::new(item).text(CUSTOMER).is_ok_and(|customer| customer == REFUSAL);
    let refusal = items.iter().find(is_refusal).map(Refusal::read).transpose()?.unwrap_or_default();
    let customers = items.iter().filter(|item| !is_refusal(item));
    let customers = customers.map(|item| Ok(refusal.of(StoredCustomer::read(item)?.facts.into())));
    Ok(Known { customers: customers.collect::<Result<_, RowError>>()?, refusal })
}
