//! The quota context in a world: its tables, its queue and its functions.

use std::ops::Deref;
use std::time::Duration;

use aws_lambda_events::sqs::SqsBatchResponse;
use domain::quota::ListRules;
use platform::aws::Aws;
use platform::outbox::OutboxSettings;
use platform::schedule::RunError;
use platform::sqs::QueueUrls;
use quota::cancel::Cancelling;
use quota::cancel_temp_credit::CancelTempCredit;
use quota::cancel_temp_quota::CancelTempQuota;
use quota::credit_events::CreditEvents;
use quota::deps::Deps;
use quota::gateway::Gateway;
use quota::get_temp_quota::GetTempQuota;
use quota::online_texts::OnlineTexts;
use quota::query_temp_credit::QueryTempCredit;
use quota::store::{BookingStore, QuotaStore, StatusTexts, Tables};
use quota::temp_credit_expiry::TempCreditExpiry;
use serde_json::{Value, json};
use world::{Delivery, Projection, Table, World};

use crate::gateway::{Got, Post};
use crate::host::{BUS, Host, OUTBOX};
use crate::session::{Key, verifier};

/// The table of accounts.
pub const ACCOUNTS: &str = "quota_accounts";
/// The table of grants.
pub const GRANTS: &str = "credit_apply";
/// The application numbers that were used.
pub const APPLY_NUMBERS: &str = "apply_numbers";
/// The texts that override the built-in ones.
pub const ONLINE_TEXTS: &str = "online_texts";
/// The queue of accounts and grants.
pub const QUEUE: &str = "credit-events";
/// Its dead-letter queue.
pub const DEAD_LETTERS: &str = "credit-events-dead";
/// Asks for the first ten grants.
pub const FIRST_PAGE: &str = r#"{"page":"1","pageSize":"10"}"#;

/// Where the gateway's query is called.
pub const QUERY_ROUTE: &str = "/gw/generic/bt/na/m/getTempQuotaInfo";
/// Where the gateway's cancel is called.
pub const CANCEL_ROUTE: &str = "/gw/generic/bt/na/m/cancelTempQuota";

/// Where credit.man's query is called.
pub const CREDIT_MAN_QUERY_ROUTE: &str = "/credit/temp-credit/query";
/// Where credit.man's cancel is called.
pub const CREDIT_MAN_CANCEL_ROUTE: &str = "/credit/temp-credit/cancel";

/// The context's functions over one world.
pub struct Quota {
    host: Host,
    query: GetTempQuota,
    cancel: CancelTempQuota,
    query_temp_credit: QueryTempCredit,
    cancel_temp_credit: CancelTempCredit,
    credit_events: CreditEvents,
    temp_credit_expiry: TempCreditExpiry,
    queue: platform::sqs::Queue,
}

impl Deref for Quota {
    type Target = Host;

    fn deref(&self) -> &Host {
        &self.host
    }
}

impl Quota {
    /// The context in an empty world at noon of 2019-06-25 in Shanghai, when the specification was written.
    ///
    /// # Panics
    /// Never: that is an instant.
    pub async fn new() -> Self {
        Self::at("2019-06-25T12:00:00+08:00").await
    }

    /// The context in an empty world at this instant.
    ///
    /// # Panics
    /// When it is none.
    pub async fn at(now: &str) -> Self {
        Self::within(World::starting_at(now.parse().expect("an instant"))).await
    }

    /// The context in `world`, which must not have its tables yet.
    pub async fn within(world: World) -> Self {
        furnish(&world);
        Self::over(world).await
    }

    /// A fresh process of each function in a `world` that has its tables: what a restart is.
    pub async fn over(world: World) -> Self {
        Self::with(world.clone(), &crate::aws(&world), StatusTexts::default()).await
    }

    /// The same with the SDK's own retries, as in production.
    pub async fn over_with_sdk_retries(world: World) -> Self {
        Self::with(world.clone(), &crate::aws_with_retries(&world), StatusTexts::default()).await
    }

    /// The same with these texts in the column `status`.
    pub async fn over_with_statuses(world: World, statuses: StatusTexts) -> Self {
        Self::with(world.clone(), &crate::aws(&world), statuses).await
    }

    async fn with(world: World, aws: &Aws, statuses: StatusTexts) -> Self {
        let host = Host::over(world);
        let deps = deps(aws, statuses);
        let store = deps.store.clone();
        Self {
            host,
            query: GetTempQuota(gateway(aws, deps.clone()).await),
            cancel: CancelTempQuota(gateway(aws, cancelling(aws, deps.clone())).await),
            query_temp_credit: QueryTempCredit(deps.clone()),
            cancel_temp_credit: CancelTempCredit(cancelling(aws, deps)),
            credit_events: CreditEvents { store: BookingStore::new(store.clone(), APPLY_NUMBERS.into()) },
            temp_credit_expiry: TempCreditExpiry { store },
            queue: queue(aws),
        }
    }

