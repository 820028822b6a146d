//! The lender MKK (§5.1, §13). This file alone knows its wire format: another lender's API replaces it.

use std::time::Duration;

use domain::instalment::{ContractNumber, Line, LineStatus};
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};
use platform::config::{Environment, Stage, Variable};
use platform::partner::{BaseUrl, Call, Cause, Limits, Method, Outcome, PartnerClient};
use platform::{Scope, json};
use rust_decimal::Decimal;
use serde::Deserialize;
use serde_json::value::RawValue;

const ANSWER_BYTES: usize = 64 * 1024;
/// A dot is encoded too: a number that is `.` or `..` must not become a step in the path.
const PATH_SEGMENT: &AsciiSet = &NON_ALPHANUMERIC.remove(b'-').remove(b'_').remove(b'~');

const TENOR_ENV: Variable = Variable {
    name: "TENOR_ENV",
    meaning: "Where the system runs; `local` allows plain HTTP to loopback.",
    default: Some("production"),
};
const MKK_URL: Variable =
    Variable { name: "MKK_URL", meaning: "Where MKK's API is; `/lines/…` is appended.", default: None };
const MKK_CONNECT_TIMEOUT_MS: Variable = Variable {
    name: "MKK_CONNECT_TIMEOUT_MS",
    meaning: "How long connecting to MKK may take.",
    default: Some("1000"),
};
const MKK_TIMEOUT_MS: Variable =
    Variable { name: "MKK_TIMEOUT_MS", meaning: "How long one call to MKK may take.", default: Some("3000") };

/// Where MKK is and how long it may take.
#[derive(Clone, Debug)]
pub struct MkkSettings {
    /// The address before `/lines`.
    pub url: BaseUrl,
    /// For connecting alone.
    pub connect_timeout: Duration,
    /// For one call.
    pub timeout: Duration,
}

impl MkkSettings {
    /// Reads MKK's variables.
    pub fn read(environment: &mut Environment) -> Option<Self> {
        let stage: Option<Stage> = environment.read(TENOR_ENV);
        let url: Option<BaseUrl> = environment.read(MKK_URL);
        let connect_timeout = environment.read(MKK_CONNECT_TIMEOUT_MS);
        let timeout = environment.read(MKK_TIMEOUT_MS);
        let (stage, url) = (stage?, url?);
        if let Err(problem) = url.allowed_in(stage) {
            environment.note(format!("{} {problem}", MKK_URL.name));
        }
        Some(Self { url, connect_timeout: connect_timeout?, timeout: timeout? })
    }

    /// The bounds of a call.
    #[must_use]
    pub fn limits(&self) -> Limits {
        Limits { timeout: self.timeout, answer_bytes: ANSWER_BYTES }
    }
}

/// MKK's client.
#[derive(Clone, Debug)]
pub struct Mkk {
    url: BaseUrl,
    client: PartnerClient,
}

/// Why nothing is known of a line. All are answered from our own row (§5.1 step 5).
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum MkkError {
    /// No connection, also at the second try.
    #[error("no connection")]
    Connection,
    /// No whole answer in time.
    #[error("timed out")]
    TimedOut,
    /// MKK failed (5xx).
    #[error("server error")]
    ServerError,
    /// MKK knows no such contract (404). That is not CLOSED.
    #[error("contract not found")]
    NotFound,
    /// MKK declined in another way (3xx, 4xx).
    #[error("refused")]
    Refused,
    /// The answer is no JSON object with a status and a contract number, or is over 64 KiB.
    #[error("unparsable answer")]
    Unparsable,
    /// The answer is about another contract.
    #[error("answer about another contract")]
    ForeignContract,
}

impl MkkError {
    /// The value of the metric's dimension `kind` (§9).
    #[must_use]
    pub fn kind(self) -> &'static str {
        match self {
            Self::Connection => "connection",
            Self::TimedOut => "timed_out",
            Self::ServerError => "server_error",
            Self::NotFound => "not_found",
            Self::Refused => "refused",
            Self::Unparsable => "unparsable",
            Self::ForeignContract => "foreign_contract",
        }
    }
}

/// Amounts come as JSON numbers or strings, so their own text is kept until it is read as a decimal.
#[derive(Deserialize)]
struct WireLine {
    contract_number: String,
    status: String,
    #[serde(default)]
    line_limit: Option<Box<RawValue>>,
    #[serde(default)]
    line_balance: Option<Box<RawValue>>,
}

impl Mkk {
    /// A client at `url`.
    #[must_use]
    pub fn new(url: BaseUrl, client: PartnerClient) -> Self {
        Self { url, client }
    }

    /// Asks for a line's status, limit and balance. Reading has no effect there, so one lost connection is
    /// made good by one repeat; a time-out is not repeated.
    ///
    /// # Errors
    /// Why nothing is known of the line.
    pub async fn line(&self, scope: &Scope, number: &ContractNumber) -> Result<Line, MkkError> {
        match self.ask(scope, number).await {
            Outcome::NotSent(Cause::Connect) | Outcome::Unknown(Cause::Lost) => {
                judge(self.ask(scope, number).await, number)
            }
            outcome @ (Outcome::Answered(_)
            | Outcome::Refused(_)
            | Outcome::NotSent(_)
            | Outcome::Unknown(_)) => judge(outcome, number),
        }
    }

