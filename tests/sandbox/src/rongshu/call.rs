//! Rongshu's own calls: `POST /_control/rongshu/call/{op}` has one sent to us.

use std::time::Duration;

use axum::Json;
use axum::body::Bytes;
use axum::extract::rejection::QueryRejection;
use axum::extract::{Query, State};
use axum::http::{StatusCode, Uri, header};
use http::{HeaderValue, Request};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value, json};

use super::secrets::{Channel, Secrets};
use super::{Rongshu, WITHOUT_SECRETS, content};
use crate::control::Refused;
use crate::received::{now, shown};
use crate::{Shared, lock};

const CONTROL: &str = "/_control/rongshu/call/";
const PATH: &str = "/openapi/rongshu/";
const DEFAULT_CHANNEL: &str = "840";
/// The call that tells of a user's order.
const PUSH: &str = "pushOrder";
/// The call that tells whose card is bound for an order.
const BIND: &str = "bindCard";
/// Longer than any function of ours runs.
const TIMEOUT: Duration = Duration::from_secs(35);

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Wanted {
    channel: Option<String>,
    tamper: Option<Tamper>,
    /// How long ago it was signed; negative is yet to come.
    age_s: Option<i64>,
    #[serde(default)]
    replay: bool,
}

/// What is changed after signing, such that nothing but the signature can tell.
#[derive(Clone, Copy, Deserialize, PartialEq, Eq)]
#[serde(rename_all = "snake_case")]
enum Tamper {
    Sign,
    Timestamp,
    Request,
}

/// What the platform sends.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Envelope<'a> {
    channel_id: &'a str,
    timestamp: i64,
    request: String,
    sign: String,
}

pub(super) async fn call(
    State(sandbox): State<Shared>,
    uri: Uri,
    wanted: Result<Query<Wanted>, QueryRejection>,
    body: Bytes,
) -> Result<Json<Value>, Refused> {
    let Query(wanted) = wanted.map_err(|rejection| Refused::Impossible(rejection.body_text()))?;
    let rongshu = &sandbox.rongshu;
    let secrets = rongshu.secrets.as_ref().ok_or_else(|| Refused::TooEarly(WITHOUT_SECRETS.to_owned()))?;
    let op = uri.path().strip_prefix(CONTROL).unwrap_or_default();
    let (channel, sent) = if wanted.replay {
        replayed(secrets, &wanted, body)?
    } else {
        made(rongshu, secrets, &wanted, op, &body)?
    };
    let mut request = Request::new(sent.clone());
    let json = HeaderValue::from_static("application/json; charset=UTF-8");
    request.headers_mut().insert(header::CONTENT_TYPE, json);
    let (status, answer) = sandbox.target.send(&format!("{PATH}{op}"), request, TIMEOUT).await?;
    Ok(Json(Told::of(channel, &answer).shown(status, &answer, &sent)))
}

/// A body that was sent before, as it was: itself, or a JSON string of it.
fn replayed<'a>(secrets: &'a Secrets, wanted: &Wanted, body: Bytes) -> Result<(&'a Channel, Bytes), Refused> {
    if wanted.tamper.is_some() || wanted.age_s.is_some() {
        return Err(Refused::Impossible("a body that is sent again is not signed anew".to_owned()));
    }
    let body = serde_json::from_slice::<String>(&body).map_or(body, Bytes::from);
    let own = || serde_json::from_slice::<Value>(&body).ok()?.get("channelId")?.as_str().map(str::to_owned);
    let own = own().filter(|name| secrets.channel(name).is_some());
    let (_, channel) = channel(secrets, wanted.channel.as_deref().or(own.as_deref()))?;
    Ok((channel, body))
}

/// A call about `body`, sealed and signed.
fn made<'a>(
    rongshu: &Rongshu,
    secrets: &'a Secrets,
    wanted: &Wanted,
    op: &str,
    body: &Bytes,
) -> Result<(&'a Channel, Bytes), Refused> {
    let clear = str::from_utf8(body).map_err(|_| Refused::Impossible("the body is no UTF-8".to_owned()))?;
    let (name, channel) = channel(secrets, wanted.channel.as_deref())?;
    let signed_at = signed_at(now(), wanted.age_s.unwrap_or_default())?;
    let mut envelope = Envelope::signed(name, channel, signed_at, clear);
    match wanted.tamper {
        None => rongshu.learn(name, op, clear),
        Some(Tamper::Sign) => {
            envelope.sign = channel.sign(name, &signed_at.to_string(), &format!("{}.", envelope.request));
        }
        Some(Tamper::Timestamp) => envelope.timestamp += 1,
        Some(Tamper::Request) => envelope.request = channel.cipher.sealed(&format!("{clear} ")),
    }
    let sent = serde_json::to_vec(&envelope).map_err(|error| Refused::Impossible(error.to_string()))?;
    Ok((channel, sent.into()))
}

