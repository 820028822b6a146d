use std::borrow::Cow;

use domain::marketplace::ChannelId;
use jiff::Timestamp;
use platform::json;
use serde::Deserialize;
use serde_json::value::RawValue;

use super::signed::by_platform;
use crate::channel::{Channel, ChannelConfig};

/// More digits than any instant in milliseconds has.
const MOST_DIGITS: usize = 19;

/// A call of the platform: an envelope that is one, whoever it is from.
#[derive(Debug)]
pub struct Envelope {
    /// `channelId`, as it came.
    pub channel_id: String,
    /// In decimal digits, as it is signed.
    timestamp: String,
    /// The business JSON, or its ciphertext, as it is signed.
    pub request: String,
    sign: String,
}

/// Why a body is no envelope: 10002 (§1, Interceptor order).
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{0}")]
pub struct Malformed(pub Cow<'static, str>);

/// Why an envelope counts for nothing: 10003.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Unsigned {
    /// It was signed too long ago, or will be.
    #[error("outside of the time window")]
    Stale,
    /// It is not signed with a key of the platform's.
    #[error("bad signature")]
    Signature,
}

/// A member that the platform may add is no reason to refuse; it is not signed, and not looked at.
#[derive(Deserialize)]
struct Written {
    #[serde(rename = "channelId")]
    channel_id: Option<String>,
    timestamp: Option<Box<RawValue>>,
    request: Option<String>,
    sign: Option<String>,
}

impl Envelope {
    /// Reads a body: a JSON object whose four members are there and not empty, with a timestamp that is a number, or a
    /// text of digits.
    ///
    /// # Errors
    /// It is none.
    pub fn read(body: &str) -> Result<Self, Malformed> {
        let no_envelope = |error| Malformed(Cow::Owned(format!("no envelope: {error}")));
        let written: Written = json::object(body.as_bytes()).map_err(no_envelope)?;
        let timestamp = written.timestamp.map(|raw| digits(&raw)).transpose()?;
        Ok(Self {
            channel_id: present(written.channel_id, "channelId: missing")?,
            timestamp: present(timestamp, "timestamp: missing")?,
            request: present(written.request, "request: missing")?,
            sign: present(written.sign, "sign: missing")?,
        })
    }

    /// Whether it is the channel's, and signed now.
    ///
    /// # Errors
    /// [`Unsigned::Stale`] before [`Unsigned::Signature`].
    pub fn check(&self, channel: &Channel, now: Timestamp) -> Result<(), Unsigned> {
        if !self.is_timely(&channel.config, now) {
            return Err(Unsigned::Stale);
        }
        let text = self.signed_text(&channel.id);
        let config = &channel.config;
        let is_signed = |key: &platform::rsa::VerifyingKey| key.verifies(config.hash, &text, &self.sign);
        if config.platform_keys.iter().any(is_signed) { Ok(()) } else { Err(Unsigned::Signature) }
    }

    fn signed_text<'a>(&'a self, channel: &'a ChannelId) -> [&'a str; 6] {
        by_platform(channel, &self.timestamp, &self.request)
    }

    /// Within the window on either side; a window of nothing takes every time.
    fn is_timely(&self, config: &ChannelConfig, now: Timestamp) -> bool {
        let Some(window) = config.timestamp_window else { return true };
        let signed_at = self.timestamp.parse().ok().and_then(|ms| Timestamp::from_millisecond(ms).ok());
        signed_at.is_some_and(|at| now.duration_since(at).abs() <= window)
    }
}

fn present(value: Option<String>, problem: &'static str) -> Result<String, Malformed> {
    value.filter(|value| !value.is_empty()).ok_or(Malformed(Cow::Borrowed(problem)))
}

/// The digits of a number, or of a text. `null` is as good as absent.
fn digits(raw: &RawValue) -> Result<String, Malformed> {
    let text: Option<Cow<'_, str>> = match raw.get().as_bytes().first() {
        Some(b'"') => serde_json::from_str::<String>(raw.get()).ok().map(Cow::Owned),
        Some(b'n') => Some(Cow::Borrowed("")),
        Some(_) | None => Some(Cow::Borrowed(raw.get())),
    };
    let is_number =
        |text: &Cow<'_, str>| text.len() <= MOST_DIGITS && text.bytes().all(|byte| byte.is_ascii_digit());
    let text = text.filter(is_number).ok_or(Malformed(Cow::Borrowed("timestamp: not in milliseconds")))?;
    Ok(text.into_owned())
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::Envelope;

    proptest! {
        #[test]
        fn whatever_comes_is_read_or_refused(
            text in ".{0,60}",
            timestamp in prop_oneof![r"-?[0-9]{1,25}(\.[0-9]{1,3})?([eE][0-9]{1,4})?", r#""[0-9]{0,25}""#, ".{0,10}"],
        ) {
            let _ = Envelope::read(&text);
            let request = serde_json::Value::from(text.as_str());
            let body = format!(r#"{{"channelId":"840","timestamp":{timestamp},"request":{request},"sign":"x"}}"#);
            if let Ok(envelope) = Envelope::read(&body) {
                prop_assert_eq!(&envelope.request, &text);
                prop_assert!(envelope.timestamp.bytes().all(|byte| byte.is_ascii_digit()));
                prop_assert_eq!(envelope.timestamp.as_str(), timestamp.trim().trim_matches('"'));
            }
        }
    }
}
