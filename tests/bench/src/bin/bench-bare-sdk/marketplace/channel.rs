//! The envelope of the plain channel: what the platform signed with SHA-1, and how it is answered.

use aws_lambda_events::apigw::{ApiGatewayV2httpRequest, ApiGatewayV2httpResponse};
use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;
use bench::Error;
use ring::digest::{SHA1_FOR_LEGACY_USE_ONLY, digest};
use rsa::pkcs8::DecodePublicKey as _;
use rsa::{Pkcs1v15Sign, RsaPublicKey};
use serde::{Deserialize, Serialize};

use crate::gateway;

/// What PKCS#1 puts before a SHA-1.
pub(super) const SHA1_PREFIX: &[u8] = b"\x30\x21\x30\x09\x06\x05\x2b\x0e\x03\x02\x1a\x05\x00\x04\x14";

/// The platform's key.
pub(super) struct Channel(RsaPublicKey);

#[derive(Deserialize)]
struct Secret {
    platform_public_keys: Vec<String>,
}

#[derive(Deserialize)]
struct Envelope {
    #[serde(rename = "channelId")]
    channel_id: String,
    timestamp: u64,
    request: String,
    sign: String,
}

#[derive(Serialize)]
struct Answer {
    code: u16,
    message: &'static str,
    response: String,
}

impl Channel {
    /// Reads the channel's secret.
    pub(super) fn of(secret: &str) -> Result<Self, Error> {
        let secret: Secret = serde_json::from_str(secret)?;
        let key = BASE64_STANDARD.decode(secret.platform_public_keys.first().ok_or("no key")?)?;
        Ok(Self(RsaPublicKey::from_public_key_der(&key).map_err(|_| "no key")?))
    }

    /// The channel and the business JSON of a call, if the platform signed it.
    pub(super) fn opened(&self, request: &ApiGatewayV2httpRequest) -> Result<(String, String), Error> {
        let Envelope { channel_id, timestamp, request, sign } = gateway::body(request)?;
        let text = format!("channelId={channel_id}&request={request}&timestamp={timestamp}");
        let hashed = digest(&SHA1_FOR_LEGACY_USE_ONLY, text.as_bytes());
        let scheme = Pkcs1v15Sign { hash_len: Some(20), prefix: SHA1_PREFIX.into() };
        let signature = BASE64_STANDARD.decode(sign)?;
        self.0.verify(scheme, hashed.as_ref(), &signature).map_err(|_| "not signed")?;
        Ok((channel_id, request))
    }
}

/// A success with this text of business JSON.
pub(super) fn answered_text(response: String) -> Result<ApiGatewayV2httpResponse, Error> {
    gateway::json(&Answer { code: 0, message: "success", response })
}

/// A success with this business JSON.
pub(super) fn answered(response: &impl Serialize) -> Result<ApiGatewayV2httpResponse, Error> {
    gateway::json(&Answer { code: 0, message: "success", response: serde_json::to_string(response)? })
}