    /// With invocations that have this much time left when they begin.
    #[must_use]
    pub fn with_time_left(mut self, time_left: Duration) -> Self {
        self.host.time_left = time_left;
        self
    }

    /// Asks for a page in the session of `pin`.
    pub async fn query(&self, pin: &str, body: &str) -> Got {
        self.send_query(&by(pin, body)).await
    }

    /// Calls getTempQuotaInfo.
    pub async fn send_query(&self, post: &Post) -> Got {
        self.respond(&self.query, post.event(QUERY_ROUTE)).await
    }

    /// The same with an event as it may come.
    pub async fn send_query_event(&self, event: Value) -> Got {
        self.respond(&self.query, event).await
    }

    /// Cancels a grant in the session of `pin`.
    pub async fn cancel(&self, pin: &str, business_type: &str, business_id: &str) -> Got {
        let body = json!({"businessId": business_id, "businessType": business_type}).to_string();
        self.send_cancel(&by(pin, body)).await
    }

    /// Calls cancelTempQuota.
    pub async fn send_cancel(&self, post: &Post) -> Got {
        self.respond(&self.cancel, post.event(CANCEL_ROUTE)).await
    }

    /// The same with an event as it may come.
    pub async fn send_cancel_event(&self, event: Value) -> Got {
        self.respond(&self.cancel, event).await
    }

    /// Calls credit.man's query.
    pub async fn credit_man_query(&self, post: &Post) -> Got {
        self.respond(&self.query_temp_credit, post.event(CREDIT_MAN_QUERY_ROUTE)).await
    }

    /// Calls credit.man's cancel.
    pub async fn credit_man_cancel(&self, post: &Post) -> Got {
        self.respond(&self.cancel_temp_credit, post.event(CREDIT_MAN_CANCEL_ROUTE)).await
    }

    /// Sends a message to the queue.
    pub fn tell(&self, message: &Value) {
        self.world.send(QUEUE, &message.to_string(), &[]);
    }

    /// Has Lambda's poller take one batch of what is visible in the queue.
    pub async fn deliver(&self) -> Delivery {
        self.deliver_up_to(10).await
    }

    /// Has it take one message.
    pub async fn deliver_one(&self) -> Delivery {
        self.deliver_up_to(1).await
    }

    async fn deliver_up_to(&self, batch_size: usize) -> Delivery {
        self.world
            .deliver(QUEUE, batch_size, async |batch| -> SqsBatchResponse {
                self.host.consume(&self.credit_events, &self.queue, batch).await
            })
            .await
    }

    /// Sends messages and has them all taken, ten at a time.
    pub async fn take(&self, messages: &[Value]) {
        for message in messages {
            self.tell(message);
        }
        for _ in messages.chunks(10) {
            self.deliver().await;
        }
    }

    /// Runs the expiry as of `time`.
    ///
    /// # Errors
    /// The invocation failed.
    pub async fn expire(&self, time: &str) -> Result<(), RunError> {
        self.expire_with(&json!({"time": time, "id": "run-1"})).await
    }

    /// Runs the expiry with an event.
    ///
    /// # Errors
    /// The invocation failed.
    pub async fn expire_with(&self, event: &Value) -> Result<(), RunError> {
        self.run(&self.temp_credit_expiry, event).await
    }

    /// A world with the same rows, where nothing has been called, written or sent yet.
    #[must_use]
    pub fn afresh(&self) -> World {
        let world = World::starting_at(self.world.time().now());
        furnish(&world);
        for table in [ACCOUNTS, GRANTS, APPLY_NUMBERS, ONLINE_TEXTS] {
            for row in self.world.items(table) {
                world.put_item(table, &row);
            }
        }
        world
    }

    /// Whether nothing waits in the queue or its dead-letter queue.
    #[must_use]
    pub fn is_quiet(&self) -> bool {
        self.world.messages(QUEUE).is_empty() && self.world.messages(DEAD_LETTERS).is_empty()
    }

    /// The account's row.
    #[must_use]
    pub fn account(&self, pin: &str) -> Option<Value> {
        self.world.items(ACCOUNTS).into_iter().find(|row| row["pin"]["S"] == pin)
    }

    /// The account's total as it is stored.
    #[must_use]
    pub fn total(&self, pin: &str) -> Option<String> {
        self.account(pin)?["temp_total"]["N"].as_str().map(str::to_owned)
    }

    /// A grant's row.
    #[must_use]
    pub fn grant(&self, pin: &str, grant_id: &str) -> Option<Value> {
        let rows = self.world.items(GRANTS).into_iter();
        rows.into_iter().find(|row| row["pin"]["S"] == pin && row["grant_id"]["S"] == grant_id)
    }

