use std::collections::BTreeMap;

use domain::marketplace::ChannelId;
use platform::Scope;
use platform::config::{Environment, FromVariable, Stage, Variable};
use platform::secrets::{Secret, SecretError, Secrets};
use platform::start::StartError;

use super::{Channel, ChannelConfig};

/// SSM gives ten parameters in one call; what else is secret needs two.
const MOST_CHANNELS: usize = 8;

const TENOR_ENV: Variable = Variable {
    name: "TENOR_ENV",
    meaning: "Where the system runs; `local` allows plain HTTP to loopback.",
    default: Some("production"),
};
const RONGSHU_CHANNELS: Variable = Variable {
    name: "RONGSHU_CHANNELS",
    meaning: "The channels of the marketplace, by `channelId`.",
    default: None,
};
const RONGSHU_PARAMETER_PREFIX: Variable = Variable {
    name: "RONGSHU_PARAMETER_PREFIX",
    meaning: "What stands before `/<channel>` in the name of a channel's SSM parameter.",
    default: None,
};
const RONGSHU_DEFAULT_CHANNEL: Variable = Variable {
    name: "RONGSHU_DEFAULT_CHANNEL",
    meaning: "The channel of messages that name none; one of RONGSHU_CHANNELS.",
    default: None,
};

/// Which channels there are.
#[derive(Clone, Debug)]
pub struct Settings {
    /// Each by its id.
    pub ids: Vec<ChannelId>,
    /// What stands before the slash and the id in a parameter's name.
    pub parameter_prefix: String,
    /// Where the system runs.
    pub stage: Stage,
}

/// Every channel, configured.
#[derive(Clone, Debug)]
pub struct Channels {
    by_id: BTreeMap<ChannelId, Secret<ChannelConfig>>,
    stage: Stage,
}

/// `840,rongshu`
struct Ids(Vec<ChannelId>);

struct Id(ChannelId);

impl FromVariable for Ids {
    const KIND: &'static str = "1 to 8 different channels, separated by commas";

    fn from_variable(text: &str) -> Result<Self, String> {
        let ids = text.split(',').map(|id| Id::from_variable(id.trim()).map(|id| id.0));
        let ids = ids.collect::<Result<Vec<_>, _>>()?;
        let differ =
            ids.iter().enumerate().all(|(place, id)| !ids.iter().skip(place + 1).any(|other| other == id));
        if differ && ids.len() <= MOST_CHANNELS {
            Ok(Self(ids))
        } else {
            Err(format!("is not {}", Self::KIND))
        }
    }
}

impl FromVariable for Id {
    const KIND: &'static str = "a channel: 1 to 64 letters, digits, `_` or `-`";

    fn from_variable(text: &str) -> Result<Self, String> {
        ChannelId::of_text(text).map(Self).map_err(|error| format!("has a channel with {error}"))
    }
}

impl Settings {
    /// Reads the one variable that is asked of whoever takes messages and speaks to no channel.
    pub fn read_default(environment: &mut Environment) -> Option<ChannelId> {
        let default: Option<Id> = environment.read(RONGSHU_DEFAULT_CHANNEL);
        default.map(|Id(id)| id)
    }

    /// Reads the variables. Which channel is the default one is only checked to be one of them.
    pub fn read(environment: &mut Environment) -> Option<Self> {
        let stage = environment.read(TENOR_ENV);
        let ids: Option<Ids> = environment.read(RONGSHU_CHANNELS);
        let parameter_prefix = environment.read(RONGSHU_PARAMETER_PREFIX);
        let default: Option<Id> = environment.read(RONGSHU_DEFAULT_CHANNEL);
        let (Ids(ids), Id(default)) = (ids?, default?);
        if !ids.contains(&default) {
            environment
                .note(format!("{} is none of {}", RONGSHU_DEFAULT_CHANNEL.name, RONGSHU_CHANNELS.name));
        }
        Some(Self { ids, parameter_prefix: parameter_prefix?, stage: stage? })
    }

    /// The parameter of a channel.
    #[must_use]
    pub fn parameter(&self, id: &ChannelId) -> String {
        format!("{}/{}", self.parameter_prefix, id.as_str())
    }

    /// Every channel's parameter.
    #[must_use]
    pub fn parameters(&self) -> Vec<String> {
        self.ids.iter().map(|id| self.parameter(id)).collect()
    }

    /// Takes every channel's configuration out of what was loaded.
    ///
    /// # Errors
    /// One is not what it should be, or is where plain HTTP may not go.
    pub fn channels(self, secrets: &Secrets) -> Result<Channels, StartError> {
        let configured = |id: &ChannelId| {
            let config = secrets.secret::<ChannelConfig>(&self.parameter(id))?;
            Ok::<_, SecretError>((id.clone(), config))
        };
        let by_id = self.ids.iter().map(configured).collect::<Result<BTreeMap<_, _>, _>>()?;
        for (id, config) in &by_id {
            let allowed = config.current().base_url.allowed_in(self.stage);
            allowed.map_err(|problem| format!("channel {}: its base_url {problem}", id.as_str()))?;
        }
        Ok(Channels { by_id, stage: self.stage })
    }
}

impl Channels {
    /// The channel of this id, as it is configured now; `None` for none of ours.
    #[must_use]
    pub fn get(&self, id: &str) -> Option<Channel> {
        let (id, config) = self.by_id.get_key_value(&ChannelId::of_text(id).ok()?)?;
        Some(Channel { id: id.clone(), config: config.current() })
    }

    /// Every channel, as it is configured now.
    pub fn all(&self) -> impl Iterator<Item = Channel> {
        self.by_id.iter().map(|(id, config)| Channel { id: id.clone(), config: config.current() })
    }

    /// Where the system runs.
    #[must_use]
    pub fn stage(&self) -> Stage {
        self.stage
    }

    /// Reads the configuration again because a signature did not fit, at most once a minute. The channel as it is now, if
    /// it is another than before.
    pub async fn after_bad_signature(&self, scope: &Scope, channel: &Channel) -> Option<Channel> {
        let config = self.by_id.get(&channel.id)?;
        let has_changed = config.refresh_after_bad_signature(scope).await;
        has_changed.then(|| Channel { id: channel.id.clone(), config: config.current() })
    }
}
