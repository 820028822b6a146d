//! The services that speak JSON by target: `DynamoDB`, `EventBridge`, SQS, Logs, Systems Manager.

use http::{Request, header};
use serde::Deserialize;
use serde_json::{Map, Value, json};

use super::{Engine, built};
use crate::{Error, Result};

/// A service that takes its operation in `X-Amz-Target`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum JsonService {
    /// `DynamoDB`.
    DynamoDb,
    /// `EventBridge`.
    Events,
    /// SQS.
    Sqs,
    /// `CloudWatch` Logs.
    Logs,
    /// Systems Manager, whose part is Parameter Store.
    Ssm,
}

impl JsonService {
    fn signing_name(self) -> &'static str {
        match self {
            Self::DynamoDb => "dynamodb",
            Self::Events => "events",
            Self::Sqs => "sqs",
            Self::Logs => "logs",
            Self::Ssm => "ssm",
        }
    }

    fn target(self) -> &'static str {
        match self {
            Self::DynamoDb => "DynamoDB_20120810",
            Self::Events => "AWSEvents",
            Self::Sqs => "AmazonSQS",
            Self::Logs => "Logs_20140328",
            Self::Ssm => "AmazonSSM",
        }
    }

    fn content_type(self) -> &'static str {
        match self {
            Self::DynamoDb | Self::Sqs => "application/x-amz-json-1.0",
            Self::Events | Self::Logs | Self::Ssm => "application/x-amz-json-1.1",
        }
    }
}

/// A message as a queue gives it out.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub struct Message {
    /// What SQS calls it.
    #[serde(rename = "MessageId")]
    pub id: String,
    /// Its body.
    #[serde(rename = "Body")]
    pub body: String,
    /// What deletes it.
    #[serde(rename = "ReceiptHandle")]
    pub receipt_handle: String,
    /// Its attributes, as SQS writes them.
    #[serde(rename = "MessageAttributes", default)]
    pub attributes: Map<String, Value>,
}

/// How messages are taken.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Receive {
    /// For how long they are hidden from the next reader.
    pub hidden_s: u32,
    /// For how long to wait for the first of them. Without a wait SQS asks some of its servers only, and may give out
    /// nothing though there is something.
    pub wait_s: u32,
}

impl Message {
    /// An attribute's text, empty when it is absent.
    #[must_use]
    pub fn attribute(&self, name: &str) -> &str {
        self.attributes.get(name).and_then(|value| value["StringValue"].as_str()).unwrap_or_default()
    }
}

impl Engine {
    /// Any operation of a JSON service.
    ///
    /// # Errors
    /// When the engine refuses it or answers no JSON.
    pub fn json(&self, service: JsonService, operation: &str, input: &Value) -> Result<Value> {
        let request = Request::post("/")
            .header(header::CONTENT_TYPE, service.content_type())
            .header("x-amz-target", format!("{}.{operation}", service.target()));
        let request = built(operation, request, input.to_string().into_bytes())?;
        let answer = self.call(service.signing_name(), operation, request)?;
        if answer.body.is_empty() {
            return Ok(Value::Null);
        }
        answer.json()
    }

    /// Puts `body` in a queue.
    ///
    /// # Errors
    /// When the engine refuses it.
    pub fn send_message(&self, queue_url: &str, body: &str) -> Result<()> {
        self.json(JsonService::Sqs, "SendMessage", &json!({"QueueUrl": queue_url, "MessageBody": body}))?;
        Ok(())
    }

    /// Puts `body` in a queue, with attributes as SQS writes them.
    ///
    /// # Errors
    /// When the engine refuses it.
    pub fn send_message_with(
        &self,
        queue_url: &str,
        body: &str,
        attributes: &Map<String, Value>,
    ) -> Result<()> {
        let input = json!({"QueueUrl": queue_url, "MessageBody": body, "MessageAttributes": attributes});
        self.json(JsonService::Sqs, "SendMessage", &input)?;
        Ok(())
    }

