//! What is around a call: its parameters as they came, who signs it, when, and that it comes once.

use std::collections::{BTreeMap, BTreeSet};

use axum::body::Bytes;
use jiff::{SignedDuration, Timestamp};
use percent_encoding::percent_decode_str;

use super::method::Method;
use super::refusal::{Code, Refusal, invalid};
use super::secrets::{AccessKey, Secrets};
use super::signing::{Secret, text_to_sign};
use crate::received::Received;

pub(super) type Parameters = BTreeMap<String, String>;

const SIGN: &str = "sign";
/// The parameters that have one value only.
const FIXED: [(&str, &str); 5] = [
    ("version", "1.0"),
    ("sign_type", "HmacSHA1"),
    ("base_sdk_version", "TeaSDK-2.0"),
    ("_prod_code", "ATO"),
    ("_prod_channel", "undefined"),
];
/// The others that a query may have; `security_token` with temporary credentials only.
const OTHERS: [&str; 7] =
    ["method", "req_time", "req_msg_id", "access_key", "sdk_version", "security_token", SIGN];
const REQ_MSG_ID_DIGITS: usize = 32;
/// How far a call's time may be from Ant's.
const WINDOW: SignedDuration = SignedDuration::from_mins(10);

/// A query, or a form: percent-encoded UTF-8, `+` for a space, no name twice.
fn parameters(text: &str) -> Result<Parameters, Refusal> {
    let mut all = Parameters::new();
    for pair in text.split('&').filter(|_| !text.is_empty()) {
        let (name, value) = pair.split_once('=').ok_or_else(|| invalid("a parameter has no value"))?;
        let (name, value) = (decoded(name)?, decoded(value)?);
        if all.insert(name.clone(), value).is_some() {
            return Err(invalid(format!("{name} is there twice")));
        }
    }
    Ok(all)
}

/// The parameters of a call's query, and of its form.
pub(super) fn read(received: &Received) -> Result<(Parameters, Parameters), Refusal> {
    let query = parameters(received.uri.query().unwrap_or_default())?;
    Ok((query, form(received.content_type(), &received.body)?))
}

/// A form's parameters: what says that it is one, and is.
fn form(content_type: &str, body: &Bytes) -> Result<Parameters, Refusal> {
    let (essence, charset) = content_type.split_once(';').unwrap_or((content_type, "charset=utf-8"));
    let is_form = essence.trim().eq_ignore_ascii_case("application/x-www-form-urlencoded")
        && charset.trim().eq_ignore_ascii_case("charset=utf-8");
    if !is_form {
        return Err(invalid(format!("a body is a form in UTF-8, not {content_type:?}")));
    }
    parameters(str::from_utf8(body).map_err(|_| invalid("the body is no UTF-8"))?)
}

fn decoded(text: &str) -> Result<String, Refusal> {
    let wrong = || invalid("a parameter is not percent-encoded UTF-8");
    let is_escape = |rest: &str| rest.len() >= 2 && rest.bytes().take(2).all(|byte| byte.is_ascii_hexdigit());
    if !text.split('%').skip(1).all(is_escape) {
        return Err(wrong());
    }
    let spaced = text.replace('+', " ");
    let decoded = percent_decode_str(&spaced).decode_utf8().map_err(|_| wrong())?;
    Ok(decoded.into_owned())
}

/// Judges everything about a call but what it asks for; gives the secret that signed it.
pub(super) fn check<'a>(
    secrets: &'a Secrets,
    (query, form): (&Parameters, &Parameters),
    seen: &mut BTreeSet<String>,
    now: Timestamp,
) -> Result<&'a Secret, Refusal> {
    let value = |name: &str| query.get(name).ok_or_else(|| invalid(format!("{name} is missing")));
    let unknown = || Code::AccessKeyInvalid.because("there is no such access key");
    let key = secrets.key(value("access_key")?).ok_or_else(unknown)?;
    check_signature(key, query, form)?;
    for (name, only) in FIXED {
        if value(name)? != only {
            return Err(invalid(format!("{name} is {only}")));
        }
    }
    let known = |name: &&String| {
        OTHERS.contains(&name.as_str()) || FIXED.iter().any(|(fixed, _)| fixed == &name.as_str())
    };
    if let Some(stranger) = query.keys().find(|name| !known(name)) {
        return Err(invalid(format!("{stranger} is no parameter of a query")));
    }
    let version = value("sdk_version")?;
    if !version.split('.').all(|part| !part.is_empty() && part.bytes().all(|byte| byte.is_ascii_digit())) {
        return Err(invalid("sdk_version is no version"));
    }
    check_time(value("req_time")?, now)?;
    check_once(value("req_msg_id")?, seen)?;
    Ok(&key.secret)
}

/// What a call asks for.
pub(super) fn method(query: &Parameters) -> Result<Method, Refusal> {
    let name = query.get("method").ok_or_else(|| invalid("method is missing"))?;
    Method::named(name).ok_or_else(|| Code::MethodInvalid.because(format!("there is no method {name}")))
}

fn check_signature(key: &AccessKey, query: &Parameters, form: &Parameters) -> Result<(), Refusal> {
    let signature = query.get(SIGN).ok_or_else(|| Code::SignatureInvalid.because("there is no signature"))?;
    let twice = form.keys().find(|name| query.contains_key(*name));
    if let Some(name) = twice {
        return Err(invalid(format!("{name} is in the query and in the form")));
    }
    let signed = query.iter().filter(|(name, _)| *name != SIGN).chain(form);
    if key.secret.verifies(&text_to_sign(signed), signature) {
        return Ok(());
    }
    Err(Code::SignatureInvalid.because("the signature is wrong"))
}

fn check_time(text: &str, now: Timestamp) -> Result<(), Refusal> {
    let time: Timestamp = text.parse().map_err(|_| invalid("req_time is no time"))?;
    if time.strftime("%Y-%m-%dT%H:%M:%SZ").to_string() != text {
        return Err(invalid("req_time is not yyyy-MM-ddTHH:mm:ssZ"));
    }
    if now.duration_since(time).abs() > WINDOW {
        return Err(Code::ReqTimeInvalid.because("req_time is more than ten minutes away"));
    }
    Ok(())
}

fn check_once(req_msg_id: &str, seen: &mut BTreeSet<String>) -> Result<(), Refusal> {
    let is_id =
        req_msg_id.len() == REQ_MSG_ID_DIGITS && req_msg_id.bytes().all(|byte| byte.is_ascii_hexdigit());
    if !is_id {
        return Err(invalid(format!("req_msg_id is not {REQ_MSG_ID_DIGITS} hexadecimal digits")));
    }
    if !seen.insert(req_msg_id.to_ascii_lowercase()) {
        return Err(Code::ReqMsgIdRepeated.because("req_msg_id has come before"));
    }
    Ok(())
}
