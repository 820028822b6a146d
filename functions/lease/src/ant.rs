//! Ant's gateway (§2). This file and its folder alone know the wire format: what is sent, how it is signed, and what an
//! answer says. Outcomes are never guessed: what may have happened is [`Failure::Unknown`].

mod absence;
mod answer;
mod messages;
mod secret;
mod settings;
mod signature;

use domain::lease::{Method, Query};
use http::header::{CONTENT_TYPE, HeaderValue};
use platform::Scope;
use platform::partner::{BaseUrl, Call, Cause, Method as HttpMethod, Outcome, PartnerClient};
use platform::random::Random;
use platform::secrets::Secret;
use std::time::Duration;
use tracing::warn;

use self::answer::Unreliable;
use self::signature::{encoded, sign};

pub use absence::AbsenceCodes;
pub use answer::Reply;
pub use messages::{Encryption, EncryptionError, close, query, registration, text_of, trade_query};
pub use secret::{AccessKey, AlipayKeys, AntSecret};
pub use settings::AntSettings;
pub use signature::{Parameters, encoded as signed_text, is_signed};

/// The SDK that the seed's channel is reached with; the gateway wants to know.
const BASE_SDK_VERSION: &str = "TeaSDK-2.0";
const SDK_VERSION: &str = "1.8.98";
const FORM: HeaderValue = HeaderValue::from_static("application/x-www-form-urlencoded; charset=UTF-8");
/// What a transmission may take, and a little more to write down what came of it.
pub const LEAST_TIME: Duration = Duration::from_millis(8_800);
/// How often a transmission that never left is repeated, or a question that was not answered.
const RETRIES: u32 = 3;

/// Ant's client.
#[derive(Clone, Debug)]
pub struct Ant {
    url: BaseUrl,
    client: PartnerClient,
    secret: Secret<AntSecret>,
    random: Random,
    /// For a question with its repeats.
    total_timeout: Duration,
    late: Duration,
    absence_codes: AbsenceCodes,
    disabled: bool,
}

/// Why there is no answer that says OK.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Failure {
    /// We switched the partner off.
    Disabled,
    /// Ant never saw it.
    NotSent,
    /// Ant declined, and nothing happened there.
    Rejected(Reply),
    /// The gateway declined with an HTTP status of 3xx or 4xx.
    Refused(u16),
    /// There is an answer, not signed as it must be: what happened is not known.
    Signature,
    /// It went out, and no usable answer came back: what happened is not known.
    Unknown(&'static str),
}

impl Failure {
    /// Whether it may have happened all the same.
    #[must_use]
    pub fn may_have_happened(&self) -> bool {
        match self {
            Self::Signature | Self::Unknown(_) => true,
            Self::Disabled | Self::NotSent | Self::Rejected(_) | Self::Refused(_) => false,
        }
    }

    /// The code with which Ant declined.
    fn result_code(&self) -> Option<&str> {
        match self {
            Self::Rejected(reply) => Some(&reply.result_code),
            Self::Disabled | Self::NotSent | Self::Refused(_) | Self::Signature | Self::Unknown(_) => None,
        }
    }

    /// Its word in the log.
    #[must_use]
    pub fn kind(&self) -> &'static str {
        match self {
            Self::Disabled => "disabled",
            Self::NotSent => "not_sent",
            Self::Rejected(_) => "rejected",
            Self::Refused(_) => "refused",
            Self::Signature => "signature",
            Self::Unknown(cause) => cause,
        }
    }
}

impl Ant {
    /// A client with these bounds.
    #[must_use]
    pub fn new(
        settings: AntSettings,
        client: PartnerClient,
        secret: Secret<AntSecret>,
        random: Random,
    ) -> Self {
        let AntSettings { url, total_timeout, late, absence_codes, disabled, .. } = settings;
        Self { url, client, secret, random, total_timeout, late, absence_codes, disabled }
    }

    /// For how long after a call was begun Ant may still carry it out.
    #[must_use]
    pub fn late(&self) -> Duration {
        self.late
    }

    /// Whether an answer that declines a trade.get says that Ant has no such order.
    #[must_use]
    pub fn has_no_order(&self, declined: &Reply) -> bool {
        self.absence_codes.include(declined)
    }

    /// Whether the partner is switched off.
    #[must_use]
    pub fn is_disabled(&self) -> bool {
        self.disabled
    }

    /// The keys and what identity data is encrypted with.
    #[must_use]
    pub fn secret(&self) -> &Secret<AntSecret> {
        &self.secret
    }

    /// Encrypts identity data for Ant (R6).
    #[must_use]
    pub fn encryption(&self) -> Encryption {
        Encryption::new(self.secret.current(), self.random.clone())
    }

    /// Asks Ant to do something: sent once, and again only where it never left, while its outcome can still be written.
    ///
    /// # Errors
    /// Ant did not say OK; [`Failure::may_have_happened`] tells whether it may have been done.
    pub async fn change(
        &self,
        scope: &Scope,
        method: Method,
        business: &Parameters,
    ) -> Result<Reply, Failure> {
        let again = |failure: &Failure| *failure == Failure::NotSent && scope.remaining() >= LEAST_TIME;
        self.carry(scope, method.as_str(), business, again).await
    }

