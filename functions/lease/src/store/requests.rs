//! Requests with an Idempotency-Key (§12): the key, the request's fingerprint, and its answer for 24 hours.

use std::time::Duration;

use aws_sdk_dynamodb::types::Put;
use aws_sdk_dynamodb::types::builders::PutBuilder;
use domain::lease::{OrderId, Source};
use jiff::Timestamp;
use platform::Scope;
use platform::dynamodb::{
    DynamoDbError, Item, Row, RowError, SCHEMA_VERSION, STAMP, Transacted, Transaction, get, number, text,
};
use platform::rfc3339;

use super::LeaseStore;
use super::order_row::ORDER_ID;

const REQUEST: &str = "request";
const FINGERPRINT: &str = "fingerprint";
const RUNNING_UNTIL: &str = "running_until";
const STATUS: &str = "status";
const BODY: &str = "body";
const EXPIRES_AT: &str = "expires_at";
/// How long an answer is kept.
const KEPT_FOR: Duration = Duration::from_hours(24);
const CURRENT_SCHEMA: u64 = 1;

/// What a request is known by: whose key it is, and what it asks for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RequestKey {
    /// The source and the caller's Idempotency-Key.
    pub id: String,
    /// Of method, path, query and body without `source`.
    pub fingerprint: String,
}

impl RequestKey {
    /// The key of a source.
    #[must_use]
    pub fn new(source: Source, key: &str, fingerprint: String) -> Self {
        Self { id: format!("{}#{key}", source.as_str()), fingerprint }
    }
}

/// How far a request came.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Progress {
    /// It runs until then at most.
    Running {
        /// After this it has no answer and will not get one by itself.
        until: Timestamp,
    },
    /// It was answered.
    Answered(Answered),
}

/// An answer as it was given.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Answered {
    /// The HTTP status.
    pub status: u16,
    /// The JSON body.
    pub body: String,
}

/// What is known of a request.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RequestRow {
    /// Of what it asks for.
    pub fingerprint: String,
    /// How far it came.
    pub progress: Progress,
}

impl RequestRow {
    fn read(item: &Item, now: Timestamp) -> Result<Option<Self>, RowError> {
        let row = Row::new(item);
        row.of_schema(CURRENT_SCHEMA)?;
        let expires_at = row.number(EXPIRES_AT)?;
        if i64::try_from(expires_at).is_ok_and(|at| at <= now.as_second()) {
            return Ok(None);
        }
        let progress = match row.optional_text(BODY)? {
            Some(body) => {
                let status = u16::try_from(row.number(STATUS)?);
                let status = status.map_err(|error| RowError::new(STATUS, &error))?;
                Progress::Answered(Answered { status, body: body.to_owned() })
            }
            None => Progress::Running { until: row.instant(RUNNING_UNTIL)? },
        };
        Ok(Some(Self { fingerprint: row.text(FINGERPRINT)?.to_owned(), progress }))
    }
}

impl LeaseStore {
    /// What is known of a request, if its order has it.
    ///
    /// # Errors
    /// DynamoDB failed.
    pub async fn request(
        &self,
        scope: &Scope,
        order: &OrderId,
        key: &RequestKey,
    ) -> Result<Option<RequestRow>, DynamoDbError> {
        let call = self
            .client
            .get_item()
            .table_name(&self.tables.requests)
            .key(ORDER_ID, text(order.as_str()))
            .key(REQUEST, text(&key.id));
        match get(scope, call).await? {
            None => Ok(None),
            Some(item) => RequestRow::read(&item, scope.now()).map_err(|error| error.of("GetItem")),
        }
    }

    /// Keeps the answer of a request beside its order. If another one came first, its answer stays.
    ///
    /// # Errors
    /// DynamoDB failed.
    pub async fn keep_answer(
        &self,
        scope: &Scope,
        order: &OrderId,
        key: &RequestKey,
        answered: Answered,
    ) -> Result<(), DynamoDbError> {
        let (stamp, progress) = (scope.stamp(), Progress::Answered(answered));
        let transaction =
            Transaction::new().put(self.request_put((key, &progress), order, scope.now(), &stamp));
        match transaction.commit(&self.client, scope, &stamp).await? {
            Transacted::Applied | Transacted::Lost(_) => Ok(()),
        }
    }

    /// The request's row as it is to become, unless it has an answer, or is another's.
    pub(super) fn request_put(
        &self,
        (key, progress): (&RequestKey, &Progress),
        order: &OrderId,
        now: Timestamp,
        stamp: &str,
    ) -> PutBuilder {
        let expires_at = now.checked_add(KEPT_FOR).unwrap_or(Timestamp::MAX).as_second();
        let put = Put::builder()
            .table_name(&self.tables.requests)
            .item(ORDER_ID, text(order.as_str()))
            .item(REQUEST, text(&key.id))
            .item(FINGERPRINT, text(&key.fingerprint))
            .item(EXPIRES_AT, number(expires_at))
            .item(SCHEMA_VERSION, number(CURRENT_SCHEMA))
            .item(STAMP, text(stamp))
            // TTL deletes late: an expired row counts as none.
            .condition_expression(
                "attribute_not_exists(#request) OR #expires_at <= :now \
                 OR (#fingerprint = :fingerprint AND attribute_not_exists(#body))",
            )
            .expression_attribute_names("#request", REQUEST)
            .expression_attribute_names("#expires_at", EXPIRES_AT)
            .expression_attribute_names("#fingerprint", FINGERPRINT)
            .expression_attribute_names("#body", BODY)
            .expression_attribute_values(":now", number(now.as_second()))
            .expression_attribute_values(":fingerprint", text(&key.fingerprint));
        match progress {
            Progress::Running { until } => put.item(RUNNING_UNTIL, text(rfc3339::sortable(*until))),
            Progress::Answered(Answered { status, body }) => {
                put.item(STATUS, number(status)).item(BODY, text(body))
            }
        }
    }
}
