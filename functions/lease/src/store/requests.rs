//! Requests with an Idempotency-Key (§12): the key, the request's fingerprint, and its answer for 24 hours.

use std::time::Duration;

use aws_sdk_dynamodb::types::Put;
use aws_sdk_dynamodb::types::builders::PutBuilder;
use domain::lease::{OrderId, Source};
use jiff::Timestamp;
use platform::Scope;
use platform::dynamodb::{
    Item, Row, RowError, SCHEMA_VERSION, STAMP, Transacted, Transaction, get, number, text,
};
use platform::rfc3339;
use platform::seal::{SealError, Sealed};

use super::LeaseStore;
use super::documents::DocumentError;
use super::order_row::ORDER_ID;

const REQUEST: &str = "request";
const FINGERPRINT: &str = "fingerprint";
const RUNNING_UNTIL: &str = "running_until";
const STATUS: &str = "status";
const BODY: &str = "body";
const KEY_ID: &str = "key_id";
/// What the seal is bound to, whatever the table is called.
const SEALED_FOR: &str = "lease_requests";
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

/// Whether an answer may take the place of a request that runs: of the caller's own it may.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Running {
    /// It is the caller's own.
    Own,
    /// It would be another's.
    Foreign,
}

/// A row as it is stored.
enum Stored {
    Running { fingerprint: String, until: Timestamp },
    Answered { fingerprint: String, status: u16, body: Sealed },
}

impl Stored {
    fn read(item: &Item, now: Timestamp) -> Result<Option<Self>, RowError> {
        let row = Row::new(item);
        row.of_schema(CURRENT_SCHEMA)?;
        let expires_at = row.number(EXPIRES_AT)?;
        if i64::try_from(expires_at).is_ok_and(|at| at <= now.as_second()) {
            return Ok(None);
        }
        let fingerprint = row.text(FINGERPRINT)?.to_owned();
        Ok(Some(if item.contains_key(BODY) {
            let status = u16::try_from(row.number(STATUS)?);
            let status = status.map_err(|error| RowError::new(STATUS, &error))?;
            Self::Answered { fingerprint, status, body: Sealed::of(row, BODY, KEY_ID)? }
        } else {
            Self::Running { fingerprint, until: row.instant(RUNNING_UNTIL)? }
        }))
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
    ) -> Result<Option<RequestRow>, DocumentError> {
        let call = self
            .client
            .get_item()
            .table_name(&self.tables.requests)
            .key(ORDER_ID, text(order.as_str()))
            .key(REQUEST, text(&key.id));
        let Some(item) = get(scope, call).await? else {
            return Ok(None);
        };
        let stored = Stored::read(&item, scope.now()).map_err(|error| error.of("GetItem"))?;
        Ok(match stored {
            None => None,
            Some(Stored::Running { fingerprint, until }) => {
                Some(RequestRow { fingerprint, progress: Progress::Running { until } })
            }
            Some(Stored::Answered { fingerprint, status, body }) => {
                let body = self.sealer().open(SEALED_FOR, &[order.as_str(), &key.id], &body)?;
                let body = String::from_utf8_lossy(&body).into_owned();
                Some(RequestRow { fingerprint, progress: Progress::Answered(Answered { status, body }) })
            }
        })
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
        (answered, running): (Answered, Running),
    ) -> Result<(), DocumentError> {
        let (stamp, progress) = (scope.stamp(), Progress::Answered(answered));
        let put = self.request_put((key, &progress), order, (scope.now(), running), &stamp)?;
        let transaction = Transaction::new().put(put);
        match transaction.commit(&self.client, scope, &stamp).await? {
            Transacted::Applied | Transacted::Lost(_) => Ok(()),
        }
    }

    /// The request's row as it is to become, unless it has an answer, or is another's.
    pub(super) fn request_put(
        &self,
        (key, progress): (&RequestKey, &Progress),
        order: &OrderId,
        (now, running): (Timestamp, Running),
        stamp: &str,
    ) -> Result<PutBuilder, SealError> {
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
            .condition_expression(match running {
                Running::Own => {
                    "attribute_not_exists(#request) OR #expires_at <= :now \
                     OR (#fingerprint = :fingerprint AND attribute_not_exists(#body))"
                }
                Running::Foreign => {
                    "attribute_not_exists(#request) OR #expires_at <= :now \
                     OR (#fingerprint = :fingerprint AND attribute_not_exists(#body) \
                     AND #running_until <= :instant)"
                }
            })
            .expression_attribute_names("#request", REQUEST)
            .expression_attribute_names("#expires_at", EXPIRES_AT)
            .expression_attribute_names("#fingerprint", FINGERPRINT)
            .expression_attribute_names("#body", BODY)
            .expression_attribute_values(":now", number(now.as_second()))
            .expression_attribute_values(":fingerprint", text(&key.fingerprint));
        let put = match running {
            Running::Own => put,
            Running::Foreign => put
                .expression_attribute_names("#running_until", RUNNING_UNTIL)
                .expression_attribute_values(":instant", text(rfc3339::sortable(now))),
        };
        Ok(match progress {
            Progress::Running { until } => put.item(RUNNING_UNTIL, text(rfc3339::sortable(*until))),
            Progress::Answered(Answered { status, body }) => {
                // Ant's links and texts stand in it.
                let key = [order.as_str(), key.id.as_str()];
                let (body, key_id) = self.sealer().seal(SEALED_FOR, &key, body.as_bytes())?.into_attributes();
                put.item(STATUS, number(status)).item(BODY, body).item(KEY_ID, key_id)
            }
        })
    }
}
