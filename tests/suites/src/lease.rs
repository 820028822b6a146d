//! The lease context in a world: its tables, its secrets, Ant's gateway, and its functions.

pub mod alipay;
pub mod ant;
pub mod bodies;
pub mod envelope;
pub mod fields;
mod key;
pub mod methods;
mod notification;
pub mod request;
mod setting;
pub mod spoil;
mod states;

use std::ops::Deref;
use std::time::Duration;

use lease::ant_notify::AntNotify;
use lease::contract_seal::ContractSeal;
use lease::contract_sign::ContractSign;
use lease::lease_close::LeaseClose;
use lease::lease_reconcile::LeaseReconcile;
use lease::order_query::OrderQuery;
use lease::pre_order_sync::PreOrderSync;
use lease::sign_flow::SignFlow;
use lease::store::NotificationStore;
use lease::unsign_confirm::UnsignConfirm;
use lease::wire::Route;
use lease::withhold_plan_cancel::WithholdPlanCancel;
use lease::withhold_query::WithholdQuery;
use lease::withhold_sign::WithholdSign;
use lease::withhold_unsign::WithholdUnsign;
use platform::http::Endpoint;
use platform::schedule::{Job, RunError};
use serde_json::value::to_raw_value;
use serde_json::{Value, json};
use world::World;

pub use self::key::decrypted;
pub use self::setting::{deps, furnish, put_ant_secret, put_ant_secret_without_alipay};

use self::ant::Ant;
use self::request::Request;
use crate::gateway::Got;
use crate::host::Host;

/// Where Ant's gateway is.
pub const ANT: &str = "https://ant.test";
/// The table of orders.
pub const ORDERS: &str = "lease_orders";
/// The table of their sealed documents.
pub const DOCUMENTS: &str = "lease_documents";
/// The table of their transitions.
pub const HISTORY: &str = "lease_history";
/// The table of requests with an Idempotency-Key.
pub const REQUESTS: &str = "lease_requests";
/// The table of Ant's notifications.
pub const NOTIFICATIONS: &str = "ant_notifications";
/// The parameter of what is secret between Ant and us.
pub const ANT_SECRET: &str = "/tenor/test/ant";
/// The parameter of the keys that documents are sealed with.
pub const SEALING_SECRET: &str = "/tenor/test/sealing";
/// The order of most tests.
pub const ORDER: &str = "LEASE-0001";
/// Who calls unless a test says otherwise: nobody who may override.
pub const CALLER: &str = "arn:aws:sts::123456789012:assumed-role/upstream/session";
/// A caller who may override.
pub const OPERATOR: &str = "arn:aws:sts::123456789012:assumed-role/lease-operator/ann";

/// The role of [`OPERATOR`].
const OPERATOR_ROLE: &str = "arn:aws:iam::123456789012:role/lease-operator";
/// How much time a call of the API has.
const CALL_TIME: Duration = Duration::from_secs(29);
/// How much time a run of lease-reconcile has.
const RUN_TIME: Duration = Duration::from_mins(4);

/// How the functions are configured, beside what every test has.
#[derive(Clone, Copy, Debug, Default)]
pub struct Options {
    /// `ANT_DISABLED`.
    pub ant_disabled: bool,
    /// `ANT_LATE_MS`: without it what did not happen is believed at once.
    pub late: bool,
    /// `ANT_ABSENCE_CODES`, if not what it is by itself.
    pub absence_codes: Option<&'static str>,
    /// With the SDK's own retries, as in production.
    pub sdk_retries: bool,
}

/// The context's functions over one world.
pub struct Lease {
    host: Host,
    /// What Ant is, in this world.
    pub ant: Ant,
    pre_order_sync: Route<PreOrderSync>,
    order_query: Route<OrderQuery>,
    contract_sign: Route<ContractSign>,
    contract_seal: Route<ContractSeal>,
    withhold_sign: Route<WithholdSign>,
    withhold_query: Route<WithholdQuery>,
    withhold_unsign: Route<WithholdUnsign>,
    withhold_plan_cancel: Route<WithholdPlanCancel>,
    unsign_confirm: Route<UnsignConfirm>,
    close: Route<LeaseClose>,
    sign_flow: Route<SignFlow>,
    ant_notify: AntNotify,
    reconcile: LeaseReconcile,
}

impl Deref for Lease {
    type Target = Host;

