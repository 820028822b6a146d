//! What Lambda is to a function of any context: it invokes it over a world, with a deadline, and keeps what it writes.

use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use aws_lambda_events::sqs::{SqsBatchResponse, SqsEvent};
use delivery::outbox_relay::OutboxRelay;
use platform::Output;
use platform::http::Endpoint;
use platform::logs::{self, LogLevel};
use platform::outbox::OutboxSettings;
use platform::schedule::{Job, RunError};
use platform::sqs::{Consumer, Queue};
use serde_json::value::to_raw_value;
use serde_json::{Value, json};
use tracing::subscriber::DefaultGuard;
use world::World;

use crate::gateway::Got;

/// Messages that are not sent yet, of all contexts.
pub const OUTBOX: &str = "outbox";
/// The bus of events, of all contexts.
pub const BUS: &str = "tenor";
/// How long a function may take unless a test says otherwise.
const TIMEOUT: Duration = Duration::from_secs(15);

/// A place to run functions in. While it lives, logs of the thread go to its output.
pub struct Host {
    /// Everything outside.
    pub world: World,
    /// What the functions wrote: logs and metrics.
    pub output: Output,
    /// How much time an invocation has when it begins.
    pub time_left: Duration,
    _logs: DefaultGuard,
}

impl Host {
    /// A host over `world`.
    #[must_use]
    pub fn over(world: World) -> Self {
        let output = Output::memory();
        let logs = tracing::subscriber::set_default(logs::subscriber(output.clone(), LogLevel::Debug));
        Self { world, output, time_left: TIMEOUT, _logs: logs }
    }

    /// Invokes an HTTP function with an event.
    ///
    /// # Panics
    /// When the answer's headers are no text.
    pub async fn respond(&self, endpoint: &impl Endpoint, event: Value) -> Got {
        let clock = self.world.clock();
        let deadline = clock.now() + self.time_left;
        let request_id = request_id();
        let raw = to_raw_value(&event).expect("JSON");
        let answer = platform::http::respond(endpoint, &clock, &self.output, &request_id, deadline, &raw);
        // Boxed, as the function's own loop does, so that the futures of the tests stay small.
        Got::of(&event, &Box::pin(answer).await)
    }

    /// Invokes a queue's function with a batch.
    pub async fn consume(
        &self,
        consumer: &impl Consumer,
        queue: &Queue,
        batch: SqsEvent,
    ) -> SqsBatchResponse {
        let clock = self.world.clock();
        let deadline = clock.now() + self.time_left;
        let request_id = request_id();
        let handled =
            platform::sqs::handle(consumer, queue, &clock, &self.output, &request_id, deadline, batch);
        Box::pin(handled).await
    }

    /// Invokes a schedule's function with an event.
    ///
    /// # Errors
    /// The invocation failed.
    ///
    /// # Panics
    /// Never: the event is JSON.
    pub async fn run(&self, job: &impl Job, event: &Value) -> Result<(), RunError> {
        let clock = self.world.clock();
        let deadline = clock.now() + self.time_left;
        let request_id = request_id();
        let event = to_raw_value(event).expect("JSON");
        let run = platform::schedule::run(job, &clock, &self.output, &request_id, deadline, &event);
        Box::pin(run).await
    }

    /// Lets what was left in the outbox become due, and has the relay send it.
    ///
    /// # Errors
    /// Something is left.
    pub async fn relay(&self) -> Result<(), RunError> {
        self.world.pass(Duration::from_secs(31)).await;
        let relay = OutboxRelay::over(
            &crate::aws(&self.world),
            OutboxSettings { table: OUTBOX.into(), bus: BUS.into() },
        );
        self.run(&relay, &json!({})).await
    }

    /// The names of the events on the bus, oldest first.
    #[must_use]
    pub fn told(&self) -> Vec<String> {
        self.world.events(BUS).into_iter().map(|event| event.detail_type).collect()
    }

    /// The outcomes of the records that were handled, in order.
    #[must_use]
    pub fn outcomes(&self) -> Vec<String> {
        let records = self.lines().into_iter().filter(|line| line["message"] == "record");
        records.map(|line| line["outcome"].as_str().unwrap_or_default().to_owned()).collect()
    }

    /// The log lines of this level, parsed.
    #[must_use]
    pub fn logged(&self, level: &str) -> Vec<Value> {
        self.lines().into_iter().filter(|line| line["level"] == level).collect()
    }

    /// How often `metric` was counted, whatever its dimensions.
    #[must_use]
    pub fn counted(&self, metric: &str) -> u64 {
        self.lines()
            .iter()
            .filter(|line| line.get("_aws").is_some())
            .filter_map(|line| line[metric].as_u64())
            .sum()
    }

    /// Every line of the output, parsed.
    ///
    /// # Panics
    /// When a line is no JSON.
    #[must_use]
    pub fn lines(&self) -> Vec<Value> {
        self.output.text().lines().map(|line| serde_json::from_str(line).expect("a line of JSON")).collect()
    }
}

/// An id for one invocation, like no other's: not like one of those that [`crate::orders`] counts for itself, either.
fn request_id() -> String {
    static INVOCATIONS: AtomicU64 = AtomicU64::new(1);
    format!("request-host-{}", INVOCATIONS.fetch_add(1, Ordering::Relaxed))
}
