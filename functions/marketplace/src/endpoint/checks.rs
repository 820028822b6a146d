//! The checks before an operation, in the order of §1: body, fields (10002), channel, time, signature (10003), whether we
//! take calls now (10001), ciphertext (10002).

use std::borrow::Cow;

use platform::Scope;
use platform::metrics::Count;
use tracing::info;

use crate::channel::{Channel, Channels, RateLimits};
use crate::envelope::{Envelope, Malformed, NotDecrypted, Unsigned};

/// Somebody sent what they could not sign.
const BAD_SIGNATURE: Count = Count::of("rongshu_bad_signature");
/// A channel asked for more than it may at once.
const OVER_LIMIT: Count = Count::of("rongshu_over_limit");

/// Why a call does not get to its operation.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Refused {
    /// 10002: it is malformed.
    Malformed(Cow<'static, str>),
    /// 10003: it is of no channel of ours.
    UnknownChannel,
    /// 10003: it was signed at another time.
    Stale,
    /// 10003: it is signed with no key of the platform's.
    Signature,
    /// 10001 `busy`: the channel asks for more than it may.
    OverLimit,
    /// 10001 `busy`: the channel is switched off.
    SwitchedOff,
}

/// A refusal, with the channel if it is known by then: it words the answer.
pub(super) type Checked<T> = Result<T, (Option<Channel>, Refused)>;

/// Judges a body. What comes of it is the channel, and the business JSON.
pub(super) async fn opened(
    channels: &Channels,
    limits: &RateLimits,
    scope: &Scope,
    body: String,
) -> Checked<(Channel, String)> {
    let envelope = Envelope::read(&body).map_err(|Malformed(problem)| (None, Refused::Malformed(problem)))?;
    drop(body);
    let channel = channels.get(&envelope.channel_id).ok_or((None, Refused::UnknownChannel))?;
    let channel = signed(channels, scope, &envelope, channel).await?;
    let refused = |refused| (Some(channel.clone()), refused);
    if channel.config.is_disabled {
        return Err(refused(Refused::SwitchedOff));
    }
    // Behind the signature, so that nobody else empties the channel's bucket.
    if let Some(limit) = channel.config.rate_limit
        && !limits.take(&channel.id, limit, scope.now())
    {
        scope.count(OVER_LIMIT);
        return Err(refused(Refused::OverLimit));
    }
    match channel.config.cipher.decrypted(envelope.request) {
        Ok(business) => Ok((channel, business)),
        Err(error @ NotDecrypted) => Err(refused(Refused::Malformed(Cow::Owned(error.to_string())))),
    }
}

/// A call whose signature is bad is judged again with a configuration that was just replaced, at most once a minute.
async fn signed(
    channels: &Channels,
    scope: &Scope,
    envelope: &Envelope,
    channel: Channel,
) -> Checked<Channel> {
    let mut judged = envelope.check(&channel, scope.now());
    let mut now = channel;
    if judged == Err(Unsigned::Signature)
        && let Some(changed) = channels.after_bad_signature(scope, &now).await
    {
        info!(channel = now.id.as_str(), "the channel's configuration was replaced");
        judged = envelope.check(&changed, scope.now());
        now = changed;
    }
    match judged {
        Ok(()) => Ok(now),
        Err(Unsigned::Stale) => Err((Some(now), Refused::Stale)),
        Err(Unsigned::Signature) => {
            scope.count(BAD_SIGNATURE);
            Err((Some(now), Refused::Signature))
        }
    }
}
