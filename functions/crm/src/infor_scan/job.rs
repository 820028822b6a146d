//! infor-scan as a Lambda.

use platform::Scope;
use platform::aws::{Aws, AwsSettings};
use platform::config::{Environment, Variable};
use platform::metrics::Source;
use platform::schedule::{Done, Job, JobError, Occasion};
use platform::sqs::QueueSender;

use super::handle;
use crate::CONTEXT;

const INFOR_SHARDS_QUEUE_URL: Variable = Variable {
    name: "INFOR_SHARDS_QUEUE_URL",
    meaning: "The queue of the daily run's work items.",
    default: None,
};

/// The function's configuration.
#[derive(Debug)]
pub struct Settings {
    aws: AwsSettings,
    shards: String,
}

/// The job.
#[derive(Debug)]
pub struct InforScan {
    /// Where work items go.
    pub shards: QueueSender,
}

impl Settings {
    /// Reads the function's variables.
    pub fn read(environment: &mut Environment) -> Option<Self> {
        let aws = AwsSettings::read(environment);
        let shards = environment.read(INFOR_SHARDS_QUEUE_URL);
        Some(Self { aws: aws?, shards: shards? })
    }
}

impl InforScan {
    /// Builds the job. A daily run opens its connection itself.
    #[must_use]
    pub fn new(settings: Settings) -> Self {
        Self { shards: QueueSender { client: Aws::connect(settings.aws).sqs(), url: settings.shards } }
    }
}

impl Job for InforScan {
    const SOURCE: Source = Source { context: CONTEXT, function: "infor-scan" };

    async fn run(&self, scope: &Scope, occasion: &Occasion) -> Result<Done, JobError> {
        match handle(&self.shards, scope, occasion.time).await {
            Ok(()) => Ok(Done("opened")),
            Err(error) => Err(JobError::Failed(error.to_string())),
        }
    }
}
