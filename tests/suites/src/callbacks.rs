//! Callbacks in a world: orders that cause them, the platform that takes them or not, the worker, the relay that wakes
//! it, and what operators have.

mod platform;
mod setting;

use std::ops::Deref;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use ::platform::Scope;
use ::platform::callbacks::{CallbackId, CallbackStore, Change, NewCallback, seq};
use ::platform::dynamodb::{Transacted, Transaction};
use ::platform::schedule::RunError;
use delivery::callback_list::CallbackList;
use delivery::callback_resend::CallbackResend;
use delivery::outbox_relay::OutboxRelay;
use jiff::Timestamp;
use marketplace::partner_callback::PartnerCallback;
use serde_json::{Value, json};
use world::{Delivery, Table, World};

pub use self::platform::{Arrived, Platform};
pub use self::setting::{furnish, start};

use self::setting::Functions;
use crate::gateway::{Got, Post};
use crate::host::Host;
use crate::marketplace::channels::PLAIN;
use crate::marketplace::world;

/// The table.
pub const CALLBACKS: &str = "callbacks";
/// The queue of wake-ups.
pub const PARTNER_CALLBACK: &str = "partner-callback";
/// Its dead-letter queue.
pub const PARTNER_CALLBACK_DEAD: &str = "partner-callback-dead";
/// An order of channel 840.
pub const ORDER: &str = "840#120522";

/// How much time a worker has for a wake-up.
const WORKER_TIME: Duration = Duration::from_mins(1);

/// The functions over one world.
pub struct Callbacks {
    host: Host,
    /// The platform in this world.
    pub platform: Platform,
    functions: Functions,
    operations: AtomicU64,
}

impl Deref for Callbacks {
    type Target = Host;

    fn deref(&self) -> &Host {
        &self.host
    }
}

impl Callbacks {
    /// The functions in an empty world, where the platform takes everything.
    pub async fn new() -> Self {
        let world = world();
        furnish(&world);
        let platform = Platform::in_world(&world);
        Self::over(world, platform).await
    }

    /// A fresh process of each function in a `world` that has the tables and this platform.
    pub async fn over(world: World, platform: Platform) -> Self {
        let functions = setting::functions(&world, 7).await;
        let mut host = Host::over(world);
        host.time_left = WORKER_TIME;
        Self { host, platform, functions, operations: AtomicU64::new(1) }
    }

    /// With the SDK's own retries in the worker's tables, as in production.
    #[must_use]
    pub fn with_sdk_retries(mut self) -> Self {
        let client = crate::aws_with_retries(&self.world).dynamodb();
        self.functions.partner_callback.worker.store = CallbackStore::new(client, CALLBACKS.to_owned());
        self
    }

    /// A fresh process of each function.
    pub async fn another(&self) -> Self {
        Self::over(self.world.clone(), self.platform.clone()).await
    }

    /// The scope of an operation.
    #[must_use]
    pub fn scope(&self) -> Scope {
        self.scope_with(WORKER_TIME)
    }

    /// The scope of an operation that has so much time.
    #[must_use]
    pub fn scope_with(&self, time: Duration) -> Scope {
        let number = self.operations.fetch_add(1, Ordering::Relaxed);
        let clock = self.world.clock();
        let deadline = clock.now() + time;
        Scope::new(format!("operation-{number}"), format!("correlation-{number}"), deadline, clock)
    }

    /// A state change of an order that causes callbacks of kind `audit` with these numbers in their bodies, at a version;
    /// nobody is woken.
    ///
    /// # Panics
    /// When it is not written.
    pub async fn cause(&self, order: &str, version: u64, numbers: &[u64]) {
        cause(&self.world, &self.scope(), order, version, numbers).await;
    }

    /// The same for [`ORDER`], one callback a version, and a wake-up for each.
    pub async fn cause_and_wake(&self, numbers: &[u64]) {
        for number in numbers {
            self.cause(ORDER, *number, &[*number]).await;
            self.wake(ORDER);
        }
    }

    /// Sends a wake-up.
    pub fn wake(&self, order: &str) {
        self.world.send(PARTNER_CALLBACK, &json!({"order": order}).to_string(), &[]);
    }

    /// Has Lambda's poller take one wake-up.
    pub async fn work(&self) -> Delivery {
        let queue = setting::queue(&self.world);
        let consume = async |batch| self.consume(&self.functions.partner_callback, &queue, batch).await;
        self.world.deliver(PARTNER_CALLBACK, 1, consume).await
    }

    /// The same until no wake-up is visible.
    pub async fn work_all(&self) {
        while self.work().await != Delivery::default() {}
    }

    /// Runs the relay.
    ///
    /// # Errors
    /// The invocation failed.
    pub async fn wake_due(&self) -> Result<(), RunError> {
        self.run(&self.functions.relay, &json!({})).await
    }

    /// Lets so many minutes pass: each with a run of the relay, and the worker at work each second in which something is
    /// to be done.
    ///
    /// # Panics
    /// When a run of the relay fails.
    pub async fn live(&self, minutes: u32) {
        for _ in 0..minutes {
            let minute_over = self.world.time().now() + Duration::from_mins(1);
            // A run that finds nothing due does nothing: it is left out, since there are thousands.
            if self.is_due_before(minute_over + Duration::from_secs(90)) {
                self.wake_due().await.expect("a run of the relay");
            }
            while self.world.time().now() < minute_over {
                self.work_all().await;
                let left = minute_over.duration_since(self.world.time().now()).unsigned_abs();
                self.world.pass(self.step().min(left)).await;
            }
        }
    }

