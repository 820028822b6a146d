//! What the platform is told: signed with SHA-1, one call, and a code that is 0.

use std::time::{Instant, SystemTime};

use aws_lambda_events::sqs::{SqsBatchResponse, SqsEvent};
use aws_smithy_runtime_api::client::http::{HttpConnector as _, SharedHttpConnector};
use aws_smithy_types::body::SdkBody;
use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;
use bench::Error;
use http::header::CONTENT_TYPE;
use http_body_util::BodyExt as _;
use lambda_runtime::{LambdaEvent, run, service_fn};
use ring::digest::{SHA1_FOR_LEGACY_USE_ONLY, digest};
use ring::rand::SystemRandom;
use rsa::pkcs8::DecodePrivateKey as _;
use rsa::{Pkcs1v15Sign, RsaPrivateKey};
use serde::{Deserialize, Serialize};

use super::CHANNEL;
use super::channel::SHA1_PREFIX;
use crate::callbacks::{Callbacks, Tried};
use crate::clients::{Aws, of_partner};
use crate::dynamodb::text_of;
use crate::encryption::Padding;
use crate::secrets::Secrets;

/// Where audits go.
const AUDIT_PATH: &str = "api/v2/order/feedback.do";

/// The platform.
struct Platform {
    connector: SharedHttpConnector,
    base_url: String,
    app_id: String,
    key: RsaPrivateKey,
    random: SystemRandom,
}

#[derive(Deserialize)]
struct Secret {
    app_id: String,
    private_key: String,
    base_url: String,
}

#[derive(Deserialize)]
struct WakeUp {
    order: String,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Call<'a> {
    app_id: &'a str,
    timestamp: &'a str,
    request: &'a str,
    sign: &'a str,
}

#[derive(Deserialize)]
struct Answer {
    code: i64,
}

/// partner-callback: what waits of an order is sent.
pub(super) async fn callback(aws: &Aws) -> Result<(), Error> {
    let secrets = Secrets::read(aws, &[CHANNEL]).await?;
    let (platform, callbacks) = (&Platform::of(secrets.of(CHANNEL)?)?, &Callbacks::read(aws)?);
    callbacks.warm().await?;
    run(service_fn(async |event: LambdaEvent<SqsEvent>| {
        for record in &event.payload.records {
            let WakeUp { order } = serde_json::from_str(record.body.as_deref().ok_or("no body")?)?;
            pass(platform, callbacks, &order).await?;
        }
        Ok::<_, Error>(SqsBatchResponse::default())
    }))
    .await
}

async fn pass(platform: &Platform, callbacks: &Callbacks, order: &str) -> Result<(), Error> {
    let head = callbacks.take(order).await?;
    let waiting = callbacks.of_order(order).await?;
    let [callback] = waiting.as_slice() else { return Err("not one callback".into()) };
    if text_of(callback, "kind")? != "audit" || text_of(callback, "state")? != "pending" {
        return Err("no audit that waits".into());
    }
    let begun = Instant::now();
    let code = platform.tell(AUDIT_PATH, text_of(callback, "body")?).await?;
    if code != 0 {
        return Err("the platform did not take it".into());
    }
    let tried = Tried { code, latency_ms: begun.elapsed().as_millis() };
    callbacks.delivered(&head, callback, &tried).await
}

impl Platform {
    fn of(secret: &str) -> Result<Self, Error> {
        let Secret { app_id, private_key, base_url } = serde_json::from_str(secret)?;
        let key = RsaPrivateKey::from_pkcs8_der(&BASE64_STANDARD.decode(private_key)?);
        let (connector, random) = (of_partner()?, SystemRandom::new());
        Ok(Self { connector, base_url, app_id, key: key.map_err(|_| "no key")?, random })
    }

    /// The code that it answers.
    async fn tell(&self, path: &str, business: &str) -> Result<i64, Error> {
        let timestamp = SystemTime::UNIX_EPOCH.elapsed()?.as_millis().to_string();
        let signed = format!("appId={}&request={business}&timestamp={timestamp}", self.app_id);
        let scheme = Pkcs1v15Sign { hash_len: Some(20), prefix: SHA1_PREFIX.into() };
        let hashed = digest(&SHA1_FOR_LEGACY_USE_ONLY, signed.as_bytes());
        let sign = self.key.sign_with_rng(&mut Padding(&self.random), scheme, hashed.as_ref());
        let sign = BASE64_STANDARD.encode(sign.map_err(|_| "not signed")?);
        let body = Call { app_id: &self.app_id, timestamp: &timestamp, request: business, sign: &sign };
        let request = http::Request::post(format!("{}{path}", self.base_url))
            .header(CONTENT_TYPE, "application/json;charset=UTF-8")
            .body(SdkBody::from(serde_json::to_string(&body)?))?;
        let answer = self.connector.call(request.try_into()?).await?;
        let Answer { code } = serde_json::from_slice(&answer.into_body().collect().await?.to_bytes())?;
        Ok(code)
    }
}
