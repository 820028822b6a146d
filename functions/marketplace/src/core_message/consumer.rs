//! What the consumers of the core's messages have in common.

use std::time::Duration;

use domain::marketplace::ChannelId;
use platform::aws::{Aws, AwsSettings};
use platform::config::{Environment, Variable};
use platform::sqs::{Done, Failed, Queue, QueueUrls, Waits};

use super::{Error, Outcome, Reason};
use crate::channel;
use crate::store::{CoreMessages, OrderStore, OrderTables};

const CORE_MESSAGE_RETRY_SECONDS: Variable = Variable {
    name: "CORE_MESSAGE_RETRY_SECONDS",
    meaning: "The waits of a message about an order that there is not yet, one after the other.",
    default: Some("60,240,300,600,600"),
};

/// The configuration of every consumer of the core's messages.
#[derive(Debug)]
pub struct Settings {
    /// Where AWS is.
    pub aws: AwsSettings,
    /// The tables of orders.
    pub tables: OrderTables,
    /// The table of messages.
    pub messages: String,
    /// The channel of messages that name none.
    pub default_channel: ChannelId,
    /// How long a message waits for its order.
    pub waits: Waits,
    /// Where messages come from, and where those go that can never be taken.
    pub queue: QueueUrls,
}

impl Settings {
    /// Reads the variables.
    pub fn read(environment: &mut Environment) -> Option<Self> {
        let aws = AwsSettings::read(environment);
        let tables = OrderTables::read(environment);
        let messages = CoreMessages::read_table(environment);
        let default_channel = channel::Settings::read_default(environment);
        let waits = environment.read(CORE_MESSAGE_RETRY_SECONDS);
        let queue = QueueUrls::read(environment);
        Some(Self {
            aws: aws?,
            tables: tables?,
            messages: messages?,
            default_channel: default_channel?,
            waits: waits?,
            queue: queue?,
        })
    }

    /// The orders.
    #[must_use]
    pub fn store(&self, aws: &Aws) -> OrderStore {
        OrderStore::new(aws.dynamodb(), self.tables.clone())
    }

    /// The messages.
    #[must_use]
    pub fn messages(&self, aws: &Aws) -> CoreMessages {
        CoreMessages::new(aws.dynamodb(), self.messages.clone())
    }

    /// The queue.
    #[must_use]
    pub fn queue(&self, aws: &Aws) -> Queue {
        Queue { client: aws.sqs(), urls: self.queue.clone() }
    }
}

/// What the queue is answered; `age` is the message's.
///
/// # Errors
/// Whether the message may succeed later.
pub fn answer(taken: Result<Outcome, Error>, waits: &Waits, age: Duration) -> Result<Done, Failed<Reason>> {
    match taken {
        Ok(Outcome::Taken(taken)) => Ok(Done(taken.as_str())),
        Ok(Outcome::Repeated) => Ok(Done("repeated")),
        Err(Error::Refused(reason)) => Err(Failed::Dead(reason)),
        Err(Error::NoOrder) => match waits.next(age) {
            Some(wait) => Err(Failed::Waits(wait)),
            None => Err(Failed::Dead(Reason::UnknownOrder)),
        },
        Err(error @ (Error::Raced | Error::UnknownChannel | Error::Database(_))) => {
            Err(Failed::Retry(error.to_string()))
        }
    }
}
