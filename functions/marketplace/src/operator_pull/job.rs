//! operator-pull as a Lambda.

use platform::Scope;
use platform::config::Environment;
use platform::metrics::Source;
use platform::schedule::{Done, Job, JobError, Occasion, end_of_run};
use platform::start::StartError;
use tracing::info;

use super::{Deps, handle};
use crate::CONTEXT;
use crate::deps::{self, Base};
use crate::order_settings::SEALING_SECRET_PARAMETER;
use crate::rongshu::{Rongshu, RongshuSettings};
use crate::store::{OrderStore, OrderTables, RawData};

/// The configuration of operator-pull.
pub type Settings = deps::Configuration<Own>;

/// What operator-pull alone is configured with.
#[derive(Clone, Debug)]
pub struct Own {
    tables: OrderTables,
    bucket: String,
    sealing_secret: String,
    rongshu: RongshuSettings,
}

impl deps::Own for Own {
    fn read(environment: &mut Environment) -> Option<Self> {
        let tables = OrderTables::read(environment);
        let bucket = RawData::read_bucket(environment);
        let sealing_secret = environment.read(SEALING_SECRET_PARAMETER);
        let rongshu = RongshuSettings::read(environment);
        Some(Self { tables: tables?, bucket: bucket?, sealing_secret: sealing_secret?, rongshu: rongshu? })
    }
}

impl Own {
    /// The parameter that it needs beside the channels'.
    #[must_use]
    pub fn parameters(&self) -> [&str; 1] {
        [&self.sealing_secret]
    }

    /// What the job works with, over what was opened, and calling the platform so.
    ///
    /// # Errors
    /// A secret is not what it should be.
    pub fn deps(&self, base: &Base, rongshu: Rongshu) -> Result<Deps, StartError> {
        Ok(Deps {
            channels: base.channels.clone(),
            store: OrderStore::new(base.aws.dynamodb(), self.tables.clone()),
            raw_data: base.raw_data(&self.bucket, &self.sealing_secret)?,
            rongshu,
        })
    }
}

/// The job.
#[derive(Debug)]
pub struct OperatorPull(pub Deps);

impl OperatorPull {
    /// Builds the job and opens its connection to DynamoDB. In most minutes nothing is pulled, and nothing stored.
    ///
    /// # Errors
    /// A parameter is missing, or not what it should be.
    pub async fn start(settings: Settings) -> Result<Self, StartError> {
        let base = settings.base.open(&settings.own.parameters()).await?;
        let stage = base.channels.stage();
        let rongshu = Rongshu::for_pulls(&settings.own.rongshu, base.random.clone(), stage);
        let deps = settings.own.deps(&base, rongshu)?;
        deps.store.warm().await;
        Ok(Self(deps))
    }
}

impl Job for OperatorPull {
    const SOURCE: Source = Source { context: CONTEXT, function: "operator-pull" };

    async fn run(&self, scope: &Scope, occasion: &Occasion) -> Result<Done, JobError> {
        // A run is for the minute it was scheduled for; what became due since is due as well.
        let run = handle(&self.0, scope, occasion.time.max(scope.now())).await;
        info!(
            pulled = run.pulled,
            vain = run.vain,
            complete = run.complete,
            waiting = run.waiting,
            failed = run.failed,
            unread = run.unread,
            out_of_time = run.out_of_time,
            "pulls"
        );
        end_of_run(run.unread, run.failed > 0 || run.out_of_time)
    }
}
