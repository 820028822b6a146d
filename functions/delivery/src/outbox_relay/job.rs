//! outbox-relay as a Lambda.

use platform::Scope;
use platform::aws::{Aws, AwsSettings};
use platform::config::Environment;
use platform::metrics::Source;
use platform::outbox::{Outbox, OutboxSettings};
use platform::schedule::{Done, Job, JobError, Occasion};
use tracing::info;

use super::handle;
use crate::CONTEXT;

/// The job.
#[derive(Debug)]
pub struct OutboxRelay {
    /// The outbox, reaching queues and the bus.
    pub outbox: Outbox,
}

/// The job's configuration.
#[derive(Debug)]
pub struct Settings {
    aws: AwsSettings,
    outbox: OutboxSettings,
}

impl OutboxRelay {
    /// Reads the function's variables.
    pub fn read(environment: &mut Environment) -> Option<Settings> {
        let aws = AwsSettings::read(environment);
        let outbox = OutboxSettings::read(environment);
        Some(Settings { aws: aws?, outbox: outbox? })
    }

    /// Builds the job. Nobody waits for it: it opens its connections in its first run.
    #[must_use]
    pub fn new(settings: Settings) -> Self {
        Self::over(&Aws::connect(settings.aws), settings.outbox)
    }

    /// The job over these clients.
    #[must_use]
    pub fn over(aws: &Aws, outbox: OutboxSettings) -> Self {
        Self { outbox: outbox.connect(aws).with_queues(aws.sqs()) }
    }
}

impl Job for OutboxRelay {
    const SOURCE: Source = Source { context: CONTEXT, function: "outbox-relay" };

    /// How old a row is, the clock decides and not the schedule: a run that comes late takes what is due by then.
    async fn run(&self, scope: &Scope, _: &Occasion) -> Result<Done, JobError> {
        let run = handle(&self.outbox, scope).await;
        info!(
            sent = run.sent,
            left = run.left,
            stuck = run.stuck,
            unread = run.unread,
            out_of_time = run.out_of_time,
            "relay"
        );
        if run.is_complete() {
            return Ok(Done("complete"));
        }
        Err(JobError::Failed(format!(
            "{} left, {} stuck, {} shards not read, out of time: {}",
            run.left, run.stuck, run.unread, run.out_of_time
        )))
    }
}
