//! SQS's JSON protocol: what requests say, what SQS refuses, and how it answers.

use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use serde::Deserialize;
use serde::de::DeserializeOwned;
use serde_json::{Map, Value, json};

use super::message::{Attribute, Message, md5};
use crate::Reply;
use crate::reply::ERROR_TYPE;

const LARGEST_MESSAGE: usize = 1 << 20;
const MOST_ATTRIBUTES: usize = 10;
const MOST_ENTRIES: usize = 10;
const LONGEST_DELAY: u64 = 900;
pub(super) const LONGEST_VISIBILITY: u64 = 43_200;

/// A message to send, alone or in a batch.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(super) struct Send {
    pub(super) message_body: String,
    #[serde(default)]
    pub(super) message_attributes: BTreeMap<String, Attribute>,
    #[serde(default)]
    delay_seconds: u64,
}

/// A message to delete.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(super) struct Delete {
    pub(super) receipt_handle: String,
}

/// A message to hide for another time than its queue says.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(super) struct Change {
    pub(super) receipt_handle: String,
    pub(super) visibility_timeout: u64,
}

/// What a caller wants to receive.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(super) struct Receive {
    max_number_of_messages: Option<u64>,
    visibility_timeout: Option<u64>,
    #[serde(default)]
    attribute_names: Vec<String>,
    #[serde(default)]
    message_system_attribute_names: Vec<String>,
    #[serde(default)]
    message_attribute_names: Vec<String>,
}

/// Why SQS does not do what it was asked.
#[derive(Debug)]
pub(super) struct Refusal {
    code: &'static str,
    message: String,
}

impl Send {
    pub(super) fn of(body: &str, attributes: BTreeMap<String, Attribute>) -> Self {
        Self { message_body: body.to_owned(), message_attributes: attributes, delay_seconds: 0 }
    }

    pub(super) fn delay(&self) -> Duration {
        Duration::from_secs(self.delay_seconds)
    }

    pub(super) fn check(&self) -> Result<(), Refusal> {
        seconds("DelaySeconds", self.delay_seconds, LONGEST_DELAY)?;
        if self.message_body.is_empty() {
            return Err(Refusal::new(
                "MissingParameter",
                "The request must contain the parameter MessageBody.",
            ));
        }
        if !self.message_body.chars().all(is_xml_char) {
            return Err(Refusal::new(
                "InvalidMessageContents",
                "Invalid characters found in the message body.",
            ));
        }
        if self.message_attributes.len() > MOST_ATTRIBUTES {
            return Err(Refusal::parameter("The number of message attributes exceeds the limit of 10."));
        }
        if self.size() > LARGEST_MESSAGE {
            return Err(Refusal::parameter("One or more parameters are invalid. Reason: Message too long."));
        }
        Ok(())
    }

    fn size(&self) -> usize {
        let attributes = self.message_attributes.iter().map(|(name, value)| name.len() + value.size());
        self.message_body.len() + attributes.sum::<usize>()
    }
}

/// The characters that SQS takes in a body.
fn is_xml_char(character: char) -> bool {
    matches!(character, '\t' | '\n' | '\r' | ' '..='\u{d7ff}' | '\u{e000}'..='\u{fffd}' | '\u{10000}'..)
}

impl Receive {
    pub(super) fn limit(&self) -> Result<usize, Refusal> {
        match self.max_number_of_messages {
            None => Ok(1),
            Some(limit @ 1..=10) => Ok(usize::try_from(limit).unwrap_or(10)),
            Some(limit) => Err(Refusal::parameter(format!(
                "Value {limit} for parameter MaxNumberOfMessages is invalid."
            ))),
        }
    }

    pub(super) fn visibility(&self) -> Result<Option<Duration>, Refusal> {
        let visibility = self.visibility_timeout;
        visibility.map(|visibility| seconds("VisibilityTimeout", visibility, LONGEST_VISIBILITY)).transpose()
    }

    /// A message with the attributes that were asked for.
    pub(super) fn shown(&self, message: &Message) -> Value {
        let mut shown = json!({
            "MessageId": message.id, "ReceiptHandle": message.handle(),
            "Body": message.body, "MD5OfBody": md5(&message.body),
        });
        let system: Map<_, _> =
            message.system_attributes().into_iter().filter(|(name, _)| self.wants_system(name)).collect();
        if !system.is_empty() {
            shown["Attributes"] = system.into();
        }
        let own = message.attributes.iter().filter(|(name, _)| self.wants(name));
        let own: Map<_, _> = own.map(|(name, attribute)| (name.clone(), json!(attribute))).collect();
        if !own.is_empty() {
            shown["MessageAttributes"] = own.into();
        }
        shown
    }

    fn wants_system(&self, name: &str) -> bool {
        let mut wanted = self.attribute_names.iter().chain(&self.message_system_attribute_names);
        wanted.any(|wanted| wanted == "All" || wanted == name)
    }

    fn wants(&self, name: &str) -> bool {
        self.message_attribute_names.iter().any(|wanted| match wanted.strip_suffix(".*") {
            Some(prefix) => name.starts_with(prefix),
            None => wanted == "All" || wanted == name,
        })
    }
}

