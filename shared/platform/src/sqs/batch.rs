use std::panic::AssertUnwindSafe;
use std::time::Duration;

use aws_lambda_events::sqs::{BatchItemFailure, SqsBatchResponse, SqsEvent, SqsMessage};
use aws_sdk_sqs::error::DisplayErrorContext;
use futures_util::FutureExt;
use jiff::Timestamp;
use tracing::{Instrument, error, info, info_span, warn};

use super::consumer::{age, receives};
use super::delay::{retry_delay, whole_seconds};
use super::{CORRELATION_ATTRIBUTE, Consumer, Done, Failed, Queue, Record, dead_letter};
use crate::metrics::{self, Entry, PANIC, RECORD_FAILED};
use crate::scope::correlation_id;
use crate::{Clock, Output, Scope};

/// With less than this left of the invocation no further record is begun.
const SAFE_MARGIN: Duration = Duration::from_secs(2);
/// What is kept back of the invocation's time, to report a record that failed.
const REPORT_MARGIN: Duration = Duration::from_secs(1);
/// What is kept back of that, to answer Lambda.
const ANSWER_MARGIN: Duration = Duration::from_millis(200);

/// Handles a batch, in its order, and names the records that must come again.
pub async fn handle<C: Consumer>(
    consumer: &C,
    queue: &Queue,
    clock: &Clock,
    output: &Output,
    request_id: &str,
    deadline: Timestamp,
    event: SqsEvent,
) -> SqsBatchResponse {
    let mut response = SqsBatchResponse::default();
    let mut left = event.records.len();
    for message in event.records {
        let batch = Batch { queue, clock, output, deadline };
        let scope = scope(&message, request_id, batch.share(left), clock);
        left -= 1;
        let span = info_span!(
            "record",
            request_id = scope.request_id(),
            correlation_id = scope.correlation_id(),
            function = C::SOURCE.function,
            context = C::SOURCE.context,
        );
        let handled = batch.one::<C>(consumer, &scope, &message).instrument(span).await;
        if !handled {
            let mut failure = BatchItemFailure::default();
            failure.item_identifier = message.message_id.unwrap_or_default();
            response.batch_item_failures.push(failure);
        }
    }
    response
}

fn scope(message: &SqsMessage, request_id: &str, deadline: Timestamp, clock: &Clock) -> Scope {
    let id = format!("{request_id}/{}", message.message_id.as_deref().unwrap_or("-"));
    let offered = message.message_attributes.get(CORRELATION_ATTRIBUTE);
    let correlation = correlation_id(offered.and_then(|value| value.string_value.as_deref()), request_id);
    Scope::new(id, correlation, deadline, clock.clone())
}

/// What the records of an invocation have in common.
struct Batch<'a> {
    queue: &'a Queue,
    clock: &'a Clock,
    output: &'a Output,
    deadline: Timestamp,
}

impl Batch<'_> {
    fn remaining(&self) -> Duration {
        Duration::try_from(self.deadline.duration_since(self.clock.now())).unwrap_or_default()
    }

    /// Until when a record may take, with so many to go: its share of the time, so that one that hangs leaves
    /// the others theirs.
    fn share(&self, left: usize) -> Timestamp {
        let share =
            self.remaining().saturating_sub(REPORT_MARGIN) / u32::try_from(left).unwrap_or(u32::MAX).max(1);
        self.clock.now().saturating_add(share).unwrap_or(self.deadline)
    }

    /// Handles one record; `false` when it must come again.
    async fn one<C: Consumer>(&self, consumer: &C, scope: &Scope, message: &SqsMessage) -> bool {
        let started = scope.now();
        let (outcome, handled) = if self.remaining() < SAFE_MARGIN {
            ("returned", false)
        } else {
            match guarded(consumer, scope, message).await {
                Ok(Done(outcome)) => (outcome, true),
                Err(Failed::Dead(reason)) => self.buried(scope, message, reason.into()).await,
                Err(Failed::Retry(cause)) => {
                    warn!(cause, receives = receives(message), "record failed");
                    self.failed(scope, message).await
                }
                Err(Failed::Waits(delay)) => {
                    self.postpone(message, delay).await;
                    ("waits", false)
                }
            }
        };
        let latency_ms = self.clock.milliseconds_since(started);
        info!(
            outcome,
            latency_ms,
            read_unit_halves = scope.units().read_halves(),
            write_unit_halves = scope.units().write_halves(),
            "record"
        );
        metrics::write(self.output, C::SOURCE, Entry::Queue, scope, latency_ms);
        handled
    }

    /// Moves the message to the dead-letter queue; if that fails it comes again.
    async fn buried(
        &self,
        scope: &Scope,
        message: &SqsMessage,
        reason: &'static str,
    ) -> (&'static str, bool) {
        match self.in_time(dead_letter::send(self.queue, message, reason)).await {
            Ok(()) => {
                warn!(reason, message_id = message.message_id, "dead-lettered");
                ("dead_lettered", true)
            }
            Err(cause) => {
                error!(reason, cause, "the dead-letter queue did not take the message");
                self.failed(scope, message).await
            }
        }
    }

    /// Counts the failure, and has the message come again, later each time.
    async fn failed(&self, scope: &Scope, message: &SqsMessage) -> (&'static str, bool) {
        scope.count(RECORD_FAILED);
        self.postpone(message, retry_delay(receives(message))).await;
        ("retry", false)
    }

    /// Delays the record's next receive. When that fails the queue's own visibility time-out decides.
    async fn postpone(&self, message: &SqsMessage, delay: Duration) {
        let call = self
            .queue
            .client
            .change_message_visibility()
            .queue_url(&self.queue.urls.source)
            .receipt_handle(message.receipt_handle.as_deref().unwrap_or_default())
            .visibility_timeout(whole_seconds(delay));
        let changed = async { call.send().await.map_err(|error| DisplayErrorContext(error).to_string()) };
        if let Err(cause) = self.in_time(changed).await {
            warn!(cause, "visibility unchanged");
        }
    }

    /// Runs a call to SQS so that it cannot outlast the invocation, whose answer counts for the whole batch.
    async fn in_time<T>(&self, call: impl Future<Output = Result<T, String>>) -> Result<(), String> {
        match tokio::time::timeout(self.remaining().saturating_sub(ANSWER_MARGIN), call).await {
            Ok(result) => result.map(|_| ()),
            Err(_) => Err("timed out".into()),
        }
    }
}

/// Runs the operation so that neither a panic nor a time-out reaches the batch's other records.
async fn guarded<C: Consumer>(
    consumer: &C,
    scope: &Scope,
    message: &SqsMessage,
) -> Result<Done, Failed<C::Reason>> {
    let body = message.body.as_deref().unwrap_or_default();
    let record = Record { body, age: age(message, scope.now()) };
    // Boxed: the operation's future is large, and moved only once this way.
    let run = AssertUnwindSafe(Box::pin(consumer.consume(scope, record))).catch_unwind();
    match tokio::time::timeout(scope.remaining(), run).await {
        Ok(Ok(result)) => result,
        Ok(Err(_)) => {
            scope.count(PANIC);
            Err(Failed::Retry("panicked".into()))
        }
        Err(_) => Err(Failed::Retry("timed out".into())),
    }
}
