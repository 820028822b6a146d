//! The lease context through its public face, in the in-process world (spec: lease). Modules mirror what the
//! specification talks about.

mod answers;
mod crash_points;
mod examples;
mod fields;
mod idempotency;
mod identity;
mod links;
mod model;
mod notifications;
mod operations;
mod races;
mod reconcile;
mod requests;
mod roles;
mod rules;
mod sign_flow;
mod states;
mod stored_items;
mod transmissions;
mod units;
mod unknown;
