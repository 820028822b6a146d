//! The world itself: what a test builds, looks at and moves.

use std::collections::BTreeSet;
use std::fmt;
use std::future::poll_fn;
use std::pin::pin;
use std::sync::atomic::AtomicU64;
use std::sync::{Arc, Mutex, Weak};
use std::time::Duration;

use aws_smithy_runtime_api::client::http::SharedHttpConnector;
use bytes::Bytes;
use jiff::Timestamp;
use platform::Clock;
use platform::clock::ManualTime;
use serde_json::Value;

use crate::connector::Connector;
use crate::director::Direct;
use crate::dynamo::Dynamo;
use crate::effects::{CrashPoint, Effects};
use crate::event_bridge::EventBridge;
use crate::objects::Objects;
use crate::parameters::Parameters;
use crate::partner::Partners;
use crate::plan::Plan;
use crate::process::Process;
use crate::sqs::{self, Sqs};
use crate::time::Time;
use crate::{Crashed, Event, Fault, Message, Object, On, Queue, Reply, Spent, Table, lock};

/// 2026-01-02T03:04:05Z.
const START: i64 = 1_767_323_045;

/// Everything outside the code under test. Clones are handles to the same world.
#[derive(Clone)]
pub struct World(pub(crate) Arc<Parts>);

/// A handle that does not keep its world, for what the world itself keeps: a partner's handler that looks at it.
#[derive(Clone)]
pub struct WeakWorld(Weak<Parts>);

impl WeakWorld {
    /// The world, while there is one.
    #[must_use]
    pub fn get(&self) -> Option<World> {
        self.0.upgrade().map(World)
    }
}

pub(crate) struct Parts {
    clock: Clock,
    pub(crate) time: Time,
    pub(crate) dynamo: Dynamo,
    pub(crate) sqs: Sqs,
    pub(crate) event_bridge: EventBridge,
    pub(crate) objects: Objects,
    pub(crate) parameters: Parameters,
    pub(crate) partners: Partners,
    pub(crate) plan: Mutex<Plan>,
    pub(crate) direct: Direct,
    pub(crate) effects: Mutex<Effects>,
    pub(crate) process: Process,
    pub(crate) requests: AtomicU64,
    pub(crate) permissions: Mutex<BTreeSet<String>>,
}

impl World {
    /// An empty world at 2026-01-02T03:04:05Z.
    #[must_use]
    pub fn new() -> Self {
        Self::starting_at(Timestamp::constant(START, 0))
    }

    /// An empty world at the given instant.
    #[must_use]
    pub fn starting_at(start: Timestamp) -> Self {
        let (clock, hand) = Clock::manual(start);
        Self(Arc::new(Parts {
            clock,
            dynamo: Dynamo::new(hand.clone()),
            sqs: Sqs::new(hand.clone()),
            event_bridge: EventBridge::new(hand.clone()),
            time: Time::new(hand),
            objects: Objects::default(),
            parameters: Parameters::default(),
            partners: Partners::default(),
            plan: Mutex::default(),
            direct: Direct::default(),
            effects: Mutex::default(),
            process: Process::default(),
            requests: AtomicU64::new(1),
            permissions: Mutex::default(),
        }))
    }

    /// A handle that does not keep it.
    #[must_use]
    pub fn weak(&self) -> WeakWorld {
        WeakWorld(Arc::downgrade(&self.0))
    }

    /// The client through which all HTTP of the code under test must go. It belongs to the process that
    /// lives now: after a crash, the next process needs one of its own.
    #[must_use]
    pub fn http_client(&self) -> Connector {
        Connector::new(self.clone(), self.0.process.generation())
    }

    /// The same as a shared connector, for the client that partners are called with.
    #[must_use]
    pub fn connector(&self) -> SharedHttpConnector {
        SharedHttpConnector::new(self.http_client())
    }

    /// The clock of this world, for the code under test.
    #[must_use]
    pub fn clock(&self) -> Clock {
        self.0.clock.clone()
    }

    /// The hand of that clock. It also moves by itself, by what passes on tokio's paused clock while calls
    /// wait.
    #[must_use]
    pub fn time(&self) -> &ManualTime {
        self.0.time.hand()
    }

