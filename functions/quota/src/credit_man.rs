//! credit.man, the back end for our own systems (§3): what its two operations have in common. Every answer is HTTP 200
//! with a result; who may call is IAM's to say. Amounts are JSON numbers with their exact digits, times RFC 3339 in
//! Shanghai's offset.

use domain::quota::{Amount, Code, Pin, SHANGHAI};
use http::StatusCode;
use jiff::Timestamp;
use platform::http::{Answer, IamCaller, Refusal};
use serde::Serialize;
use serde_json::value::RawValue;

/// Whoever API Gateway let through.
pub type Caller = IamCaller;

/// What came of a call.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct WireResult {
    is_success: bool,
    code: &'static str,
    info: &'static str,
}

impl From<Code> for WireResult {
    fn from(code: Code) -> Self {
        Self { is_success: code.is_success(), code: code.as_str(), info: code.info() }
    }
}

/// The pin of a body.
///
/// # Errors
/// [`Refusal::Request`]: it is empty or too long to be one.
pub fn pin(text: &str) -> Result<Pin, Refusal> {
    Pin::new(text).map_err(|error| Refusal::Request(format!("pin: {error}")))
}

/// An amount as a JSON number of four decimals, never through a float.
#[must_use]
pub fn amount(amount: Amount) -> Option<Box<RawValue>> {
    RawValue::from_string(amount.to_string()).ok()
}

/// An instant in RFC 3339 with Shanghai's offset.
#[must_use]
pub fn instant(instant: Timestamp) -> String {
    instant.display_with_offset(SHANGHAI).to_string()
}

/// The answer to what the entry point refuses; `failed` makes the body of a failure, `timed_out` is the operation's code
/// for a database that hung.
pub fn refuse<B: Serialize>(refusal: &Refusal, timed_out: Code, failed: impl FnOnce(Code) -> B) -> Answer {
    let code = match refusal {
        // Who sent an event that cannot be read is not known either.
        Refusal::Denied(_) | Refusal::Event => return Answer::forbidden(),
        Refusal::TooLarge { .. }
        | Refusal::ContentType
        | Refusal::Encoding
        | Refusal::NotUtf8
        | Refusal::Json(_)
        | Refusal::Request(_) => Code::MissingParameter,
        Refusal::TimedOut => timed_out,
        Refusal::Panicked => Code::SystemException,
    };
    fail(code, &failed(code))
}

/// A failure's answer.
pub fn fail(code: Code, body: &impl Serialize) -> Answer {
    let answer = Answer::json(StatusCode::OK, code.as_str(), body);
    if code.is_our_fault() { answer.our_fault() } else { answer }
}

#[cfg(test)]
mod tests {
    use domain::quota::Code;
    use http::StatusCode;
    use platform::http::Refusal;

    use super::refuse;

    #[test]
    fn whoever_is_not_known_is_forbidden_and_everybody_else_gets_a_result() {
        let status = |refusal: &Refusal| refuse(refusal, Code::Unreachable, Code::as_str).status();
        for refusal in [Refusal::Event, Refusal::Denied("unsigned".to_owned())] {
            assert_eq!(status(&refusal), StatusCode::FORBIDDEN, "{refusal}");
        }
        for refusal in [Refusal::Encoding, Refusal::NotUtf8, Refusal::TimedOut, Refusal::Panicked] {
            assert_eq!(status(&refusal), StatusCode::OK, "{refusal}");
        }
    }
}