    /// The statuses of the pin's grants, by their ids.
    #[must_use]
    pub fn statuses(&self, pin: &str) -> Vec<(String, String)> {
        let text = |row: &Value, name: &str| row[name]["S"].as_str().unwrap_or_default().to_owned();
        let rows = self.world.items(GRANTS).into_iter().filter(|row| row["pin"]["S"] == pin);
        rows.map(|row| (text(&row, "grant_id"), text(&row, "status"))).collect()
    }
}

/// Gives `world` the context's tables and queues.
pub fn furnish(world: &World) {
    world.table(Table::new(ACCOUNTS, "pin:S"));
    let of_effective =
        ["status", "credit_type", "change_limit", "invalid_time", "update_time", "schema_version"];
    let include = |names: &[&str]| Projection::Include(names.iter().map(ToString::to_string).collect());
    world.table(
        Table::new(GRANTS, "pin:S")
            .sort("grant_id:S")
            .local_index("effective", "live_since:S", include(&of_effective))
            .index("due", "due_shard:N", Some("due_at:S"), include(&["change_limit"])),
    );
    world.table(Table::new(APPLY_NUMBERS, "apply_no:S"));
    world.table(Table::new(ONLINE_TEXTS, "context:S"));
    world.table(Table::new(OUTBOX, "shard:N").sort("entry:S"));
    world.bus(BUS);
    world.queue(world::Queue::new(DEAD_LETTERS));
    world.queue(world::Queue::new(QUEUE).visibility(Duration::from_mins(3)).dead_letters(DEAD_LETTERS, 10));
}

/// What the use cases work with.
#[must_use]
pub fn deps(aws: &Aws, statuses: StatusTexts) -> Deps {
    let tables = Tables { accounts: ACCOUNTS.into(), grants: GRANTS.into() };
    Deps { store: QuotaStore::new(aws.dynamodb(), tables, statuses), rules: rules() }
}

/// What the gateway's endpoints work with, as it is after their start.
pub async fn gateway<D>(aws: &Aws, deps: D) -> Gateway<D> {
    let texts = OnlineTexts::open(aws.dynamodb(), ONLINE_TEXTS.into()).await;
    Gateway { deps, texts, sessions: verifier() }
}

/// What the cancels work with.
#[must_use]
pub fn cancelling(aws: &Aws, deps: Deps) -> Cancelling {
    let outbox = OutboxSettings { table: OUTBOX.into(), bus: BUS.into() };
    Cancelling { deps, outbox: outbox.connect(aws) }
}

/// The consumer's queue.
#[must_use]
pub fn queue(aws: &Aws) -> platform::sqs::Queue {
    let urls = QueueUrls { source: World::queue_url(QUEUE), dead_letters: World::queue_url(DEAD_LETTERS) };
    platform::sqs::Queue { client: aws.sqs(), urls }
}

/// The dates of the list predicate, as they stand without configuration.
///
/// # Panics
/// Never: they are dates.
#[must_use]
pub fn rules() -> ListRules {
    let at = |text: &str| text.parse().expect("an instant");
    ListRules {
        effective_after: at("2019-04-01T00:00:00+08:00"),
        list_updated_after: at("2019-03-26T00:00:00+08:00"),
    }
}

/// A JSON request in the session of `pin`.
#[must_use]
pub fn by(pin: &str, body: impl Into<Vec<u8>>) -> Post {
    Post::anonymous(body).bearer(&Key::first().baitiao_token(pin))
}

/// An account that is open.
#[must_use]
pub fn opened(pin: &str) -> Value {
    json!({
        "event_id": format!("opened-{pin}"), "type": "account_changed", "pin": pin, "state": "open",
        "account_type": "NORMAL", "occurred_at": "2019-05-01T00:00:00+08:00",
    })
}

/// A grant that became effective on 2019-06-20 at 10:00 and has no expiry, by a business.
#[must_use]
pub fn granted(pin: &str, business_type: &str, business_id: &str, change_limit: &str) -> Value {
    json!({
        "event_id": format!("e-{pin}-{business_type}-{business_id}"), "type": "temp_credit_granted",
        "apply_no": format!("a-{pin}-{business_type}-{business_id}"), "pin": pin,
        "business_type": business_type, "business_id": business_id, "business_name": "临时提额",
        "change_limit": change_limit, "effective_time": "2019-06-20T10:00:00+08:00", "invalid_time": null,
        "source_type": "BUSINESS", "occurred_at": "2019-06-20T10:00:01+08:00",
    })
}

/// `message` with this member in place of its own.
#[must_use]
pub fn with(mut message: Value, member: &str, value: impl Into<Value>) -> Value {
    message[member] = value.into();
    message
}
