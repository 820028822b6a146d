//! One standard queue.

use std::time::Duration;

use jiff::Timestamp;
use serde_json::{Value, json};

use super::message::{Message, parse_handle};
use super::wire::{Refusal, Send};

/// What a test declares of a queue. Unless told otherwise a received message is hidden for 30 seconds, and
/// comes again for ever.
///
/// ```
/// use std::time::Duration;
/// use world::Queue;
///
/// Queue::new("contract-events").visibility(Duration::from_secs(90)).dead_letters("contract-events-dead", 5);
/// ```
#[derive(Clone, Debug)]
pub struct Queue {
    name: String,
    visibility: Duration,
    dead_letters: Option<(String, u32)>,
}

impl Queue {
    /// A queue of this name.
    #[must_use]
    pub fn new(name: &str) -> Self {
        Self { name: name.to_owned(), visibility: Duration::from_secs(30), dead_letters: None }
    }

    /// How long a received message is hidden.
    #[must_use]
    pub fn visibility(mut self, visibility: Duration) -> Self {
        self.visibility = visibility;
        self
    }

    /// Moves a message that was received `receives` times to another queue instead of handing it out again.
    #[must_use]
    pub fn dead_letters(mut self, queue: &str, receives: u32) -> Self {
        self.dead_letters = Some((queue.to_owned(), receives));
        self
    }

    pub(crate) fn name(&self) -> &str {
        &self.name
    }
}

/// A queue with what lies in it, oldest first.
pub(super) struct State {
    queue: Queue,
    messages: Vec<Message>,
}

/// What a receive took out.
pub(super) struct Received {
    pub(super) messages: Vec<Message>,
    /// Those that go to a dead-letter queue instead, with its name.
    pub(super) dead: Vec<(String, Message)>,
}

impl State {
    pub(super) fn new(queue: Queue) -> Self {
        Self { queue, messages: Vec::new() }
    }

    pub(super) fn messages(&self) -> &[Message] {
        &self.messages
    }

    pub(super) fn send(&mut self, id: String, send: &Send, now: Timestamp) -> Message {
        let message = Message {
            id,
            body: send.message_body.clone(),
            attributes: send.message_attributes.clone(),
            sent_at: now,
            visible_at: now + send.delay(),
            receives: 0,
            first_received_at: None,
            dead_letter_source: None,
        };
        self.messages.push(message.clone());
        message
    }

    /// Puts the messages into another order: `pick` picks the next of so many.
    pub(super) fn shuffle(&mut self, pick: &mut dyn FnMut(usize) -> usize) {
        for left in (2..=self.messages.len()).rev() {
            self.messages.swap(left - 1, pick(left).min(left - 1));
        }
    }

    pub(super) fn drain(&mut self) -> Vec<Message> {
        std::mem::take(&mut self.messages)
    }

    pub(super) fn take_dead(&mut self, message: Message, source: String, now: Timestamp) {
        self.messages.push(Message { visible_at: now, dead_letter_source: Some(source), ..message });
    }

    pub(super) fn receive(&mut self, limit: usize, visibility: Option<Duration>, now: Timestamp) -> Received {
        let dead = self.take_out_dead(now);
        let visible_at = now + visibility.unwrap_or(self.queue.visibility);
        let visible = self.messages.iter_mut().filter(|message| message.visible_at <= now);
        let messages = visible.take(limit).map(|message| {
            message.receives += 1;
            message.visible_at = visible_at;
            message.first_received_at.get_or_insert(now);
            message.clone()
        });
        Received { messages: messages.collect(), dead }
    }

    fn take_out_dead(&mut self, now: Timestamp) -> Vec<(String, Message)> {
        let Some((dead_letters, most)) = &self.queue.dead_letters else { return Vec::new() };
        let dead =
            self.messages.extract_if(.., |message| message.visible_at <= now && message.receives >= *most);
        dead.map(|message| (dead_letters.clone(), message)).collect()
    }

    /// Deletes a message by its latest receipt handle; by an older one SQS promises nothing, so nothing
    /// happens.
    pub(super) fn delete(&mut self, handle: &str) {
        let Some((id, receives)) = parse_handle(handle) else { return };
        self.messages.retain(|message| message.id != id || message.receives != receives);
    }

    pub(super) fn change(
        &mut self,
        (id, receives): (&str, u32),
        visibility: Duration,
        now: Timestamp,
    ) -> Result<(), Refusal> {
        let held = |message: &&mut Message| message.id == id && message.receives == receives;
        let message = self.messages.iter_mut().find(held).ok_or_else(Refusal::not_available)?;
        if !message.in_flight(now) {
            return Err(Refusal::not_in_flight());
        }
        message.visible_at = now + visibility;
        Ok(())
    }

    pub(super) fn attributes(&self, now: Timestamp) -> Value {
        let in_flight = self.messages.iter().filter(|message| message.in_flight(now)).count();
        let visible = self.messages.iter().filter(|message| message.visible_at <= now).count();
        let delayed = self.messages.len() - in_flight - visible;
        json!({
            "QueueArn": super::arn(&self.queue.name),
            "VisibilityTimeout": self.queue.visibility.as_secs().to_string(),
            "ApproximateNumberOfMessages": visible.to_string(),
            "ApproximateNumberOfMessagesNotVisible": in_flight.to_string(),
            "ApproximateNumberOfMessagesDelayed": delayed.to_string(),
        })
    }
}
