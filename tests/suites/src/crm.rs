//! The CRM context in a world: its tables, its queues and its functions.

mod functions;

use std::num::NonZeroU64;
use std::ops::Deref;
use std::time::Duration;

use domain::crm::Rules;
use platform::aws::Aws;
use platform::schedule::RunError;
use platform::sqs::{Consumer, QueueUrls};
use serde_json::{Value, json};
use world::{Delivery, Message, World};

use crate::host::Host;

pub use functions::{Functions, furnish};

/// The table of the organizations' projections.
pub const CLIENTS: &str = "crm_clients";
/// Their ids in the back systems.
pub const BACK_IDS: &str = "crm_back_system_ids";
/// The communication tasks.
pub const TASKS: &str = "infor_communication_task";
/// What changes in the bank's tables.
pub const CLIENT_EVENTS: &str = "client-events";
/// The daily run's work items.
pub const SHARDS: &str = "infor-shards";
/// What TIBCO takes.
pub const OUTBOUND: &str = "infor-outbound";
/// Replies and pushes.
pub const INBOUND: &str = "infor-inbound";
/// The time of a daily run: the day of the specification's examples.
pub const SCAN: &str = "2023-07-27T06:00:00+03:00";
/// `InforCRM`'s own id of its reply.
pub const MESSAGE: &str = "72a26ab9-b99e-40aa-9f7e-2247b3709394";
/// The task that it creates.
pub const TASK: &str = "123456789";

/// The context's functions over one world.
pub struct Crm {
    host: Host,
    functions: Functions,
    aws: Aws,
}

impl Deref for Crm {
    type Target = Host;

    fn deref(&self) -> &Host {
        &self.host
    }
}

impl Crm {
    /// The context in an empty world at six in the morning of 2023-07-27 in Moscow, the day of the specification's
    /// examples.
    ///
    /// # Panics
    /// Never: that is an instant.
    #[must_use]
    pub fn new() -> Self {
        Self::within(World::starting_at("2023-07-27T06:00:00+03:00".parse().expect("an instant")))
    }

    /// The context in `world`, which must not have its tables yet.
    #[must_use]
    pub fn within(world: World) -> Self {
        furnish(&world);
        Self::over(world)
    }

    /// A fresh process of each function in a `world` that has its tables: what a restart is.
    #[must_use]
    pub fn over(world: World) -> Self {
        let aws = crate::aws(&world);
        Self::with(world, aws, Rules::default())
    }

    /// The same with the SDK's own retries, as in production.
    #[must_use]
    pub fn over_with_sdk_retries(world: World) -> Self {
        let aws = crate::aws_with_retries(&world);
        Self::with(world, aws, Rules::default())
    }

    /// The same with other numbers in the selection.
    #[must_use]
    pub fn over_with_rules(world: World, rules: Rules) -> Self {
        let aws = crate::aws(&world);
        Self::with(world, aws, rules)
    }

    fn with(world: World, aws: Aws, rules: Rules) -> Self {
        let functions = Functions::over(&aws, rules);
        Self { host: Host::over(world), functions, aws }
    }

    /// With invocations that have this much time left when they begin.
    #[must_use]
    pub fn with_time_left(mut self, time_left: Duration) -> Self {
        self.host.time_left = time_left;
        self
    }

    /// Sends messages about clients and has them all taken.
    pub async fn tell(&self, messages: &[Value]) {
        for message in messages {
            self.world.send(CLIENT_EVENTS, &message.to_string(), &[]);
        }
        for _ in messages.chunks(10) {
            self.deliver(CLIENT_EVENTS).await;
        }
    }

    /// Sends a reply or a push.
    pub fn answer(&self, message: &Value) {
        self.world.send(INBOUND, &message.to_string(), &[]);
    }

    /// Sends replies and pushes, one after the other, and has each taken.
    pub async fn take(&self, messages: &[Value]) {
        for message in messages {
            self.answer(message);
            self.deliver(INBOUND).await;
        }
    }

    /// Has Lambda's poller take one batch of what is visible in a queue of ours; one work item at a time.
    ///
    /// # Panics
    /// When no function of ours takes from that queue.
    pub async fn deliver(&self, queue: &str) -> Delivery {
        match queue {
            CLIENT_EVENTS => self.batch(queue, 10, &self.functions.client_events).await,
            SHARDS => self.batch(queue, 1, &self.functions.infor_request).await,
            INBOUND => self.batch(queue, 10, &self.functions.infor_inbound).await,
            other => panic!("nobody takes from {other}"),
        }
    }

    /// The same with batches of one message.
    ///
    /// # Panics
    /// When no function of ours takes from that queue.
    pub async fn deliver_one(&self, queue: &str) -> Delivery {
        match queue {
            CLIENT_EVENTS => self.batch(queue, 1, &self.functions.client_events).await,
            INBOUND => self.batch(queue, 1, &self.functions.infor_inbound).await,
            _ => self.deliver(queue).await,
        }
    }

    async fn batch(&self, queue: &str, size: usize, consumer: &impl Consumer) -> Delivery {
        let urls = QueueUrls {
            source: World::queue_url(queue),
            dead_letters: World::queue_url(&format!("{queue}-dead")),
        };
        let served = platform::sqs::Queue { client: self.aws.sqs(), urls };
        self.world.deliver(queue, size, async |batch| self.host.consume(consumer, &served, batch).await).await
    }

    /// Runs the scan as of `time`, without the work that it opens.
    ///
    /// # Errors
    /// The invocation failed.
    pub async fn open(&self, time: &str) -> Result<(), RunError> {
        self.run(&self.functions.infor_scan, &json!({"time": time, "id": "run-1"})).await
    }