    async fn ask(&self, scope: &Scope, number: &ContractNumber) -> Outcome {
        let segment = utf8_percent_encode(number.as_str(), PATH_SEGMENT);
        let url = self.url.join(&format!("/lines/{segment}"));
        self.client
            .send(scope, Call { method: Method::GET, url, headers: Vec::new(), body: Vec::new() })
            .await
    }
}

fn judge(outcome: Outcome, asked: &ContractNumber) -> Result<Line, MkkError> {
    match outcome {
        Outcome::Answered(answer) => read(&answer.body, asked),
        Outcome::Refused(answer) if answer.status.as_u16() == 404 => Err(MkkError::NotFound),
        Outcome::Refused(_) => Err(MkkError::Refused),
        Outcome::NotSent(cause) | Outcome::Unknown(cause) => Err(match cause {
            Cause::Connect | Cause::Lost | Cause::Malformed => MkkError::Connection,
            Cause::TimedOut | Cause::NoTime => MkkError::TimedOut,
            Cause::TooLong => MkkError::Unparsable,
            Cause::Failed(_) => MkkError::ServerError,
        }),
    }
}

fn read(body: &[u8], asked: &ContractNumber) -> Result<Line, MkkError> {
    let wire: WireLine = json::object(body).map_err(|_| MkkError::Unparsable)?;
    if wire.contract_number != asked.as_str() {
        return Err(MkkError::ForeignContract);
    }
    Ok(Line {
        contract_number: asked.clone(),
        status: LineStatus::parse(&wire.status),
        limit: wire.line_limit.as_deref().and_then(amount),
        balance: wire.line_balance.as_deref().and_then(amount),
    })
}

/// The exact decimal of a JSON number or string; `None` for anything else, and for one of more digits than are kept.
fn amount(raw: &RawValue) -> Option<Decimal> {
    let text: String = serde_json::from_str(raw.get()).unwrap_or_else(|_| raw.get().to_owned());
    let plain =
        |text: &str| text.bytes().all(|byte| byte.is_ascii_digit() || matches!(byte, b'.' | b'-' | b'+'));
    let Some((mantissa, exponent)) = text.split_once(['e', 'E']) else {
        return plain(&text).then(|| Decimal::from_str_exact(&text).ok()).flatten();
    };
    let digits = exponent.strip_prefix(['-', '+']).unwrap_or(exponent);
    let is_exact = plain(mantissa) && Decimal::from_str_exact(mantissa).is_ok();
    // Alone it would round the mantissa, and take two signs before the exponent.
    (is_exact && digits.bytes().all(|byte| byte.is_ascii_digit()))
        .then(|| Decimal::from_scientific(&text).ok())
        .flatten()
}

#[cfg(test)]
#[expect(clippy::disallowed_methods, reason = "tests may unwrap")]
mod tests {
    use domain::instalment::{ContractNumber, LineStatus};
    use rust_decimal::Decimal;

    use super::{MkkError, read};

    fn line(body: &str) -> Result<(LineStatus, Option<Decimal>, Option<Decimal>), MkkError> {
        read(body.as_bytes(), &ContractNumber::new("77-1").unwrap())
            .map(|line| (line.status, line.limit, line.balance))
    }

    fn decimal(text: &str) -> Option<Decimal> {
        Decimal::from_str_exact(text).ok()
    }

    #[test]
    fn amounts_are_read_exactly_from_strings_and_numbers() {
        for (wire, amount) in [
            ("\"50000.00\"", decimal("50000.00")),
            ("50000", decimal("50000")),
            ("0.1", decimal("0.1")),
            ("123456789012345678.99", decimal("123456789012345678.99")),
            ("5e4", decimal("50000")),
            ("\"-1.5\"", decimal("-1.5")),
            ("5.0E+4", decimal("50000")),
            ("125e-2", decimal("1.25")),
            ("0.3333333333333333333333333333333333e1", None),
            ("0.3333333333333333333333333333333333", None),
            ("\"1e-+3\"", None),
            ("\"1e\"", None),
            ("\"1e5e5\"", None),
            ("\"e5\"", None),
            ("\"1_000\"", None),
            ("\" 1\"", None),
            ("\"\"", None),
            ("\"NaN\"", None),
            ("true", None),
            ("null", None),
            ("[1]", None),
            ("{\"amount\":1}", None),
        ] {
            let body = format!(r#"{{"contract_number":"77-1","status":"CLOSED","line_limit":{wire}}}"#);
            assert_eq!(line(&body), Ok((LineStatus::Closed, amount, None)), "{wire}");
        }
    }

    #[test]
    fn an_answer_without_status_or_number_or_with_another_shape_is_unparsable() {
        for body in [
            "",
            "garbage",
            "[\"77-1\",\"CLOSED\"]",
            r#"{"contract_number":"77-1"}"#,
            r#"{"status":"CLOSED"}"#,
            r#"{"contract_number":77,"status":"CLOSED"}"#,
            r#"{"contract_number":"77-1","status":null}"#,
            r#"{"contract_number":"77-1","status":"CLOSED"} x"#,
        ] {
            assert_eq!(line(body), Err(MkkError::Unparsable), "{body}");
        }
    }

    #[test]
    fn the_number_is_compared_exactly() {
        for number in ["99-9", "77-1 ", "77-10", "７７-1"] {
            let body = format!(r#"{{"contract_number":"{number}","status":"CLOSED"}}"#);
            assert_eq!(line(&body), Err(MkkError::ForeignContract), "{number}");
        }
    }
}
