//! temp-credit-expiry as a Lambda.

use platform::Scope;
use platform::config::Environment;
use platform::metrics::Source;
use platform::schedule::{Done, Job, JobError, Occasion};
use tracing::info;

use super::handle;
use crate::CONTEXT;
use crate::deps::StoreSettings;
use crate::store::QuotaStore;

/// The job.
#[derive(Debug)]
pub struct TempCreditExpiry {
    /// The accounts and grants.
    pub store: QuotaStore,
}

impl TempCreditExpiry {
    /// Reads the function's variables.
    pub fn read(environment: &mut Environment) -> Option<StoreSettings> {
        StoreSettings::read(environment)
    }

    /// Builds the job. A daily run opens its connection itself.
    #[must_use]
    pub fn new(settings: StoreSettings) -> Self {
        Self { store: settings.connect().0 }
    }
}

impl Job for TempCreditExpiry {
    const SOURCE: Source = Source { context: CONTEXT, function: "temp-credit-expiry" };

    async fn run(&self, scope: &Scope, occasion: &Occasion) -> Result<Done, JobError> {
        let run = handle(&self.store, scope, occasion.time).await;
        info!(
            expired = run.expired,
            settled_before = run.settled_before,
            failed = run.failed,
            out_of_time = run.out_of_time,
            "expiry"
        );
        if run.is_complete() {
            return Ok(Done("complete"));
        }
        Err(JobError::Failed(format!("{} failed, out of time: {}", run.failed, run.out_of_time)))
    }
}
