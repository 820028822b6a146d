use std::collections::BTreeSet;

use aws_sdk_dynamodb::types::AttributeValue;
use domain::marketplace::Customer;
use jiff::Timestamp;
use jiff::civil::Date;
use platform::dynamodb::{Item, Row, RowError, SCHEMA_VERSION, STAMP, number, text};
use platform::rfc3339;

pub(super) const DIGEST: &str = "digest";
pub(super) const CUSTOMER: &str = "customer";
pub(super) const VERSION: &str = "version";
const DIGESTS: &str = "digests";
const IS_CUSTOMER: &str = "is_customer";
const BLACKLISTED: &str = "blacklisted";
const LOAN_IN_PROGRESS: &str = "loan_in_progress";
const BIRTHDAY: &str = "birthday";
const REGION: &str = "region";
const REFUSED_AT: &str = "refused_at";
const OCCURRED_AT: &str = "occurred_at";
const EVENT_ID: &str = "event_id";
pub(super) const CREDIT_REFUSED_AT: &str = "credit_refused_at";
pub(super) const AUDIT_REFUSED_AT: &str = "audit_refused_at";
/// The version that is written now.
pub(super) const CURRENT_SCHEMA: u64 = 1;

/// What a customer event tells (§10, Customers).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Facts {
    /// Whether they are a customer already.
    pub is_customer: bool,
    /// Whether they are on the blacklist.
    pub blacklisted: bool,
    /// Whether a loan is in progress.
    pub loan_in_progress: bool,
    /// When they were born.
    pub birthday: Date,
    /// Where they live.
    pub region: Option<String>,
    /// When they were refused last, here or elsewhere in our house.
    pub refused_at: Option<Timestamp>,
}

/// A customer as stored.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StoredCustomer {
    /// The keyed digest of the id number, with a final X in upper case: under it stands the base.
    pub customer: String,
    /// How often it was written.
    pub version: u64,
    /// The other digests that the customer is found by.
    pub digests: BTreeSet<String>,
    /// What is known.
    pub facts: Facts,
    /// Since when that holds.
    pub occurred_at: Timestamp,
    /// The event that told it.
    pub event_id: String,
}

/// When we refused somebody ourselves.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Refusal {
    /// Credit.
    pub credit_at: Option<Timestamp>,
    /// After the audit of a loan.
    pub audit_at: Option<Timestamp>,
}

/// A refusal that an event tells counts as one of credit.
impl From<Facts> for Customer {
    fn from(facts: Facts) -> Self {
        Self {
            is_customer: facts.is_customer,
            birthday: Some(facts.birthday),
            blacklisted: facts.blacklisted,
            region: facts.region,
            loan_in_progress: facts.loan_in_progress,
            credit_refused_at: facts.refused_at,
            audit_refused_at: None,
        }
    }
}

impl Refusal {
    pub(super) fn read(item: &Item) -> Result<Self, RowError> {
        let row = Row::new(item);
        row.of_schema(CURRENT_SCHEMA)?;
        Ok(Self {
            credit_at: row.optional_instant(CREDIT_REFUSED_AT)?,
            audit_at: row.optional_instant(AUDIT_REFUSED_AT)?,
        })
    }

    /// Somebody with our refusals beside what else is known; of two dates the later counts.
    #[must_use]
    pub fn of(&self, customer: Customer) -> Customer {
        Customer {
            credit_refused_at: customer.credit_refused_at.max(self.credit_at),
            audit_refused_at: customer.audit_refused_at.max(self.audit_at),
            ..customer
        }
    }
}

impl StoredCustomer {
    /// The row under `digest`. What only the base is asked for stands in it alone.
    pub(super) fn to_item(&self, digest: &str, stamp: &str) -> Item {
        let facts = &self.facts;
        let mut item: Item = [
            (DIGEST, text(digest)),
            (CUSTOMER, text(&self.customer)),
            (VERSION, number(self.version)),
            (IS_CUSTOMER, AttributeValue::Bool(facts.is_customer)),
            (BLACKLISTED, AttributeValue::Bool(facts.blacklisted)),
            (LOAN_IN_PROGRESS, AttributeValue::Bool(facts.loan_in_progress)),
            (BIRTHDAY, text(facts.birthday.to_string())),
            (OCCURRED_AT, text(rfc3339::sortable(self.occurred_at))),
            (EVENT_ID, text(&self.event_id)),
            (SCHEMA_VERSION, number(CURRENT_SCHEMA)),
            (STAMP, text(stamp)),
        ]
        .map(|(name, value)| (name.to_owned(), value))
        .into();
        let optional =
            [(REGION, facts.region.clone()), (REFUSED_AT, facts.refused_at.map(rfc3339::sortable))];
        for (name, value) in optional {
            item.extend(value.map(|value| (name.to_owned(), text(value))));
        }
        if digest == self.customer {
            // Never empty: there is a phone's.
            let digests = self.digests.iter().cloned().collect();
            item.insert(DIGESTS.to_owned(), AttributeValue::Ss(digests));
        }
        item
    }

    pub(super) fn read(item: &Item) -> Result<Self, RowError> {
        let row = Row::new(item);
        row.of_schema(CURRENT_SCHEMA)?;
        let birthday = row.text(BIRTHDAY)?.parse();
        Ok(Self {
            customer: row.text(CUSTOMER)?.to_owned(),
            version: row.number(VERSION)?,
            digests: row.texts(DIGESTS)?.iter().cloned().collect(),
            facts: Facts {
                is_customer: row.flag(IS_CUSTOMER)?,
                blacklisted: row.flag(BLACKLISTED)?,
                loan_in_progress: row.flag(LOAN_IN_PROGRESS)?,
                birthday: birthday.map_err(|_| RowError::new(BIRTHDAY, &"is no day"))?,
                region: row.optional_text(REGION)?.map(str::to_owned),
                refused_at: row.optional_instant(REFUSED_AT)?,
            },
            occurred_at: row.instant(OCCURRED_AT)?,
            event_id: row.text(EVENT_ID)?.to_owned(),
        })
    }
}