    /// How long nothing happens: with a wake-up in the queue to when something is due, and then second by second.
    fn step(&self) -> Duration {
        if self.world.messages(PARTNER_CALLBACK).is_empty() {
            return Duration::MAX;
        }
        let now = self.world.time().now();
        let later = self.due().into_iter().map(|due_at| due_at.duration_since(now).as_secs());
        Duration::from_secs(later.min().and_then(|seconds| u64::try_from(seconds).ok()).unwrap_or(0).max(1))
    }

    fn is_due_before(&self, instant: Timestamp) -> bool {
        self.due().into_iter().any(|due_at| due_at < instant)
    }

    fn due(&self) -> Vec<Timestamp> {
        let due_at = |row: &Value| row["due_at"]["S"].as_str().and_then(|at| at.parse().ok());
        self.world.items(CALLBACKS).iter().filter_map(due_at).collect()
    }

    /// Asks for callbacks with this query.
    pub async fn list(&self, query: &str) -> Got {
        let mut event = Post::signed("").event("/ops/callbacks");
        event["routeKey"] = json!("GET /ops/callbacks");
        event["requestContext"]["http"]["method"] = json!("GET");
        event["rawQueryString"] = json!(query);
        self.respond(&self.functions.list, event).await
    }

    /// The list of this query.
    ///
    /// # Panics
    /// When it is none.
    pub async fn listed(&self, query: &str) -> Value {
        let got = self.list(query).await;
        assert_eq!(got.status, 200, "{}", got.body);
        serde_json::from_str(&got.body).expect("JSON")
    }

    /// Has callbacks sent again.
    pub async fn resend(&self, body: &Value) -> Got {
        self.post(Post::signed(body.to_string())).await
    }

    /// The same with any request.
    pub async fn post(&self, post: Post) -> Got {
        self.respond(&self.functions.resend, post.event("/ops/callbacks/resend")).await
    }

    /// The functions that operators call, for events of any kind.
    #[must_use]
    pub fn of_operators(&self) -> (&CallbackList, &CallbackResend) {
        (&self.functions.list, &self.functions.resend)
    }

    /// The worker.
    #[must_use]
    pub fn worker(&self) -> &PartnerCallback {
        &self.functions.partner_callback
    }

    /// The relay.
    #[must_use]
    pub fn relay(&self) -> &OutboxRelay {
        &self.functions.relay
    }

    /// The id of the first callback of a version of [`ORDER`].
    #[must_use]
    pub fn id(version: u64) -> String {
        CallbackId { order: ORDER.to_owned(), seq: seq(version, 0) }.to_text()
    }

    /// The callbacks of an order, in order.
    #[must_use]
    pub fn rows(&self, order: &str) -> Vec<Value> {
        let rows = self.world.items(CALLBACKS).into_iter();
        rows.filter(|row| row["order"]["S"] == order && row["seq"]["S"] != "head").collect()
    }

    /// The states of an order's callbacks, in order.
    #[must_use]
    pub fn states(&self, order: &str) -> Vec<String> {
        let state = |row: Value| row["state"]["S"].as_str().unwrap_or_default().to_owned();
        self.rows(order).into_iter().map(state).collect()
    }

    /// The head of an order.
    ///
    /// # Panics
    /// When there is none.
    #[must_use]
    pub fn head(&self, order: &str) -> Value {
        let rows = self.world.items(CALLBACKS).into_iter();
        let head = rows.filter(|row| row["seq"]["S"] == "head").find(|row| row["order"]["S"] == order);
        head.expect("a head")
    }

    /// The attempts of the `place`th callback of [`ORDER`], each as its outcome and its code.
    #[must_use]
    pub fn attempts(&self, place: usize) -> Vec<(String, Option<i64>)> {
        let rows = self.rows(ORDER);
        let attempts = rows[place]["attempts"]["L"].as_array().cloned().unwrap_or_default();
        let read = |attempt: &Value| {
            let code = attempt["M"]["code"]["N"].as_str().and_then(|code| code.parse().ok());
            (attempt["M"]["outcome"]["S"].as_str().unwrap_or_default().to_owned(), code)
        };
        attempts.iter().map(read).collect()
    }

    /// Switches channel 840 off, or on again, as its parameter says from now on; the processes are new.
    pub async fn switched(&self, is_off: bool) -> Self {
        crate::marketplace::channels::put_channel(&self.world, PLAIN, &json!({"disabled": is_off}));
        self.another().await
    }
}

/// A state change of an order that causes callbacks, beside whatever runs.
///
/// # Panics
/// When it is not written.
pub async fn cause(world: &World, scope: &Scope, order: &str, version: u64, numbers: &[u64]) {
    let number = order.split_once('#').map_or("", |(_, number)| number);
    let body = |n: &u64| json!({"orderId": number, "n": n}).to_string();
    let caused: Vec<_> = numbers.iter().map(|n| NewCallback { kind: "audit", body: body(n) }).collect();
    let stamp = scope.stamp();
    let change = Change { order, version, stamp: &stamp };
    let table = ::platform::callbacks::Callbacks::new(CALLBACKS.to_owned());
    let transaction = table.add(scope, Transaction::new(), change, &caused);
    let written = transaction.commit(&crate::aws(world).dynamodb(), scope, &stamp).await;
    assert_eq!(written.expect("DynamoDB answers"), Transacted::Applied);
}

/// The table as the template has it.
#[must_use]
pub fn table() -> Table {
    let due = world::Projection::Include(vec!["waits_since".to_owned()]);
    let state = world::Projection::Include(vec!["dead_at".to_owned()]);
    Table::new(CALLBACKS, "order:S").sort("seq:S").index("due", "due_shard:N", Some("due_at:S"), due).index(
        "state",
        "state:S",
        Some("created_at:S"),
        state,
    )
}
