//! What wakes a function that nobody calls: the scheduler's event, and a batch of SQS.

use std::time::Duration;

use aws_lambda_events::sqs::SqsEvent;
use jiff::Timestamp;
use platform::metrics::Source;
use platform::schedule::{Done as JobDone, Job, JobError, Occasion, RunError};
use platform::sqs::{Consumer, Done, Failed, Queue, QueueUrls, Record};
use platform::{Clock, Output, Scope, rfc3339};
use serde_json::Value;
use serde_json::value::RawValue;
use world::World;

use crate::input::{chosen, run, seed};
use crate::{Target, seeds};

pub(super) const TARGET: Target = Target { name: "job-event", hold, seeds };

const SOURCE: Source = Source { context: "fuzz", function: "fuzzed" };

enum From {
    Scheduler,
    Sqs,
}

fn hold(data: &[u8]) {
    match chosen(&[From::Scheduler, From::Sqs], data) {
        Some((From::Scheduler, event)) => scheduled(event),
        Some((From::Sqs, event)) => delivered(event),
        None => {}
    }
}

/// Says when it was run for.
struct Said(std::sync::Mutex<Option<Timestamp>>);

impl Job for Said {
    const SOURCE: Source = SOURCE;

    async fn run(&self, _: &Scope, occasion: &Occasion) -> Result<JobDone, JobError> {
        *self.0.lock().expect("a lock") = Some(occasion.time);
        Ok(JobDone("said"))
    }
}

fn scheduled(event: &[u8]) {
    let Ok(raw) = serde_json::from_slice::<&RawValue>(event) else { return };
    let (clock, _) = Clock::manual(Timestamp::UNIX_EPOCH);
    let (job, output) = (Said(std::sync::Mutex::default()), Output::memory());
    let deadline = clock.now() + Duration::from_secs(10);
    let outcome = run(platform::schedule::run(&job, &clock, &output, "request-1", deadline, raw));
    let time = job.0.into_inner().expect("a lock");
    match outcome {
        Ok(()) => {
            let told = serde_json::from_slice::<Value>(event)
                .ok()
                .and_then(|event| event["time"].as_str().and_then(rfc3339::parse));
            assert_eq!(time, Some(told.unwrap_or(Timestamp::UNIX_EPOCH)));
        }
        Err(error) => {
            assert!(matches!(error, RunError::Event(_)), "{error}");
            assert_eq!(time, None, "nothing is done");
        }
    }
}

/// Takes what begins with a letter.
struct TakesLetters;

impl Consumer for TakesLetters {
    type Reason = &'static str;
    const SOURCE: Source = SOURCE;

    async fn consume(&self, _: &Scope, record: Record<'_>) -> Result<Done, Failed<&'static str>> {
        match record.body.chars().next() {
            Some('a'..='z') => Ok(Done("taken")),
            Some(_) => Err(Failed::Dead("no_letter")),
            None => Err(Failed::Waits(record.age.min(Duration::from_secs(1)))),
        }
    }
}

fn delivered(event: &[u8]) {
    let Ok(event) = serde_json::from_slice::<SqsEvent>(event) else { return };
    let world = World::new();
    world.queue(world::Queue::new("dead"));
    world.queue(world::Queue::new("living"));
    let urls = QueueUrls { source: World::queue_url("living"), dead_letters: World::queue_url("dead") };
    let queue = Queue { client: suites::aws(&world).sqs(), urls };
    let clock = world.clock();
    let deadline = clock.now() + Duration::from_mins(1);
    let count = event.records.len();
    let letters = event.records.iter().filter(|record| {
        record.body.as_deref().is_some_and(|body| body.starts_with(|first: char| first.is_ascii_lowercase()))
    });
    let taken = letters.count();
    let response = run(platform::sqs::handle(
        &TakesLetters,
        &queue,
        &clock,
        &Output::memory(),
        "request-1",
        deadline,
        event,
    ));
    let (failed, dead) = (response.batch_item_failures.len(), world.messages("dead").len());
    assert_eq!(taken + failed + dead, count, "each record comes to something");
}

fn seeds() -> Vec<Vec<u8>> {
    let scheduled = [
        r#"{"time":"2026-01-02T03:00:00Z","id":"e-1"}"#,
        r#"{"time":"<aws.scheduler.scheduled-time>","id":"<aws.scheduler.execution-id>"}"#,
        "{}",
    ];
    let batches = ["contract-events", "partner-callback"].map(seeds::event);
    let scheduled = scheduled.map(|event| seed(0, event)).into_iter();
    scheduled.chain(batches.map(|event| seed(1, event))).collect()
}
