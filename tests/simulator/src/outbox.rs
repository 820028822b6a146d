//! The outbox, which all contexts share, and the job that sends what is left in it.

use delivery::outbox_relay::OutboxRelay;
use platform::outbox::OutboxSettings;
use suites::host::{BUS, OUTBOX};
use world::World;

/// The job, as [`crate::lambda::Lambda::run`] takes it.
#[must_use]
pub fn relay(world: &World) -> OutboxRelay {
    OutboxRelay::over(&suites::aws(world), OutboxSettings { table: OUTBOX.into(), bus: BUS.into() })
}
