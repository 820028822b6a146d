//! The in-process test world: everything our code reaches over HTTP, played inside the test.
//!
//! There is one seam. Every request of ours, to AWS and to partners alike, leaves through one
//! [`HttpConnector`](aws_smithy_runtime_api::client::http::HttpConnector), and
//! [`World::http_client`] supplies it. Behind it stand an embedded `DynamoDB` that bills request units as
//! documented, in-memory queues, event buses, buckets and parameters, and the partners a test registers. Time is the
//! world's own, nothing opens a socket, and the order of everything is the order of the calls: run it on tokio's current-thread runtime
//! with paused time, and a run repeats itself exactly.
#![forbid(unsafe_code)]

mod call;
mod connector;
mod crash_points;
mod delivery;
mod director;
mod dynamo;
mod effects;
mod event_bridge;
mod fault;
mod lagging;
mod objects;
mod on;
mod parameters;
mod partner;
mod permissions;
mod plan;
mod process;
mod reply;
mod serve;
mod sqs;
mod state;
mod time;
mod world;

pub use connector::Connector;
pub use crash_points::CrashPoints;
pub use delivery::Delivery;
pub use director::{Direction, Director, Seen, Service, Stop};
pub use dynamo::meter::{Spent, Units};
pub use dynamo::table::{Projection, Table};
pub use event_bridge::Event;
pub use fault::Fault;
pub use objects::Object;
pub use on::On;
pub use process::Crashed;
pub use reply::Reply;
pub use sqs::message::{Attribute, Message};
pub use sqs::queue::Queue;
pub use world::{WeakWorld, World};

use std::sync::{Mutex, MutexGuard, PoisonError};

/// Locks what the world shares. A test that panicked while it held the lock has already failed; the others
/// go on.
fn lock<T>(shared: &Mutex<T>) -> MutexGuard<'_, T> {
    shared.lock().unwrap_or_else(PoisonError::into_inner)
}
