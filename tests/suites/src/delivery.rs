//! The delivery context in a world: the outbox with a queue, another and the bus, the relay, and an operation that
//! has something to tell.

use std::ops::Deref;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use aws_sdk_dynamodb::types::Put;
use delivery::outbox_relay::OutboxRelay;
use platform::Scope;
use platform::aws::Aws;
use platform::dynamodb::{STAMP, Transacted, Transaction, text};
use platform::events::Event;
use platform::outbox::{Bus, Outbox, OutboxSettings, Pending};
use platform::schedule::RunError;
use serde_json::{Value, json};
use world::{Table, World};

use crate::host::Host;

/// The table of what is unsent.
pub const OUTBOX: &str = "outbox";
/// The table of the operation's own rows.
pub const STATES: &str = "states";
/// A queue.
pub const QUEUE: &str = "told";
/// Another queue.
pub const OTHER_QUEUE: &str = "told-too";
/// The bus.
pub const BUS: &str = "tenor";
/// What every operation here has as its correlation id.
pub const CORRELATION_ID: &str = "correlation-1";
/// How much time the relay has.
pub const RELAY_TIME: Duration = Duration::from_secs(50);

/// From when on the relay takes a row.
const DUE_AFTER: Duration = Duration::from_millis(30_001);
/// How much time an operation has.
const OPERATION_TIME: Duration = Duration::from_secs(15);

/// The relay, and whoever leaves something to it, over one world.
pub struct Delivery {
    host: Host,
    /// The outbox of an operation that reaches everything.
    pub outbox: Outbox,
    aws: Aws,
    relay: OutboxRelay,
    operations: AtomicU64,
}

impl Deref for Delivery {
    type Target = Host;

    fn deref(&self) -> &Host {
        &self.host
    }
}

impl Delivery {
    /// The context in an empty world.
    #[must_use]
    pub fn new() -> Self {
        let world = World::new();
        furnish(&world);
        Self::over(world)
    }

    /// A fresh process of each function in a `world` that has its tables: what a restart is.
    #[must_use]
    pub fn over(world: World) -> Self {
        let aws = crate::aws(&world);
        let mut host = Host::over(world);
        host.time_left = RELAY_TIME;
        let relay = OutboxRelay::over(&aws, OutboxSettings { table: OUTBOX.into(), bus: BUS.into() });
        Self { host, outbox: outbox(&aws), aws, relay, operations: AtomicU64::new(1) }
    }

    /// With runs that have this much time left when they begin.
    #[must_use]
    pub fn with_time_left(mut self, time_left: Duration) -> Self {
        self.host.time_left = time_left;
        self
    }

    /// The outbox of an operation that has no client but DynamoDB's, and leaves everything to the relay.
    #[must_use]
    pub fn outbox_alone(&self) -> Outbox {
        Outbox::new(self.aws.dynamodb(), OUTBOX.into())
    }

    /// The scope of one more operation.
    #[must_use]
    pub fn scope(&self) -> Scope {
        self.scope_with(OPERATION_TIME)
    }

    /// The same with this much time left.
    #[must_use]
    pub fn scope_with(&self, time_left: Duration) -> Scope {
        let number = self.operations.fetch_add(1, Ordering::Relaxed);
        let clock = self.world.clock();
        let deadline = clock.now() + time_left;
        Scope::new(format!("operation-{number}"), CORRELATION_ID.into(), deadline, clock)
    }

    /// The first half of an operation: `state` and what is to be told of it, in one transaction. `false` when there is
    /// such a state already: then nothing is written.
    ///
    /// # Panics
    /// When DynamoDB fails.
    pub async fn commit(&self, scope: &Scope, state: &str, pendings: &[Pending]) -> bool {
        let stamp = scope.stamp();
        let state = Put::builder()
            .table_name(STATES)
            .item("state", text(state))
            .item(STAMP, text(&stamp))
            .condition_expression("attribute_not_exists(#state)")
            .expression_attribute_names("#state", "state");
        let rows = pendings.iter().map(|pending| pending.put(&stamp));
        let transaction = rows.fold(Transaction::new().put(state), Transaction::put);
        let committed = transaction.commit(&self.aws.dynamodb(), scope, &stamp).await;
        committed.expect("DynamoDB answers") == Transacted::Applied
    }

