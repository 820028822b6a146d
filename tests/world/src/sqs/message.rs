//! A message, as it lies in a queue and as it is handed out.

use std::collections::BTreeMap;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value, json};

/// A message in a queue.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Message {
    /// SQS's id.
    pub id: String,
    /// The body, unchanged.
    pub body: String,
    /// The message attributes.
    pub attributes: BTreeMap<String, Attribute>,
    /// When it was sent.
    pub sent_at: Timestamp,
    /// From when on it may be received: later than now while it is delayed or being handled.
    pub visible_at: Timestamp,
    /// How often it was received.
    pub receives: u32,
    pub(super) first_received_at: Option<Timestamp>,
    pub(super) dead_letter_source: Option<String>,
}

/// A message attribute; binary values are base64.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct Attribute {
    /// `String`, `Number` or `Binary`, with a label of the sender's if it has one.
    pub data_type: String,
    /// A text or a number.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub string_value: Option<String>,
    /// Bytes, in base64.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub binary_value: Option<String>,
}

impl Attribute {
    /// An attribute with a text.
    #[must_use]
    pub fn text(value: &str) -> Self {
        Self { data_type: "String".to_owned(), string_value: Some(value.to_owned()), binary_value: None }
    }

    pub(super) fn size(&self) -> usize {
        let values = [&self.string_value, &self.binary_value];
        self.data_type.len() + values.iter().filter_map(|value| value.as_deref()).map(str::len).sum::<usize>()
    }

    fn in_event(&self) -> Value {
        json!({
            "dataType": self.data_type, "stringValue": self.string_value, "binaryValue": self.binary_value,
            "stringListValues": [], "binaryListValues": [],
        })
    }
}

impl Message {
    /// The text of an attribute.
    #[must_use]
    pub fn attribute(&self, name: &str) -> Option<&str> {
        self.attributes.get(name)?.string_value.as_deref()
    }

    /// What whoever received the message this time deletes it by.
    pub(super) fn handle(&self) -> String {
        format!("{}#{}", self.id, self.receives)
    }

    pub(super) fn in_flight(&self, now: Timestamp) -> bool {
        self.receives > 0 && self.visible_at > now
    }

    pub(super) fn receipt(&self) -> Value {
        json!({"MessageId": self.id, "MD5OfMessageBody": md5(&self.body)})
    }

    /// The attributes that SQS itself gives a message.
    pub(super) fn system_attributes(&self) -> Map<String, Value> {
        let mut attributes = Map::new();
        let mut add = |name: &str, value: String| attributes.insert(name.to_owned(), value.into());
        add("SenderId", "AIDAWORLD".to_owned());
        add("SentTimestamp", self.sent_at.as_millisecond().to_string());
        add("ApproximateReceiveCount", self.receives.to_string());
        if let Some(first) = self.first_received_at {
            add("ApproximateFirstReceiveTimestamp", first.as_millisecond().to_string());
        }
        if let Some(source) = &self.dead_letter_source {
            add("DeadLetterQueueSourceArn", source.clone());
        }
        attributes
    }

    /// The message as a record of a Lambda event.
    pub(super) fn record(&self, queue: &str) -> Value {
        let attributes = self.attributes.iter().map(|(name, attribute)| (name.clone(), attribute.in_event()));
        json!({
            "messageId": self.id,
            "receiptHandle": self.handle(),
            "body": self.body,
            "md5OfBody": md5(&self.body),
            "attributes": self.system_attributes(),
            "messageAttributes": attributes.collect::<Map<_, _>>(),
            "eventSource": "aws:sqs",
            "eventSourceARN": super::arn(queue),
            "awsRegion": "eu-central-1",
        })
    }
}

pub(super) fn md5(body: &str) -> String {
    format!("{:x}", md5::compute(body))
}

/// The id and the count of receives in a receipt handle.
pub(super) fn parse_handle(handle: &str) -> Option<(&str, u32)> {
    let (id, receives) = handle.split_once('#')?;
    Some((id, receives.parse().ok()?))
}
