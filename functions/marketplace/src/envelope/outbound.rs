use jiff::Timestamp;
use platform::random::Random;
use platform::rsa::SignatureError;
use serde::Serialize;

use super::Cipher;
use super::signed::by_us;
use crate::channel::ChannelConfig;

/// A call of ours.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct WireRequest<'a> {
    app_id: &'a str,
    timestamp: &'a str,
    request: &'a str,
    sign: &'a str,
}

/// An answer in either direction; it is not signed.
#[derive(Serialize)]
struct WireAnswer<'a> {
    code: u16,
    message: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    response: Option<&'a str>,
}

/// The body of a call of ours that says `business`, signed at `now`.
///
/// # Errors
/// It could not be signed.
pub fn request(
    config: &ChannelConfig,
    random: &Random,
    now: Timestamp,
    business: String,
) -> Result<String, SignatureError> {
    let request = config.cipher.encrypted(business);
    let timestamp = now.as_millisecond().to_string();
    let text = by_us(&config.app_id, &timestamp, &request);
    let sign = config.signing_key.sign(random, config.hash, &text)?;
    let wire = WireRequest { app_id: &config.app_id, timestamp: &timestamp, request: &request, sign: &sign };
    Ok(serde_json::to_string(&wire).unwrap_or_default())
}

/// The body of an answer: a code, its words, and what there is to say, which is a text and never an object.
#[must_use]
pub fn answer(code: u16, message: &str, response: Option<(&Cipher, String)>) -> String {
    let response = response.map(|(cipher, business)| cipher.encrypted(business));
    let wire = WireAnswer { code, message, response: response.as_deref() };
    serde_json::to_string(&wire).unwrap_or_default()
}
