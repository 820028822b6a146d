//! depository-check as a Lambda.

use platform::Scope;
use platform::config::Environment;
use platform::metrics::Source;
use platform::partner::Connectors;
use platform::schedule::{Done, Job, JobError, Occasion, end_of_run};
use platform::start::StartError;
use tracing::info;

use super::{Deps, handle};
use crate::CONTEXT;
use crate::confirmation::Own;
use crate::deps;
use crate::xw::XwSettings;

/// The configuration of depository-check.
#[derive(Debug)]
pub struct Settings {
    /// What every function of the context has.
    pub base: deps::Settings,
    /// What completing confirmations needs.
    pub own: Own,
    /// The depository.
    pub xw: XwSettings,
}

impl Settings {
    /// Reads the variables.
    pub fn read(environment: &mut Environment) -> Option<Self> {
        let base = deps::Settings::read(environment);
        let own = Own::read(environment);
        let xw = XwSettings::read(environment);
        Some(Self { base: base?, own: own?, xw: xw? })
    }
}

/// The job.
#[derive(Debug)]
pub struct DepositoryCheck(pub Deps);

impl DepositoryCheck {
    /// Builds the job and opens its connection to DynamoDB.
    ///
    /// # Errors
    /// A secret is missing, or not what it should be.
    pub async fn start(settings: Settings) -> Result<Self, StartError> {
        let base = settings.base.open(&settings.own.parameters()).await?;
        let confirmation = settings.own.deps(&base)?;
        confirmation.registers.warm().await;
        Ok(Self(Deps {
            channels: base.channels,
            confirmation,
            xw: settings.xw.connect(&Connectors::default()),
        }))
    }
}

impl Job for DepositoryCheck {
    const SOURCE: Source = Source { context: CONTEXT, function: "depository-check" };

    async fn run(&self, scope: &Scope, occasion: &Occasion) -> Result<Done, JobError> {
        // A run is for the time it was scheduled for; what became due since is due as well.
        let run = handle(&self.0, scope, occasion.time.max(scope.now())).await;
        info!(
            confirmed = run.confirmed,
            noted = run.noted,
            refused = run.refused,
            timed_out = run.timed_out,
            failed = run.failed,
            unread = run.unread,
            out_of_time = run.out_of_time,
            "accounts"
        );
        end_of_run(run.unread, run.failed > 0 || run.out_of_time)
    }
}
