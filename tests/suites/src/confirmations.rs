//! Cards and confirmations in a world: approved orders, the depository, the bank, and the functions that bind cards and
//! confirm loans.

mod bodies;
mod partners;
mod setting;

use std::ops::Deref;
use std::time::Duration;

use ::platform::aws::Aws;
use ::platform::http::Endpoint;
use ::platform::schedule::RunError;
use ::platform::sqs::{Queue, QueueUrls};
use serde_json::{Value, json};
use world::{Delivery, World};

pub use self::bodies::{CARD_NUMBER, bind, confirm, event};
pub use self::partners::{BANK, Banks, Partners, XW, XwSays};
pub use self::setting::{CONFIRMATION_TABLES, furnish, start};

use self::setting::{Functions, functions};
use crate::gateway::{Got, Post};
use crate::marketplace::Answered;
use crate::marketplace::channels::{PLAIN, Signed};
use crate::orders::bodies::push;
use crate::orders::credit::{but, decision};
use crate::orders::{ORDER, Orders, Platform, UID};

pub use crate::loans::LOANS;

/// The table of users' cards.
pub const CARDS: &str = "rongshu_cards";
/// The table of confirmations that wait.
pub const LOGS: &str = "cl_borrow_confirm_log";
/// The table of the accounts that they wait for.
pub const REGISTERS: &str = "cl_depository_register_apply";
/// The queue of what the depository tells.
pub const DEPOSITORY_EVENTS: &str = "depository-events";
/// Its dead-letter queue.
pub const DEPOSITORY_EVENTS_DEAD: &str = "depository-events-dead";

/// How much time a call has.
const CALL_TIME: Duration = Duration::from_secs(29);
/// How much time a run of the job has.
const RUN_TIME: Duration = Duration::from_secs(50);
/// How much time a batch has.
const BATCH_TIME: Duration = Duration::from_secs(30);

/// The functions over one world.
pub struct Confirmations {
    orders: Orders,
    /// The depository and the bank.
    pub partners: Partners,
    functions: Functions,
}

impl Deref for Confirmations {
    type Target = Orders;

    fn deref(&self) -> &Orders {
        &self.orders
    }
}

impl Confirmations {
    /// The functions in a world where an order is approved.
    ///
    /// # Panics
    /// When it is not.
    pub async fn approved() -> Self {
        let app = Self::in_review().await;
        app.told(&decision(ORDER, "approved")).await;
        assert_eq!(app.status(ORDER), Some(12));
        app
    }

    /// The functions in a world where credit is applied for.
    pub async fn in_review() -> Self {
        let app = Self::new().await;
        app.orders.in_review().await;
        app
    }

    /// The functions in a world without orders.
    pub async fn new() -> Self {
        let world = crate::marketplace::world();
        furnish(&world);
        let platform = Platform::in_world(&world);
        let partners = Partners::in_world(&world);
        Self::over(world, platform, partners).await
    }

    /// A fresh process of each function in a `world` that has its tables and these partners.
    pub async fn over(world: World, platform: Platform, partners: Partners) -> Self {
        let orders = Orders::over(world, platform).await;
        Self::with(orders, partners, crate::aws, 7).await
    }

    /// The same, with what draws random bytes from another seed: a process of its own.
    pub async fn another(&self) -> Self {
        Self::with(self.orders.another().await, self.partners.clone(), crate::aws, 8).await
    }

    /// The same with the SDK's own retries, as in production.
    pub async fn with_sdk_retries(&self) -> Self {
        let orders = self.orders.with_sdk_retries().await;
        Self::with(orders, self.partners.clone(), crate::aws_with_retries, 9).await
    }

    /// A fresh process of each function after channel 840 was configured with these members.
    pub async fn configured(&self, members: &Value) -> Self {
        let orders = self.orders.configured(members).await;
        Self::with(orders, self.partners.clone(), crate::aws, 10).await
    }

    async fn with(orders: Orders, partners: Partners, aws: fn(&World) -> Aws, seed: u64) -> Self {
        let functions = functions(&orders.world, aws, seed).await;
        Self { orders, partners, functions }
    }

    /// Has another order of the same user approved in a channel.
    ///
    /// # Panics
    /// When a run fails.
    pub async fn approve(&self, channel: &str, order: &str) {
        self.approve_all(channel, &[(order, UID)]).await;
    }

    /// Has orders approved in a channel, each with its user.
    ///
    /// # Panics
    /// When a run fails.
    pub async fn approve_all(&self, channel: &str, orders: &[(&str, &str)]) {
        for (order, uid) in orders {
            self.platform.has_all(uid);
            self.push_in(channel, &but(push(), &json!({"orderId": order, "uid": uid}))).await;
        }
        self.pull().await.expect("a run");
        self.parse().await.expect("a run");
        self.apply().await.expect("a run");
        for (order, _) in orders {
            self.told(&but(decision(order, "approved"), &json!({"channel_id": channel}))).await;
        }
    }

