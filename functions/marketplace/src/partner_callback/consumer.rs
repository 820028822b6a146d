//! partner-callback as a Lambda.

use platform::Scope;
use platform::callbacks::{CallbackStore, Callbacks, WakeUp, Worker};
use platform::config::Environment;
use platform::metrics::Source;
use platform::sqs::{Consumer, Done, Failed, Queue, QueueUrls, Record};
use platform::start::StartError;

use super::{PlanSettings, ToRongshu};
use crate::CONTEXT;
use crate::deps::{self, Base};
use crate::rongshu::{Rongshu, RongshuSettings};

/// The configuration of partner-callback.
#[derive(Debug)]
pub struct Settings {
    /// What every function of the context has.
    pub base: deps::Settings,
    /// What it has beside.
    pub own: Own,
    /// Where wake-ups come from.
    pub queue: QueueUrls,
}

/// What partner-callback alone is configured with.
#[derive(Clone, Debug)]
pub struct Own {
    callbacks: String,
    rongshu: RongshuSettings,
    plan: PlanSettings,
}

/// Why a wake-up can never succeed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Reason {
    /// It names no order.
    Unreadable,
}

impl From<Reason> for &'static str {
    fn from(reason: Reason) -> Self {
        match reason {
            Reason::Unreadable => "unreadable",
        }
    }
}

impl Settings {
    /// Reads the variables.
    pub fn read(environment: &mut Environment) -> Option<Self> {
        let base = deps::Settings::read(environment);
        let callbacks = Callbacks::read_table(environment);
        let rongshu = RongshuSettings::read(environment);
        let plan = PlanSettings::read(environment);
        let queue = QueueUrls::read(environment);
        let own = Own { callbacks: callbacks?, rongshu: rongshu?, plan: plan? };
        Some(Self { base: base?, own, queue: queue? })
    }
}

impl Own {
    /// The worker over what was opened, calling the platform so.
    ///
    /// # Errors
    /// There is no plan.
    pub fn worker(&self, base: &Base, rongshu: Rongshu) -> Result<Worker<ToRongshu>, StartError> {
        let sender = ToRongshu {
            channels: base.channels.clone(),
            rongshu,
            call_time: self.rongshu.timeout,
            plan: self.plan.plan().ok_or("there is no wait between the tries of a callback")?,
            random: base.random.clone(),
        };
        Ok(Worker { store: CallbackStore::new(base.aws.dynamodb(), self.callbacks.clone()), sender })
    }
}

/// The consumer.
#[derive(Debug)]
pub struct PartnerCallback(pub Worker<ToRongshu>);

impl PartnerCallback {
    /// Builds the consumer and opens its connection to DynamoDB.
    ///
    /// # Errors
    /// A channel's parameter is missing, or not what it should be.
    pub async fn start(settings: Settings) -> Result<(Self, Queue), StartError> {
        let base = settings.base.open(&[]).await?;
        let stage = base.channels.stage();
        let rongshu = Rongshu::for_callbacks(&settings.own.rongshu, base.random.clone(), stage);
        let worker = settings.own.worker(&base, rongshu)?;
        worker.store.warm().await;
        Ok((Self(worker), Queue { client: base.aws.sqs(), urls: settings.queue }))
    }
}

impl Consumer for PartnerCallback {
    type Reason = Reason;
    const SOURCE: Source = Source { context: CONTEXT, function: "partner-callback" };

    async fn consume(&self, scope: &Scope, record: Record<'_>) -> Result<Done, Failed<Reason>> {
        let wake_up = WakeUp::read(record.body).map_err(|_| Failed::Dead(Reason::Unreadable))?;
        if wake_up.order.is_empty() {
            return Err(Failed::Dead(Reason::Unreadable));
        }
        let passed = self.0.pass(scope, &wake_up.order).await;
        // Whatever is left is due still: the relay wakes for it.
        passed.map(|passed| Done(passed.as_str())).map_err(|failure| Failed::Retry(failure.to_string()))
    }
}
