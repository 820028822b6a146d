//! The CRM context: communication tasks of `InforCRM` for clients who hesitate before the migration Wizard (spec: crm;
//! docs/contexts/crm.md). One file is one operation; `infor` is the partner's wire format, `work` that of our own work
//! items, `store` the DynamoDB access.

pub mod client_events;
pub mod infor;
pub mod infor_inbound;
pub mod infor_request;
pub mod infor_scan;
pub mod store;
pub mod work;

/// The context's name in logs and metrics.
pub const CONTEXT: &str = "crm";
