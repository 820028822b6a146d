//! The queues that functions send to.

use aws_sdk_sqs::Client;
use aws_sdk_sqs::types::{MessageAttributeValue, SendMessageBatchRequestEntry};
use bench::Error;

use crate::clients::Aws;

/// How many messages a call takes.
pub(crate) const MOST_MESSAGES: usize = 10;
/// The attribute that every message has.
pub(crate) const CORRELATION_ATTRIBUTE: &str = "x-correlation-id";

/// Every queue.
pub(crate) struct Queues(Client);

/// A message.
pub(crate) struct Message<'a> {
    /// Its body.
    pub(crate) body: &'a str,
    /// Its attributes, all of them texts.
    pub(crate) attributes: &'a [(String, String)],
}

impl Queues {
    /// Builds the client.
    pub(crate) fn read(aws: &Aws) -> Self {
        Self(aws.sqs())
    }

    /// Sends at most [`MOST_MESSAGES`] messages to a queue, in one call.
    pub(crate) async fn send(&self, url: &str, messages: &[Message<'_>]) -> Result<(), Error> {
        let entries: Vec<_> = messages.iter().enumerate().map(entry).collect::<Result<_, _>>()?;
        let sent = self.0.send_message_batch().queue_url(url).set_entries(Some(entries)).send().await?;
        if sent.failed.is_empty() { Ok(()) } else { Err("a message was refused".into()) }
    }
}

fn entry((place, message): (usize, &Message<'_>)) -> Result<SendMessageBatchRequestEntry, Error> {
    let mut entry = SendMessageBatchRequestEntry::builder().id(place.to_string()).message_body(message.body);
    for (name, value) in message.attributes {
        let value = MessageAttributeValue::builder().data_type("String").string_value(value).build()?;
        entry = entry.message_attributes(name, value);
    }
    Ok(entry.build()?)
}
