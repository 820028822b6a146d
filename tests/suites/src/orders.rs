//! The marketplace's orders in a world: the platform with its users' data, and the functions that take an order from its
//! push to where it waits for credit.

pub mod bodies;
pub mod credit;
mod platform;
mod raw;
mod setting;

use std::ops::Deref;
use std::time::Duration;

use ::platform::aws::Aws;
use ::platform::http::Endpoint;
use ::platform::schedule::{Job, RunError};
use serde_json::{Value, json};
use world::World;

pub use self::bodies::{ORDER, UID};
pub use self::credit::{CORE_COMMANDS, CREDIT_RESULT, CREDIT_RESULT_DEAD, MESSAGES};
pub use self::platform::{Platform, Pulled, data};
pub use self::raw::{opened, sealed};
pub use self::setting::{furnish, start};

use self::setting::{Functions, functions};

use crate::gateway::{Got, Post};
use crate::host::Host;
use crate::marketplace::channels::{PLAIN, Signed, put_channel};
use crate::marketplace::{Answered, world};
pub use crate::marketplace::{CUSTOMERS, DIGEST_SECRET};

/// The table of orders.
pub const ORDERS: &str = "third_orders";
/// The table of their steps.
pub const HISTORY: &str = "third_order_history";
/// The table from the platform's numbers to ours.
pub const CONVERSION: &str = "third_order_conversion";
/// The table of which object holds what.
pub const DATA: &str = "third_order_data";
/// The table of the platform's users.
pub const USERS: &str = "rongshu_users";
/// The table of data pulls.
pub const PULL_LOG: &str = "rongshu_credit_data_pull_log";
/// The table of callbacks.
pub const CALLBACKS: &str = "callbacks";
/// Whose callbacks are to be sent.
pub const PARTNER_CALLBACK: &str = "partner-callback";
/// The bucket of raw data.
pub const BUCKET: &str = "raw-data";
/// The parameter of the keys that persons are sealed with.
pub const SEALING_SECRET: &str = "/tenor/test/sealing";

/// Every table that holds something of an order.
pub const TABLES: [&str; 8] = [ORDERS, HISTORY, CONVERSION, DATA, USERS, PULL_LOG, CALLBACKS, MESSAGES];

/// How much time a call has.
const CALL_TIME: Duration = Duration::from_secs(29);
/// How much time a run of a minute's job has.
const RUN_TIME: Duration = Duration::from_secs(50);

/// The functions over one world.
pub struct Orders {
    host: Host,
    /// What the platform has, in this world.
    pub platform: Platform,
    functions: Functions,
}

impl Deref for Orders {
    type Target = Host;

    fn deref(&self) -> &Host {
        &self.host
    }
}

impl Answered {
    /// The business status of a success.
    ///
    /// # Panics
    /// When it is none.
    #[must_use]
    pub fn status(&self) -> u64 {
        self.said()["status"].as_u64().expect("a status")
    }
}

impl Orders {
    /// The functions in an empty world at the instant of the specification's example.
    pub async fn new() -> Self {
        Self::within(world()).await
    }

    /// The functions in `world`, which must not have the tables yet.
    pub async fn within(world: World) -> Self {
        furnish(&world);
        let platform = Platform::in_world(&world);
        Self::over(world, platform).await
    }

    /// A fresh process of each function in a `world` that has its tables and this platform.
    pub async fn over(world: World, platform: Platform) -> Self {
        Self::with(world, platform, crate::aws, 7).await
    }

    /// The same, with what draws random bytes from another seed: a process of its own.
    pub async fn another(&self) -> Self {
        Self::with(self.world.clone(), self.platform.clone(), crate::aws, 8).await
    }

    /// The same with the SDK's own retries, as in production.
    pub async fn with_sdk_retries(&self) -> Self {
        Self::with(self.world.clone(), self.platform.clone(), crate::aws_with_retries, 9).await
    }

    async fn with(world: World, platform: Platform, aws: fn(&World) -> Aws, seed: u64) -> Self {
        let functions = functions(&world, aws, seed).await;
        Self { host: Host::over(world), platform, functions }
    }

