//! Ant's answers, and what can go wrong with one.

use std::time::Duration;

use serde_json::{Map, Value, json};
use world::Reply;

use super::envelope;
use super::methods::Answer;

/// What goes wrong with a call.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Spoil {
    /// Ant declines with this result code; nothing is done.
    ResultCode(&'static str),
    /// The answer's signature is another's.
    BadSignature,
    /// The answer has no signature.
    MissingSignature,
    /// The signed response has a member `sign` of its own.
    NestedSignKey,
    /// The signature stands before the response.
    SignFirst,
    /// The answer is no JSON.
    Garbage,
    /// The gateway answers with this HTTP status.
    Http(u16),
    /// The answer is right, and comes with this HTTP status.
    Status(u16),
    /// The connection is refused.
    NotSent,
    /// The connection breaks.
    Reset,
    /// No answer comes.
    Timeout,
    /// The answer is right, and takes this long.
    Slow(Duration),
}

/// What an answer says.
#[must_use]
pub fn response(id: &str, answer: &Answer) -> Map<String, Value> {
    let (code, text, mut members) = match answer {
        Ok(members) => ("OK", "OK".to_owned(), members.clone()),
        Err((code, text)) => (*code, text.clone(), Map::new()),
    };
    members.insert("req_msg_id".to_owned(), id.into());
    members.insert("result_code".to_owned(), code.into());
    members.insert("result_msg".to_owned(), text.into());
    members
}

/// An answer as it should be.
#[must_use]
pub fn signed(response: &Map<String, Value>, secret: &str) -> Reply {
    signed_with(200, response, secret)
}

fn signed_with(status: u16, response: &Map<String, Value>, secret: &str) -> Reply {
    let text = Value::Object(response.clone()).to_string();
    let signature = envelope::sign(secret, &text);
    Reply::json(status, format!(r#"{{"response":{text},"sign":"{signature}"}}"#))
}

/// An answer that went wrong so.
#[must_use]
pub fn spoilt(spoil: Spoil, id: &str, answer: &Answer, secret: &str) -> Reply {
    let mut own = response(id, answer);
    let text = Value::Object(own.clone()).to_string();
    match spoil {
        Spoil::ResultCode(code) => signed(&response(id, &Err((code, "测试指定的错误".to_owned()))), secret),
        Spoil::BadSignature => {
            let other = envelope::sign("another secret", &text);
            Reply::json(200, format!(r#"{{"response":{text},"sign":"{other}"}}"#))
        }
        Spoil::MissingSignature => Reply::json(200, format!(r#"{{"response":{text}}}"#)),
        Spoil::NestedSignKey => {
            own.insert("extension".to_owned(), json!({"sign": "of something else"}));
            signed(&own, secret)
        }
        Spoil::SignFirst => {
            let signature = envelope::sign(secret, &text);
            Reply::json(200, format!(r#"{{"sign":"{signature}","response":{text}}}"#))
        }
        Spoil::Garbage => Reply::new(200, "<html>not what was asked for"),
        Spoil::Http(status) => Reply::json(status, r#"{"error":"internal"}"#),
        Spoil::Status(status) => signed_with(status, &own, secret),
        Spoil::NotSent => Reply::refused(),
        Spoil::Reset => Reply::reset(),
        Spoil::Timeout => Reply::hang(),
        Spoil::Slow(time) => signed(&own, secret).delayed(time),
    }
}
