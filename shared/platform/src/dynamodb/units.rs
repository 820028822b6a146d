use std::sync::atomic::{AtomicU64, Ordering};

use aws_sdk_dynamodb::types::ConsumedCapacity;

/// Request units spent, counted in halves, since an eventually consistent read costs half a unit.
#[derive(Debug, Default)]
pub struct Units {
    read_halves: AtomicU64,
    write_halves: AtomicU64,
}

impl Units {
    /// Read units spent, in halves.
    #[must_use]
    pub fn read_halves(&self) -> u64 {
        self.read_halves.load(Ordering::Relaxed)
    }

    /// Write units spent, in halves.
    #[must_use]
    pub fn write_halves(&self) -> u64 {
        self.write_halves.load(Ordering::Relaxed)
    }

    /// Adds what a read call reports.
    pub fn add_read(&self, consumed: Option<&ConsumedCapacity>) {
        self.read_halves.fetch_add(halves(consumed), Ordering::Relaxed);
    }

    /// Adds what a write call reports, a table's share at a time.
    pub fn add_write(&self, consumed: Option<&ConsumedCapacity>) {
        self.write_halves.fetch_add(halves(consumed), Ordering::Relaxed);
    }
}

#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "DynamoDB reports small, exact multiples of one half"
)]
fn halves(consumed: Option<&ConsumedCapacity>) -> u64 {
    consumed.and_then(ConsumedCapacity::capacity_units).map_or(0, |units| (units * 2.0).round() as u64)
}