    fn deref(&self) -> &Host {
        &self.host
    }
}

/// Ant must not have been told anything that it does not take: see [`Ant::complaints`].
impl Drop for Lease {
    fn drop(&mut self) {
        if !std::thread::panicking() {
            assert_eq!(self.ant.complaints(), Vec::<String>::new(), "what Ant complained about");
        }
    }
}

impl Lease {
    /// The context in an empty world at 10:00:00 UTC of 2025-01-03.
    ///
    /// # Panics
    /// Never: that is an instant.
    pub async fn new() -> Self {
        Self::within(World::starting_at("2025-01-03T10:00:00Z".parse().expect("an instant"))).await
    }

    /// The context in `world`, which must not have its tables yet.
    pub async fn within(world: World) -> Self {
        furnish(&world);
        let ant = Ant::in_world(&world);
        Self::over(world, ant).await
    }

    /// A fresh process of each function in a `world` that has its tables and this Ant: what a restart is.
    pub async fn over(world: World, ant: Ant) -> Self {
        Self::with(world, ant, Options::default()).await
    }

    /// The same, configured so.
    ///
    /// # Panics
    /// When the configuration or the secrets are not what the functions take.
    pub async fn with(world: World, ant: Ant, options: Options) -> Self {
        let aws = if options.sdk_retries { crate::aws_with_retries(&world) } else { crate::aws(&world) };
        let deps = deps(&world, &aws, options).await;
        let mut host = Host::over(world);
        host.time_left = CALL_TIME;
        Self {
            host,
            ant,
            pre_order_sync: Route::new(deps.clone()),
            order_query: Route::new(deps.clone()),
            contract_sign: Route::new(deps.clone()),
            contract_seal: Route::new(deps.clone()),
            withhold_sign: Route::new(deps.clone()),
            withhold_query: Route::new(deps.clone()),
            withhold_unsign: Route::new(deps.clone()),
            withhold_plan_cancel: Route::new(deps.clone()),
            unsign_confirm: Route::new(deps.clone()),
            close: Route::new(deps.clone()),
            sign_flow: Route::new(deps.clone()),
            ant_notify: AntNotify {
                deps: deps.clone(),
                notifications: NotificationStore::new(aws.dynamodb(), NOTIFICATIONS.into()),
            },
            reconcile: LeaseReconcile(deps),
        }
    }

    /// A fresh process of each function over the same world and Ant.
    pub async fn restarted(&self) -> Self {
        Self::over(self.world.clone(), self.ant.clone()).await
    }

    /// The same, configured so.
    pub async fn restarted_with(&self, options: Options) -> Self {
        Self::with(self.world.clone(), self.ant.clone(), options).await
    }

    /// With calls that have this much time left when they begin.
    #[must_use]
    pub fn with_time_left(mut self, time_left: Duration) -> Self {
        self.host.time_left = time_left;
        self
    }

    /// `PUT /ant-lease/orders/{order}`.
    pub async fn put(&self, order: &str, body: &Value) -> Got {
        self.send(&Request::put(order).body(body)).await
    }

    /// `POST /ant-lease/orders/{order}{path}`.
    pub async fn post(&self, order: &str, path: &str, body: &Value) -> Got {
        self.send(&Request::post(order, path).body(body)).await
    }

    /// `GET /ant-lease/orders/{order}{path}`.
    pub async fn get(&self, order: &str, path: &str) -> Got {
        self.send(&Request::get(order, path)).await
    }

    /// `DELETE /ant-lease/orders/{order}{path}`.
    pub async fn delete(&self, order: &str, path: &str) -> Got {
        self.send(&Request::delete(order, path)).await
    }

    /// Has the function of the request's route answer it.
    ///
    /// # Panics
    /// When there is no such route.
    pub async fn send(&self, request: &Request) -> Got {
        let event = request.event();
        match request.route() {
            ("PUT", "") => self.answer(&self.pre_order_sync, event).await,
            ("GET", "") => self.answer(&self.order_query, event).await,
            ("POST", "/contract") => self.answer(&self.contract_sign, event).await,
            ("POST", "/contract/seal") => self.answer(&self.contract_seal, event).await,
            ("POST", "/withhold-sign") => self.answer(&self.withhold_sign, event).await,
            ("GET", "/withhold-sign") => self.answer(&self.withhold_query, event).await,
            ("DELETE", "/withhold-sign") => self.answer(&self.withhold_unsign, event).await,
            ("POST", "/withhold-plan/cancel") => self.answer(&self.withhold_plan_cancel, event).await,
            ("POST", "/unsign-confirm") => self.answer(&self.unsign_confirm, event).await,
            ("POST", "/close") => self.answer(&self.close, event).await,
            ("POST", "/sign-flow") => self.answer(&self.sign_flow, event).await,
            (method, path) => panic!("no route {method} {path}"),
        }
    }

