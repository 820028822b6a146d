//! SQS: standard queues in memory, on the world's clock, behind SQS's JSON protocol.

pub(crate) mod message;
pub(crate) mod queue;
mod wire;

use std::collections::BTreeMap;
use std::sync::Mutex;

use aws_lambda_events::sqs::SqsEvent;
use jiff::Timestamp;
use platform::clock::ManualTime;
use serde_json::{Value, json};

use self::message::{Attribute, Message};
use self::queue::{Queue, State};
use self::wire::{Change, Delete, Refusal, Send};
use crate::{Reply, lock};

/// Every queue of one world.
pub(crate) struct Sqs {
    time: ManualTime,
    queues: Mutex<Queues>,
}

#[derive(Default)]
struct Queues {
    by_name: BTreeMap<String, State>,
    sent: u64,
}

impl Sqs {
    pub(crate) fn new(time: ManualTime) -> Self {
        Self { time, queues: Mutex::default() }
    }

    pub(crate) fn create(&self, queue: Queue) {
        lock(&self.queues).by_name.insert(queue.name().to_owned(), State::new(queue));
    }

    pub(crate) fn names(&self) -> Vec<String> {
        lock(&self.queues).by_name.keys().cloned().collect()
    }

    pub(crate) fn messages(&self, queue: &str) -> Vec<Message> {
        lock(&self.queues).existing(queue).messages().to_vec()
    }

    /// Sends as an outside system does: past the effect log.
    pub(crate) fn send(&self, queue: &str, body: &str, attributes: &[(&str, &str)]) {
        let attributes = attributes.iter().map(|(name, value)| ((*name).to_owned(), Attribute::text(value)));
        let send = Send::of(body, attributes.collect());
        let mut queues = lock(&self.queues);
        queues.existing(queue);
        queues.send(queue, &send, self.time.now()).expect("a message that SQS takes");
    }

    pub(crate) fn shuffle(&self, queue: &str, pick: &mut dyn FnMut(usize) -> usize) {
        lock(&self.queues).existing(queue).shuffle(pick);
    }

    pub(crate) fn drain(&self, queue: &str) -> Vec<Message> {
        lock(&self.queues).existing(queue).drain()
    }

    /// Takes up to `limit` visible messages as Lambda's poller does.
    pub(crate) fn poll(&self, queue: &str, limit: usize) -> Option<SqsEvent> {
        let messages = lock(&self.queues).receive(queue, limit, None, self.time.now());
        if messages.is_empty() {
            return None;
        }
        let records: Vec<Value> = messages.iter().map(|message| message.record(queue)).collect();
        Some(serde_json::from_value(json!({"Records": records})).expect("an SQS event"))
    }

    /// Deletes what the poller's function has handled.
    pub(crate) fn acknowledge(&self, queue: &str, handle: &str) {
        lock(&self.queues).existing(queue).delete(handle);
    }

    /// Answers a request of the code under test; the entries at the places `failing` of a batch fail at the service.
    pub(crate) fn answer(&self, operation: &str, request: &Value, failing: &[usize]) -> Reply {
        match lock(&self.queues).run(operation, request, failing, self.time.now()) {
            Ok(answer) => wire::answer(&answer),
            Err(refusal) => refusal.reply(),
        }
    }
}

