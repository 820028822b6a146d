//! The gateway's "online configuration" (§4.3): a row of the table `online_texts` that overrides the texts of the
//! specification, without a deploy. It is read during init, which also opens a connection, and again when it is a
//! minute old, beside the request that finds it so.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use aws_sdk_dynamodb::Client;
use aws_sdk_dynamodb::types::ReturnConsumedCapacity;
use domain::quota::{Operation, Texts};
use jiff::Timestamp;
use platform::config::{Environment, Variable};
use platform::dynamodb::{DynamoDbError, ErrorKind, Row, RowError, text};
use platform::metrics::Count;
use platform::{Scope, json};
use serde::Deserialize;
use tracing::warn;

use crate::CONTEXT;

const OPERATION: &str = "GetItem";
const KEY: &str = "context";
const TEXTS: &str = "texts";
const FRESH: Duration = Duration::from_mins(1);
const LONGEST_READ: Duration = Duration::from_millis(300);
const UNCHANGED: &str = "the online texts stay as they were";
/// Somebody wrote texts that are none.
const UNREADABLE: Count = Count::of("online_texts_unreadable");
const ONLINE_TEXTS_TABLE: Variable = Variable {
    name: "ONLINE_TEXTS_TABLE",
    meaning: "The table of the texts that override the built-in ones.",
    default: None,
};

/// The texts as this process knows them.
#[derive(Debug)]
pub struct OnlineTexts {
    client: Client,
    table: String,
    known: Mutex<Known>,
}

#[derive(Debug)]
struct Known {
    texts: Arc<Texts>,
    as_of: AsOf,
}

/// When the texts were read.
#[derive(Clone, Copy, Debug)]
enum AsOf {
    /// Not yet.
    Never,
    /// During init, which has no clock: fresh for the first request.
    Init,
    /// By a request.
    Request(Timestamp),
}

/// `{"query":{"1006":"…"},"cancel":{"0000":"…"}}`; null takes a code's row away.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct WireTexts {
    #[serde(default)]
    query: BTreeMap<String, Option<String>>,
    #[serde(default)]
    cancel: BTreeMap<String, Option<String>>,
}

impl OnlineTexts {
    /// Reads the table's name.
    pub fn read_table(environment: &mut Environment) -> Option<String> {
        environment.read(ONLINE_TEXTS_TABLE)
    }

    /// Reads the texts once. Without an answer within a second the built-in ones stand until a request asks again.
    pub async fn open(client: Client, table: String) -> Self {
        let known = Known { texts: Arc::default(), as_of: AsOf::Never };
        let online = Self { client, table, known: Mutex::new(known) };
        platform::aws::warm(async {
            if let Ok(texts) = online.read(None).await {
                online.learn(Known { texts: Arc::new(texts), as_of: AsOf::Init });
            }
        })
        .await;
        online
    }

    /// Reads the texts again if that is due. While it fails, or takes longer than a request may wait for a wording, the
    /// old ones stand.
    pub async fn refresh(&self, scope: &Scope) {
        let now = scope.now();
        if !self.is_due(now) {
            return;
        }
        match tokio::time::timeout(LONGEST_READ, self.read(Some(scope))).await {
            Ok(Ok(texts)) => self.learn(Known { texts: Arc::new(texts), as_of: AsOf::Request(now) }),
            Ok(Err(failure)) => {
                if failure.kind == ErrorKind::Unreadable {
                    scope.count(UNREADABLE);
                }
                warn!(%failure, "{UNCHANGED}");
            }
            Err(elapsed) => warn!(failure = %elapsed, "{UNCHANGED}"),
        }
    }

    /// The texts as they are known.
    #[must_use]
    pub fn current(&self) -> Arc<Texts> {
        Arc::clone(&self.known.lock().unwrap_or_else(PoisonError::into_inner).texts)
    }

    /// Whether the texts are to be read again; if so, nobody else needs to within the next minute.
    fn is_due(&self, now: Timestamp) -> bool {
        let mut known = self.known.lock().unwrap_or_else(PoisonError::into_inner);
        let due = match known.as_of {
            AsOf::Never => true,
            AsOf::Init => false,
            AsOf::Request(then) => now.duration_since(then).unsigned_abs() >= FRESH,
        };
        if due || matches!(known.as_of, AsOf::Init) {
            known.as_of = AsOf::Request(now);
        }
        due
    }

    fn learn(&self, known: Known) {
        *self.known.lock().unwrap_or_else(PoisonError::into_inner) = known;
    }

    async fn read(&self, scope: Option<&Scope>) -> Result<Texts, DynamoDbError> {
        let output = self
            .client
            .get_item()
            .table_name(&self.table)
            .key(KEY, text(CONTEXT))
            .return_consumed_capacity(ReturnConsumedCapacity::Total)
            .send()
            .await
            .map_err(|error| DynamoDbError::of(OPERATION, &error))?;
        if let Some(scope) = scope {
            scope.units().add_read(output.consumed_capacity());
        }
        let Some(item) = output.item() else { return Ok(Texts::default()) };
        let written = Row::new(item).text(TEXTS).map_err(|error| error.of(OPERATION))?;
        overridden(written).map_err(|error| error.of(OPERATION))
    }
}

fn overridden(written: &str) -> Result<Texts, RowError> {
    let wire: WireTexts = json::object(written.as_bytes()).map_err(|error| RowError::new(TEXTS, &error))?;
    let mut texts = Texts::default();
    for (operation, rows) in [(Operation::Query, wire.query), (Operation::Cancel, wire.cancel)] {
        for (code, text) in rows {
            texts.set(operation, &code, text.as_deref());
        }
    }
    Ok(texts)
}
