//! The world itself: what a test builds, looks at and moves.

use std::fmt;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use aws_smithy_runtime_api::client::http::{SharedHttpClient, SharedHttpConnector};
use aws_smithy_runtime_api::client::orchestrator::HttpResponse;
use aws_smithy_runtime_api::client::result::ConnectorError;
use bytes::Bytes;
use jiff::Timestamp;
use platform::Clock;
use platform::clock::ManualTime;
use serde_json::Value;

use crate::call::{Addressee, Call};
use crate::connector::Connector;
use crate::dynamo::Dynamo;
use crate::partner::Partners;
use crate::{Reply, Spent, Table};

/// Everything outside the code under test. Clones are handles to the same world.
#[derive(Clone)]
pub struct World(Arc<Parts>);

struct Parts {
    clock: Clock,
    time: ManualTime,
    dynamo: Dynamo,
    partners: Partners,
    requests: AtomicU64,
}

impl World {
    /// An empty world at 2026-01-02T03:04:05Z.
    #[must_use]
    pub fn new() -> Self {
        Self::starting_at("2026-01-02T03:04:05Z".parse().expect("an instant"))
    }

    /// An empty world at the given instant.
    #[must_use]
    pub fn starting_at(start: Timestamp) -> Self {
        let (clock, time) = Clock::manual(start);
        let dynamo = Dynamo::new(time.clone());
        let (partners, requests) = (Partners::default(), AtomicU64::new(1));
        Self(Arc::new(Parts { clock, time, dynamo, partners, requests }))
    }

    /// The client through which all HTTP of the code under test must go.
    #[must_use]
    pub fn http_client(&self) -> SharedHttpClient {
        SharedHttpClient::new(Connector::new(self.clone()))
    }

    /// The same as a connector, for the client that partners are called with.
    #[must_use]
    pub fn connector(&self) -> SharedHttpConnector {
        SharedHttpConnector::new(Connector::new(self.clone()))
    }

    /// The clock of this world, for the code under test.
    #[must_use]
    pub fn clock(&self) -> Clock {
        self.0.clock.clone()
    }

    /// The hand of that clock.
    #[must_use]
    pub fn time(&self) -> &ManualTime {
        &self.0.time
    }

    /// Lets time pass, on the world's clock and on tokio's, which must be paused.
    pub async fn pass(&self, duration: Duration) {
        self.0.time.advance(duration);
        tokio::time::advance(duration).await;
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

    pub(crate) async fn serve(&self, call: Call) -> Result<HttpResponse, ConnectorError> {
        let reply = self.apply(call);
        reply.play(&self.0.time).await
    }

    fn apply(&self, call: Call) -> Reply {
        match call.addressee {
            Addressee::Dynamo(request) => {
                self.0.dynamo.answer(&call.operation, request).header("x-amzn-requestid", &self.request_id())
            }
            Addressee::Partner(request) => self.0.partners.answer(request),
        }
    }

    fn request_id(&self) -> String {
        format!("REQUEST{:06}", self.0.requests.fetch_add(1, Ordering::Relaxed))
    }
}

impl Default for World {
    fn default() -> Self {
        Self::new()
    }
}

impl fmt::Debug for World {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.debug_struct("World").field("now", &self.0.time.now()).finish_non_exhaustive()
    }
}
