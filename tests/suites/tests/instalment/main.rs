//! The instalment context through its public face, in the in-process world (spec: instalment). Modules
//! mirror the context's operations.

mod contract_events;
mod crash_points;
mod get_status;
mod renew_contract;
mod roles;
mod stored_items;
mod webview;
