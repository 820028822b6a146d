use std::borrow::Cow;

use http::StatusCode;
use platform::Scope;
use platform::http::{Answer, Anyone, BodyRule, Endpoint, Refusal, Request};
use platform::metrics::Source;
use tracing::{error, info};

use super::checks::{Refused, opened};
use super::{Failure, Operation, Reply};
use crate::channel::{Channel, Channels, RateLimits, Words};
use crate::envelope;

const SUCCESS: u16 = 0;
const INTERNAL: u16 = 10_001;
const PARAMETER: u16 = 10_002;
const SIGNATURE: u16 = 10_003;

/// An operation as an endpoint of its own.
#[derive(Debug)]
pub struct Exposed<O> {
    operation: O,
    channels: Channels,
    limits: RateLimits,
}

impl<O: Operation> Exposed<O> {
    /// Exposes `operation` to these channels.
    #[must_use]
    pub fn new(channels: Channels, operation: O) -> Self {
        Self { operation, channels, limits: RateLimits::default() }
    }

    async fn handled(&self, scope: &Scope, channel: &Channel, business: String) -> Answer {
        let handled = match O::read(channel, business) {
            Ok(input) => self.operation.handle(scope, channel, input).await,
            Err(failure) => Err(failure),
        };
        match handled {
            Ok(Reply { outcome, response }) => {
                let config = &channel.config;
                let response = Some((&config.cipher, response));
                let body = envelope::answer(SUCCESS, config.wording.text(Words::Success), response);
                Answer::json_text(StatusCode::OK, outcome, body)
            }
            Err(Failure::Parameter(problem)) => {
                info!(channel = channel.id.as_str(), problem = %problem, "bad parameter");
                coded(PARAMETER, "parameter_error", &problem)
            }
            Err(failure @ Failure::Internal(_)) => {
                error!(channel = channel.id.as_str(), %failure, "the operation failed");
                internal(Some(channel))
            }
        }
    }
}

impl<O: Operation> Endpoint for Exposed<O> {
    type Caller = Anyone;
    const SOURCE: Source = O::SOURCE;
    const BODY: BodyRule = BodyRule::Json { limit: O::BODY_BYTES };

    fn gate(&self) -> &() {
        &()
    }

    async fn answer(&self, scope: &Scope, request: Request<Anyone>) -> Result<Answer, Refusal> {
        // API Gateway routes by the path; an event made by hand may name another operation.
        if request.path("op").is_some_and(|op| op != O::OP) {
            let body = envelope::answer(PARAMETER, "unknown operation", None);
            return Ok(Answer::json_text(StatusCode::NOT_FOUND, "unknown_operation", body));
        }
        Ok(match opened(&self.channels, &self.limits, scope, request.into_body()).await {
            Ok((channel, business)) => self.handled(scope, &channel, business).await,
            Err((channel, refused)) => refusal(channel.as_ref(), refused),
        })
    }

    fn refuse(&self, _: &Scope, refusal: &Refusal) -> Answer {
        let problem = match refusal {
            Refusal::TimedOut | Refusal::Panicked => return internal(None),
            Refusal::TooLarge { limit } => Cow::Owned(format!("body: over {limit} bytes")),
            Refusal::ContentType => Cow::Borrowed("content type: not application/json"),
            Refusal::Encoding | Refusal::NotUtf8 => Cow::Borrowed("body: not UTF-8"),
            Refusal::Event | Refusal::Denied(_) | Refusal::Json(_) | Refusal::Request(_) => {
                Cow::Borrowed("no envelope")
            }
        };
        coded(PARAMETER, "parameter_error", &problem)
    }
}

fn refusal(channel: Option<&Channel>, refused: Refused) -> Answer {
    let name = channel.map(|channel| channel.id.as_str());
    let words = |words| words_of(channel, words);
    let (code, outcome, message): (_, _, Cow<'_, str>) = match refused {
        Refused::Malformed(problem) => (PARAMETER, "parameter_error", problem),
        Refused::UnknownChannel => (SIGNATURE, "unknown_channel", words(Words::SignError).into()),
        Refused::Stale => (SIGNATURE, "stale", words(Words::SignError).into()),
        Refused::Signature => (SIGNATURE, "signature_invalid", words(Words::SignError).into()),
        Refused::OverLimit => (INTERNAL, "over_limit", words(Words::Busy).into()),
        Refused::SwitchedOff => (INTERNAL, "switched_off", words(Words::Busy).into()),
    };
    info!(channel = name, outcome, "refused");
    coded(code, outcome, &message)
}

fn internal(channel: Option<&Channel>) -> Answer {
    coded(INTERNAL, "internal_error", words_of(channel, Words::InternalError)).our_fault()
}

fn words_of(channel: Option<&Channel>, words: Words) -> &str {
    channel.map_or(words.default_text(), |channel| channel.config.wording.text(words))
}

/// An answer without a response. HTTP's status is 200 for every code (§1).
fn coded(code: u16, outcome: &'static str, message: &str) -> Answer {
    Answer::json_text(StatusCode::OK, outcome, envelope::answer(code, message, None))
}
