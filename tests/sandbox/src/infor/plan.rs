//! What `InforCRM` answers: the control's body, and the messages that come of it.

use std::collections::BTreeMap;
use std::time::Duration;

use jiff::Timestamp;
use jiff::tz::{Offset, TimeZone};
use serde::{Deserialize, Deserializer};
use serde_json::Value;
use serde_json::value::RawValue;

use crate::control::Refused;

/// The most duplicates of a message.
const MOST_TIMES: u32 = 100;
const NULL: &str = "null";

/// `PUT /_control/infor`.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Plan {
    #[serde(default)]
    pub(super) consume: bool,
    /// No reply only where it is null.
    #[serde(default = "as_usual")]
    reply: Option<Overlay>,
    #[serde(default)]
    push: Option<Overlay>,
    #[serde(default, rename = "delay_s", deserialize_with = "seconds")]
    delay: Duration,
    #[serde(default = "once")]
    pub(super) times: u32,
    #[serde(default)]
    push_first: bool,
}

/// Members that replace or extend those of the usual message, in their own characters; null takes one away.
type Overlay = BTreeMap<String, Box<RawValue>>;

/// A communication task that `InforCRM` creates, or would have created.
pub(super) struct Task {
    /// The id of the request that asks for it.
    pub(super) request_id: String,
    /// The number that its ids are made of.
    pub(super) number: u64,
}

/// One of the messages that answer a request.
pub(super) enum Message<'a> {
    /// Whether there is a task.
    Reply(&'a Overlay),
    /// What came of it; the ids are those of the reply, where there is one.
    Push { overlay: &'a Overlay, reply: Option<&'a Overlay> },
}

#[expect(clippy::unnecessary_wraps, reason = "serde's default has the member's type")]
fn as_usual() -> Option<Overlay> {
    Some(Overlay::new())
}

fn once() -> u32 {
    1
}

fn seconds<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Duration, D::Error> {
    let seconds = f64::deserialize(deserializer)?;
    Duration::try_from_secs_f64(seconds).map_err(serde::de::Error::custom)
}

impl Plan {
    pub(super) fn checked(&self) -> Result<&Self, Refused> {
        if (1..=MOST_TIMES).contains(&self.times) {
            return Ok(self);
        }
        Err(Refused::Impossible(format!("times is from 1 to {MOST_TIMES}, not {}", self.times)))
    }

    /// How long it waits before each message.
    pub(super) fn delay(&self) -> Duration {
        self.delay
    }

    /// The messages, in their order.
    pub(super) fn messages(&self) -> impl Iterator<Item = Message<'_>> {
        let reply = self.reply.as_ref().map(Message::Reply);
        let push = |overlay| Message::Push { overlay, reply: self.reply.as_ref() };
        let push = self.push.as_ref().map(push);
        let order = if self.push_first { [push, reply] } else { [reply, push] };
        order.into_iter().flatten()
    }
}

impl Task {
    /// `InforCRM`'s own message id, a UUID.
    fn message_id(&self) -> String {
        let (high, low) = (self.number >> 48, self.number & 0xffff_ffff_ffff);
        format!("1f0c2a26-{high:04x}-4000-8000-{low:012x}")
    }
}

impl Message<'_> {
    /// The message's JSON, compact, sent at the instant `now`.
    pub(super) fn text(&self, task: &Task, now: Timestamp) -> String {
        let (id, number, dt) = (task.message_id(), task.number.to_string(), moscow(now));
        match self {
            Self::Reply(overlay) => {
                let usual = [
                    ("requestID", quoted(&id)),
                    ("replyUID", quoted(&task.request_id)),
                    ("dt", quoted(&dt)),
                    ("statusCode", quoted("0")),
                    ("taskID", quoted(&number)),
                ];
                overlaid(&usual, overlay)
            }
            Self::Push { overlay, reply } => {
                let replied = |name, usual| of_reply(*reply, name).unwrap_or_else(|| quoted(usual));
                let usual = [
                    ("requestID", replied("requestID", &id)),
                    ("dt", quoted(&dt)),
                    ("statusCode", quoted("0")),
                    ("taskID", replied("taskID", &number)),
                    ("taskStatus", quoted("3")),
                    ("taskCloseDate", quoted(&dt[.."2023-07-27".len()])),
                    ("taskExecType", quoted("Ручной")),
                    ("taskExecDescr", quoted("Обработано")),
                ];
                overlaid(&usual, overlay)
            }
        }
    }
}

/// What the reply was told to say instead of its usual value, unless to leave it out.
fn of_reply(reply: Option<&Overlay>, name: &str) -> Option<String> {
    reply?.get(name).map(|value| value.get().to_owned()).filter(|value| value != NULL)
}

/// A JSON object of `usual` and, in place of its members or behind them, those of `overlay`.
fn overlaid(usual: &[(&str, String)], overlay: &Overlay) -> String {
    let own =
        usual.iter().map(|(name, value)| (*name, overlay.get(*name).map_or(value.as_str(), |new| new.get())));
    let others = overlay.iter().map(|(name, value)| (name.as_str(), value.get()));
    let others = others.filter(|(name, _)| usual.iter().all(|(own, _)| own != name));
    let present = own.chain(others).filter(|(_, value)| *value != NULL);
    let members: Vec<_> = present.map(|(name, value)| format!("{}:{value}", quoted(name))).collect();
    format!("{{{}}}", members.join(","))
}

fn quoted(text: &str) -> String {
    Value::from(text).to_string()
}

/// An instant as both sides write it: `2023-07-27T09:27:04.953+03:00`.
pub(super) fn moscow(instant: Timestamp) -> String {
    let zone = TimeZone::fixed(Offset::constant(3));
    instant.to_zoned(zone).strftime("%Y-%m-%dT%H:%M:%S%.3f%:z").to_string()
}
