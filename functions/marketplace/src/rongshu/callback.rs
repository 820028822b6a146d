//! What the platform answers to a callback (§4, Delivery): only a `code` of 0 is success.

use std::time::Duration;

use platform::callbacks::Sent;
use platform::json;
use platform::partner::{Cause, Outcome, Told};
use serde::Deserialize;
use serde_json::value::RawValue;

use super::answer::plain;

/// The longest answer to a callback that is read, in bytes.
pub const CALLBACK_BYTES: usize = 65_536;

#[derive(Deserialize)]
struct WireTaken {
    code: Box<RawValue>,
}

/// What came of a callback.
pub(super) fn judge(told: Told) -> Sent {
    let retry_after = told.retry_after;
    match told.outcome {
        Outcome::Answered(answered) => match code(&answered.body) {
            Some(0) => Sent { is_delivered: true, ..failed("delivered", Some(0), None) },
            Some(code) => failed("refused", Some(code), retry_after),
            None => failed("unreadable", None, retry_after),
        },
        Outcome::Refused(answered) => {
            let outcome = if answered.status.is_redirection() { "redirect" } else { "http_error" };
            failed(outcome, Some(answered.status.as_u16().into()), retry_after)
        }
        Outcome::Unknown(Cause::Failed(status)) => failed("http_error", Some(status.into()), retry_after),
        Outcome::NotSent(cause) | Outcome::Unknown(cause) => failed(word(cause), None, retry_after),
    }
}

/// A callback that the platform has not taken; `outcome` is the word that operators read.
pub(super) fn failed(outcome: &'static str, code: Option<i64>, retry_after: Option<Duration>) -> Sent {
    Sent { is_delivered: false, outcome, code, retry_after }
}

fn code(body: &[u8]) -> Option<i64> {
    let taken: WireTaken = json::object(body).ok()?;
    plain(&taken.code).parse().ok()
}

fn word(cause: Cause) -> &'static str {
    match cause {
        Cause::Connect => "not_connected",
        Cause::TimedOut | Cause::NoTime => "timed_out",
        Cause::Lost => "connection_lost",
        Cause::TooLong => "too_long",
        Cause::Failed(_) => "http_error",
        Cause::Malformed => "malformed_request",
    }
}

#[cfg(test)]
mod tests {
    use super::code;

    #[test]
    fn the_code_is_a_number_or_a_text_and_anything_else_is_none() {
        assert_eq!(code(br#"{"code":0,"message":"ok"}"#), Some(0));
        assert_eq!(code(br#"{"code":"0"}"#), Some(0));
        assert_eq!(code(br#"{"code":10001}"#), Some(10_001));
        for body in
            ["", "[]", "{}", r#"{"code":null}"#, r#"{"code":0.0}"#, r#"{"code":[0]}"#, "ok", "{\"code\":0"]
        {
            assert_eq!(code(body.as_bytes()), None, "{body}");
        }
    }
}
