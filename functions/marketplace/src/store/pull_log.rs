//! The data pulls of an order (§5): a row of `rongshu_credit_data_pull_log`, and the sparse index of what is due.

use aws_sdk_dynamodb::types::Put;
use aws_sdk_dynamodb::types::builders::PutBuilder;
use domain::marketplace::{OrderKey, Pull, PullKind, PullLog, PullState, Uid};
use jiff::Timestamp;
use platform::dynamodb::{
    self, DueQuery, DynamoDbError, ErrorKind, Item, Row, RowError, SCHEMA_VERSION, STAMP, Transacted,
    Transaction, number, text,
};
use platform::{Scope, rfc3339};

use super::conversion::THIRD_ORDER_NO;
use super::order_row::{coded, order_key};
use super::orders::OrderStore;
use super::work::shard_of;

const OPERATION: &str = "Query";
const INDEX: &str = "due";
const ID: &str = "id";
const RONGSHU_UID: &str = "rongshu_uid";
const RETRY_COUNT: &str = "retry_count";
const LEASE_UNTIL: &str = "lease_until";
const DUE_SHARD: &str = "due_shard";
const NEXT_PULL_AT: &str = "next_pull_at";
const CREATED_AT: &str = "created_at";
const UPDATED_AT: &str = "updated_at";
/// How many rows are asked for at a time.
const PAGE: i32 = 25;
/// The version that is written now.
const CURRENT_SCHEMA: u64 = 1;

/// The pulls of an order as they are stored.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StoredPullLog {
    /// Whose they are.
    pub key: OrderKey,
    /// Which user they are about.
    pub uid: Uid,
    /// Where they stand.
    pub log: PullLog,
    id: String,
    /// Who wrote the row: as long as it says so, it is the row that was read.
    stamp: String,
}

/// Some of what is due.
#[derive(Debug)]
pub struct DuePage {
    /// The pulls, the longest due first.
    pub logs: Vec<StoredPullLog>,
    /// What cannot be read.
    pub unreadable: Vec<DynamoDbError>,
    /// Where the next page begins, if there is one.
    pub next: Option<Item>,
}

/// The names of a kind's columns.
struct Columns {
    state: &'static str,
    failures: &'static str,
    next_at: &'static str,
}

fn columns(kind: PullKind) -> Columns {
    match kind {
        PullKind::Operator => {
            Columns { state: "operator_state", failures: "operator_failures", next_at: "operator_next_at" }
        }
        PullKind::CreditCard => Columns {
            state: "credit_card_state",
            failures: "credit_card_failures",
            next_at: "credit_card_next_at",
        },
        PullKind::Device => {
            Columns { state: "device_state", failures: "device_failures", next_at: "device_next_at" }
        }
    }
}

impl StoredPullLog {
    fn to_item(&self, now: Timestamp) -> Item {
        let mut item = Item::new();
        let mut put = |name: &str, value| {
            item.insert(name.to_owned(), value);
        };
        put(THIRD_ORDER_NO, text(self.key.to_string()));
        put(ID, text(&self.id));
        put(RONGSHU_UID, text(self.uid.as_str()));
        let mut failures = 0_u32;
        for kind in PullKind::ALL {
            let (columns, pull) = (columns(kind), self.log.pull(kind));
            put(columns.state, number(pull.state.code()));
            put(columns.failures, number(pull.failures));
            put(columns.next_at, text(rfc3339::sortable(pull.next_at)));
            failures = failures.saturating_add(pull.failures);
        }
        put(RETRY_COUNT, number(failures));
        if let Some(until) = self.log.lease_until {
            put(LEASE_UNTIL, text(rfc3339::sortable(until)));
        }
        if let Some(at) = self.log.next_pull_at() {
            put(DUE_SHARD, number(shard_of(&self.key)));
            put(NEXT_PULL_AT, text(rfc3339::sortable(at)));
        }
        put(CREATED_AT, text(rfc3339::sortable(self.log.created_at)));
        put(UPDATED_AT, text(rfc3339::sortable(now)));
        put(SCHEMA_VERSION, number(CURRENT_SCHEMA));
        put(STAMP, text(&self.stamp));
        item
    }

