use std::panic::AssertUnwindSafe;

use futures_util::FutureExt;
use jiff::Timestamp;
use serde_json::value::RawValue;
use tracing::{Instrument, error, field, info, info_span};

use super::{Done, Job, Occasion, RunError};
use crate::metrics::{self, Count, Entry, PANIC};
use crate::scope::DEADLINE_MARGIN;
use crate::{Clock, Output, Scope};

/// A run that did what was due: an alarm tells when none comes.
const JOB_DONE: Count = Count::of("job_done");

/// Runs the job for one event of the scheduler. `request_id` and `deadline` are the invocation's.
///
/// # Errors
/// Why the invocation must end in an error.
pub async fn run<J: Job>(
    job: &J,
    clock: &Clock,
    output: &Output,
    request_id: &str,
    deadline: Timestamp,
    event: &RawValue,
) -> Result<(), RunError> {
    let started = clock.now();
    let scope = Scope::new(request_id.to_owned(), request_id.to_owned(), deadline, clock.clone());
    let span = info_span!(
        "job",
        request_id = scope.request_id(),
        correlation_id = scope.correlation_id(),
        function = J::SOURCE.function,
        context = J::SOURCE.context,
    );
    async {
        let occasion = Occasion::read(event, started);
        let time = occasion.as_ref().ok().map(|occasion| field::display(occasion.time));
        let result = match &occasion {
            Ok(occasion) => guarded(job, &scope, occasion).await,
            Err(error) => Err(error.clone()),
        };
        let outcome = match &result {
            Ok(Done(outcome)) => {
                scope.count(JOB_DONE);
                outcome
            }
            Err(error) => {
                error!(cause = %error, "the job did not end well");
                error.outcome()
            }
        };
        let latency_ms = clock.milliseconds_since(started);
        info!(
            outcome,
            latency_ms,
            read_unit_halves = scope.units().read_halves(),
            write_unit_halves = scope.units().write_halves(),
            time,
            "job"
        );
        metrics::write(output, J::SOURCE, Entry::Schedule, &scope, latency_ms);
        result.map(|Done(_)| ())
    }
    .instrument(span)
    .await
}

/// Runs the operation so that a panic and a time-out are logged and counted before Lambda hears of them.
async fn guarded<J: Job>(job: &J, scope: &Scope, occasion: &Occasion) -> Result<Done, RunError> {
    let allowed = scope.remaining().saturating_sub(DEADLINE_MARGIN);
    // Boxed: the operation's future is large, and moved only once this way.
    let run = AssertUnwindSafe(Box::pin(job.run(scope, occasion))).catch_unwind();
    match tokio::time::timeout(allowed, run).await {
        Ok(Ok(result)) => Ok(result?),
        Ok(Err(_)) => {
            scope.count(PANIC);
            Err(RunError::Panicked)
        }
        Err(_) => Err(RunError::TimedOut),
    }
}

#[cfg(test)]
#[expect(clippy::disallowed_methods, reason = "tests may unwrap")]
mod tests {
    use std::sync::Mutex;
    use std::time::Duration;

    use jiff::Timestamp;
    use serde_json::value::RawValue;
    use tracing::instrument::WithSubscriber;

    use super::run;
    use crate::logs::{self, LogLevel};
    use crate::metrics::Source;
    use crate::schedule::{Done, Job, JobError, Occasion, RunError};
    use crate::{Clock, Output, Scope};

    const SCHEDULED: &str = r#"{"time":"2026-01-02T03:00:00Z","id":"e-1"}"#;

    #[derive(Clone, Copy)]
    enum Ends {
        Well,
        Failing,
        Panicking,
        Never,
    }

    /// Remembers what it was run for, and ends as it is told.
    struct Remembers {
        ends: Ends,
        ran: Mutex<Vec<Occasion>>,
    }

    impl Job for Remembers {
        const SOURCE: Source = Source { context: "test", function: "remembers" };

        async fn run(&self, _: &Scope, occasion: &Occasion) -> Result<Done, JobError> {
            self.ran.lock().unwrap().push(occasion.clone());
            match self.ends {
                Ends::Well => Ok(Done("all_done")),
                Ends::Failing => Err(JobError::Failed("the table is gone".into())),
                Ends::Panicking => panic!("as the test wants it"),
                Ends::Never => std::future::pending().await,
            }
        }
    }