    /// Binds a card in channel 840.
    pub async fn bind(&self, business: &Value) -> Answered {
        self.call("bindCard", PLAIN, business).await
    }

    /// Confirms in channel 840.
    pub async fn confirm(&self, business: &Value) -> Answered {
        self.call("confirmLoan", PLAIN, business).await
    }

    /// Calls one of the two.
    ///
    /// # Panics
    /// When there is no such operation, or it does not answer in the wire format.
    pub async fn call(&self, op: &str, channel: &str, business: &Value) -> Answered {
        let now = self.world.time().now().as_millisecond();
        let post = Post::anonymous(Signed::new(channel, now, &business.to_string()).body());
        let event = post.event(&format!("/openapi/rongshu/{op}"));
        let got = match op {
            "bindCard" => self.answer(&self.functions.bind_card, event).await,
            "confirmLoan" => self.answer(&self.functions.confirm_loan, event).await,
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

    /// An id that is nobody else's and the same when the test is run again.
    fn request_id(&self) -> String {
        format!("confirmation-{}", self.partners.ticket())
    }

    /// Runs depository-check now.
    ///
    /// # Errors
    /// The invocation failed.
    pub async fn check(&self) -> Result<(), RunError> {
        self.check_within(&json!({}), RUN_TIME).await
    }

    /// Runs depository-check for an event of the scheduler, with so much time.
    ///
    /// # Errors
    /// The invocation failed.
    ///
    /// # Panics
    /// Never: the event is JSON.
    pub async fn check_within(&self, event: &Value, time: Duration) -> Result<(), RunError> {
        let clock = self.world.clock();
        let event = serde_json::value::to_raw_value(event).expect("JSON");
        let (job, id, deadline) = (&self.functions.depository_check, self.request_id(), clock.now() + time);
        Box::pin(::platform::schedule::run(job, &clock, &self.output, &id, deadline, &event)).await
    }

    /// Has the depository tell something.
    pub async fn tell(&self, event: &Value) -> Delivery {
        self.world.send(DEPOSITORY_EVENTS, &event.to_string(), &[]);
        self.take().await
    }

    /// Has Lambda's poller take one batch of what is visible.
    pub async fn take(&self) -> Delivery {
        let urls = QueueUrls {
            source: World::queue_url(DEPOSITORY_EVENTS),
            dead_letters: World::queue_url(DEPOSITORY_EVENTS_DEAD),
        };
        let queue = Queue { client: crate::aws(&self.world).sqs(), urls };
        let consumer = &self.functions.depository_events;
        let (clock, id) = (self.world.clock(), self.request_id());
        let deadline = clock.now() + BATCH_TIME;
        let consume = async |batch| {
            let handled =
                ::platform::sqs::handle(consumer, &queue, &clock, &self.output, &id, deadline, batch);
            Box::pin(handled).await
        };
        self.world.deliver(DEPOSITORY_EVENTS, 10, consume).await
    }

    /// The loans' rows.
    #[must_use]
    pub fn loans(&self) -> Vec<Value> {
        self.world.items(LOANS)
    }

    /// The row of the confirmation of an order of channel 840 that waits, or waited.
    #[must_use]
    pub fn log(&self, order: &str) -> Option<Value> {
        let key = format!("840#{order}");
        self.world.items(LOGS).into_iter().find(|row| row["order"]["S"] == key.as_str())
    }

    /// How it stands with the account that an order of channel 840 waits for.
    #[must_use]
    pub fn register(&self, order: &str) -> Option<String> {
        self.register_row(order).and_then(|row| row["state"]["S"].as_str().map(str::to_owned))
    }

    /// The row of it.
    #[must_use]
    pub fn register_row(&self, order: &str) -> Option<Value> {
        let key = format!("840#{order}");
        self.world.items(REGISTERS).into_iter().find(|row| row["order"]["S"] == key.as_str())
    }

    /// The commands of a type that the core was sent.
    #[must_use]
    pub fn commands_of(&self, kind: &str) -> Vec<Value> {
        self.commands().into_iter().filter(|command| command["type"] == kind).collect()
    }

    /// Why events are in the dead-letter queue.
    #[must_use]
    pub fn dead_events(&self) -> Vec<String> {
        let messages = self.world.messages(DEPOSITORY_EVENTS_DEAD);
        let reason = |message: &world::Message| {
            message.attributes.get("dead_letter_reason").and_then(|reason| reason.string_value.clone())
        };
        messages.iter().filter_map(reason).collect()
    }
}