    /// Asks Ant a question, also again while time is left and the question was not answered.
    ///
    /// # Errors
    /// Ant did not say OK.
    pub async fn ask(&self, scope: &Scope, query: Query, business: &Parameters) -> Result<Reply, Failure> {
        let again = |failure: &Failure| match failure {
            Failure::NotSent => true,
            Failure::Unknown(cause) => *cause != UNREADABLE,
            Failure::Disabled | Failure::Rejected(_) | Failure::Refused(_) | Failure::Signature => false,
        };
        let asked = self.carry(scope, query.as_str(), business, again);
        match tokio::time::timeout(self.total_timeout, asked).await {
            Ok(answered) => answered,
            Err(_) => Err(Failure::Unknown(TIMED_OUT)),
        }
    }

    async fn carry(
        &self,
        scope: &Scope,
        method: &'static str,
        business: &Parameters,
        again: impl Fn(&Failure) -> bool,
    ) -> Result<Reply, Failure> {
        if self.disabled {
            return Err(Failure::Disabled);
        }
        let mut tries = 0;
        loop {
            let transmitted = self.transmit(scope, method, business).await;
            tries += 1;
            let failure = match transmitted {
                Ok(reply) if reply.is_ok() => return Ok(reply),
                Ok(reply) => Failure::Rejected(reply),
                Err(failure) => failure,
            };
            let (kind, result_code) = (failure.kind(), failure.result_code());
            warn!(method, kind, result_code, tries, "Ant did not say OK");
            if tries > RETRIES || !again(&failure) {
                return Err(failure);
            }
            scope.pause(tries).await;
            // What came of the last one says more than that there was no time for another.
            if !PartnerClient::has_time(scope) {
                return Err(failure);
            }
        }
    }

    /// One transmission, with a message id of its own.
    async fn transmit(&self, scope: &Scope, method: &str, business: &Parameters) -> Result<Reply, Failure> {
        let secret = self.secret.current();
        let key = secret.signing_key();
        let call = self.call(scope, key, method, business);
        let body = match self.client.send(scope, call).await {
            Outcome::Answered(answered) => answered.body,
            // A refusal that is signed says more than its status.
            Outcome::Refused(answered) => match Reply::read(&answered.body, &key.secret) {
                Ok(reply) if !reply.is_ok() => return Ok(reply),
                // One says that it is done, the other that it is not.
                Ok(_) => return Err(Failure::Unknown(UNREADABLE)),
                Err(_) => return Err(Failure::Refused(answered.status.as_u16())),
            },
            Outcome::NotSent(_) => return Err(Failure::NotSent),
            Outcome::Unknown(cause) => return Err(Failure::Unknown(word(cause))),
        };
        match Reply::read(&body, &key.secret) {
            Ok(reply) => Ok(reply),
            Err(Unreliable::Unreadable) => Err(Failure::Unknown(UNREADABLE)),
            Err(Unreliable::Signature) => self.read_with_fresh_secret(scope, &key.id, &body).await,
        }
    }

    /// A secret that was just replaced under the same key id explains a bad signature; nothing else does.
    async fn read_with_fresh_secret(
        &self,
        scope: &Scope,
        key_id: &str,
        body: &[u8],
    ) -> Result<Reply, Failure> {
        if !self.secret.refresh_after_bad_signature(scope).await {
            return Err(Failure::Signature);
        }
        let secret = self.secret.current();
        let key = secret.keys().find(|key| key.id == key_id).ok_or(Failure::Signature)?;
        Reply::read(body, &key.secret).map_err(|_| Failure::Signature)
    }

    fn call(&self, scope: &Scope, key: &AccessKey, method: &str, business: &Parameters) -> Call {
        let mut query = Parameters::new();
        for (name, value) in [
            ("method", method),
            ("version", "1.0"),
            ("sign_type", "HmacSHA1"),
            ("req_time", &scope.now().strftime("%Y-%m-%dT%H:%M:%SZ").to_string()),
            ("req_msg_id", &scope.stamp()),
            ("access_key", &key.id),
            ("base_sdk_version", BASE_SDK_VERSION),
            ("sdk_version", SDK_VERSION),
            ("_prod_code", "ATO"),
            ("_prod_channel", "undefined"),
        ] {
            query.insert(name.to_owned(), value.to_owned());
        }
        if let Some(token) = &key.security_token {
            query.insert("security_token".to_owned(), token.clone());
        }
        let mut signed = query.clone();
        signed.extend(business.clone());
        query.insert("sign".to_owned(), sign(&key.secret, &encoded(&signed)));
        Call {
            method: HttpMethod::POST,
            url: self.url.join(&format!("/gateway.do?{}", encoded(&query))),
            headers: vec![(CONTENT_TYPE, FORM)],
            body: encoded(business).into_bytes(),
        }
    }
}

const TIMED_OUT: &str = "timed_out";
const UNREADABLE: &str = "unreadable_answer";

fn word(cause: Cause) -> &'static str {
    match cause {
        Cause::TimedOut | Cause::NoTime => TIMED_OUT,
        Cause::Connect | Cause::Lost => "connection_lost",
        Cause::TooLong => "answer_too_long",
        Cause::Failed(_) => "server_error",
        Cause::Malformed => "malformed_request",
    }
}
