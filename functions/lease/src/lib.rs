//! The lease context: Ant's leasing channel of the payment platform (spec: lease; docs/contexts/lease.md). One file is
//! one operation. `wire` is our own API, `ant` the gateway's protocol, `store` the DynamoDB access; `change` asks Ant to
//! do something, `settle` writes down what came of it, `look` asks Ant what is.

pub mod admit;
pub mod ant;
pub mod ant_notify;
pub mod change;
pub mod contract;
pub mod contract_seal;
pub mod contract_sign;
pub mod deps;
pub mod failure;
pub mod lease_close;
pub mod lease_reconcile;
pub mod look;
pub mod order_query;
pub mod pre_order;
pub mod pre_order_sync;
pub mod settle;
pub mod sign_flow;
pub mod store;
pub mod telling;
pub mod unsign_confirm;
pub mod wire;
pub mod withhold_plan_cancel;
pub mod withhold_query;
pub mod withhold_sign;
pub mod withhold_unsign;

/// The context's name in logs and metrics.
pub const CONTEXT: &str = "lease";
