//! Loans from their confirmation to where they are paid off: what the core tells of them (§2.2, §10, §11).

mod audits;
mod crash_points;
mod lives;
mod messages;
mod overdues;
mod plans;
mod races;
mod reading;
mod repayments;
mod results;
mod roles;
mod stored_items;
mod units;