    /// A fresh process of each function after channel 840 was configured with these members.
    pub async fn configured(&self, members: &Value) -> Self {
        put_channel(&self.world, PLAIN, members);
        self.another().await
    }

    /// Pushes an order in channel 840.
    pub async fn push(&self, push: &Value) -> Answered {
        self.push_in(PLAIN, push).await
    }

    /// Pushes an order in a channel.
    pub async fn push_in(&self, channel: &str, push: &Value) -> Answered {
        self.push_text(channel, &push.to_string()).await
    }

    /// Pushes a text, whatever it is.
    pub async fn push_text(&self, channel: &str, text: &str) -> Answered {
        self.send("pushOrder", channel, text).await
    }

    /// Asks where the credit decision stands.
    pub async fn audit(&self, order: &str) -> Answered {
        self.send("queryAuditResult", PLAIN, &json!({"orderId": order}).to_string()).await
    }

    /// Calls an operation with a business text.
    ///
    /// # Panics
    /// When there is no such operation, or it does not answer in the wire format.
    pub async fn send(&self, op: &str, channel: &str, business: &str) -> Answered {
        let now = self.world.time().now().as_millisecond();
        let post = Post::anonymous(Signed::new(channel, now, business).body());
        let event = post.event(&format!("/openapi/rongshu/{op}"));
        let got = match op {
            "pushOrder" => self.answer(&self.functions.push_order, event).await,
            "queryAuditResult" => self.answer(&self.functions.audit_result_query, event).await,
            "getContracts" => self.answer(&self.functions.contract_list, event).await,
            _ => panic!("no operation {op}"),
        };
        Answered::of(channel, &got)
    }

    async fn answer(&self, endpoint: &impl Endpoint, event: Value) -> Got {
        let clock = self.world.clock();
        let raw = serde_json::value::to_raw_value(&event).expect("JSON");
        let (id, deadline) = (self.request_id(), clock.now() + CALL_TIME);
        let answer = ::platform::http::respond(endpoint, &clock, &self.output, &id, deadline, &raw);
        Got::of(&event, &Box::pin(answer).await)
    }

    /// Runs operator-pull now.
    ///
    /// # Errors
    /// The invocation failed.
    pub async fn pull(&self) -> Result<(), RunError> {
        self.pull_for(&json!({})).await
    }

    /// Runs operator-pull for an event of the scheduler.
    ///
    /// # Errors
    /// The invocation failed.
    pub async fn pull_for(&self, event: &Value) -> Result<(), RunError> {
        self.run_job(&self.functions.operator_pull, event, RUN_TIME).await
    }

    /// Runs operator-pull with so much time.
    ///
    /// # Errors
    /// The invocation failed.
    pub async fn pull_within(&self, time: Duration) -> Result<(), RunError> {
        self.run_job(&self.functions.operator_pull, &json!({}), time).await
    }

    /// Runs push-order-parse now.
    ///
    /// # Errors
    /// The invocation failed.
    pub async fn parse(&self) -> Result<(), RunError> {
        self.parse_within(RUN_TIME).await
    }

    /// Runs push-order-parse with so much time.
    ///
    /// # Errors
    /// The invocation failed.
    pub async fn parse_within(&self, time: Duration) -> Result<(), RunError> {
        self.run_job(&self.functions.push_order_parse, &json!({}), time).await
    }

    /// Runs push-order-parse for an event of the scheduler.
    ///
    /// # Errors
    /// The invocation failed.
    pub async fn parse_for(&self, event: &Value) -> Result<(), RunError> {
        self.run_job(&self.functions.push_order_parse, event, RUN_TIME).await
    }

    async fn run_job(&self, job: &impl Job, event: &Value, time: Duration) -> Result<(), RunError> {
        let clock = self.world.clock();
        let event = serde_json::value::to_raw_value(event).expect("JSON");
        let (id, deadline) = (self.request_id(), clock.now() + time);
        Box::pin(::platform::schedule::run(job, &clock, &self.output, &id, deadline, &event)).await
    }

    /// An id that is the same when the test is run again, whatever runs beside it: our order's number is derived from it.
    fn request_id(&self) -> String {
        format!("request-{}", self.platform.ticket())
    }

