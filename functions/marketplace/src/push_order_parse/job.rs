//! push-order-parse as a Lambda.

use futures_util::future::join;
use platform::Scope;
use platform::callbacks::{Callbacks, WakeUps};
use platform::config::Environment;
use platform::metrics::Source;
use platform::schedule::{Done, Job, JobError, Occasion, end_of_run};
use platform::start::StartError;
use tracing::info;

use super::{Deps, handle};
use crate::CONTEXT;
use crate::deps::{self, Base};
use crate::order_settings::SEALING_SECRET_PARAMETER;
use crate::store::{CustomerStore, OrderStore, OrderTables, RawData};

/// The configuration of push-order-parse.
pub type Settings = deps::Configuration<Own>;

/// What push-order-parse alone is configured with.
#[derive(Clone, Debug)]
pub struct Own {
    tables: OrderTables,
    bucket: String,
    sealing_secret: String,
    customers: String,
    callbacks: String,
    wake_ups: String,
}

impl deps::Own for Own {
    fn read(environment: &mut Environment) -> Option<Self> {
        let tables = OrderTables::read(environment);
        let bucket = RawData::read_bucket(environment);
        let sealing_secret = environment.read(SEALING_SECRET_PARAMETER);
        let customers = CustomerStore::read_table(environment);
        let callbacks = Callbacks::read_table(environment);
        let wake_ups = WakeUps::read_queue(environment);
        Some(Self {
            tables: tables?,
            bucket: bucket?,
            sealing_secret: sealing_secret?,
            customers: customers?,
            callbacks: callbacks?,
            wake_ups: wake_ups?,
        })
    }
}

impl Own {
    /// The parameter that it needs beside the channels'.
    #[must_use]
    pub fn parameters(&self) -> [&str; 1] {
        [&self.sealing_secret]
    }

    /// What the job works with, over what was opened.
    ///
    /// # Errors
    /// A secret is not what it should be.
    pub fn deps(&self, base: &Base) -> Result<Deps, StartError> {
        Ok(Deps {
            channels: base.channels.clone(),
            store: OrderStore::new(base.aws.dynamodb(), self.tables.clone()),
            raw_data: base.raw_data(&self.bucket, &self.sealing_secret)?,
            customers: CustomerStore::new(base.aws.dynamodb(), self.customers.clone()),
            callbacks: Callbacks::new(self.callbacks.clone()),
            wake_ups: WakeUps::new(base.aws.sqs(), self.wake_ups.clone()),
        })
    }
}

/// The job.
#[derive(Debug)]
pub struct PushOrderParse(pub Deps);

impl PushOrderParse {
    /// Builds the job and opens its connections.
    ///
    /// # Errors
    /// A parameter is missing, or not what it should be.
    pub async fn start(settings: Settings) -> Result<Self, StartError> {
        let base = settings.base.open(&settings.own.parameters()).await?;
        let deps = settings.own.deps(&base)?;
        // Boxed: it is large, and run once.
        Box::pin(join(deps.store.warm(), deps.raw_data.warm())).await;
        Ok(Self(deps))
    }
}

impl Job for PushOrderParse {
    const SOURCE: Source = Source { context: CONTEXT, function: "push-order-parse" };

    async fn run(&self, scope: &Scope, occasion: &Occasion) -> Result<Done, JobError> {
        // A run is for the minute it was scheduled for; what became due since is due as well.
        let run = handle(&self.0, scope, occasion.time.max(scope.now())).await;
        info!(
            admitted = run.admitted,
            refused = run.refused,
            unparsed = run.unparsed,
            failed = run.failed,
            unread = run.swept.unread,
            out_of_time = run.swept.out_of_time,
            "parses"
        );
        end_of_run(run.swept.unread, run.failed > 0 || run.swept.out_of_time)
    }
}