    /// A whole operation: what is committed is told at once. A repeat tells nothing.
    pub async fn operate(&self, outbox: &Outbox, state: &str, tells: impl FnOnce(&Scope) -> Vec<Pending>) {
        let scope = self.scope();
        let pendings = tells(&scope);
        if self.commit(&scope, state, &pendings).await {
            outbox.deliver(&scope, &pendings).await;
        }
    }

    /// A message to [`QUEUE`] with an attribute.
    #[must_use]
    pub fn message(&self, scope: &Scope, body: &str) -> Pending {
        self.message_to(QUEUE, scope, body)
    }

    /// The same to another queue.
    #[must_use]
    pub fn message_to(&self, queue: &str, scope: &Scope, body: &str) -> Pending {
        self.outbox.queue_message(scope, &World::queue_url(queue), body, &[("kind", "test")])
    }

    /// An event.
    #[must_use]
    pub fn event(&self, scope: &Scope, number: &str) -> Pending {
        let event = Event::new("contract_closed", 1, scope.now()).with("contract_number", number);
        self.outbox.event(scope, "test", &event)
    }

    /// Commits messages that nobody sends, and lets them become old enough for the relay.
    pub async fn leave(&self, bodies: &[&str]) {
        let scope = self.scope();
        let pendings: Vec<_> = bodies.iter().map(|body| self.message(&scope, body)).collect();
        self.leave_these(&scope, &pendings).await;
    }

    /// The same with any rows.
    ///
    /// # Panics
    /// When they are committed already.
    pub async fn leave_these(&self, scope: &Scope, pendings: &[Pending]) {
        assert!(self.commit(scope, &scope.stamp(), pendings).await);
        self.let_become_due().await;
    }

    /// Lets what is there now become old enough for the relay.
    pub async fn let_become_due(&self) {
        self.world.pass(DUE_AFTER).await;
    }

    /// Runs the relay.
    ///
    /// # Errors
    /// The invocation failed.
    pub async fn relay(&self) -> Result<(), RunError> {
        let event = json!({"time": self.world.time().now().to_string(), "id": "run-1"});
        self.run(&self.relay, &event).await
    }

    /// What is unsent.
    #[must_use]
    pub fn rows(&self) -> Vec<Value> {
        self.world.items(OUTBOX)
    }

    /// The bodies of what is unsent, in the order of the alphabet.
    #[must_use]
    pub fn unsent(&self) -> Vec<String> {
        let body = |row: Value| row["body"]["S"].as_str().unwrap_or_default().to_owned();
        sorted(self.rows().into_iter().map(body))
    }

    /// The bodies in [`QUEUE`], in the order of the alphabet.
    #[must_use]
    pub fn told(&self) -> Vec<String> {
        sorted(self.world.messages(QUEUE).into_iter().map(|message| message.body))
    }

    /// The effects so far that are calls of this operation.
    #[must_use]
    pub fn calls(&self, operation: &str) -> usize {
        self.world.effects().iter().filter(|effect| effect.starts_with(operation)).count()
    }
}

impl Default for Delivery {
    fn default() -> Self {
        Self::new()
    }
}

/// Gives `world` the context's table, and what operations and messages here need.
pub fn furnish(world: &World) {
    world.table(Table::new(OUTBOX, "shard:N").sort("entry:S"));
    world.table(Table::new(STATES, "state:S"));
    world.queue(world::Queue::new(QUEUE));
    world.queue(world::Queue::new(OTHER_QUEUE));
    world.bus(BUS);
}

/// An outbox that reaches everything.
fn outbox(aws: &Aws) -> Outbox {
    let bus = Bus { aws: aws.clone(), name: BUS.into() };
    Outbox::new(aws.dynamodb(), OUTBOX.into()).with_queues(aws.sqs()).with_bus(bus)
}

fn sorted(texts: impl Iterator<Item = String>) -> Vec<String> {
    let mut texts: Vec<_> = texts.collect();
    texts.sort_unstable();
    texts
}
