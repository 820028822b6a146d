//! lease-reconcile as a Lambda.

use platform::Scope;
use platform::metrics::Source;
use platform::schedule::{Done, Job, JobError, Occasion, end_of_run};
use tracing::info;

use super::handle;
use crate::CONTEXT;
use crate::deps::Deps;

/// The job.
#[derive(Debug)]
pub struct LeaseReconcile(pub Deps);

impl Job for LeaseReconcile {
    const SOURCE: Source = Source { context: CONTEXT, function: "lease-reconcile" };

    async fn run(&self, scope: &Scope, occasion: &Occasion) -> Result<Done, JobError> {
        if self.0.ant.is_disabled() {
            return Ok(Done("ant_disabled"));
        }
        let run = handle(&self.0, scope, occasion.time).await;
        info!(
            looked = run.looked,
            failed = run.failed,
            unread = run.unread,
            out_of_time = run.out_of_time,
            "reconcile"
        );
        end_of_run(run.unread, run.failed > 0 || run.out_of_time)
    }
}
