//! The instalment context in a world: its tables, its queue, the lender, and its functions.

use std::ops::Deref;
use std::time::Duration;

use aws_lambda_events::sqs::{SqsBatchResponse, SqsEvent};
use instalment::contract_events::ContractEvents;
use instalment::deps::Deps;
use instalment::get_status::GetStatus;
use instalment::mkk::Mkk;
use instalment::renew_contract::RenewContract;
use instalment::store::{ContractStore, EventStore, EventTables};
use platform::aws::Aws;
use platform::config::FromVariable;
use platform::outbox::OutboxSettings;
use platform::partner::{BaseUrl, Limits, PartnerClient};
use platform::sqs::{Queue, QueueUrls};
use serde_json::{Value, json};
use world::{Delivery, Reply, Table, World};

use crate::gateway::{Got, Post};
use crate::host::{BUS, Host, OUTBOX};
use crate::session::verifier;

/// Where the lender is.
pub const MKK: &str = "http://mkk.test";
/// The table of contracts.
pub const CONTRACTS: &str = "contracts";
/// Which client a number belongs to.
pub const NUMBERS: &str = "contract_numbers";
/// The ids of handled events.
pub const EVENT_IDS: &str = "contract_event_ids";
/// The queue of contract events.
pub const QUEUE: &str = "contract-events";
/// Its dead-letter queue.
pub const DEAD_LETTERS: &str = "contract-events-dead";
/// The body of a usual request.
pub const GET_STATUS: &str = r#"{"method":"get_status","params":{}}"#;
/// The body of a usual renewal.
pub const RENEW: &str = r#"{"method":"renew_contract","params":{}}"#;

/// The context's functions over one world.
pub struct Instalment {
    host: Host,
    get_status: GetStatus,
    renew_contract: RenewContract,
    contract_events: ContractEvents,
    queue: Queue,
}

impl Deref for Instalment {
    type Target = Host;

    fn deref(&self) -> &Host {
        &self.host
    }
}

impl Instalment {
    /// The context in an empty world, whose lender knows no contract.
    #[must_use]
    pub fn new() -> Self {
        Self::within(World::new())
    }

