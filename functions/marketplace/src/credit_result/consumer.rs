//! credit-result as a Lambda.

use domain::marketplace::ChannelId;
use platform::aws::Aws;
use platform::callbacks::{Callbacks, WakeUps};
use platform::config::Environment;
use platform::metrics::Source;
use platform::random::Random;
use platform::secrets::Secrets;
use platform::sqs::{Consumer, Done, Failed, Queue, Record, Waits};
use platform::start::StartError;
use platform::{Clock, Scope};

use super::{Deps, handle, read};
use crate::CONTEXT;
use crate::core_message::{self, Reason, answer};
use crate::refusals::RefusalSettings;

/// The configuration of credit-result.
#[derive(Debug)]
pub struct Settings {
    /// What every consumer of the core's messages has.
    pub base: core_message::Settings,
    /// What it has beside.
    pub own: Own,
}

/// What credit-result alone is configured with.
#[derive(Clone, Debug)]
pub struct Own {
    callbacks: String,
    wake_ups: String,
    refusals: RefusalSettings,
}

/// The consumer.
#[derive(Debug)]
pub struct CreditResult {
    /// What the operation works with.
    pub deps: Deps,
    /// The channel of messages that name none.
    pub default_channel: ChannelId,
    /// How long a message waits for its order.
    pub waits: Waits,
}

impl Settings {
    /// Reads the variables.
    pub fn read(environment: &mut Environment) -> Option<Self> {
        let base = core_message::Settings::read(environment);
        let callbacks = Callbacks::read_table(environment);
        let wake_ups = WakeUps::read_queue(environment);
        let refusals = RefusalSettings::read(environment);
        let own = Own { callbacks: callbacks?, wake_ups: wake_ups?, refusals: refusals? };
        Some(Self { base: base?, own })
    }

    /// The consumer over these.
    ///
    /// # Errors
    /// A secret is missing, or not what it should be.
    pub async fn consumer(
        &self,
        aws: &Aws,
        clock: Clock,
        random: Random,
    ) -> Result<CreditResult, StartError> {
        let own = &self.own;
        let names = own.refusals.parameters();
        let secrets = Secrets::load(aws.ssm(), clock, random.clone(), &names).await?;
        let deps = Deps {
            store: self.base.store(aws),
            messages: self.base.messages(aws),
            refusals: own.refusals.open(aws, &secrets, random)?,
            callbacks: Callbacks::new(own.callbacks.clone()),
            wake_ups: WakeUps::new(aws.sqs(), own.wake_ups.clone()),
        };
        let (default_channel, waits) = (self.base.default_channel.clone(), self.base.waits.clone());
        Ok(CreditResult { deps, default_channel, waits })
    }
}

impl CreditResult {
    /// Builds the consumer and opens its connection to DynamoDB.
    ///
    /// # Errors
    /// A secret is missing, or not what it should be.
    pub async fn start(settings: Settings) -> Result<(Self, Queue), StartError> {
        let aws = Aws::connect(settings.base.aws.clone());
        let consumer = settings.consumer(&aws, Clock::system(), Random::system()).await?;
        consumer.deps.store.warm().await;
        Ok((consumer, settings.base.queue(&aws)))
    }
}

impl Consumer for CreditResult {
    type Reason = Reason;
    const SOURCE: Source = Source { context: CONTEXT, function: "credit-result" };

    async fn consume(&self, scope: &Scope, record: Record<'_>) -> Result<Done, Failed<Reason>> {
        let decision = read(record.body, &self.default_channel).map_err(Failed::Dead)?;
        answer(handle(&self.deps, scope, &decision).await, &self.waits, record.age)
    }
}