impl Refusal {
    fn new(code: &'static str, message: impl Into<String>) -> Self {
        Self { code, message: message.into() }
    }

    fn parameter(message: impl Into<String>) -> Self {
        Self::new("InvalidParameterValue", message)
    }

    pub(super) fn no_queue() -> Self {
        Self::new("QueueDoesNotExist", "The specified queue does not exist.")
    }

    pub(super) fn handle() -> Self {
        Self::new("ReceiptHandleIsInvalid", "The input receipt handle is invalid.")
    }

    pub(super) fn not_available() -> Self {
        Self::parameter("Message does not exist or is not available for visibility timeout change.")
    }

    pub(super) fn not_in_flight() -> Self {
        Self::new("MessageNotInflight", "The message referred to is not in flight.")
    }

    pub(super) fn reply(&self) -> Reply {
        error(400, self.code, &self.message)
    }

    fn service() -> Self {
        Self::new("InternalError", "The service failed.")
    }

    fn entry(&self, id: &str) -> Value {
        let senders = self.code != Self::service().code;
        json!({"Id": id, "SenderFault": senders, "Code": self.code, "Message": self.message})
    }
}

/// A number of seconds within SQS's bounds.
pub(super) fn seconds(name: &str, value: u64, most: u64) -> Result<Duration, Refusal> {
    if value <= most {
        return Ok(Duration::from_secs(value));
    }
    Err(Refusal::parameter(format!(
        "Value {value} for parameter {name} is invalid. Reason: Must be at most {most}."
    )))
}

pub(super) fn read<T: DeserializeOwned>(request: &Value) -> Result<T, Refusal> {
    T::deserialize(request).map_err(|error| Refusal::new("SerializationException", error.to_string()))
}

/// Refuses messages that are too long together. An entry that cannot be read is judged by itself.
pub(super) fn check_size(request: &Value) -> Result<(), Refusal> {
    let sends = entries(request)?.into_iter().filter_map(|(_, entry)| read::<Send>(entry).ok());
    if sends.map(|send| send.size()).sum::<usize>() > LARGEST_MESSAGE {
        return Err(Refusal::new(
            "BatchRequestTooLong",
            "Batch requests cannot be longer than 1048576 bytes.",
        ));
    }
    Ok(())
}

/// Does something for each entry of a batch; one entry's failure is its own. The service fails at those at the
/// places `failing`.
pub(super) fn batch<T: DeserializeOwned>(
    request: &Value,
    failing: &[usize],
    mut run: impl FnMut(&T) -> Result<Value, Refusal>,
) -> Result<Value, Refusal> {
    let (mut successful, mut failed) = (Vec::new(), Vec::new());
    for (place, (id, entry)) in entries(request)?.into_iter().enumerate() {
        let done = if failing.contains(&place) {
            Err(Refusal::service())
        } else {
            read(entry).and_then(|entry| run(&entry))
        };
        match done {
            Ok(mut done) => {
                done["Id"] = id.into();
                successful.push(done);
            }
            Err(refusal) => failed.push(refusal.entry(id)),
        }
    }
    Ok(json!({"Successful": successful, "Failed": failed}))
}

fn entries(request: &Value) -> Result<Vec<(&str, &Value)>, Refusal> {
    let entries = request["Entries"].as_array().map(Vec::as_slice).unwrap_or_default();
    if entries.is_empty() {
        return Err(Refusal::new("EmptyBatchRequest", "The batch request contains no entries."));
    }
    if entries.len() > MOST_ENTRIES {
        return Err(Refusal::new(
            "TooManyEntriesInBatchRequest",
            "The batch request contains over 10 entries.",
        ));
    }
    let named: Vec<_> =
        entries.iter().map(|entry| (entry["Id"].as_str().unwrap_or_default(), entry)).collect();
    let distinct: BTreeSet<_> = named.iter().map(|(id, _)| id).collect();
    if distinct.len() < named.len() {
        return Err(Refusal::new("BatchEntryIdsNotDistinct", "Two entries of the batch have the same id."));
    }
    Ok(named)
}

pub(super) fn answer(body: &Value) -> Reply {
    Reply::new(200, body.to_string()).header("content-type", "application/x-amz-json-1.0")
}

/// An error answer in SQS's wire form.
pub(crate) fn error(status: u16, code: &str, message: &str) -> Reply {
    let body = json!({"__type": format!("com.amazonaws.sqs#{code}"), "message": message});
    let at_fault = if status < 500 { "Sender" } else { "Receiver" };
    Reply::new(status, body.to_string())
        .header("content-type", "application/x-amz-json-1.0")
        .header(ERROR_TYPE, code)
        .header("x-amzn-query-error", &format!("{};{at_fault}", query_code(code)))
}

/// The code's name in SQS's older protocol, by which the SDK still goes.
fn query_code(code: &str) -> String {
    match code {
        "QueueDoesNotExist" => "AWS.SimpleQueueService.NonExistentQueue".to_owned(),
        "BatchEntryIdsNotDistinct"
        | "BatchRequestTooLong"
        | "EmptyBatchRequest"
        | "MessageNotInflight"
        | "TooManyEntriesInBatchRequest" => format!("AWS.SimpleQueueService.{code}"),
        _ => code.to_owned(),
    }
}
