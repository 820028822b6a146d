//! What is around a call to Ant's gateway, as the specification has it (§2), and nothing of it taken from the code that
//! makes the calls.

use std::collections::BTreeMap;
use std::fmt::Write;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use ring::hmac;

/// A query's or a form's parameters.
pub type Parameters = BTreeMap<String, String>;

const FIXED: [(&str, &str); 6] = [
    ("version", "1.0"),
    ("sign_type", "HmacSHA1"),
    ("base_sdk_version", "TeaSDK-2.0"),
    ("sdk_version", "1.8.98"),
    ("_prod_code", "ATO"),
    ("_prod_channel", "undefined"),
];
const OTHERS: [&str; 5] = ["method", "req_time", "req_msg_id", "access_key", "sign"];

/// Base64 of HMAC-SHA1.
#[must_use]
pub fn sign(secret: &str, text: &str) -> String {
    let key = hmac::Key::new(hmac::HMAC_SHA1_FOR_LEGACY_USE_ONLY, secret.as_bytes());
    STANDARD.encode(hmac::sign(&key, text.as_bytes()))
}

/// Percent-encoding as RFC 3986 has it.
pub(super) fn encoded(text: &str) -> String {
    let mut encoded = String::new();
    for byte in text.bytes() {
        match byte {
            b'A'..=b'Z' | b'a'..=b'z' | b'0'..=b'9' | b'-' | b'_' | b'.' | b'~' => encoded.push(byte.into()),
            _ => write!(encoded, "%{byte:02X}").expect("a string takes everything"),
        }
    }
    encoded
}

/// `name=value&…`, sorted by name: the text that is signed.
pub(super) fn signed_text(parameters: &Parameters) -> String {
    let pairs = parameters.iter().map(|(name, value)| format!("{}={}", encoded(name), encoded(value)));
    pairs.collect::<Vec<_>>().join("&")
}

fn decoded(text: &str) -> Option<String> {
    let mut bytes = Vec::new();
    let mut rest = text.as_bytes();
    while let Some((first, after)) = rest.split_first() {
        rest = after;
        if *first != b'%' {
            bytes.push(*first);
            continue;
        }
        let digits = str::from_utf8(rest.get(..2)?).ok()?;
        bytes.push(u8::from_str_radix(digits, 16).ok()?);
        rest = &rest[2..];
    }
    String::from_utf8(bytes).ok()
}

/// Reads a query or a form; what is encoded otherwise than it must be is none.
///
/// # Errors
/// What is wrong with it.
///
/// # Panics
/// Never: a string takes everything.
pub fn parameters(text: &str) -> Result<Parameters, String> {
    let mut all = Parameters::new();
    for pair in text.split('&').filter(|pair| !pair.is_empty()) {
        let (name, value) = pair.split_once('=').ok_or(format!("no value in {pair}"))?;
        let (name, value) = decoded(name).zip(decoded(value)).ok_or(format!("bad encoding of {pair}"))?;
        if format!("{}={}", encoded(&name), encoded(&value)) != pair {
            return Err(format!("{pair} is not encoded as RFC 3986 has it"));
        }
        if all.insert(name.clone(), value).is_some() {
            return Err(format!("{name} is there twice"));
        }
    }
    Ok(all)
}

/// Judges a call's query and form, signed with a key of `keys` at one of these times; gives the secret.
///
/// # Errors
/// What is wrong with them.
pub fn check(
    keys: &[(String, String)],
    (query, form): (&Parameters, &Parameters),
    times: &[String],
) -> Result<String, String> {
    let value = |name: &str| query.get(name).ok_or(format!("{name} is missing"));
    for (name, only) in FIXED {
        if value(name)? != only {
            return Err(format!("{name} is not {only}"));
        }
    }
    let known = |name: &str| OTHERS.contains(&name) || FIXED.iter().any(|(fixed, _)| *fixed == name);
    if let Some(stranger) = query.keys().find(|name| !known(name)) {
        return Err(format!("{stranger} is no parameter of a query"));
    }
    if !times.contains(value("req_time")?) {
        return Err(format!("req_time is {} at {times:?}", value("req_time")?));
    }
    let id = value("req_msg_id")?;
    if id.len() != 32 || !id.bytes().all(|byte| matches!(byte, b'0'..=b'9' | b'a'..=b'f')) {
        return Err(format!("req_msg_id is {id}"));
    }
    let access_key = value("access_key")?;
    let (_, secret) = keys.iter().find(|(key, _)| key == access_key).ok_or("access_key is nobody's")?;
    let mut signed = query.clone();
    let signature = signed.remove("sign").ok_or("sign is missing")?;
    signed.extend(form.clone());
    if signed.len() != query.len() - 1 + form.len() {
        return Err("a parameter is in the query and in the form".to_owned());
    }
    if sign(secret, &signed_text(&signed)) != signature {
        return Err("the signature is wrong".to_owned());
    }
    Ok(secret.clone())
}
