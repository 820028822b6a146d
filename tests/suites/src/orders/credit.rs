//! The credit decision: what is sent to the loan core, and what it tells.

use std::time::Duration;

use ::platform::schedule::RunError;
use ::platform::sqs::{Queue, QueueUrls};
use serde_json::{Value, json};
use world::{Delivery, World};

use super::{Orders, RUN_TIME};
use crate::marketplace::CUSTOMERS;

/// What the core is to do.
pub const CORE_COMMANDS: &str = "core-commands";
/// What it decided about credit.
pub const CREDIT_RESULT: &str = "credit-result";
/// Its dead-letter queue.
pub const CREDIT_RESULT_DEAD: &str = "credit-result-dead";
/// The table of the core's messages.
pub const MESSAGES: &str = "third_order_messages";

/// How much time a batch has.
const BATCH_TIME: Duration = Duration::from_secs(30);

/// A decision about an order, as the core tells it first.
#[must_use]
pub fn decision(order: &str, result: &str) -> Value {
    let mut decision = json!({
        "event_id": "e-1", "order_id": order, "occurred_at": "2018-08-08T06:37:00Z", "result": result,
    });
    if result == "approved" {
        decision["amount_limit"] =
            json!({"max_loan": "12000.00", "min_loan": "5000.00", "max_period": 12, "min_period": 6});
        decision["amount_option"] =
            json!([{"min": "5000.00", "max": "12000.00", "step": "100.00", "periods": [6, 12]}]);
    }
    decision
}

/// The same with other members; null takes one away.
#[must_use]
pub fn but(mut decision: Value, members: &Value) -> Value {
    for (name, value) in members.as_object().into_iter().flatten() {
        decision[name] = value.clone();
    }
    if let Some(own) = decision.as_object_mut() {
        own.retain(|_, value| !value.is_null());
    }
    decision
}

impl Orders {
    /// Runs credit-application now.
    ///
    /// # Errors
    /// The invocation failed.
    pub async fn apply(&self) -> Result<(), RunError> {
        self.apply_within(RUN_TIME).await
    }

    /// Runs credit-application with so much time.
    ///
    /// # Errors
    /// The invocation failed.
    pub async fn apply_within(&self, time: Duration) -> Result<(), RunError> {
        self.run_job(&self.functions.credit_application, &json!({}), time).await
    }

    /// Runs credit-application for an event of the scheduler.
    ///
    /// # Errors
    /// The invocation failed.
    pub async fn apply_for(&self, event: &Value) -> Result<(), RunError> {
        self.run_job(&self.functions.credit_application, event, RUN_TIME).await
    }

    /// Has what the core tells taken.
    pub async fn told(&self, message: &Value) -> Delivery {
        self.told_text(&message.to_string()).await
    }

    /// The same with the text of a message, whatever it is.
    pub async fn told_text(&self, message: &str) -> Delivery {
        self.world.send(CREDIT_RESULT, message, &[]);
        self.take_results().await
    }

    /// Has Lambda's poller take one batch of what is visible.
    pub async fn take_results(&self) -> Delivery {
        let queue = Queue {
            client: crate::aws(&self.world).sqs(),
            urls: QueueUrls {
                source: World::queue_url(CREDIT_RESULT),
                dead_letters: World::queue_url(CREDIT_RESULT_DEAD),
            },
        };
        let (clock, id) = (self.world.clock(), self.request_id());
        let deadline = clock.now() + BATCH_TIME;
        let consumer = &self.functions.credit_result;
        let consume = async |batch| {
            let handled =
                ::platform::sqs::handle(consumer, &queue, &clock, &self.output, &id, deadline, batch);
            Box::pin(handled).await
        };
        self.world.deliver(CREDIT_RESULT, 10, consume).await
    }

    /// An order that waits for credit.
    ///
    /// # Panics
    /// When it does not.
    pub async fn waiting_for_credit(&self) {
        self.with_all_data().await;
        self.parse().await.expect("a run");
        assert_eq!(self.status(super::ORDER), Some(10));
    }

    /// An order that credit is applied for.
    ///
    /// # Panics
    /// When it is not.
    pub async fn in_review(&self) {
        self.waiting_for_credit().await;
        self.apply().await.expect("a run");
        assert_eq!(self.status(super::ORDER), Some(11));
    }

    /// What the core was told to do.
    ///
    /// # Panics
    /// When it cannot be read.
    #[must_use]
    pub fn commands(&self) -> Vec<Value> {
        let messages = self.world.messages(CORE_COMMANDS);
        messages.iter().map(|message| serde_json::from_str(&message.body).expect("JSON")).collect()
    }

    /// The messages of the core that were taken, as `credit_result#e-1 approved: applied`.
    #[must_use]
    pub fn messages(&self) -> Vec<String> {
        let text = |row: &Value, name: &str| row[name]["S"].as_str().unwrap_or("-").to_owned();
        let rows = self.world.items(MESSAGES);
        let shown =
            |row: &Value| format!("{} {}: {}", text(row, "message"), text(row, "told"), text(row, "taken"));
        rows.iter().map(shown).collect()
    }

    /// Why messages are in the dead-letter queue.
    #[must_use]
    pub fn dead_reasons(&self) -> Vec<String> {
        let messages = self.world.messages(CREDIT_RESULT_DEAD);
        let reason = |message: &world::Message| {
            message.attributes.get("dead_letter_reason").and_then(|reason| reason.string_value.clone())
        };
        messages.iter().filter_map(reason).collect()
    }

    /// The orders whose callbacks the worker was told to send.
    #[must_use]
    pub fn woken(&self) -> Vec<String> {
        self.world.messages(super::PARTNER_CALLBACK).into_iter().map(|message| message.body).collect()
    }

    /// Our refusals, each with its digest and the day.
    #[must_use]
    pub fn refusals(&self) -> Vec<Value> {
        let rows = self.world.items(CUSTOMERS).into_iter();
        rows.filter(|row| row["customer"]["S"] == "refusal").collect()
    }

    /// Makes these facts known under a digest of the order's row: `id_number_digest` or `phone_digest`.
    ///
    /// # Panics
    /// When there is no order.
    pub fn knows(&self, digest: &str, facts: &Value) {
        let digest = self.row(super::ORDER).expect("an order")[digest].clone();
        let row = json!({
            "digest": digest, "customer": {"S": "c-1"}, "version": {"N": "1"}, "is_customer": {"BOOL": false},
            "blacklisted": {"BOOL": false}, "loan_in_progress": {"BOOL": false},
            "birthday": {"S": "1990-03-07"}, "occurred_at": {"S": "2018-01-01T00:00:00.000000000Z"},
            "event_id": {"S": "e-1"}, "schema_version": {"N": "1"}, "request_stamp": {"S": "seed"},
        });
        self.world.put_item(CUSTOMERS, &but(row, facts));
    }
}
