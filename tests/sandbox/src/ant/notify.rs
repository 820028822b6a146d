//! Ant's notifications: `POST /_control/ant/notify` has one sent to us.

use std::time::Duration;

use axum::Json;
use axum::body::Bytes;
use axum::extract::State;
use axum::http::header;
use http::Request;
use percent_encoding::{NON_ALPHANUMERIC, utf8_percent_encode};
use serde::Deserialize;
use serde_json::{Value, json};

use super::envelope::Parameters;
use super::signing::{Secret, text_to_sign};
use super::{Ant, WITHOUT_SECRETS};
use crate::control::{Refused, read};
use crate::received::shown;
use crate::{Shared, lock};

const PATH: &str = "/antchain/ato/notify";
/// The user asks to end the withhold agreement.
const UNSIGN_APPLY: &str = "ASYNC_UNSIGN_APPLY";
/// Longer than any function of ours runs.
const TIMEOUT: Duration = Duration::from_secs(35);

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Wanted {
    order_id: String,
    /// A new one where it is absent.
    msg_id: Option<String>,
    msg_publish_type: String,
    /// A text; anything else is sent as its JSON.
    msg_content: Value,
    tamper: Option<Tamper>,
    #[serde(default, rename = "as")]
    shape: Shape,
    /// Which of the access keys signs, counted from 1.
    #[serde(default = "first")]
    key: usize,
}

#[derive(Clone, Copy, Deserialize)]
#[serde(rename_all = "snake_case")]
enum Tamper {
    /// The signature is that of another content.
    Sign,
}

#[derive(Clone, Copy, Default, Deserialize)]
#[serde(rename_all = "snake_case")]
enum Shape {
    #[default]
    Form,
    Json,
}

fn first() -> usize {
    1
}

pub(super) async fn notify(State(sandbox): State<Shared>, body: Bytes) -> Result<Json<Value>, Refused> {
    let wanted: Wanted = read(&body)?;
    let secrets =
        sandbox.ant.secrets.as_ref().ok_or_else(|| Refused::TooEarly(WITHOUT_SECRETS.to_owned()))?;
    let key = secrets.key_number(wanted.key);
    let key = key.ok_or_else(|| Refused::Impossible(format!("there is no key {}", wanted.key)))?;
    let fields = fields(&sandbox.ant, &wanted);
    let signature = signature(&key.secret, &fields, wanted.tamper);
    // A forged notification tells of nothing that has happened.
    if wanted.msg_publish_type == UNSIGN_APPLY && wanted.tamper.is_none() {
        let mut mind = lock(&sandbox.ant.mind);
        if let Some(order) = mind.orders.get_mut(&wanted.order_id) {
            order.unsign_pending = true;
        }
    }
    let request = request(wanted.shape, &fields, &signature);
    let (status, answer) = sandbox.target.send(PATH, request, TIMEOUT).await?;
    let msg_id = &fields["msg_id"];
    Ok(Json(json!({"http_status": status.as_u16(), "body": shown(&answer), "msg_id": msg_id})))
}

/// What is signed.
fn fields(ant: &Ant, wanted: &Wanted) -> Parameters {
    let text = |value: &Value| value.as_str().map_or_else(|| value.to_string(), str::to_owned);
    let fields = [
        ("msg_id", wanted.msg_id.clone().unwrap_or_else(|| msg_id(ant.next_number()))),
        ("msg_publish_type", wanted.msg_publish_type.clone()),
        ("order_id", wanted.order_id.clone()),
        ("msg_content", text(&wanted.msg_content)),
    ];
    fields.map(|(name, value)| (name.to_owned(), value)).into()
}

/// A UUID.
fn msg_id(number: u64) -> String {
    let (high, low) = (number >> 48, number & 0xffff_ffff_ffff);
    format!("5a17c0de-{high:04x}-4000-8000-{low:012x}")
}

fn signature(secret: &Secret, fields: &Parameters, tamper: Option<Tamper>) -> String {
    let text = text_to_sign(fields);
    match tamper {
        None => secret.sign(&text),
        Some(Tamper::Sign) => secret.sign(&format!("{text}.")),
    }
}

fn request(shape: Shape, fields: &Parameters, signature: &str) -> Request<Bytes> {
    let sign = ("sign", signature);
    let all = fields.iter().map(|(name, value)| (name.as_str(), value.as_str())).chain([sign]);
    let (content_type, body) = match shape {
        Shape::Form => {
            let encoded = |text| utf8_percent_encode(text, NON_ALPHANUMERIC);
            let pairs = all.map(|(name, value)| format!("{}={}", encoded(name), encoded(value)));
            ("application/x-www-form-urlencoded; charset=UTF-8", pairs.collect::<Vec<_>>().join("&"))
        }
        Shape::Json => ("application/json; charset=UTF-8", all.collect::<Value>().to_string()),
    };
    let mut request = Request::new(Bytes::from(body));
    request.headers_mut().insert(header::CONTENT_TYPE, header::HeaderValue::from_static(content_type));
    request
}