    /// The context in `world`, which must not have its tables yet.
    #[must_use]
    pub fn within(world: World) -> Self {
        furnish(&world);
        world.partner(MKK, |_| Reply::json(404, r#"{"error":"not_found"}"#));
        Self::over(world)
    }

    /// A fresh process of each function in a `world` that has its tables: what a restart is.
    #[must_use]
    pub fn over(world: World) -> Self {
        let aws = crate::aws(&world);
        let deps = deps(&world, &aws);
        let urls =
            QueueUrls { source: World::queue_url(QUEUE), dead_letters: World::queue_url(DEAD_LETTERS) };
        Self {
            host: Host::over(world),
            get_status: GetStatus { deps: deps.clone(), sessions: verifier(), closed_screen_button: true },
            renew_contract: RenewContract { deps, sessions: verifier() },
            contract_events: ContractEvents { store: EventStore::new(aws.dynamodb(), tables()) },
            queue: Queue { client: aws.sqs(), urls },
        }
    }

    /// With UI-058: the closed screen without the button.
    #[must_use]
    pub fn without_button(mut self) -> Self {
        self.get_status.closed_screen_button = false;
        self
    }

    /// With invocations that have this much time left when they begin.
    #[must_use]
    pub fn with_time_left(mut self, time_left: Duration) -> Self {
        self.host.time_left = time_left;
        self
    }

    /// With the SDK's own retries, as in production.
    #[must_use]
    pub fn with_sdk_retries(mut self) -> Self {
        let aws = crate::aws_with_retries(&self.world);
        self.get_status.deps.store = ContractStore::new(aws.dynamodb(), CONTRACTS.into());
        self.renew_contract.deps.store = self.get_status.deps.store.clone();
        self.contract_events.store = EventStore::new(aws.dynamodb(), tables());
        self.queue.client = aws.sqs();
        self
    }

    /// Writes a contract row past everything, as it would stand after `version` 1.
    pub fn contract(&self, client: &str, sequence: u64, number: Option<&str>, state: &str) {
        let mut row = json!({
            "client_id": {"S": client}, "sequence": {"N": sequence.to_string()}, "version": {"N": "1"},
            "state": {"S": state}, "schema_version": {"N": "1"}, "request_stamp": {"S": "seed"},
            "created_at": {"S": "2026-01-01T00:00:00.000000000Z"},
            "updated_at": {"S": "2026-01-01T00:00:00.000000000Z"},
        });
        if let Some(number) = number {
            row["contract_number"] = json!({"S": number});
        }
        self.world.put_item(CONTRACTS, &row);
    }

    /// Has the lender answer every question with `reply`.
    pub fn lender(&self, reply: impl Fn() -> Reply + Send + Sync + 'static) {
        self.world.partner(MKK, move |_| reply());
    }

    /// Has the lender answer with this line.
    pub fn line(&self, number: &str, status: &str, limit: &str, balance: &str) {
        let line = json!({
            "contract_number": number, "status": status, "line_limit": limit, "line_balance": balance,
        });
        self.lender(move || Reply::json(200, line.to_string()));
    }

    /// How often the lender was asked.
    #[must_use]
    pub fn asked(&self) -> usize {
        self.world.received(MKK).len()
    }

    /// The states of the client's contracts, oldest first, with their numbers.
    #[must_use]
    pub fn contracts(&self, client: &str) -> Vec<(String, Option<String>)> {
        let text = |row: &Value, name: &str| row[name]["S"].as_str().map(str::to_owned);
        let rows = self.world.items(CONTRACTS).into_iter().filter(|row| row["client_id"]["S"] == client);
        rows.map(|row| (text(&row, "state").unwrap_or_default(), text(&row, "contract_number"))).collect()
    }

    /// Calls `POST /get_status` in the session of `client`.
    pub async fn status(&self, client: &str) -> Got {
        self.send(&Post::by(client, GET_STATUS)).await
    }

    /// Calls `POST /get_status`.
    pub async fn send(&self, post: &Post) -> Got {
        self.send_event(post.event("/get_status")).await
    }

    /// Invokes get-status with an event.
    pub async fn send_event(&self, event: Value) -> Got {
        self.respond(&self.get_status, event).await
    }

    /// Calls `POST /renew_contract` in the session of `client`.
    pub async fn renew(&self, client: &str) -> Got {
        self.send_renewal(&Post::by(client, RENEW)).await
    }

    /// Calls `POST /renew_contract`.
    pub async fn send_renewal(&self, post: &Post) -> Got {
        self.respond(&self.renew_contract, post.event("/renew_contract")).await
    }

    /// Invokes contract-events with a batch.
    pub async fn consume(&self, batch: SqsEvent) -> SqsBatchResponse {
        self.host.consume(&self.contract_events, &self.queue, batch).await
    }

    /// Has Lambda's poller take one batch of what is visible in the queue.
    pub async fn deliver(&self) -> Delivery {
        self.world.deliver(QUEUE, 10, async |batch| self.consume(batch).await).await
    }

    /// Has a poller of its own take one message.
    pub async fn deliver_one(&self) {
        self.world.deliver(QUEUE, 1, async |batch| self.consume(batch).await).await;
    }

    /// Whether nothing waits in the queue or its dead-letter queue.
    #[must_use]
    pub fn is_quiet(&self) -> bool {
        self.world.messages(QUEUE).is_empty() && self.world.messages(DEAD_LETTERS).is_empty()
    }
}

impl Default for Instalment {
    fn default() -> Self {
        Self::new()
    }
}

/// Gives `world` the context's tables and queues.
pub fn furnish(world: &World) {
    world.table(Table::new(CONTRACTS, "client_id:S").sort("sequence:N"));
    world.table(Table::new(NUMBERS, "contract_number:S"));
    world.table(Table::new(EVENT_IDS, "client_id:S").sort("event_id:S").time_to_live("expires_at"));
    world.table(Table::new(OUTBOX, "shard:N").sort("entry:S"));
    world.bus(BUS);
    world.queue(world::Queue::new(DEAD_LETTERS));
    world.queue(world::Queue::new(QUEUE).visibility(Duration::from_mins(3)).dead_letters(DEAD_LETTERS, 10));
}

/// What get-status and renew-contract work with in `world`.
///
/// # Panics
/// Never: the lender's address is one.
#[must_use]
pub fn deps(world: &World, aws: &Aws) -> Deps {
    let limits = Limits { timeout: Duration::from_secs(3), answer_bytes: 64 * 1024 };
    let mkk = Mkk::new(
        BaseUrl::from_variable(MKK).expect("an address"),
        PartnerClient::over(world.connector(), limits),
    );
    let store = ContractStore::new(aws.dynamodb(), CONTRACTS.into());
    let outbox = OutboxSettings { table: OUTBOX.into(), bus: BUS.into() }.connect(aws);
    Deps { store, mkk, outbox }
}

/// The tables that contract-events writes to.
#[must_use]
pub fn tables() -> EventTables {
    EventTables { contracts: CONTRACTS.into(), numbers: NUMBERS.into(), event_ids: EVENT_IDS.into() }
}
