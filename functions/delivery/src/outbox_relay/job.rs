//! outbox-relay as a Lambda.

use platform::Scope;
use platform::aws::{Aws, AwsSettings};
use platform::callbacks::{CallbackStore, Callbacks, WakeUps};
use platform::config::Environment;
use platform::metrics::Source;
use platform::outbox::{Outbox, OutboxSettings};
use platform::schedule::{Done, Job, JobError, Occasion};
use tracing::info;

use super::{Waking, Woken, handle};
use crate::CONTEXT;

/// The job.
#[derive(Debug)]
pub struct OutboxRelay {
    /// The outbox, reaching queues and the bus.
    pub outbox: Outbox,
    /// Whom it wakes: nobody where there are no callbacks, which is in tests alone.
    pub waking: Option<Waking>,
}

/// The job's configuration.
#[derive(Debug)]
pub struct Settings {
    aws: AwsSettings,
    outbox: OutboxSettings,
    callbacks: String,
    wake_up_queue_url: String,
}

impl OutboxRelay {
    /// Reads the function's variables.
    pub fn read(environment: &mut Environment) -> Option<Settings> {
        let aws = AwsSettings::read(environment);
        let outbox = OutboxSettings::read(environment);
        let callbacks = Callbacks::read_table(environment);
        let wake_up_queue_url = WakeUps::read_queue(environment);
        Some(Settings {
            aws: aws?,
            outbox: outbox?,
            callbacks: callbacks?,
            wake_up_queue_url: wake_up_queue_url?,
        })
    }

    /// Builds the job. Nobody waits for it: it opens its connections in its first run.
    #[must_use]
    pub fn new(settings: Settings) -> Self {
        let Settings { aws, outbox, callbacks, wake_up_queue_url } = settings;
        let aws = Aws::connect(aws);
        Self::over(&aws, outbox).waking(&aws, callbacks, wake_up_queue_url)
    }

    /// The job over these clients.
    #[must_use]
    pub fn over(aws: &Aws, outbox: OutboxSettings) -> Self {
        Self { outbox: outbox.connect(aws).with_queues(aws.sqs()), waking: None }
    }

    /// The same, waking whoever sends the callbacks of this table, over this queue.
    #[must_use]
    pub fn waking(mut self, aws: &Aws, callbacks: String, queue_url: String) -> Self {
        let store = CallbackStore::new(aws.dynamodb(), callbacks);
        self.waking = Some(Waking { store, wake_ups: WakeUps::new(aws.sqs(), queue_url) });
        self
    }
}

impl Job for OutboxRelay {
    const SOURCE: Source = Source { context: CONTEXT, function: "outbox-relay" };

    /// How old a row is, the clock decides and not the schedule: a run that comes late takes what is due by then.
    async fn run(&self, scope: &Scope, occasion: &Occasion) -> Result<Done, JobError> {
        let woken = match &self.waking {
            Some(waking) => waking.wake(scope, occasion.time).await,
            None => Woken::default(),
        };
        let run = handle(&self.outbox, scope).await;
        info!(
            sent = run.sent,
            left = run.left,
            stuck = run.stuck,
            unread = run.unread,
            out_of_time = run.out_of_time,
            woken = woken.woken,
            waiting = woken.waiting,
            not_woken = woken.failed,
            "relay"
        );
        if run.is_complete() && woken.is_complete() {
            return Ok(Done("complete"));
        }
        let mut problem = format!(
            "{} left, {} stuck, {} shards not read, out of time: {}",
            run.left, run.stuck, run.unread, run.out_of_time
        );
        if !woken.is_complete() {
            problem.push_str("; not everything due was woken for");
        }
        Err(JobError::Failed(problem))
    }
}
