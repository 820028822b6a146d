//! Our own refusals of people, beside what else is known of them (§11, Admission): a row of its own under each digest that
//! they are found by, whether they are customers or not.

use std::collections::BTreeSet;

use aws_sdk_dynamodb::Client;
use aws_sdk_dynamodb::types::Update;
use aws_sdk_dynamodb::types::builders::UpdateBuilder;
use jiff::Timestamp;
use platform::dynamodb::{
    DynamoDbError, SCHEMA_VERSION, STAMP, Transacted, Transaction, Verdict, number, text,
};
use platform::{Scope, rfc3339};

use super::Committed;
use super::customer_row::{AUDIT_REFUSED_AT, CREDIT_REFUSED_AT, CURRENT_SCHEMA, CUSTOMER, DIGEST};
use super::customers::{CustomerStore, REFUSAL};

/// What somebody was refused by.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RefusedBy {
    /// The credit decision.
    Credit,
    /// The audit of a loan.
    Audit,
}

/// A refusal that is to be remembered.
#[derive(Clone, Copy, Debug)]
pub struct NewRefusal<'a> {
    /// Where.
    pub customers: &'a CustomerStore,
    /// Every digest that the person is found by.
    pub digests: &'a BTreeSet<String>,
    /// What they were refused by.
    pub by: RefusedBy,
    /// When.
    pub at: Timestamp,
}

impl NewRefusal<'_> {
    /// The row under a digest, which is there or not. Of two dates the later stands: the condition tells, and who writes
    /// leaves out what it does not hold for.
    pub(super) fn update(&self, digest: &str, stamp: &str) -> UpdateBuilder {
        let refused_at = match self.by {
            RefusedBy::Credit => CREDIT_REFUSED_AT,
            RefusedBy::Audit => AUDIT_REFUSED_AT,
        };
        Update::builder()
            .table_name(self.customers.table())
            .key(DIGEST, text(digest))
            .key(CUSTOMER, text(REFUSAL))
            .update_expression("SET #refused_at = :at, #schema = :schema, #stamp = :stamp")
            .condition_expression("attribute_not_exists(#refused_at) OR #refused_at < :at")
            .expression_attribute_names("#refused_at", refused_at)
            .expression_attribute_names("#schema", SCHEMA_VERSION)
            .expression_attribute_names("#stamp", STAMP)
            .expression_attribute_values(":at", text(rfc3339::sortable(self.at)))
            .expression_attribute_values(":schema", number(CURRENT_SCHEMA))
            .expression_attribute_values(":stamp", text(stamp))
    }
}

/// Writes a transaction with the dates of a refusal behind it: everything, or nothing. Where a later refusal is known, that
/// one stands.
pub(super) async fn commit_refusing(
    client: &Client,
    scope: &Scope,
    refusal: Option<&NewRefusal<'_>>,
    transaction: impl Fn(&str) -> Transaction,
) -> Result<Committed, DynamoDbError> {
    let mut digests: Vec<&str> =
        refusal.iter().flat_map(|refusal| refusal.digests).map(String::as_str).collect();
    loop {
        let stamp = scope.stamp();
        let dates = digests.iter().filter_map(|digest| refusal.map(|refusal| refusal.update(digest, &stamp)));
        let transaction = dates.fold(transaction(&stamp), Transaction::update);
        match transaction.commit(client, scope, &stamp).await? {
            Transacted::Applied => return Ok(Committed::Applied),
            Transacted::Lost(verdicts) => match without_later(&digests, &verdicts) {
                Some(rest) => digests = rest,
                None => return Ok(Committed::Lost),
            },
        }
    }
}

/// The digests whose rows show no later refusal, out of the verdicts on a transaction that has them last; `None` if it was
/// lost by something else.
fn without_later<'a>(digests: &[&'a str], verdicts: &[Verdict]) -> Option<Vec<&'a str>> {
    let failed = |verdict: &Verdict| matches!(verdict, Verdict::ConditionFailed(_));
    let (others, dates) = verdicts.split_at_checked(verdicts.len().checked_sub(digests.len())?)?;
    let is_lost = others.iter().any(failed) || !dates.iter().any(failed);
    let rest = digests.iter().zip(dates).filter(|(_, verdict)| !failed(verdict)).map(|(digest, _)| *digest);
    (!is_lost).then(|| rest.collect())
}