    /// An order that was pushed and has all its data.
    ///
    /// # Panics
    /// When it is not taken so.
    pub async fn with_all_data(&self) {
        self.platform.has_all(UID);
        assert_eq!(self.push(&bodies::push()).await.status(), 2001);
        self.pull().await.expect("a run");
        assert_eq!(self.status(ORDER), Some(2));
    }

    /// The operator's data of what was pushed is pulled, and nothing else.
    ///
    /// # Panics
    /// When it is not.
    pub async fn pull_partly(&self) {
        for kind in ["creditCard", "device"] {
            self.platform.answers(UID, kind, Pulled::NotReady);
        }
        self.platform.answers(UID, "operator", Pulled::Data(data(UID, "operator")));
        self.pull().await.expect("a run");
        assert_eq!(self.pull_states(ORDER).concat(), "100");
    }

    /// The row of an order of channel 840.
    #[must_use]
    pub fn row(&self, order: &str) -> Option<Value> {
        let key = format!("840#{order}");
        self.world.items(ORDERS).into_iter().find(|row| row["order"]["S"] == key.as_str())
    }

    /// Where an order stands.
    ///
    /// # Panics
    /// When its row has no status.
    #[must_use]
    pub fn status(&self, order: &str) -> Option<u64> {
        let row = self.row(order)?;
        Some(row["status"]["N"].as_str().and_then(|code| code.parse().ok()).expect("a status"))
    }

    /// The pull-log row of an order.
    ///
    /// # Panics
    /// When there is none.
    #[must_use]
    pub fn pulls(&self, order: &str) -> Value {
        let key = format!("840#{order}");
        let row =
            self.world.items(PULL_LOG).into_iter().find(|row| row["third_order_no"]["S"] == key.as_str());
        row.expect("a row of the pull log")
    }

    /// The states of an order's pulls: operator, credit card, device.
    #[must_use]
    pub fn pull_states(&self, order: &str) -> [String; 3] {
        let row = self.pulls(order);
        ["operator_state", "credit_card_state", "device_state"]
            .map(|column| row[column]["N"].as_str().unwrap_or_default().to_owned())
    }

    /// The steps of an order, oldest first, as `0>2 operator-pull: all data pulled`.
    #[must_use]
    pub fn history(&self, order: &str) -> Vec<String> {
        let key = format!("840#{order}");
        let rows = self.world.items(HISTORY).into_iter().filter(|row| row["order"]["S"] == key.as_str());
        let text = |row: &Value, name: &str| {
            row[name]["S"].as_str().or(row[name]["N"].as_str()).unwrap_or("-").to_owned()
        };
        let step = |row: &Value| format!("{}>{}", text(row, "from"), text(row, "to"));
        rows.map(|row| format!("{} {}: {}", step(&row), text(&row, "source"), text(&row, "reason"))).collect()
    }

    /// The items that an order has, in order.
    #[must_use]
    pub fn items(&self, order: &str) -> Vec<String> {
        let row = self.row(order).unwrap_or_default();
        let items = row["auth_items"]["SS"].as_array().cloned().unwrap_or_default();
        let mut items: Vec<_> = items.iter().filter_map(Value::as_str).map(str::to_owned).collect();
        items.sort_unstable();
        items
    }

    /// The callbacks of an order: kind and body.
    #[must_use]
    pub fn callbacks(&self, order: &str) -> Vec<(String, String)> {
        let key = format!("840#{order}");
        let rows = self.world.items(CALLBACKS).into_iter();
        let rows = rows.filter(|row| row["order"]["S"] == key.as_str() && row["seq"]["S"] != "head");
        let text = |row: &Value, name: &str| row[name]["S"].as_str().unwrap_or_default().to_owned();
        rows.map(|row| (text(&row, "kind"), text(&row, "body"))).collect()
    }

    /// Changes the row of an order past everything.
    ///
    /// # Panics
    /// When there is none.
    pub fn change(&self, order: &str, change: impl FnOnce(&mut Value)) {
        let mut row = self.row(order).expect("an order");
        change(&mut row);
        self.world.put_item(ORDERS, &row);
    }
}
