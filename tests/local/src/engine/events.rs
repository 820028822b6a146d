//! `EventBridge`: seeing what is told on a bus, which keeps nothing that could be read.

use serde_json::{Value, json};

use super::{Engine, JsonService};
use crate::{Error, Result};

impl Engine {
    /// Lets every event of `bus` go to a queue called `queue` too, which is made for it, and gives the queue's URL. Each
    /// message is one event from then on: `source`, `detail-type`, `detail`. A test taps to a queue of its own, since whoever
    /// takes a message hides it from others for a while. Tapping again changes nothing.
    ///
    /// The engine does not ask the queue's policy whether a rule may send to it; AWS does.
    ///
    /// # Errors
    /// When the engine refuses it, or there is no such bus.
    pub fn tap_bus(&self, bus: &str, queue: &str) -> Result<String> {
        let made = self.json(JsonService::Sqs, "CreateQueue", &json!({"QueueName": queue}))?;
        let url = text(&made, "/QueueUrl")?;
        let input = json!({"QueueUrl": url, "AttributeNames": ["QueueArn"]});
        let attributes = self.json(JsonService::Sqs, "GetQueueAttributes", &input)?;
        let arn = text(&attributes, "/Attributes/QueueArn")?;
        // A rule must ask for something: that the source begins somehow.
        let pattern = json!({"source": [{"prefix": ""}]}).to_string();
        let rule = json!({"Name": queue, "EventBusName": bus, "EventPattern": pattern});
        self.json(JsonService::Events, "PutRule", &rule)?;
        let targets = json!({"Rule": queue, "EventBusName": bus, "Targets": [{"Id": "tap", "Arn": arn}]});
        self.json(JsonService::Events, "PutTargets", &targets)?;
        Ok(url)
    }
}

fn text(answer: &Value, pointer: &str) -> Result<String> {
    let text = answer.pointer(pointer).and_then(Value::as_str).map(str::to_owned);
    text.ok_or_else(|| Error::unreadable("the answer about a queue", &format!("it has no {pointer}")))
}