    fn read(item: &Item) -> Result<Self, RowError> {
        let row = Row::new(item);
        row.of_schema(CURRENT_SCHEMA)?;
        let key = order_key(row.text(THIRD_ORDER_NO)?);
        Ok(Self {
            key: key.ok_or_else(|| RowError::new(THIRD_ORDER_NO, &"is no order"))?,
            uid: Uid::of_text(row.text(RONGSHU_UID)?).map_err(|error| RowError::new(RONGSHU_UID, &error))?,
            log: PullLog {
                created_at: row.instant(CREATED_AT)?,
                lease_until: row.optional_instant(LEASE_UNTIL)?,
                operator: pull(row, PullKind::Operator)?,
                credit_card: pull(row, PullKind::CreditCard)?,
                device: pull(row, PullKind::Device)?,
            },
            id: row.text(ID)?.to_owned(),
            stamp: row.text(STAMP)?.to_owned(),
        })
    }
}

fn pull(row: Row<'_>, kind: PullKind) -> Result<Pull, RowError> {
    let columns = columns(kind);
    let failures = row.number(columns.failures)?;
    Ok(Pull {
        state: coded(row, columns.state, PullState::of)?,
        failures: u32::try_from(failures).map_err(|error| RowError::new(columns.failures, &error))?,
        next_at: row.instant(columns.next_at)?,
    })
}

impl OrderStore {
    /// A page of the pulls of a shard that are due by `time`. The index lags behind the table.
    ///
    /// # Errors
    /// DynamoDB failed.
    pub async fn due_pulls(
        &self,
        scope: &Scope,
        shard: u32,
        time: Timestamp,
        from: Option<Item>,
    ) -> Result<DuePage, DynamoDbError> {
        let query = DueQuery {
            table: &self.tables.pull_log,
            index: INDEX,
            shard: (DUE_SHARD, number(shard)),
            at: (NEXT_PULL_AT, time),
            limit: Some(PAGE),
            from,
        };
        let page = dynamodb::due(scope, &self.client, query).await?;
        let (mut logs, mut unreadable) = (Vec::new(), Vec::new());
        for item in &page.items {
            match StoredPullLog::read(item) {
                Ok(log) => logs.push(log),
                Err(error) => unreadable.push(error.of(OPERATION)),
            }
        }
        Ok(DuePage { logs, unreadable, next: page.next })
    }

    /// Writes that a run has the pulls for itself; `None` if the row is no longer the one that was read.
    ///
    /// # Errors
    /// DynamoDB failed.
    pub async fn lease_pulls(
        &self,
        scope: &Scope,
        read: &StoredPullLog,
        leased: PullLog,
    ) -> Result<Option<StoredPullLog>, DynamoDbError> {
        let stamp = scope.stamp();
        let put = self.pulls_put(read, &leased, scope.now(), &stamp);
        match Transaction::new().put(put).commit(&self.client, scope, &stamp).await {
            Ok(Transacted::Applied) => Ok(Some(StoredPullLog { log: leased, stamp, ..read.clone() })),
            Ok(Transacted::Lost(_)) => Ok(None),
            // Somebody else is at the row at this very moment.
            Err(failure) if failure.kind == ErrorKind::Contended => Ok(None),
            Err(failure) => Err(failure),
        }
    }

    /// The row of the pulls that begin now, in place of any other.
    pub(super) fn pulls_begun(&self, key: &OrderKey, uid: &Uid, now: Timestamp, stamp: &str) -> PutBuilder {
        let row = StoredPullLog {
            key: key.clone(),
            uid: uid.clone(),
            log: PullLog::begun(now),
            id: stamp.to_owned(),
            stamp: stamp.to_owned(),
        };
        Put::builder().table_name(&self.tables.pull_log).set_item(Some(row.to_item(now)))
    }

    /// The row of the pulls as they became, on condition that it still is the one that was read.
    pub(super) fn pulls_put(
        &self,
        read: &StoredPullLog,
        log: &PullLog,
        now: Timestamp,
        stamp: &str,
    ) -> PutBuilder {
        let next = StoredPullLog { log: log.clone(), stamp: stamp.to_owned(), ..read.clone() };
        Put::builder()
            .table_name(&self.tables.pull_log)
            .set_item(Some(next.to_item(now)))
            .condition_expression("#stamp = :read")
            .expression_attribute_names("#stamp", STAMP)
            .expression_attribute_values(":read", text(&read.stamp))
    }
}