impl Queues {
    fn run(
        &mut self,
        operation: &str,
        request: &Value,
        failing: &[usize],
        now: Timestamp,
    ) -> Result<Value, Refusal> {
        if operation == "GetQueueUrl" {
            let name = request["QueueName"].as_str().unwrap_or_default();
            return self.named(name).map(|_| json!({"QueueUrl": url(name)}));
        }
        let queue = queue_name(request);
        self.named(queue)?;
        match operation {
            "SendMessage" => self.send(queue, &wire::read(request)?, now).map(|sent| sent.receipt()),
            "SendMessageBatch" => {
                wire::check_size(request)?;
                wire::batch(request, failing, |send: &Send| {
                    self.send(queue, send, now).map(|sent| sent.receipt())
                })
            }
            "ReceiveMessage" => self.answer_receive(queue, request, now),
            "DeleteMessage" => self.delete(queue, &wire::read(request)?),
            "DeleteMessageBatch" => wire::batch(request, failing, |entry: &Delete| self.delete(queue, entry)),
            "ChangeMessageVisibility" => self.change(queue, &wire::read(request)?, now),
            "ChangeMessageVisibilityBatch" => {
                wire::batch(request, failing, |entry: &Change| self.change(queue, entry, now))
            }
            "GetQueueAttributes" => Ok(json!({"Attributes": self.named(queue)?.attributes(now)})),
            _ => panic!("the world's SQS does not do {operation}"),
        }
    }

    fn send(&mut self, queue: &str, send: &Send, now: Timestamp) -> Result<Message, Refusal> {
        send.check()?;
        self.sent += 1;
        let id = format!("00000000-0000-4000-8000-{:012}", self.sent);
        Ok(self.named(queue)?.send(id, send, now))
    }

    fn answer_receive(&mut self, queue: &str, request: &Value, now: Timestamp) -> Result<Value, Refusal> {
        let wanted: wire::Receive = wire::read(request)?;
        let messages = self.receive(queue, wanted.limit()?, wanted.visibility()?, now);
        let shown: Vec<Value> = messages.iter().map(|message| wanted.shown(message)).collect();
        Ok(if shown.is_empty() { json!({}) } else { json!({"Messages": shown}) })
    }

    /// Receives, and moves what was received too often to the dead-letter queue.
    fn receive(
        &mut self,
        queue: &str,
        limit: usize,
        visibility: Option<std::time::Duration>,
        now: Timestamp,
    ) -> Vec<Message> {
        let received = self.existing(queue).receive(limit, visibility, now);
        for (dead_letters, message) in received.dead {
            self.existing(&dead_letters).take_dead(message, arn(queue), now);
        }
        received.messages
    }

    fn delete(&mut self, queue: &str, entry: &Delete) -> Result<Value, Refusal> {
        message::parse_handle(&entry.receipt_handle).ok_or_else(Refusal::handle)?;
        self.named(queue)?.delete(&entry.receipt_handle);
        Ok(json!({}))
    }

    fn change(&mut self, queue: &str, entry: &Change, now: Timestamp) -> Result<Value, Refusal> {
        let handle = message::parse_handle(&entry.receipt_handle).ok_or_else(Refusal::handle)?;
        let visibility =
            wire::seconds("VisibilityTimeout", entry.visibility_timeout, wire::LONGEST_VISIBILITY)?;
        self.named(queue)?.change(handle, visibility, now).map(|()| json!({}))
    }

    fn named(&mut self, queue: &str) -> Result<&mut State, Refusal> {
        self.by_name.get_mut(queue).ok_or_else(Refusal::no_queue)
    }

    /// A queue that the test itself names.
    fn existing(&mut self, queue: &str) -> &mut State {
        self.by_name
            .get_mut(queue)
            .unwrap_or_else(|| panic!("there is no queue {queue}: create it with World::queue"))
    }
}

/// The queue a request names: the last part of its address.
pub(crate) fn queue_name(request: &Value) -> &str {
    request["QueueUrl"].as_str().and_then(|url| url.rsplit('/').next()).unwrap_or_default()
}

pub(crate) fn is_effect(operation: &str) -> bool {
    ["Send", "Delete", "Change"].iter().any(|verb| operation.starts_with(verb))
}

pub(crate) use wire::error;

/// The address of a queue.
pub(crate) fn url(queue: &str) -> String {
    format!("https://sqs.eu-central-1.amazonaws.com/000000000000/{queue}")
}

fn arn(queue: &str) -> String {
    format!("arn:aws:sqs:eu-central-1:000000000000:{queue}")
}
