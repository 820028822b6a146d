//! The consumers of messages about loans as Lambdas.

use std::marker::PhantomData;

use domain::marketplace::{ChannelId, LoanCodes};
use platform::aws::Aws;
use platform::callbacks::{Callbacks, WakeUps};
use platform::config::Environment;
use platform::metrics::Source;
use platform::outbox::OutboxSettings;
use platform::random::Random;
use platform::secrets::Secrets;
use platform::sqs::{Consumer, Done, Failed, Queue, Record, Waits};
use platform::start::StartError;
use platform::{Clock, Scope};

use super::{Deps, Kind, Means, Needs, handle};
use crate::channel;
use crate::core_message::{self, Reason, answer};
use crate::refusals::RefusalSettings;
use crate::store::{LoanSettings, LoanStore};

/// The configuration of a consumer of messages about loans.
#[derive(Debug)]
pub struct Settings<K> {
    /// What every consumer of the core's messages has.
    pub base: core_message::Settings,
    loans: LoanSettings,
    callbacks: String,
    wake_ups: String,
    means: MeansSettings,
    kind: PhantomData<K>,
}

#[derive(Debug)]
enum MeansSettings {
    Refusals(RefusalSettings),
    Bus(OutboxSettings),
    BusAndChannels(OutboxSettings, channel::Settings),
}

/// A consumer of messages of the kind `K`.
#[derive(Debug)]
pub struct LoanConsumer<K> {
    /// What the operation works with.
    pub deps: Deps,
    codes: LoanCodes,
    default_channel: ChannelId,
    waits: Waits,
    kind: PhantomData<K>,
}

impl<K: Kind> Settings<K> {
    /// Reads the variables.
    pub fn read(environment: &mut Environment) -> Option<Self> {
        let base = core_message::Settings::read(environment);
        let loans = LoanSettings::read(environment);
        let callbacks = Callbacks::read_table(environment);
        let wake_ups = WakeUps::read_queue(environment);
        let means = MeansSettings::read(environment, K::NEEDS);
        Some(Self {
            base: base?,
            loans: loans?,
            callbacks: callbacks?,
            wake_ups: wake_ups?,
            means: means?,
            kind: PhantomData,
        })
    }

    /// The consumer over these.
    ///
    /// # Errors
    /// A secret is missing, or not what it should be.
    pub async fn consumer(
        self,
        aws: &Aws,
        clock: Clock,
        random: Random,
    ) -> Result<LoanConsumer<K>, StartError> {
        let deps = Deps {
            loans: LoanStore::new(aws.dynamodb(), self.loans.clone()),
            orders: self.base.store(aws),
            messages: self.base.messages(aws),
            callbacks: Callbacks::new(self.callbacks),
            wake_ups: WakeUps::new(aws.sqs(), self.wake_ups),
            means: self.means.open(aws, clock, random).await?,
        };
        Ok(LoanConsumer {
            deps,
            codes: self.loans.codes,
            default_channel: self.base.default_channel,
            waits: self.base.waits,
            kind: PhantomData,
        })
    }
}

impl MeansSettings {
    fn read(environment: &mut Environment, needs: Needs) -> Option<Self> {
        match needs {
            Needs::Refusals => RefusalSettings::read(environment).map(Self::Refusals),
            Needs::Bus => OutboxSettings::read(environment).map(Self::Bus),
            Needs::BusAndChannels => {
                let outbox = OutboxSettings::read(environment);
                let channels = channel::Settings::read(environment);
                Some(Self::BusAndChannels(outbox?, channels?))
            }
        }
    }

    async fn open(self, aws: &Aws, clock: Clock, random: Random) -> Result<Means, StartError> {
        match self {
            Self::Refusals(settings) => {
                let secrets = Secrets::load(aws.ssm(), clock, random.clone(), &settings.parameters()).await?;
                Ok(Means::Refusals(settings.open(aws, &secrets, random)?))
            }
            Self::Bus(outbox) => Ok(Means::Bus(outbox.connect(aws))),
            Self::BusAndChannels(outbox, channels) => {
                let parameters = channels.parameters();
                let names: Vec<&str> = parameters.iter().map(String::as_str).collect();
                let secrets = Secrets::load(aws.ssm(), clock, random, &names).await?;
                Ok(Means::BusAndChannels(outbox.connect(aws), channels.channels(&secrets)?))
            }
        }
    }
}

impl<K: Kind> LoanConsumer<K> {
    /// Builds the consumer and opens its connection to DynamoDB.
    ///
    /// # Errors
    /// A secret is missing, or not what it should be.
    pub async fn start(settings: Settings<K>) -> Result<(Self, Queue), StartError> {
        let aws = Aws::connect(settings.base.aws.clone());
        let queue = settings.base.queue(&aws);
        let consumer = settings.consumer(&aws, Clock::system(), Random::system()).await?;
        consumer.deps.loans.warm().await;
        Ok((consumer, queue))
    }
}

impl<K: Kind> Consumer for LoanConsumer<K> {
    type Reason = Reason;
    const SOURCE: Source = K::SOURCE;

    async fn consume(&self, scope: &Scope, record: Record<'_>) -> Result<Done, Failed<Reason>> {
        let told = K::read(record.body, self.codes, &self.default_channel).map_err(Failed::Dead)?;
        let taken = handle(&self.deps, scope, &told, K::SOURCE.function).await;
        answer(taken, &self.waits, record.age)
    }
}
