//! The job outbox-relay.
mod races;
mod refusals;
mod sending;
mod time;
mod trouble;
mod units;
