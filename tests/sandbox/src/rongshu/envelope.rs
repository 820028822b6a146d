//! What is around a lender's call: its four members, who signs it and when, and what is sealed in it.

use jiff::{SignedDuration, Timestamp};
use serde::Deserialize;

use super::secrets::Channel;
use crate::received::Received;

/// How far a call's time may be from Rongshu's.
const WINDOW: SignedDuration = SignedDuration::from_mins(10);

/// Why Rongshu does not take a call.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Refusal {
    pub(super) code: Code,
    pub(super) message: String,
}

/// The codes of refusals.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Code {
    Parameter,
    Signature,
}

impl Code {
    pub(super) fn number(self) -> u32 {
        match self {
            Self::Parameter => 10002,
            Self::Signature => 10003,
        }
    }

    pub(super) fn because(self, message: impl Into<String>) -> Refusal {
        Refusal { code: self, message: message.into() }
    }
}

/// An envelope that is one.
pub(super) struct Envelope {
    app_id: String,
    /// In decimal digits, as it is signed.
    pub(super) timestamp: String,
    request: String,
    sign: String,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Written {
    #[serde(rename = "appId")]
    app_id: Option<String>,
    timestamp: Option<WrittenTime>,
    request: Option<String>,
    sign: Option<String>,
}

/// Seen as either.
#[derive(Deserialize)]
#[serde(untagged)]
enum WrittenTime {
    Number(u64),
    Text(String),
}

impl Envelope {
    /// The body's four members: all there, none empty, no other.
    pub(super) fn read(received: &Received) -> Result<Self, Refusal> {
        let content_type = received.content_type();
        if !is_json(content_type) {
            let message = format!("a body is application/json in UTF-8, not {content_type:?}");
            return Err(Code::Parameter.because(message));
        }
        let no_envelope = |error: &str| Code::Parameter.because(format!("the body is no envelope: {error}"));
        // A JSON array of four would do for the parser.
        if !received.body.trim_ascii_start().starts_with(b"{") {
            return Err(no_envelope("it is no JSON object"));
        }
        let written: Written =
            serde_json::from_slice(&received.body).map_err(|error| no_envelope(&error.to_string()))?;
        let timestamp = written.timestamp.map(|time| match time {
            WrittenTime::Number(millis) => millis.to_string(),
            WrittenTime::Text(text) => text,
        });
        Ok(Self {
            app_id: present("appId", written.app_id)?,
            timestamp: present("timestamp", timestamp)?,
            request: present("request", written.request)?,
            sign: present("sign", written.sign)?,
        })
    }

    /// Judges who signed it and when.
    pub(super) fn check(&self, channel: &Channel, now: Timestamp) -> Result<(), Refusal> {
        if self.app_id != channel.app_id {
            return Err(Code::Signature.because("appId is not that of the channel"));
        }
        if now.duration_since(self.time()?).abs() > WINDOW {
            return Err(Code::Signature.because("timestamp is more than ten minutes away"));
        }
        if !channel.verifies(&self.app_id, &self.timestamp, &self.request, &self.sign) {
            return Err(Code::Signature.because("sign error"));
        }
        Ok(())
    }

    /// The business JSON.
    pub(super) fn opened(&self, channel: &Channel) -> Result<String, Refusal> {
        let opened = channel.cipher.opened(&self.request);
        opened.ok_or_else(|| Code::Parameter.because("request is not sealed with the channel's key"))
    }

    fn time(&self) -> Result<Timestamp, Refusal> {
        let plain = self.timestamp.bytes().all(|byte| byte.is_ascii_digit());
        let millis = plain.then(|| self.timestamp.parse().ok()).flatten();
        let time = millis.and_then(|millis| Timestamp::from_millisecond(millis).ok());
        time.ok_or_else(|| Code::Parameter.because("timestamp is no time in milliseconds"))
    }
}

fn present(name: &str, value: Option<String>) -> Result<String, Refusal> {
    value
        .filter(|value| !value.is_empty())
        .ok_or_else(|| Code::Parameter.because(format!("{name} is missing")))
}

fn is_json(content_type: &str) -> bool {
    let (essence, charset) = content_type.split_once(';').unwrap_or((content_type, "charset=utf-8"));
    essence.trim().eq_ignore_ascii_case("application/json")
        && charset.trim().eq_ignore_ascii_case("charset=utf-8")
}
