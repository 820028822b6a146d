//! credit-application as a Lambda.

use platform::Scope;
use platform::callbacks::{Callbacks, WakeUps};
use platform::config::Environment;
use platform::metrics::Source;
use platform::outbox::Outbox;
use platform::schedule::{Done, Job, JobError, Occasion, end_of_run};
use platform::start::StartError;
use tracing::info;

use super::{Deps, handle};
use crate::CONTEXT;
use crate::core_command::CORE_COMMANDS_QUEUE_URL;
use crate::deps::{self, Base};
use crate::order_settings::SEALING_SECRET_PARAMETER;
use crate::store::{CustomerStore, OrderStore, OrderTables, Sealing};

/// The configuration of credit-application.
pub type Settings = deps::Configuration<Own>;

/// What credit-application alone is configured with.
#[derive(Clone, Debug)]
pub struct Own {
    tables: OrderTables,
    customers: String,
    callbacks: String,
    wake_ups: String,
    outbox: String,
    core_commands: String,
    sealing_secret: String,
}

impl deps::Own for Own {
    fn read(environment: &mut Environment) -> Option<Self> {
        let tables = OrderTables::read(environment);
        let customers = CustomerStore::read_table(environment);
        let callbacks = Callbacks::read_table(environment);
        let wake_ups = WakeUps::read_queue(environment);
        let outbox = Outbox::read_table(environment);
        let core_commands = environment.read(CORE_COMMANDS_QUEUE_URL);
        let sealing_secret = environment.read(SEALING_SECRET_PARAMETER);
        Some(Self {
            tables: tables?,
            customers: customers?,
            callbacks: callbacks?,
            wake_ups: wake_ups?,
            outbox: outbox?,
            core_commands: core_commands?,
            sealing_secret: sealing_secret?,
        })
    }
}

impl Own {
    /// The parameters that it needs beside the channels'.
    #[must_use]
    pub fn parameters(&self) -> [&str; 1] {
        [&self.sealing_secret]
    }

    /// What the job works with, over what was opened.
    ///
    /// # Errors
    /// A secret is not what it should be.
    pub fn deps(&self, base: &Base) -> Result<Deps, StartError> {
        let keys = base.secrets.secret(&self.sealing_secret)?;
        Ok(Deps {
            channels: base.channels.clone(),
            store: OrderStore::new(base.aws.dynamodb(), self.tables.clone()),
            customers: CustomerStore::new(base.aws.dynamodb(), self.customers.clone()),
            sealing: Sealing { keys, random: base.random.clone() },
            callbacks: Callbacks::new(self.callbacks.clone()),
            wake_ups: WakeUps::new(base.aws.sqs(), self.wake_ups.clone()),
            outbox: Outbox::new(base.aws.dynamodb(), self.outbox.clone()).with_queues(base.aws.sqs()),
            core_commands: self.core_commands.clone(),
        })
    }
}

/// The job.
#[derive(Debug)]
pub struct CreditApplication(pub Deps);

impl CreditApplication {
    /// Builds the job and opens its connection to DynamoDB.
    ///
    /// # Errors
    /// A secret is missing, or not what it should be.
    pub async fn start(settings: Settings) -> Result<Self, StartError> {
        let base = settings.base.open(&settings.own.parameters()).await?;
        let deps = settings.own.deps(&base)?;
        deps.store.warm().await;
        Ok(Self(deps))
    }
}

impl Job for CreditApplication {
    const SOURCE: Source = Source { context: CONTEXT, function: "credit-application" };

    async fn run(&self, scope: &Scope, occasion: &Occasion) -> Result<Done, JobError> {
        // A run is for the minute it was scheduled for; what became due since is due as well.
        let run = handle(&self.0, scope, occasion.time.max(scope.now())).await;
        info!(
            applied = run.applied,
            refused = run.refused,
            failed = run.failed,
            unread = run.swept.unread,
            out_of_time = run.swept.out_of_time,
            "credit applications"
        );
        end_of_run(run.swept.unread, run.failed > 0 || run.swept.out_of_time)
    }
}
