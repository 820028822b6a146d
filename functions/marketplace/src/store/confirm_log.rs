//! The table `cl_borrow_confirm_log` (§3, 1.7): confirmations that wait for the user's account, or waited; one row an order.

use aws_sdk_dynamodb::Client;
use aws_sdk_dynamodb::types::Put;
use aws_sdk_dynamodb::types::builders::PutBuilder;
use domain::marketplace::{LoanTerms, OrderKey, PeriodUnit, Uid, Yuan};
use jiff::Timestamp;
use platform::Scope;
use platform::config::{Environment, Variable};
use platform::dynamodb::{DynamoDbError, Item, Row, RowError, SCHEMA_VERSION, STAMP, get, number, text};
use platform::rfc3339;

use super::order_row::{ORDER, coded, order_key};

const CL_BORROW_CONFIRM_LOG_TABLE: Variable = Variable {
    name: "CL_BORROW_CONFIRM_LOG_TABLE",
    meaning: "The table of confirmations that wait for an account.",
    default: None,
};
const UID: &str = "uid";
const LOAN_AMOUNT: &str = "loan_amount";
const PERIOD: &str = "period";
const PERIOD_UNIT: &str = "period_unit";
const SUCCESS_URL: &str = "success_url";
const FAILED_URL: &str = "failed_url";
const PLATFORM: &str = "platform";
const AT: &str = "at";
const COMPLETED_AT: &str = "completed_at";
/// The version that is written now.
const CURRENT_SCHEMA: u64 = 1;

/// The confirmations that wait.
#[derive(Clone, Debug)]
pub struct ConfirmLogs {
    client: Client,
    table: String,
}

/// What was confirmed while there was no account.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ConfirmLog {
    /// Whose order it is.
    pub uid: Uid,
    /// The terms.
    pub terms: LoanTerms,
    /// The rest of what was asked.
    pub from: ConfirmedFrom,
    /// When it was asked.
    pub at: Timestamp,
    /// When the order was confirmed by it.
    pub completed_at: Option<Timestamp>,
}

/// Where a user confirmed, and where they go on to (1.7).
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ConfirmedFrom {
    /// `successUrl`
    pub success_url: Option<String>,
    /// `failedUrl`
    pub failed_url: Option<String>,
    /// `platform`
    pub platform: Option<String>,
}

/// A confirmation that waits, as it is stored.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StoredConfirmLog {
    /// The order.
    pub key: OrderKey,
    /// What was confirmed.
    pub log: ConfirmLog,
    /// Who wrote the row: as long as it says so, it is the row that was read.
    stamp: String,
}

/// A write of a confirmation that waits.
#[derive(Clone, Copy, Debug)]
pub struct LogWrite<'a> {
    /// The order.
    pub key: &'a OrderKey,
    /// What was read.
    pub read: Option<&'a StoredConfirmLog>,
    /// What it becomes.
    pub next: &'a ConfirmLog,
}

impl StoredConfirmLog {
    /// The terms that wait to be completed.
    #[must_use]
    pub fn waiting_terms(&self) -> Option<LoanTerms> {
        self.log.completed_at.is_none().then_some(self.log.terms)
    }

    fn read(item: &Item) -> Result<Self, RowError> {
        let row = Row::new(item);
        row.of_schema(CURRENT_SCHEMA)?;
        let optional = |name| Ok::<_, RowError>(row.optional_text(name)?.map(str::to_owned));
        let amount = Yuan::parse(row.text(LOAN_AMOUNT)?);
        let terms = LoanTerms {
            loan_amount: amount.map_err(|error| RowError::new(LOAN_AMOUNT, &error))?,
            period: coded(row, PERIOD, Some)?,
            period_unit: coded(row, PERIOD_UNIT, PeriodUnit::of)?,
        };
        let from = ConfirmedFrom {
            success_url: optional(SUCCESS_URL)?,
            failed_url: optional(FAILED_URL)?,
            platform: optional(PLATFORM)?,
        };
        let log = ConfirmLog {
            uid: Uid::of_text(row.text(UID)?).map_err(|error| RowError::new(UID, &error))?,
            terms,
            from,
            at: row.instant(AT)?,
            completed_at: row.optional_instant(COMPLETED_AT)?,
        };
        let key = order_key(row.text(ORDER)?).ok_or_else(|| RowError::new(ORDER, &"is no order"))?;
        Ok(Self { key, log, stamp: row.text(STAMP)?.to_owned() })
    }
}

impl ConfirmLog {
    fn to_item(&self, key: &OrderKey) -> Item {
        let mut item: Item = [
            (ORDER, text(key.to_string())),
            (UID, text(self.uid.as_str())),
            (LOAN_AMOUNT, text(self.terms.loan_amount.to_string())),
            (PERIOD, number(self.terms.period)),
            (PERIOD_UNIT, number(self.terms.period_unit.code())),
            (AT, text(rfc3339::sortable(self.at))),
            (SCHEMA_VERSION, number(CURRENT_SCHEMA)),
        ]
        .map(|(name, value)| (name.to_owned(), value))
        .into();
        let texts = [
            (SUCCESS_URL, self.from.success_url.clone()),
            (FAILED_URL, self.from.failed_url.clone()),
            (PLATFORM, self.from.platform.clone()),
            (COMPLETED_AT, self.completed_at.map(rfc3339::sortable)),
        ];
        let texts = texts.into_iter().filter_map(|(name, value)| Some((name.to_owned(), text(value?))));
        item.extend(texts);
        item
    }
}

impl ConfirmLogs {
    /// The logs in `table`.
    #[must_use]
    pub fn new(client: Client, table: String) -> Self {
        Self { client, table }
    }

    /// Reads the table's name.
    pub fn read_table(environment: &mut Environment) -> Option<String> {
        environment.read(CL_BORROW_CONFIRM_LOG_TABLE)
    }

    /// The confirmation of an order that waits, or waited. One strong read.
    ///
    /// # Errors
    /// DynamoDB failed, or the row cannot be read.
    pub async fn log(
        &self,
        scope: &Scope,
        key: &OrderKey,
    ) -> Result<Option<StoredConfirmLog>, DynamoDbError> {
        let read = self.client.get_item().table_name(&self.table).key(ORDER, text(key.to_string()));
        let item = get(scope, read).await?;
        let read = |item| StoredConfirmLog::read(item).map_err(|error| error.of("GetItem"));
        item.as_ref().map(read).transpose()
    }

    /// The row, on condition that it is what was read.
    pub(super) fn put(&self, write: LogWrite<'_>) -> PutBuilder {
        let put = Put::builder().table_name(&self.table).set_item(Some(write.next.to_item(write.key)));
        super::beside::unchanged(put, ORDER, write.read.map(|read| read.stamp.as_str()))
    }
}
