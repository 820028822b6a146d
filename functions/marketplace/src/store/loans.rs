//! The table `cl_borrow`: the loans, by the order that was confirmed.

use aws_sdk_dynamodb::Client;
use aws_sdk_dynamodb::types::Put;
use aws_sdk_dynamodb::types::builders::PutBuilder;
use domain::marketplace::{LoanCodes, OrderKey};
use jiff::Timestamp;
use platform::Scope;
use platform::aws::warm;
use platform::config::{Environment, Variable};
use platform::dynamodb::{DynamoDbError, STAMP, get, number, text};

use super::loan_row::StoredLoan;
use super::order_row::{ORDER, VERSION};

const CL_BORROW_TABLE: Variable =
    Variable { name: "CL_BORROW_TABLE", meaning: "The table of loans.", default: None };
const AUTOMATIC_REFUSAL_CODE: Variable = Variable {
    name: "AUTOMATIC_REFUSAL_CODE",
    meaning: "The code of a loan that the audit refused automatically; none that means something else.",
    default: Some("26"),
};

/// The loans.
#[derive(Clone, Debug)]
pub struct LoanStore {
    pub(super) client: Client,
    pub(super) settings: LoanSettings,
}

/// Where loans are, and how their codes are read.
#[derive(Clone, Debug)]
pub struct LoanSettings {
    /// The table.
    pub table: String,
    /// The codes.
    pub codes: LoanCodes,
}

impl LoanSettings {
    /// Reads the variables.
    pub fn read(environment: &mut Environment) -> Option<Self> {
        let table = environment.read(CL_BORROW_TABLE);
        let code = environment.read(AUTOMATIC_REFUSAL_CODE);
        let codes = code.and_then(|code| {
            let codes = LoanCodes::new(code);
            if codes.is_none() {
                environment.note(format!("{} means something else: {code}", AUTOMATIC_REFUSAL_CODE.name));
            }
            codes
        });
        Some(Self { table: table?, codes: codes? })
    }
}

impl LoanStore {
    /// The loans where `settings` say.
    #[must_use]
    pub fn new(client: Client, settings: LoanSettings) -> Self {
        Self { client, settings }
    }

    /// An order's loan as it stands now. One strong read.
    ///
    /// # Errors
    /// DynamoDB failed, or the row cannot be read.
    pub async fn loan(&self, scope: &Scope, key: &OrderKey) -> Result<Option<StoredLoan>, DynamoDbError> {
        let call = self.client.get_item().table_name(&self.settings.table).key(ORDER, text(key.to_string()));
        let item = get(scope, call).await?;
        let read = |item| StoredLoan::read(item, self.settings.codes).map_err(|error| error.of("GetItem"));
        item.as_ref().map(read).transpose()
    }

    /// Opens the connection during init: a read of a loan that cannot be.
    pub async fn warm(&self) {
        let read = self.client.get_item().table_name(&self.settings.table);
        warm(read.key(ORDER, text("-")).send()).await;
    }

    /// The row of a new loan, on condition that its order has none.
    pub(crate) fn put_new(&self, loan: &StoredLoan, now: Timestamp, stamp: &str) -> PutBuilder {
        self.put(loan, now, stamp)
            .condition_expression("attribute_not_exists(#order)")
            .expression_attribute_names("#order", ORDER)
    }

    /// The row of a loan that has changed, on condition that it still is of the version that was read.
    pub(crate) fn put_changed(
        &self,
        read: u64,
        loan: &StoredLoan,
        now: Timestamp,
        stamp: &str,
    ) -> PutBuilder {
        self.put(loan, now, stamp)
            .condition_expression("#version = :version")
            .expression_attribute_names("#version", VERSION)
            .expression_attribute_values(":version", number(read))
    }

    fn put(&self, loan: &StoredLoan, now: Timestamp, stamp: &str) -> PutBuilder {
        let item = loan.to_item(self.settings.codes, now);
        Put::builder().table_name(&self.settings.table).set_item(Some(item)).item(STAMP, text(stamp))
    }
}