fn channel<'a, 'n>(secrets: &'a Secrets, name: Option<&'n str>) -> Result<(&'n str, &'a Channel), Refused> {
    let name = name.unwrap_or(DEFAULT_CHANNEL);
    let channel = secrets.channel(name).ok_or_else(|| {
        Refused::Impossible(format!("there is no channel {name:?}; there are: {}", secrets.names()))
    })?;
    Ok((name, channel))
}

/// In milliseconds since 1970.
fn signed_at(now: Timestamp, age_s: i64) -> Result<i64, Refused> {
    let age = age_s.checked_mul(1000);
    let at = age.and_then(|age| now.as_millisecond().checked_sub(age)).filter(|at| *at >= 0);
    at.ok_or_else(|| Refused::Impossible(format!("there is no time {age_s} seconds ago")))
}

impl<'a> Envelope<'a> {
    fn signed(name: &'a str, channel: &Channel, timestamp: i64, clear: &str) -> Self {
        let request = channel.cipher.sealed(clear);
        let sign = channel.sign(name, &timestamp.to_string(), &request);
        Self { channel_id: name, timestamp, request, sign }
    }
}

impl Rongshu {
    /// Remembers whose order was pushed, and whose card is bound: pulls name the user only, the bank hears of the
    /// person only.
    fn learn(&self, channel: &str, op: &str, clear: &str) {
        let (Some(uid), Some(order)) = (content::id(clear, "uid"), content::id(clear, "orderId")) else {
            return;
        };
        let json: Value = serde_json::from_str(clear).unwrap_or_default();
        let person = match op {
            PUSH => &json["idInfo"]["cid"],
            BIND => &json["cid"],
            _ => return,
        };
        let mut mind = lock(&self.mind);
        if let Some(cid) = person.as_str() {
            mind.persons.insert(cid.to_owned(), (order.clone(), uid.clone()));
        }
        if op == PUSH {
            mind.orders.insert((channel.to_owned(), uid), order);
        }
    }
}

/// What we answered, as the platform reads it.
#[derive(Default)]
struct Told {
    code: Option<i64>,
    message: Option<String>,
    /// Opened, and no character of it changed.
    response: Option<String>,
    /// What is wrong with it, if anything is.
    problem: Option<String>,
}

impl Told {
    fn of(channel: &Channel, answer: &[u8]) -> Self {
        let mut told = Self::default();
        told.problem = told.read(channel, answer).err();
        told
    }

    fn read(&mut self, channel: &Channel, answer: &[u8]) -> Result<(), String> {
        let members: Map<String, Value> =
            serde_json::from_slice(answer).map_err(|_| "the answer is no JSON object".to_owned())?;
        self.message = members.get("message").and_then(Value::as_str).map(str::to_owned);
        self.code = members.get("code").and_then(Value::as_i64);
        let response = members.get("response");
        let code = self.code.ok_or("code is no whole number")?;
        self.message.as_ref().ok_or("message is no text")?;
        if code != 0 {
            return response.map_or(Ok(()), |_| Err("a failure has a response".to_owned()));
        }
        let response = response.and_then(Value::as_str).ok_or("response is no text")?;
        self.response = channel.cipher.opened(response);
        let clear = self.response.as_ref().ok_or("response is not sealed with the channel's key")?;
        let json: Result<serde::de::IgnoredAny, _> = serde_json::from_str(clear);
        json.map(|_| ()).map_err(|_| "response is no JSON".to_owned())
    }

    fn shown(self, status: StatusCode, answer: &[u8], sent: &[u8]) -> Value {
        let mut all = json!({
            "http_status": status.as_u16(),
            "code": self.code,
            "message": self.message,
            "response": self.response,
            "sent": String::from_utf8_lossy(sent),
        });
        if let Some(problem) = self.problem {
            (all["problem"], all["body"]) = (problem.into(), json!(shown(answer)));
        }
        all
    }
}
