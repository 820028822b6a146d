//! Orders from their push to where they wait for credit (§2.1, §3.1, §5).

mod audits;
mod contracts;
mod crash_points;
mod identity;
mod leases;
mod parses;
mod pulls;
mod pushes;
mod races;
mod refusals;
mod repeats;
mod roles;
mod stored_items;
mod units;
