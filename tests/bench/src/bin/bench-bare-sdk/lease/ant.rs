//! Ant's gateway: forms that are signed, and answers whose signature is verified over their raw text.

use std::collections::BTreeMap;
use std::env;

use aws_smithy_runtime_api::client::http::{HttpConnector as _, SharedHttpConnector};
use aws_smithy_types::body::SdkBody;
use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;
use bench::Error;
use http::header::CONTENT_TYPE;
use http_body_util::BodyExt as _;
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};
use ring::hmac;
use serde::Deserialize;
use serde_json::value::RawValue;
use serde_json::{Map, Value};

use crate::clients::of_partner;
use crate::dynamodb::STAMP;

/// RFC 3986: what is not unreserved is encoded.
const RESERVED: &AsciiSet = &NON_ALPHANUMERIC.remove(b'-').remove(b'_').remove(b'.').remove(b'~');
/// What every answer has, beside the method's own members.
const COMMON: [&str; 3] = ["req_msg_id", "result_code", "result_msg"];

/// Parameters in the order in which they are signed.
pub(super) type Parameters = BTreeMap<String, String>;

/// The gateway.
pub(super) struct Ant {
    connector: SharedHttpConnector,
    url: String,
    key_id: String,
    key: hmac::Key,
}

/// What is secret between Ant and us.
#[derive(Deserialize)]
pub(super) struct Secret {
    keys: Vec<AccessKey>,
    /// What identity data is encrypted with.
    pub(super) encryption_public_key: String,
}

#[derive(Deserialize)]
struct AccessKey {
    access_key_id: String,
    access_key_secret: String,
}

#[derive(Deserialize)]
struct Envelope<'a> {
    #[serde(borrow)]
    response: &'a RawValue,
    sign: &'a str,
}

/// An answer that says OK.
pub(super) struct Reply {
    /// Ant's id of the request.
    pub(super) req_msg_id: String,
    /// What the method answers.
    pub(super) members: Map<String, Value>,
}

impl Ant {
    /// Reads the functions' own variable.
    pub(super) fn read(secret: &Secret) -> Result<Self, Error> {
        let AccessKey { access_key_id, access_key_secret } = secret.keys.first().ok_or("no key")?;
        Ok(Self {
            connector: of_partner()?,
            url: env::var("ANT_URL")?,
            key_id: access_key_id.clone(),
            key: hmac::Key::new(hmac::HMAC_SHA1_FOR_LEGACY_USE_ONLY, access_key_secret.as_bytes()),
        })
    }

    /// Asks Ant for something.
    pub(super) async fn call(&self, method: &str, business: &Parameters) -> Result<Reply, Error> {
        let query = [
            ("method", method),
            ("version", "1.0"),
            ("sign_type", "HmacSHA1"),
            ("req_time", "2026-01-02T03:04:05Z"),
            ("req_msg_id", STAMP),
            ("access_key", &self.key_id),
            ("base_sdk_version", "TeaSDK-2.0"),
            ("sdk_version", "1.8.98"),
            ("_prod_code", "ATO"),
            ("_prod_channel", "undefined"),
        ];
        let mut query: Parameters =
            query.into_iter().map(|(name, value)| (name.to_owned(), value.to_owned())).collect();
        let signed = encoded(query.iter().chain(business).collect::<BTreeMap<_, _>>());
        let sign = BASE64_STANDARD.encode(hmac::sign(&self.key, signed.as_bytes()));
        query.insert("sign".to_owned(), sign);
        let request = http::Request::post(format!("{}/gateway.do?{}", self.url, encoded(&query)))
            .header(CONTENT_TYPE, "application/x-www-form-urlencoded; charset=UTF-8")
            .body(SdkBody::from(encoded(business)))?;
        let answer = self.connector.call(request.try_into()?).await?;
        self.verified(&answer.into_body().collect().await?.to_bytes())
    }

    fn verified(&self, body: &[u8]) -> Result<Reply, Error> {
        let Envelope { response, sign } = serde_json::from_slice(body)?;
        self.verify(response.get(), sign)?;
        let mut members: Map<String, Value> = serde_json::from_str(response.get())?;
        let [req_msg_id, result_code, _] = COMMON.map(|name| members.remove(name));
        if result_code.as_ref().and_then(Value::as_str) != Some("OK") {
            return Err("Ant did not say OK".into());
        }
        let req_msg_id = req_msg_id.and_then(|id| id.as_str().map(str::to_owned)).unwrap_or_default();
        Ok(Reply { req_msg_id, members })
    }

    /// Verifies a signature that Ant made.
    pub(super) fn verify(&self, text: &str, signature: &str) -> Result<(), Error> {
        let signature = BASE64_STANDARD.decode(signature)?;
        Ok(hmac::verify(&self.key, text.as_bytes(), &signature).map_err(|_| "a bad signature")?)
    }
}

impl Reply {
    /// A text that the method answers.
    pub(super) fn text(&self, member: &str) -> Result<&str, Error> {
        Ok(self.members.get(member).and_then(Value::as_str).ok_or("an answer without what it must have")?)
    }

    /// What trade.get answers.
    pub(super) fn order(&self) -> Result<Map<String, Value>, Error> {
        Ok(serde_json::from_str(self.text("response_data")?)?)
    }
}

/// `name=value&…`, percent-encoded, in the order of the names.
pub(super) fn encoded<'a>(parameters: impl IntoIterator<Item = (&'a String, &'a String)>) -> String {
    let encode = |text: &'a str| utf8_percent_encode(text, RESERVED);
    let pairs = parameters.into_iter().map(|(name, value)| format!("{}={}", encode(name), encode(value)));
    pairs.collect::<Vec<_>>().join("&")
}
