//! An answer's bytes, and how a fault spoils them.

use axum::http::StatusCode;
use serde_json::{Map, Value, json};

use super::faults::Fault;
use super::refusal::Refusal;
use super::signing::Secret;

/// What goes back.
pub(super) struct Answer {
    pub(super) status: StatusCode,
    pub(super) content_type: &'static str,
    pub(super) body: String,
    /// Whether the connection is held until the caller has given up.
    pub(super) held: bool,
}

/// The response of a call that was done.
pub(super) fn done(req_msg_id: &str, members: Map<String, Value>) -> Map<String, Value> {
    response(req_msg_id, "OK", "OK", members)
}

/// The response of a call that was refused.
pub(super) fn refused(req_msg_id: &str, refusal: &Refusal) -> Map<String, Value> {
    response(req_msg_id, refusal.code.as_str(), &refusal.text, Map::new())
}

/// The response that a fault gives instead.
pub(super) fn failed(req_msg_id: &str, code: &str) -> Map<String, Value> {
    response(req_msg_id, code, "沙箱指定的错误", Map::new())
}

fn response(req_msg_id: &str, code: &str, text: &str, mut members: Map<String, Value>) -> Map<String, Value> {
    let common = [("req_msg_id", req_msg_id), ("result_code", code), ("result_msg", text)];
    members.extend(common.map(|(name, value)| (name.to_owned(), Value::from(value))));
    members
}

impl Answer {
    fn json(status: StatusCode, body: String) -> Self {
        Self { status, content_type: "application/json;charset=UTF-8", body, held: false }
    }

    fn good(body: String) -> Self {
        Self::json(StatusCode::OK, body)
    }

    /// A text that is none of the gateway's answers.
    pub(super) fn plain(status: StatusCode, text: &str) -> Self {
        Self { status, content_type: "text/plain;charset=UTF-8", body: text.to_owned(), held: false }
    }

    /// Signed over the response's own text. Whom Ant does not know gets no signature.
    pub(super) fn signed(response: &Map<String, Value>, secret: Option<&Secret>) -> Self {
        let text = text(response);
        Self::good(match secret {
            Some(secret) => format!(r#"{{"response":{text},"sign":"{}"}}"#, secret.sign(&text)),
            None => unsigned(&text),
        })
    }

    /// What a fault makes of the answer.
    pub(super) fn spoilt(fault: &Fault, mut response: Map<String, Value>, secret: &Secret) -> Self {
        let own = text(&response);
        match fault {
            // The code is in the response already.
            Fault::ResultCode(_) => Self::signed(&response, Some(secret)),
            Fault::BadSignature => {
                let another = secret.sign(&format!("{own} "));
                Self::good(format!(r#"{{"response":{own},"sign":"{another}"}}"#))
            }
            Fault::MissingSignature => Self::good(unsigned(&own)),
            Fault::NestedSignKey => {
                response.insert("extension".to_owned(), json!({"sign": "of something else", "more": {}}));
                Self::signed(&response, Some(secret))
            }
            Fault::SignFirst => Self::good(format!(r#"{{"sign":"{}","response":{own}}}"#, secret.sign(&own))),
            Fault::Garbage => Self::good("<html>not what was asked for".to_owned()),
            Fault::Http500 => {
                Self::json(StatusCode::INTERNAL_SERVER_ERROR, r#"{"error":"internal"}"#.to_owned())
            }
            Fault::Timeout | Fault::TimeoutAfterEffect => {
                Self { held: true, ..Self::json(StatusCode::GATEWAY_TIMEOUT, String::new()) }
            }
        }
    }
}

fn text(response: &Map<String, Value>) -> String {
    Value::Object(response.clone()).to_string()
}

fn unsigned(response: &str) -> String {
    format!(r#"{{"response":{response}}}"#)
}
