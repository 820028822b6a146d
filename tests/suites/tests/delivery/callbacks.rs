//! Callbacks, from the commit that causes them to the platform that takes them (design §5; §4, Delivery).

pub(crate) mod crash_points;
mod failures;
mod leases;
mod off_switch;
mod operators;
mod order;
mod retries;
mod roles;
mod stored_items;
mod units;
mod wakes;
