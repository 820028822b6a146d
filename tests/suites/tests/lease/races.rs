//! What happens at the same time to one order (§9, §12): Ant never does anything twice, and what is stored is what Ant
//! has.

mod callers;
mod contended;
mod observers;

use std::time::Duration;

use futures_util::join;
use suites::gateway::Got;
use suites::lease::ant::Spoil;
use suites::lease::request::Request;
use suites::lease::{Lease, ORDER, ORDERS};
use world::On;

use crate::operations::Operation;

const SECOND: Duration = Duration::from_secs(1);

/// How often Ant did anything that changes the order.
fn effects(lease: &Lease) -> u64 {
    lease.ant.order(ORDER).effects.values().sum()
}

/// Has Ant take so long over the answer to the next such call; what is asked for is done at once.
fn slow(lease: &Lease, operation: Operation, time: Duration) {
    lease.ant.fail_after_effect(operation.method(), Spoil::Slow(time));
}

async fn later<T>(wait: Duration, then: impl Future<Output = T>) -> T {
    tokio::time::sleep(wait).await;
    then.await
}

/// The first write to the order after it was read once.
fn write_after_read() -> On {
    On::any().to(ORDERS).after(1)
}

/// Has `first` wait with this call for a second, in which `other` comes and goes.
async fn overtaken<T, U>(
    lease: &Lease,
    at: On,
    first: impl Future<Output = T>,
    other: impl Future<Output = U>,
) -> (T, U) {
    lease.world.before(at, || tokio::time::sleep(SECOND));
    join!(first, later(SECOND / 2, other))
}

/// Sends a request that another one overtakes between its read and its write.
async fn overtaken_by(lease: &Lease, first: &Request, other: &Request) -> [Got; 2] {
    let (first, other) = overtaken(lease, write_after_read(), lease.send(first), lease.send(other)).await;
    [first, other]
}
