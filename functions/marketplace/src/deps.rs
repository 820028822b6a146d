//! What all functions of the context have, and how it is configured and opened.

use platform::Clock;
use platform::aws::{Aws, AwsSettings};
use platform::config::Environment;
use platform::object_store::ObjectStore;
use platform::random::Random;
use platform::secrets::Secrets;
use platform::start::StartError;

use crate::channel::{self, Channels};
use crate::store::RawData;

/// What all functions of the context have, beside their tables.
#[derive(Debug)]
pub struct Base {
    /// The AWS clients.
    pub aws: Aws,
    /// The channels.
    pub channels: Channels,
    /// What else was loaded of secrets.
    pub secrets: Secrets,
    /// Where nonces, keys and paddings come from.
    pub random: Random,
}

/// The configuration that all functions of the context have.
#[derive(Debug)]
pub struct Settings {
    /// Where AWS is.
    pub aws: AwsSettings,
    /// Which channels there are.
    pub channels: channel::Settings,
}

impl Settings {
    /// Reads the variables.
    pub fn read(environment: &mut Environment) -> Option<Self> {
        let aws = AwsSettings::read(environment);
        let channels = channel::Settings::read(environment);
        Some(Self { aws: aws?, channels: channels? })
    }

    /// Reads the secrets in one call, the channels' and `others`.
    ///
    /// # Errors
    /// A secret is missing, or not what it should be.
    pub async fn open(self, others: &[&str]) -> Result<Base, StartError> {
        let aws = Aws::connect(self.aws);
        Base::load(aws, Clock::system(), Random::system(), self.channels, others).await
    }
}

/// What one function is configured with beside what all have.
pub trait Own: Sized {
    /// Reads the variables.
    fn read(environment: &mut Environment) -> Option<Self>;
}

/// The configuration of a function.
#[derive(Debug)]
pub struct Configuration<O> {
    /// What every function of the context has.
    pub base: Settings,
    /// What it has beside.
    pub own: O,
}

impl<O: Own> Configuration<O> {
    /// Reads the variables.
    pub fn read(environment: &mut Environment) -> Option<Self> {
        let (base, own) = (Settings::read(environment), O::read(environment));
        Some(Self { base: base?, own: own? })
    }
}

impl Base {
    /// The raw data in `bucket`, sealed with the keys of the secret `sealing_secret`.
    ///
    /// # Errors
    /// The secret is not what it should be.
    pub fn raw_data(&self, bucket: &str, sealing_secret: &str) -> Result<RawData, StartError> {
        let objects = ObjectStore::new(self.aws.s3(), bucket.to_owned());
        Ok(RawData::new(objects, self.secrets.secret(sealing_secret)?, self.random.clone()))
    }

    /// The same over these.
    ///
    /// # Errors
    /// A secret is missing, or not what it should be.
    pub async fn load(
        aws: Aws,
        clock: Clock,
        random: Random,
        channels: channel::Settings,
        others: &[&str],
    ) -> Result<Self, StartError> {
        let parameters = channels.parameters();
        let names: Vec<&str> = parameters.iter().map(String::as_str).chain(others.iter().copied()).collect();
        let secrets = Secrets::load(aws.ssm(), clock, random.clone(), &names).await?;
        Ok(Self { channels: channels.channels(&secrets)?, aws, secrets, random })
    }
}
