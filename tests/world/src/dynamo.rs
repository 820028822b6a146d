//! `DynamoDB`: the wire protocol in front of an embedded engine, and the meter beside it.

mod bill;
mod describe;
mod engine;
pub(crate) mod meter;
pub(crate) mod table;

pub(crate) use bill::is_write;

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex};

use dynoxide::storage_backend;
use dynoxide::{Database, DynoxideError};
use platform::clock::ManualTime;
use serde_json::{Value, json};

use crate::reply::ERROR_TYPE;
use crate::{Reply, Spent, Table, lock};

/// The tables of one world.
pub(crate) struct Dynamo {
    database: Database,
    tables: Mutex<BTreeMap<String, Table>>,
    /// The rows of each table that nobody wrote to since they were read.
    unchanged: Mutex<BTreeMap<String, Vec<Value>>>,
    meter: Mutex<Spent>,
}

impl Dynamo {
    pub(crate) fn new(time: ManualTime) -> Self {
        let database = Database::memory_with_clock(Arc::new(EngineClock(time))).expect("an empty database");
        Self { database, tables: Mutex::default(), unchanged: Mutex::default(), meter: Mutex::default() }
    }

    pub(crate) fn create(&self, table: Table) {
        self.run("CreateTable", &table.create_request());
        if let Some(request) = table.time_to_live_request() {
            self.run("UpdateTimeToLive", &request);
        }
        lock(&self.tables).insert(table.name().to_owned(), table);
    }

    pub(crate) fn put(&self, table: &str, item: &Value) {
        self.run("PutItem", &json!({"TableName": table, "Item": item}));
        lock(&self.unchanged).remove(table);
    }

    pub(crate) fn items(&self, table: &str) -> Vec<Value> {
        let mut unchanged = lock(&self.unchanged);
        unchanged.entry(table.to_owned()).or_insert_with(|| self.scan(table)).clone()
    }

    fn scan(&self, table: &str) -> Vec<Value> {
        let keys = lock(&self.tables).get(table).map(Table::keys).unwrap_or_default();
        let mut items = Vec::new();
        let mut start = Value::Null;
        loop {
            let mut request = json!({"TableName": table, "ConsistentRead": true});
            if !start.is_null() {
                request["ExclusiveStartKey"] = start;
            }
            let mut page = self.run("Scan", &request);
            if let Some(Value::Array(rows)) = page.get_mut("Items").map(Value::take) {
                items.extend(rows);
            }
            start = page["LastEvaluatedKey"].take();
            if start.is_null() {
                break;
            }
        }
        items.sort_by_cached_key(|item| table::sort_key(item, &keys));
        items
    }

    pub(crate) fn table_names(&self) -> Vec<String> {
        lock(&self.tables).keys().cloned().collect()
    }

    pub(crate) fn sweep_expired(&self) {
        self.database.sweep_ttl().expect("the sweep of expired rows");
        lock(&self.unchanged).clear();
    }

    pub(crate) fn units(&self) -> Spent {
        lock(&self.meter).clone()
    }

    /// Answers a request of the code under test, and bills it.
    pub(crate) fn answer(&self, operation: &str, request: Value) -> Reply {
        let (request, wanted) = bill::metered(operation, request);
        let result = engine::run(&self.database, operation, &request);
        if is_write(operation) {
            lock(&self.unchanged).retain(|table, _| !tables_of(&request).contains(table));
        }
        let bill = bill::of(operation, &request, &result);
        lock(&self.meter).add(&bill);
        match result {
            Ok(answer) => amz_json(200, &wanted.answer(answer)),
            Err(error) => refusal(&error, &wanted),
        }
    }

    /// How the effect log tells of a write.
    pub(crate) fn describe(&self, operation: &str, request: &Value) -> String {
        describe::write(&lock(&self.tables), operation, request)
    }

    /// A request of the world's own, past the meter.
    fn run(&self, operation: &str, request: &Value) -> Value {
        engine::run(&self.database, operation, request)
            .unwrap_or_else(|error| panic!("{operation} {request}: {error}"))
    }
}

fn refusal(error: &DynoxideError, wanted: &bill::Wanted) -> Reply {
    let body = serde_json::from_str(&error.to_json()).expect("the engine's errors are JSON");
    let code = error.error_type().rsplit('#').next().unwrap_or_default();
    amz_json(error.status_code(), &wanted.error(body)).header(ERROR_TYPE, code)
}

/// An error answer in `DynamoDB`'s wire form.
pub(crate) fn error(status: u16, code: &str, message: &str) -> Reply {
    let body = json!({"__type": format!("com.amazonaws.dynamodb.v20120810#{code}"), "message": message});
    amz_json(status, &body).header(ERROR_TYPE, code)
}

/// A cancelled transaction in `DynamoDB`'s wire form.
pub(crate) fn cancelled(reasons: &[Value]) -> Reply {
    let codes: Vec<_> = reasons.iter().filter_map(|reason| reason["Code"].as_str()).collect();
    let message = format!(
        "Transaction cancelled, please refer cancellation reasons for specific reasons [{}]",
        codes.join(", ")
    );
    let code = "TransactionCanceledException";
    let body = json!({
        "__type": format!("com.amazonaws.dynamodb.v20120810#{code}"),
        "Message": message,
        "CancellationReasons": reasons,
    });
    amz_json(400, &body).header(ERROR_TYPE, code)
}

/// The tables that a request names.
pub(crate) fn tables_of(request: &Value) -> Vec<String> {
    let single = request["TableName"].as_str();
    let in_transaction = bill::actions(request).filter_map(|action| action["TableName"].as_str());
    let in_batch = request["RequestItems"].as_object().into_iter().flatten().map(|(table, _)| table.as_str());
    single.into_iter().chain(in_transaction).chain(in_batch).map(str::to_owned).collect()
}

fn amz_json(status: u16, body: &Value) -> Reply {
    Reply::new(status, body.to_string()).header("content-type", "application/x-amz-json-1.0")
}

/// The engine's time to live runs on the world's clock.
struct EngineClock(ManualTime);

impl storage_backend::Clock for EngineClock {
    fn now_unix_secs(&self) -> u64 {
        u64::try_from(self.0.now().as_second()).unwrap_or_default()
    }

    fn now_unix_secs_f64(&self) -> f64 {
        self.0.now().as_duration().as_secs_f64()
    }
}