    /// Has ant-notify answer an event, whatever it is.
    pub async fn notify_with(&self, event: Value) -> Got {
        self.answer(&self.ant_notify, event).await
    }

    /// Ant tells of an order, in a form that is signed as it should be.
    pub async fn notify(&self, msg_id: &str, publish_type: &str, order: &str) -> Got {
        let notification = self.ant.notification(msg_id, publish_type, order, "{}");
        self.notify_with(notification.form_event()).await
    }

    /// Runs lease-reconcile now.
    ///
    /// # Errors
    /// The invocation failed.
    pub async fn reconcile(&self) -> Result<(), RunError> {
        let now = self.world.time().now().to_string();
        self.run_job(&self.reconcile, &json!({"time": now, "id": "run-1"}), RUN_TIME).await
    }

    /// Runs lease-reconcile with so much time, as of the present.
    ///
    /// # Errors
    /// The invocation failed.
    pub async fn reconcile_within(&self, time: Duration) -> Result<(), RunError> {
        let now = self.world.time().now().to_string();
        self.run_job(&self.reconcile, &json!({"time": now, "id": "run-1"}), time).await
    }

    /// As [`Host::respond`], but with an id that is the same when the test is run again, whatever runs beside it: the
    /// ids that Ant sees are derived from it.
    async fn answer(&self, endpoint: &impl Endpoint, event: Value) -> Got {
        let clock = self.world.clock();
        let deadline = clock.now() + self.host.time_left;
        let id = self.ant.ticket();
        let raw = to_raw_value(&event).expect("JSON");
        let answer = platform::http::respond(endpoint, &clock, &self.output, &id, deadline, &raw);
        Got::of(&event, &Box::pin(answer).await)
    }

    async fn run_job(&self, job: &impl Job, event: &Value, time: Duration) -> Result<(), RunError> {
        let clock = self.world.clock();
        let deadline = clock.now() + time;
        let id = self.ant.ticket();
        let event = to_raw_value(event).expect("JSON");
        Box::pin(platform::schedule::run(job, &clock, &self.output, &id, deadline, &event)).await
    }

    /// The row of an order.
    #[must_use]
    pub fn row(&self, order: &str) -> Option<Value> {
        self.world.items(ORDERS).into_iter().find(|row| row["order_id"]["S"] == order)
    }

    /// The state that is stored of an order; empty when there is none.
    #[must_use]
    pub fn state(&self, order: &str) -> String {
        let row = self.row(order).unwrap_or_default();
        row["state"]["S"].as_str().unwrap_or_default().to_owned()
    }

    /// The transitions of an order, oldest first, as `FROM>TO`.
    #[must_use]
    pub fn history(&self, order: &str) -> Vec<String> {
        let rows = self.world.items(HISTORY).into_iter().filter(|row| row["order_id"]["S"] == order);
        let text = |row: &Value, name: &str| row[name]["S"].as_str().unwrap_or("-").to_owned();
        rows.map(|row| format!("{}>{}", text(&row, "from"), text(&row, "to"))).collect()
    }
}

/// The body of an answer.
///
/// # Panics
/// When it is no JSON.
#[must_use]
pub fn body(got: &Got) -> Value {
    serde_json::from_str(&got.body).expect("a body of JSON")
}

/// The `data` of an answer that must be a success.
///
/// # Panics
/// When it is none.
#[expect(clippy::must_use_candidate, reason = "a test may want no more than that it is one")]
pub fn done(got: &Got) -> Value {
    assert_eq!(got.status, 200, "{}", got.body);
    let body = body(got);
    assert_eq!(body["code"], "OK", "{body}");
    body["data"].clone()
}

/// Status and code of an answer.
#[must_use]
pub fn refused(got: &Got) -> (i64, String) {
    (got.status, body(got)["code"].as_str().unwrap_or_default().to_owned())
}