    /// Lets time pass, on the world's clock and on tokio's, which must be paused.
    pub async fn pass(&self, duration: Duration) {
        let mut passing = pin!(tokio::time::advance(duration));
        // The hand follows before the wait lets others run: nobody begins in between, by a clock that is behind.
        poll_fn(|context| {
            let polled = passing.as_mut().poll(context);
            self.0.time.follow();
            polled
        })
        .await;
    }

    /// Creates a table.
    ///
    /// # Panics
    /// When the declaration is not a valid table, or its name is taken.
    pub fn table(&self, table: Table) {
        self.0.dynamo.create(table);
    }

    /// Writes a row, in `DynamoDB`'s JSON, past the meter and the effect log.
    ///
    /// # Panics
    /// When the table does not take the row.
    pub fn put_item(&self, table: &str, item: &Value) {
        self.0.dynamo.put(table, item);
    }

    /// Every row of a table, in `DynamoDB`'s JSON and in the order of its keys, past the meter.
    ///
    /// # Panics
    /// When there is no such table.
    #[must_use]
    pub fn items(&self, table: &str) -> Vec<Value> {
        self.0.dynamo.items(table)
    }

    /// Deletes what has passed its time to live, as `DynamoDB` does in its own good time.
    pub fn sweep_expired(&self) {
        self.0.dynamo.sweep_expired();
    }

    /// The request units spent so far.
    #[must_use]
    pub fn units(&self) -> Spent {
        self.0.dynamo.units()
    }

    /// Runs a future and tells the request units spent meanwhile.
    pub async fn measure<T>(&self, future: impl Future<Output = T>) -> (T, Spent) {
        let before = self.units();
        let value = future.await;
        (value, self.units().since(&before))
    }

    /// Has requests to an origin (`http://mkk.test`) answered by `handler`. A later registration replaces
    /// an earlier one.
    ///
    /// # Panics
    /// When the origin is no URI.
    pub fn partner(
        &self,
        origin: &str,
        handler: impl Fn(http::Request<Bytes>) -> Reply + Send + Sync + 'static,
    ) {
        self.0.partners.register(origin, Arc::new(handler));
    }

    /// The requests a partner has received, oldest first.
    ///
    /// # Panics
    /// When the origin is no URI.
    #[must_use]
    pub fn received(&self, origin: &str) -> Vec<http::Request<Bytes>> {
        self.0.partners.received(origin)
    }

    /// Creates a queue.
    pub fn queue(&self, queue: Queue) {
        self.0.sqs.create(queue);
    }

    /// The address of a queue.
    #[must_use]
    pub fn queue_url(queue: &str) -> String {
        sqs::url(queue)
    }

    /// Sends a message as an outside system does, with text attributes.
    ///
    /// # Panics
    /// When there is no such queue, or SQS would not take the message.
    pub fn send(&self, queue: &str, body: &str, attributes: &[(&str, &str)]) {
        self.0.sqs.send(queue, body, attributes);
    }

    /// Everything in a queue, visible or not, oldest first.
    ///
    /// # Panics
    /// When there is no such queue.
    #[must_use]
    pub fn messages(&self, queue: &str) -> Vec<Message> {
        self.0.sqs.messages(queue)
    }

    /// Puts what is in a queue into another order, in which it is then received: `pick` picks the next of so many.
    ///
    /// # Panics
    /// When there is no such queue.
    pub fn shuffle(&self, queue: &str, mut pick: impl FnMut(usize) -> usize) {
        self.0.sqs.shuffle(queue, &mut pick);
    }

    /// Takes everything out of a queue, visible or not, as an outside system does that reads and deletes it.
    ///
    /// # Panics
    /// When there is no such queue.
    #[must_use]
    pub fn drain(&self, queue: &str) -> Vec<Message> {
        self.0.sqs.drain(queue)
    }

    /// Creates an event bus.
    pub fn bus(&self, bus: &str) {
        self.0.event_bridge.create(bus);
    }

    /// The events on a bus, oldest first.
    ///
    /// # Panics
    /// When there is no such bus.
    #[must_use]
    pub fn events(&self, bus: &str) -> Vec<Event> {
        self.0.event_bridge.events(bus)
    }