    fn instant(text: &str) -> Timestamp {
        text.parse().unwrap()
    }

    /// Runs the job at 03:00:07 with 600 ms left, and tells how it ended, for what it ran, and what was written.
    async fn invoked(ends: Ends, event: &str) -> (Result<(), RunError>, Vec<Occasion>, String) {
        let (clock, _) = Clock::manual(instant("2026-01-02T03:00:07Z"));
        let deadline = clock.now() + Duration::from_millis(600);
        let output = Output::memory();
        let job = Remembers { ends, ran: Mutex::default() };
        let event: Box<RawValue> = serde_json::from_str(event).unwrap();
        let result = run(&job, &clock, &output, "r-1", deadline, &event)
            .with_subscriber(logs::subscriber(output.clone(), LogLevel::Info))
            .await;
        (result, job.ran.into_inner().unwrap(), output.text())
    }

    #[tokio::test]
    async fn the_scheduled_time_is_the_business_now_and_stands_in_the_log() {
        let (result, ran, written) = invoked(Ends::Well, SCHEDULED).await;
        assert_eq!(result, Ok(()));
        assert_eq!(ran, [Occasion { time: instant("2026-01-02T03:00:00Z"), id: Some("e-1".into()) }]);
        for part in [
            r#""outcome":"all_done","latency_ms":0,"read_unit_halves":0,"write_unit_halves":0,"time":"2026-01-02T03:00:00Z""#,
            r#""message":"job""#,
            r#""request_id":"r-1""#,
            r#""correlation_id":"r-1""#,
            r#""entry":"schedule""#,
            r#""job_done":1"#,
        ] {
            assert!(written.contains(part), "{part} in {written}");
        }
    }

    #[tokio::test]
    async fn a_time_that_is_not_told_is_the_clocks() {
        for event in [
            "{}",
            r#"{"time":"<aws.scheduler.scheduled-time>","id":"<aws.scheduler.execution-id>"}"#,
            r#"{"id":"","more":1}"#,
        ] {
            let (result, ran, _) = invoked(Ends::Well, event).await;
            assert_eq!(result, Ok(()), "{event}");
            assert_eq!(ran, [Occasion { time: instant("2026-01-02T03:00:07Z"), id: None }], "{event}");
        }
    }

    #[tokio::test]
    async fn an_event_whose_time_is_no_instant_is_an_error_and_nothing_runs() {
        for event in [
            r#"{"time":""}"#,
            r#"{"time":"2026-01-02"}"#,
            r#"{"time":"<time>"}"#,
            r#"{"time":1767323045}"#,
            r#"{"time":null}"#,
            r#"["2026-01-02T03:00:00Z"]"#,
            "null",
        ] {
            let (result, ran, written) = invoked(Ends::Well, event).await;
            assert!(matches!(result, Err(RunError::Event(_))), "{event}");
            assert!(ran.is_empty(), "{event}");
            assert!(written.contains(r#""outcome":"unreadable_event""#), "{written}");
            assert!(!written.contains("job_done"), "{written}");
        }
    }

    #[tokio::test]
    async fn a_job_that_fails_ends_its_invocation_in_an_error_with_the_cause_in_the_log() {
        let (result, _, written) = invoked(Ends::Failing, SCHEDULED).await;
        assert_eq!(result, Err(RunError::Job(JobError::Failed("the table is gone".into()))));
        assert_eq!(written.matches("the table is gone").count(), 1);
        assert!(!written.contains("job_done"), "{written}");
    }

    #[tokio::test]
    async fn a_panic_is_counted_and_ends_the_invocation_in_an_error() {
        let (result, _, written) = invoked(Ends::Panicking, SCHEDULED).await;
        assert_eq!(result, Err(RunError::Panicked));
        assert!(written.contains(r#""panic":1"#), "{written}");
        assert!(!written.contains("job_done"), "{written}");
    }

    #[tokio::test]
    async fn a_job_without_an_end_is_stopped_before_lambda_does_it() {
        let (result, ran, written) = invoked(Ends::Never, SCHEDULED).await;
        assert_eq!(result, Err(RunError::TimedOut));
        assert_eq!(ran.len(), 1);
        assert!(written.contains(r#""outcome":"timed_out""#), "{written}");
        assert!(!written.contains("job_done"), "{written}");
    }
}
