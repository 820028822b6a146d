//! The quota context through its public face, in the in-process world (spec: quota). Modules mirror the context's
//! operations.

mod cancel_metrics;
mod cancel_temp_quota;
mod connections;
mod crash_points;
mod credit_events;
mod credit_man;
mod credit_types;
mod examples;
mod get_temp_quota;
mod logs;
mod model;
mod moving_totals;
mod one_grant;
mod online_texts;
mod roles;
mod stored_items;
mod temp_credit_expiry;
mod units;