    /// Creates a bucket.
    pub fn bucket(&self, bucket: &str) {
        self.0.objects.create(bucket);
    }

    /// Takes from the code under test the permission to list a bucket: S3 answers 403 for objects that are not there.
    pub fn forbid_listing(&self, bucket: &str) {
        self.0.objects.forbid_listing(bucket);
    }

    /// Everything in a bucket, in the order of its keys.
    ///
    /// # Panics
    /// When there is no such bucket.
    #[must_use]
    pub fn objects(&self, bucket: &str) -> Vec<Object> {
        self.0.objects.all(bucket)
    }

    /// Puts an object past the effect log.
    ///
    /// # Panics
    /// When there is no such bucket.
    pub fn put_object(&self, bucket: &str, object: Object) {
        self.0.objects.put(bucket, object);
    }

    /// Sets a `SecureString` of the Parameter Store, as `cargo xtask secrets put` does.
    pub fn put_parameter(&self, name: &str, value: &str) {
        self.0.parameters.put(name, value);
    }

    /// Deletes a parameter.
    pub fn delete_parameter(&self, name: &str) {
        self.0.parameters.delete(name);
    }

    /// How often parameters were read: calls that were carried out, of however many parameters.
    #[must_use]
    pub fn parameter_reads(&self) -> usize {
        self.0.parameters.reads()
    }

    /// Has calls fail. One that no call meets by the end of the test fails the test, unless it is for all calls.
    pub fn fail(&self, on: On, fault: Fault) {
        lock(&self.0.plan).fail(on, fault);
    }

    /// Runs a step of another actor just before the first such call is carried out. The step may call the
    /// world itself.
    pub fn before<Step: Future<Output = ()> + Send + 'static>(
        &self,
        on: On,
        step: impl FnOnce() -> Step + Send + 'static,
    ) {
        lock(&self.0.plan).run(on, || Box::pin(step()));
    }

    /// Holds such calls until `callers` of them have come, then carries them out in that order.
    pub fn meet(&self, on: On, callers: usize) {
        lock(&self.0.plan).meet(on, callers);
    }

    /// The effects so far, each with its outcome: writes to tables, queues, buses and buckets, and partner calls.
    #[must_use]
    pub fn effects(&self) -> Vec<String> {
        lock(&self.0.effects).shown()
    }

    /// How many effects there were so far.
    #[must_use]
    pub fn effect_count(&self) -> usize {
        lock(&self.0.effects).count()
    }

    /// Has the process die before its `number`th effect, counted from 1: the effect does not come about.
    pub fn crash_before(&self, number: usize) {
        self.plan_crash(CrashPoint::Before(number));
    }

    /// The permissions that the calls so far needed, as IAM names them: `dynamodb:Query contracts`, and of an
    /// index `dynamodb:Query contracts/index/by_number`.
    #[must_use]
    pub fn permissions(&self) -> BTreeSet<String> {
        lock(&self.0.permissions).clone()
    }

    /// Forgets which permissions the calls so far needed: those of a test's preparations are not the function's.
    pub fn forget_permissions(&self) {
        lock(&self.0.permissions).clear();
    }

    /// Has the process die after its `number`th effect: the effect stands, its answer is never seen.
    pub fn crash_after(&self, number: usize) {
        self.plan_crash(CrashPoint::After(number));
    }

    pub(crate) fn plan_crash(&self, point: CrashPoint) {
        lock(&self.0.effects).plan_crash(point);
    }

    /// Runs the process to its end, or to the planned crash: then it is dropped where it stands, and its
    /// clients are of no more use.
    ///
    /// # Errors
    /// When it crashed.
    pub async fn run_until_crash<T>(&self, process: impl Future<Output = T>) -> Result<T, Crashed> {
        let ended = tokio::select! {
            biased;
            () = self.0.process.death() => Err(Crashed),
            value = process => Ok(value),
        };
        if self.0.process.bury() { Err(Crashed) } else { ended }
    }
}

impl Default for World {
    fn default() -> Self {
        Self::new()
    }
}

impl fmt::Debug for World {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.debug_struct("World").field("now", &self.time().now()).finish_non_exhaustive()
    }
}
