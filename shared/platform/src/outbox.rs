//! The outbox (design §5): a state change and the message that it causes are written in one transaction. After the
//! commit the function sends the message and deletes its row ([`Outbox::deliver`]); what it leaves, the function
//! outbox-relay sends. What was committed goes out, and may go out twice, in any order: consumers deduplicate, and
//! judge by state.
//!
//! The table holds only what is unsent. Its key is `shard` (0 to 3) and `entry` (`created_at#id`); a row's `destination`
//! is a queue's address or an event's source and kind. There is no index, and no history to pay for.

mod batch;
mod bus;
mod delete;
mod deliver;
mod dispatch;
mod pending;
mod queue;
mod send;
mod unsent;

use aws_sdk_dynamodb::Client;

use crate::Scope;
use crate::aws::Aws;
use crate::config::{Environment, Variable};
use crate::events::Event;
use crate::metrics::Count;
use crate::sqs::CORRELATION_ATTRIBUTE;

pub use dispatch::Dispatched;
pub use pending::{Destination, Pending, SHARDS};
pub use unsent::Page;

/// Rows that could not be sent, or not be deleted after that: the relay sends them again.
pub const LEFT: Count = Count::of("outbox_left");
/// Rows that their destination refuses for good, or that cannot be read: somebody must look at them.
pub const STUCK: Count = Count::of("outbox_stuck");

const OUTBOX_TABLE: Variable =
    Variable { name: "OUTBOX_TABLE", meaning: "The table of messages that are not sent yet.", default: None };
const EVENT_BUS_NAME: Variable =
    Variable { name: "EVENT_BUS_NAME", meaning: "The bus on which events are told.", default: None };

/// The outbox, and what it can reach. What it has no client for, it leaves to the relay.
#[derive(Clone, Debug)]
pub struct Outbox {
    client: Client,
    table: String,
    queues: Option<aws_sdk_sqs::Client>,
    bus: Option<Bus>,
}

/// The bus on which events are told. Its client is built when there is something to tell, which most calls have not.
#[derive(Clone, Debug)]
pub struct Bus {
    /// What the client is built from.
    pub aws: Aws,
    /// The bus's name.
    pub name: String,
}

impl Bus {
    /// Reads its name.
    pub fn read_name(environment: &mut Environment) -> Option<String> {
        environment.read(EVENT_BUS_NAME)
    }
}

/// The configuration of a function that tells events.
#[derive(Clone, Debug)]
pub struct OutboxSettings {
    /// The table.
    pub table: String,
    /// The bus's name.
    pub bus: String,
}

impl OutboxSettings {
    /// Reads the variables.
    pub fn read(environment: &mut Environment) -> Option<Self> {
        let (table, bus) = (Outbox::read_table(environment), Bus::read_name(environment));
        Some(Self { table: table?, bus: bus? })
    }

    /// The outbox, reaching the bus.
    #[must_use]
    pub fn connect(self, aws: &Aws) -> Outbox {
        let bus = Bus { aws: aws.clone(), name: self.bus };
        Outbox::new(aws.dynamodb(), self.table).with_bus(bus)
    }
}

impl Outbox {
    /// Reads the table's name.
    pub fn read_table(environment: &mut Environment) -> Option<String> {
        environment.read(OUTBOX_TABLE)
    }

    /// The outbox in `table`, which reaches nothing yet.
    #[must_use]
    pub fn new(client: Client, table: String) -> Self {
        Self { client, table, queues: None, bus: None }
    }

    /// The same, reaching queues.
    #[must_use]
    pub fn with_queues(mut self, client: aws_sdk_sqs::Client) -> Self {
        self.queues = Some(client);
        self
    }

    /// The same, reaching the bus.
    #[must_use]
    pub fn with_bus(mut self, bus: Bus) -> Self {
        self.bus = Some(bus);
        self
    }

    /// A message to a queue, with at most nine text attributes, none of them empty; the correlation id is the tenth.
    #[must_use]
    pub fn queue_message(
        &self,
        scope: &Scope,
        queue_url: &str,
        body: impl Into<String>,
        attributes: &[(&str, &str)],
    ) -> Pending {
        let own = attributes.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned()));
        let mut pending = self.pending(scope, Destination::Queue { url: queue_url.to_owned() });
        pending.body = body.into();
        pending.attributes = own.collect();
        pending.attributes.insert(CORRELATION_ATTRIBUTE.to_owned(), scope.correlation_id().to_owned());
        pending
    }

    /// An event of a context, e.g. `instalment`, which on the bus has the source `tenor.instalment`.
    #[must_use]
    pub fn event(&self, scope: &Scope, context: &str, event: &Event) -> Pending {
        let (source, detail_type) = (format!("tenor.{context}"), event.name().to_owned());
        let mut pending = self.pending(scope, Destination::Bus { source, detail_type });
        pending.body = event.detail(pending.id(), scope.correlation_id());
        pending
    }

    fn pending(&self, scope: &Scope, destination: Destination) -> Pending {
        Pending::new(self.table.clone(), scope, destination)
    }

    /// Whether there is a client for what a row is bound for.
    fn reaches(&self, pending: &Pending) -> bool {
        match pending.destination {
            Destination::Queue { .. } => self.queues.is_some(),
            Destination::Bus { .. } => self.bus.is_some(),
        }
    }
}
