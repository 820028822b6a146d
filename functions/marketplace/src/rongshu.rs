//! Our calls to the platform (§4): what it knows of a user is pulled. Callbacks go out the same way.

mod answer;
mod callback;
mod settings;

use std::time::Duration;

use domain::marketplace::{CallbackKind, PullFailure, PullKind, Uid};
use http::HeaderValue;
use http::header::CONTENT_TYPE;
use platform::Scope;
use platform::callbacks::Sent;
use platform::config::Stage;
use platform::partner::{CORRELATION_HEADER, Call, Limits, Method, Outcome, PartnerClient, Told};
use platform::random::Random;
use serde::Serialize;
use tracing::warn;

use crate::channel::Channel;
use crate::envelope;

pub use callback::CALLBACK_BYTES;
pub use settings::RongshuSettings;

/// The longest answer to a pull that is read, in bytes: what is pulled is itself a text in it.
pub const PULL_BYTES: usize = 5 * 1_048_576;

/// The platform, as we call it.
#[derive(Clone, Debug)]
pub struct Rongshu {
    client: PartnerClient,
    random: Random,
    stage: Stage,
}

/// Why a call was not even tried.
#[derive(Clone, Copy)]
enum NotPosted {
    /// The channel's address is one that may not be used here.
    BaseUrl,
    /// It could not be signed.
    Unsigned,
}

impl NotPosted {
    /// The word that operators read.
    fn as_str(self) -> &'static str {
        match self {
            Self::BaseUrl => "base_url_refused",
            Self::Unsigned => "not_signed",
        }
    }
}

#[derive(Serialize)]
struct WirePull<'a> {
    uid: &'a str,
}

impl Rongshu {
    /// The platform over this client.
    #[must_use]
    pub fn new(client: PartnerClient, random: Random, stage: Stage) -> Self {
        Self { client, random, stage }
    }

    /// The platform over the internet, for pulls.
    #[must_use]
    pub fn for_pulls(settings: &RongshuSettings, random: Random, stage: Stage) -> Self {
        let limits = Limits { timeout: settings.timeout, answer_bytes: PULL_BYTES };
        Self::new(PartnerClient::connect(settings.connect_timeout, limits), random, stage)
    }

    /// The platform over the internet, for callbacks.
    #[must_use]
    pub fn for_callbacks(settings: &RongshuSettings, random: Random, stage: Stage) -> Self {
        let limits = Limits { timeout: settings.timeout, answer_bytes: CALLBACK_BYTES };
        Self::new(PartnerClient::connect(settings.connect_timeout, limits), random, stage)
    }

    /// What a call may take.
    #[must_use]
    pub fn timeout(&self) -> Duration {
        self.client.timeout()
    }

    /// Calls the platform back with a business text, once, signed now (§4), in the name of the correlation id `caused_by`.
    /// Whoever calls has seen that the channel is not switched off.
    pub async fn call_back(
        &self,
        scope: &Scope,
        channel: &Channel,
        kind: CallbackKind,
        business: String,
        caused_by: &str,
    ) -> Sent {
        let url = channel.config.callback_url(kind);
        match self.post(scope, channel, url, business, Some(caused_by)).await {
            Ok(told) => callback::judge(told),
            Err(reason) => callback::failed(reason.as_str(), None, None),
        }
    }

    /// Pulls what the platform knows of a user, once (§4, 1.11): the data as it came, which is stored opaque. Whoever
    /// calls has seen that the channel is not switched off.
    ///
    /// # Errors
    /// It brought nothing.
    pub async fn pull(
        &self,
        scope: &Scope,
        channel: &Channel,
        kind: PullKind,
        uid: &Uid,
    ) -> Result<String, PullFailure> {
        let business = serde_json::to_string(&WirePull { uid: uid.as_str() }).unwrap_or_default();
        let sent = self.post(scope, channel, channel.config.pull_url(kind), business, None).await;
        let (pulled, cause) = match sent.map(|told| told.outcome) {
            Ok(Outcome::Answered(answered)) => (answer::pulled(&answered.body), None),
            Ok(Outcome::Refused(answered)) => (Err(PullFailure::Refused), Some(answered.status.to_string())),
            Ok(Outcome::NotSent(cause) | Outcome::Unknown(cause)) => {
                (Err(PullFailure::NoAnswer), Some(cause.to_string()))
            }
            Err(reason) => (Err(PullFailure::NoAnswer), Some(reason.as_str().to_owned())),
        };
        if let Err(failure) = &pulled {
            let channel = channel.id.as_str();
            warn!(channel, kind = kind.as_str(), ?failure, cause, "a pull brought nothing");
        }
        pulled
    }

    /// Signs `business` now and sends it, once. A redirect is a refusal.
    async fn post(
        &self,
        scope: &Scope,
        channel: &Channel,
        url: String,
        business: String,
        caused_by: Option<&str>,
    ) -> Result<Told, NotPosted> {
        let config = &channel.config;
        // A configuration that was replaced since the start may point elsewhere.
        if let Err(problem) = config.base_url.allowed_in(self.stage) {
            warn!(channel = channel.id.as_str(), problem, "the channel's base_url is not used");
            return Err(NotPosted::BaseUrl);
        }
        let body = match envelope::request(config, &self.random, scope.now(), business) {
            Ok(body) => body.into_bytes(),
            Err(error) => {
                warn!(channel = channel.id.as_str(), %error, "a call could not be signed");
                return Err(NotPosted::Unsigned);
            }
        };
        let mut headers = vec![(CONTENT_TYPE, HeaderValue::from_static("application/json;charset=UTF-8"))];
        let caused_by = caused_by.and_then(|id| HeaderValue::from_str(id).ok());
        headers.extend(caused_by.map(|id| (CORRELATION_HEADER, id)));
        Ok(self.client.send_told(scope, Call { method: Method::POST, url, headers, body }).await)
    }
}