    /// Takes what a queue holds, at most ten messages, and hides it from the next reader for a second.
    ///
    /// # Errors
    /// When the engine refuses it.
    pub fn receive_messages(&self, queue_url: &str) -> Result<Vec<Message>> {
        self.receive(queue_url, Receive { hidden_s: 1, wait_s: 0 })
    }

    /// Takes at most ten messages.
    ///
    /// # Errors
    /// When the engine refuses it.
    pub fn receive(&self, queue_url: &str, how: Receive) -> Result<Vec<Message>> {
        let input = json!({
            "QueueUrl": queue_url,
            "MaxNumberOfMessages": 10,
            "VisibilityTimeout": how.hidden_s,
            "WaitTimeSeconds": how.wait_s,
            "MessageAttributeNames": ["All"],
        });
        let mut answer = self.json(JsonService::Sqs, "ReceiveMessage", &input)?;
        match answer.get_mut("Messages").map(Value::take) {
            None | Some(Value::Null) => Ok(Vec::new()),
            Some(messages) => serde_json::from_value(messages)
                .map_err(|error| Error::unreadable("the answer of ReceiveMessage", &error)),
        }
    }

    /// Lets the next reader have a received message at once.
    ///
    /// # Errors
    /// When the engine refuses it.
    pub fn release_message(&self, queue_url: &str, message: &Message) -> Result<()> {
        let input =
            json!({"QueueUrl": queue_url, "ReceiptHandle": message.receipt_handle, "VisibilityTimeout": 0});
        self.json(JsonService::Sqs, "ChangeMessageVisibility", &input)?;
        Ok(())
    }

    /// How many messages a queue holds, whether or not somebody has them in hand.
    ///
    /// # Errors
    /// When the engine refuses it.
    pub fn messages_in(&self, queue_url: &str) -> Result<u64> {
        const COUNTS: [&str; 2] = ["ApproximateNumberOfMessages", "ApproximateNumberOfMessagesNotVisible"];
        let input = json!({"QueueUrl": queue_url, "AttributeNames": COUNTS});
        let answer = self.json(JsonService::Sqs, "GetQueueAttributes", &input)?;
        let count =
            |name: &str| answer["Attributes"][name].as_str().and_then(|text| text.parse::<u64>().ok());
        let counts: Option<Vec<_>> = COUNTS.into_iter().map(count).collect();
        let unreadable = || Error::unreadable("the answer of GetQueueAttributes", &"it has no counts");
        Ok(counts.ok_or_else(unreadable)?.into_iter().sum())
    }

    /// Deletes a received message.
    ///
    /// # Errors
    /// When the engine refuses it.
    pub fn delete_message(&self, queue_url: &str, message: &Message) -> Result<()> {
        let input = json!({"QueueUrl": queue_url, "ReceiptHandle": message.receipt_handle});
        self.json(JsonService::Sqs, "DeleteMessage", &input)?;
        Ok(())
    }

    /// Every item under one partition key, in the order of its sort key.
    ///
    /// # Errors
    /// When the engine refuses it.
    pub fn items(&self, table: &str, key: &str, value: &str) -> Result<Vec<Value>> {
        let input = json!({
            "TableName": table,
            "ConsistentRead": true,
            "KeyConditionExpression": "#key = :value",
            "ExpressionAttributeNames": {"#key": key},
            "ExpressionAttributeValues": {":value": {"S": value}},
        });
        let answer = self.json(JsonService::DynamoDb, "Query", &input)?;
        let items = answer["Items"].as_array();
        items.cloned().ok_or_else(|| Error::unreadable("the answer of Query", &"it has no Items"))
    }

    /// Every line in a log group that contains `text`.
    ///
    /// # Errors
    /// When the engine refuses it.
    pub fn log_lines(&self, group: &str, text: &str) -> Result<Vec<String>> {
        let input = json!({"logGroupName": group, "filterPattern": format!("{text:?}")});
        let answer = self.json(JsonService::Logs, "FilterLogEvents", &input)?;
        let events = answer["events"].as_array().into_iter().flatten();
        Ok(events.filter_map(|event| event["message"].as_str()).map(str::to_owned).collect())
    }
}
