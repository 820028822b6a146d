//! The instalment context: Ali-app and the lender MKK (spec: instalment; docs/contexts/instalment.md). One
//! file is one operation; `store` is its DynamoDB access, `mkk` the lender's wire format.

pub mod ali_front;
pub mod closing;
pub mod contract_events;
pub mod deps;
mod events;
pub mod get_status;
pub mod mkk;
pub mod renew_contract;
pub mod store;
pub mod webview;

/// How often something is tried that other writers stand in the way of.
const TRIES: u32 = 5;

/// The context's name in logs and metrics.
pub const CONTEXT: &str = "instalment";
