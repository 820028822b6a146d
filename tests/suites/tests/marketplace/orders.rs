//! Orders from their push to where they wait for credit (§2.1, §3.1, §5).

mod applications;
mod audits;
mod contracts;
mod crash_points;
mod decisions;
mod identity;
mod leases;
mod parses;
mod pulls;
mod pushes;
mod races;
mod refusal_dates;
mod refusals;
mod repeats;
mod roles;
mod stored_items;
mod undecided;
mod units;