    /// Runs the scan as of `time`, and all the work that it opens.
    ///
    /// # Panics
    /// When the invocation fails.
    pub async fn scan(&self, time: &str) {
        self.open(time).await.expect("an open run");
        self.work().await;
    }

    /// Works on every work item that is visible, continuations included.
    pub async fn work(&self) {
        while self.deliver(SHARDS).await != Delivery::default() {}
    }

    /// Has the example's client asked about, and tells the request's id.
    pub async fn asked(&self) -> String {
        self.tell(&example_client("2023-07-01T00:00:00+03:00")).await;
        self.scan(SCAN).await;
        column(&self.task(), "vtbc_request_id").unwrap_or_default().to_owned()
    }

    /// Has outbox-relay send what the functions left, when that is due.
    ///
    /// # Panics
    /// When its run fails.
    pub async fn relay(&self) {
        self.host.relay().await.expect("a run of the relay");
    }

    /// What is in the queue that TIBCO takes from, oldest first.
    #[must_use]
    pub fn sent(&self) -> Vec<Message> {
        self.world.messages(OUTBOUND)
    }

    /// The rows of the communication tasks, in the order of their requests' ids.
    #[must_use]
    pub fn tasks(&self) -> Vec<Value> {
        self.world.items(TASKS)
    }

    /// The only row of the communication tasks.
    ///
    /// # Panics
    /// When there is none, or another.
    #[must_use]
    pub fn task(&self) -> Value {
        let [task] = self.tasks().try_into().expect("one row");
        task
    }

    /// What the requests that were sent say, oldest first.
    ///
    /// # Panics
    /// When one of them is no JSON.
    #[must_use]
    pub fn requests(&self) -> Vec<Value> {
        self.sent().iter().map(|sent| serde_json::from_str(&sent.body).expect("JSON")).collect()
    }

    /// The reasons of a queue's dead letters, oldest first.
    #[must_use]
    pub fn dead(&self, queue: &str) -> Vec<String> {
        let letters = self.world.messages(&format!("{queue}-dead")).into_iter();
        letters.map(|letter| letter.attribute("dead_letter_reason").unwrap_or_default().to_owned()).collect()
    }
}

impl Default for Crm {
    fn default() -> Self {
        Self::new()
    }
}

/// At most so many requests about a client.
#[must_use]
pub fn at_most(attempts: u64) -> Rules {
    Rules { max_attempts: NonZeroU64::new(attempts), ..Rules::default() }
}

/// A column of a row; `None` is NULL.
#[must_use]
pub fn column<'a>(row: &'a Value, name: &str) -> Option<&'a str> {
    row.get(name)?["S"].as_str()
}

/// A message with another member.
#[must_use]
pub fn with(mut message: Value, member: &str, value: impl Into<Value>) -> Value {
    message[member] = value.into();
    message
}

/// A message without a member.
#[must_use]
pub fn without(mut message: Value, member: &str) -> Value {
    message.as_object_mut().and_then(|message| message.remove(member));
    message
}

/// A reply that creates no task.
#[must_use]
pub fn reply(request: &str, code: &str) -> Value {
    json!({"requestID": MESSAGE, "replyUID": request, "dt": SCAN, "statusCode": code})
}

/// A reply that creates the task.
#[must_use]
pub fn created(request: &str) -> Value {
    with(reply(request, "0"), "taskID", TASK)
}

/// The manual push of the specification (§11).
#[must_use]
pub fn push() -> Value {
    json!({
        "requestID": MESSAGE, "dt": "2023-07-28T12:00:00.000+03:00", "statusCode": "0", "taskID": TASK,
        "taskStatus": "3", "taskCloseDate": "2023-07-27", "taskExecType": "Ручной", "taskExecDescr": "Обработано",
        "firstLevelClientReaction": "Дозвон - планирует миграцию",
        "secondLevelClientReaction": "Проконсультирован по миграции", "thirdLevelClientReaction": "",
    })
}

/// What the bank tells of the client of the specification's example, who has waited since `since` in `TO_SIGN`.
#[must_use]
pub fn example_client(since: &str) -> Vec<Value> {
    client("354815252", "123456", since)
}

/// What the bank tells of a client who has waited since `since` in `TO_SIGN`; the numbers are the example's.
#[must_use]
pub fn client(organization_id: &str, mdm_id: &str, since: &str) -> Vec<Value> {
    let at = "2023-07-01T00:00:00+03:00";
    let back_id = |name: &str, id: &str| {
        json!({
            "event_id": format!("e-{name}-{mdm_id}"), "type": "back_system_id", "mdm_id": mdm_id,
            "back_system_name": name, "back_system_id": id, "occurred_at": at,
        })
    };
    vec![
        json!({
            "event_id": format!("e-migration-{organization_id}"), "type": "migration_client",
            "organization_id": organization_id, "mdm_id": mdm_id, "status": "in_wizard", "wizard_status": "OK",
            "occurred_at": at,
        }),
        json!({
            "event_id": format!("e-wizard-{organization_id}"), "type": "wizard_status_changed",
            "organization_id": organization_id, "wizard_status": "TO_SIGN", "change_date": since,
        }),
        back_id("ibso", "354815252"),
        back_id("infor", "A6UJ9A00EEG"),
        json!({
            "event_id": format!("e-snapshot-{organization_id}"), "type": "client_snapshot",
            "organization_id": organization_id, "tin": "1200009193", "registry_number": "1231200000844",
            "kpp": "120001001", "okpo": "02847208", "occurred_at": at,
        }),
    ]
}
