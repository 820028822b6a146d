//! What the gateway answers (§2): the raw text of `response`, its signature, and what it says.

use platform::json;
use serde::Deserialize;
use serde_json::value::RawValue;
use serde_json::{Map, Value};

use super::signature::is_signed;

/// What every answer has, beside the method's own members.
const COMMON: [&str; 3] = ["req_msg_id", "result_code", "result_msg"];

/// A verified answer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Reply {
    /// Ant's id of the request.
    pub req_msg_id: String,
    /// `OK`, or why not.
    pub result_code: String,
    /// Ant's text.
    pub result_msg: String,
    /// What the method answers, under ATO's names.
    pub members: Map<String, Value>,
}

/// Why an answer cannot be relied on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Unreliable {
    /// It is not the JSON that it should be.
    Unreadable,
    /// Its signature is missing, or another's.
    Signature,
}

/// The sender's text of `response` is what is signed: read again and written anew it would be another.
#[derive(Deserialize)]
struct Envelope {
    response: Box<RawValue>,
    sign: Option<String>,
}

impl Reply {
    /// Whether Ant did what was asked.
    #[must_use]
    pub fn is_ok(&self) -> bool {
        self.result_code.eq_ignore_ascii_case("OK")
    }

    /// A text that the method answers.
    #[must_use]
    pub fn text(&self, member: &str) -> Option<&str> {
        self.members.get(member).and_then(Value::as_str)
    }

    /// Reads an answer that must be signed with `secret`. The signature counts whatever the result is.
    ///
    /// # Errors
    /// It is unreadable or not signed so.
    pub(super) fn read(body: &[u8], secret: &str) -> Result<Self, Unreliable> {
        let envelope: Envelope = json::object(body).map_err(|_| Unreliable::Unreadable)?;
        let signed =
            envelope.sign.is_some_and(|signature| is_signed(secret, envelope.response.get(), &signature));
        if !signed {
            return Err(Unreliable::Signature);
        }
        let mut members: Map<String, Value> =
            json::object(envelope.response.get().as_bytes()).map_err(|_| Unreliable::Unreadable)?;
        let [req_msg_id, result_code, result_msg] = COMMON.map(|name| match members.remove(name) {
            Some(Value::String(text)) => Some(text),
            Some(_) | None => None,
        });
        Ok(Self {
            req_msg_id: req_msg_id.unwrap_or_default(),
            result_code: result_code.ok_or(Unreliable::Unreadable)?,
            result_msg: result_msg.unwrap_or_default(),
            members,
        })
    }
}

#[cfg(test)]
#[expect(clippy::disallowed_methods, reason = "tests may unwrap")]
mod tests {
    use super::super::signature::sign;
    use super::{Reply, Unreliable};

    fn read(body: &str) -> Result<Reply, Unreliable> {
        Reply::read(body.as_bytes(), "secret")
    }

    const RESPONSE: &str =
        r#"{ "req_msg_id":"r-1","result_code":"OK" ,"result_msg":"ok","sign":"nested","sign_str":"s"}"#;

    #[test]
    fn the_signature_stands_for_the_raw_text_wherever_it_stands_itself() {
        let signature = sign("secret", RESPONSE);
        for body in [
            format!(r#"{{"response":{RESPONSE},"sign":"{signature}"}}"#),
            format!(r#" {{ "sign" : "{signature}", "response" : {RESPONSE} }} "#),
        ] {
            let reply = read(&body).unwrap();
            assert!(reply.is_ok());
            assert_eq!((reply.req_msg_id.as_str(), reply.text("sign_str")), ("r-1", Some("s")));
            assert_eq!(reply.text("sign"), Some("nested"));
        }
    }

    #[test]
    fn an_answer_without_its_own_signature_is_never_taken() {
        let signature = sign("secret", RESPONSE);
        let other = sign("Secret", RESPONSE);
        for body in [
            format!(r#"{{"response":{RESPONSE}}}"#),
            format!(r#"{{"response":{RESPONSE},"sign":null}}"#),
            format!(r#"{{"response":{RESPONSE},"sign":""}}"#),
            format!(r#"{{"response":{RESPONSE},"sign":"{other}"}}"#),
            format!(r#"{{"response":{},"sign":"{signature}"}}"#, RESPONSE.replace("OK", "KO")),
            format!(r#"{{"response":{},"sign":"{signature}"}}"#, RESPONSE.replace(" ,", ",")),
        ] {
            assert_eq!(read(&body), Err(Unreliable::Signature), "{body}");
        }
    }

    #[test]
    fn a_result_that_is_not_ok_is_verified_too_and_is_no_success() {
        let response = r#"{"result_code":"ORDER_NOT_EXIST","result_msg":"no such order"}"#;
        let signature = sign("secret", response);
        let reply = read(&format!(r#"{{"response":{response},"sign":"{signature}"}}"#)).unwrap();
        assert!(!reply.is_ok());
        assert_eq!(read(&format!(r#"{{"response":{response}}}"#)), Err(Unreliable::Signature));
    }

    #[test]
    fn ok_counts_in_any_case() {
        for code in ["OK", "ok", "Ok"] {
            let response = format!(r#"{{"result_code":"{code}"}}"#);
            let signature = sign("secret", &response);
            assert!(read(&format!(r#"{{"response":{response},"sign":"{signature}"}}"#)).unwrap().is_ok());
        }
    }

    #[test]
    fn what_is_no_answer_is_unreadable() {
        let without_code = r#"{"result_msg":"OK"}"#;
        let number = r#"{"result_code":200}"#;
        let list = r#"["OK"]"#;
        for response in [without_code, number, list] {
            let signature = sign("secret", response);
            let body = format!(r#"{{"response":{response},"sign":"{signature}"}}"#);
            assert_eq!(read(&body), Err(Unreliable::Unreadable), "{body}");
        }
        for body in ["", "garbage", "[]", r#"{"sign":"x"}"#] {
            assert_eq!(read(body), Err(Unreliable::Unreadable), "{body}");
        }
    }
}
