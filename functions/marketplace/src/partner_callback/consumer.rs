//! partner-callback as a Lambda.

use std::time::Duration;

use platform::Scope;
use platform::callbacks::{CallbackStore, Callbacks, WakeUp, WakeUps, Worker};
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

/// A try that comes sooner is woken for by the worker itself: the relay runs once a minute.
const SOON: Duration = Duration::from_secs(90);

/// The consumer.
#[derive(Debug)]
pub struct PartnerCallback {
    /// What sends.
    pub worker: Worker<ToRongshu>,
    /// The queue that it is woken by.
    pub wake_ups: WakeUps,
}

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
        let client = base.aws.sqs();
        let wake_ups = WakeUps::new(client.clone(), settings.queue.source.clone());
        Ok((Self { worker, wake_ups }, Queue { client, urls: settings.queue }))
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
        let passed = self.worker.pass(scope, &wake_up.order).await;
        let passed = passed.map_err(|failure| Failed::Retry(failure.to_string()))?;
        // Whatever is left stands in the table as due: the relay wakes for what is not woken for here.
        if let Some(delay) = passed.comes_again().filter(|delay| *delay <= SOON) {
            self.wake_ups.send_after(scope, &[&wake_up.order], delay).await;
        }
        Ok(Done(passed.as_str()))
    }
}
