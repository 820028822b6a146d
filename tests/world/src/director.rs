//! Whoever decides of every call what becomes of it: how long others go first, what fails, where the process stops. A test
//! plans single faults with [`World::fail`]; a simulation directs them all.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex};

use crate::call::{Addressee, Call};
use crate::lagging::IndexRead;
use crate::{Fault, Reply, World, lock};

/// A call, as its director sees it.
#[derive(Clone, Debug)]
pub struct Seen {
    /// `UpdateItem`, `SendMessage`, `PutEvents`, `PutObject`, or a partner call's HTTP method.
    pub operation: String,
    /// The tables, the queue, the buses, the parameters, the bucket or the partner's origin that it addresses.
    pub targets: Vec<String>,
    /// Whom it addresses.
    pub service: Service,
    /// Whether it may change something outside.
    pub is_effect: bool,
    /// Whether it reads an index, which may lag behind its table.
    pub reads_index: bool,
}

/// Who is called.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Service {
    /// `DynamoDB`.
    DynamoDb,
    /// SQS.
    Sqs,
    /// `EventBridge`.
    EventBridge,
    /// The Parameter Store.
    Parameters,
    /// S3.
    Objects,
    /// Anybody who is not AWS.
    Partner,
}

/// What becomes of a call.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Direction {
    /// It fails so.
    pub fault: Option<Fault>,
    /// The caller is stopped here: whoever runs it drops it when it waits next.
    pub stop: Option<Stop>,
    /// It is carried out twice, and the second answer is the caller's: what an SDK's retry of a lost answer is.
    pub is_repeated: bool,
    /// An index shows what it showed when it was read before.
    pub is_stale: bool,
}

/// Where a caller is stopped.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Stop {
    /// The call is not carried out.
    Before,
    /// It is, and its answer is never seen.
    After,
}

/// Directs every call of a world.
pub trait Director: Send + Sync {
    /// How often others may go on before this call is carried out.
    fn turns(&self, seen: &Seen) -> u32;

    /// What becomes of it.
    fn direct(&self, seen: &Seen) -> Direction;
}

/// The director of a world, and what its indexes showed.
#[derive(Default)]
pub(crate) struct Direct {
    director: Mutex<Option<Arc<dyn Director>>>,
    shown: Mutex<BTreeMap<String, Reply>>,
}

impl World {
    /// Has every call directed from now on.
    pub fn direct(&self, director: Arc<dyn Director>) {
        *lock(&self.0.direct.director) = Some(director);
    }

    /// Lets others go first, and asks what becomes of the call.
    pub(crate) async fn directed(&self, call: &Call) -> Direction {
        let director = lock(&self.0.direct.director).clone();
        let Some(director) = director else { return Direction::default() };
        let seen = call.seen();
        for _ in 0..director.turns(&seen) {
            tokio::task::yield_now().await;
        }
        director.direct(&seen)
    }

    /// What a read of an index shows: what it showed before, or what is so.
    pub(crate) fn of_index(&self, read: IndexRead, is_stale: bool, fresh: impl FnOnce() -> Reply) -> Reply {
        if is_stale {
            let shown = lock(&self.0.direct.shown).get(&read.page).cloned();
            return shown.map_or_else(IndexRead::of_nothing, |shown| read.of_shown(&shown));
        }
        let reply = fresh();
        lock(&self.0.direct.shown).insert(read.page, reply.clone());
        reply
    }

    /// Whether anybody directs.
    pub(crate) fn is_directed(&self) -> bool {
        lock(&self.0.direct.director).is_some()
    }
}

impl Call {
    fn seen(&self) -> Seen {
        let service = match &self.addressee {
            Addressee::Dynamo(_) => Service::DynamoDb,
            Addressee::Sqs(_) => Service::Sqs,
            Addressee::EventBridge(_) => Service::EventBridge,
            Addressee::Parameters(_) => Service::Parameters,
            Addressee::Objects(_) => Service::Objects,
            Addressee::Partner(_) => Service::Partner,
        };
        Seen {
            operation: self.operation.clone(),
            targets: self.targets(),
            service,
            is_effect: self.is_effect(),
            reads_index: self.index_read().is_some(),
        }
    }
}
