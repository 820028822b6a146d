//! This context's DynamoDB access: the tables `crm_clients`, `crm_back_system_ids` and `infor_communication_task`, with
//! each access pattern and its cost in docs/contexts/crm.md.

mod back_ids;
mod client_row;
mod clients;
mod inbound;
mod send;
mod task_row;
mod tasks;

pub use back_ids::BackIdStore;
pub use client_row::{ClientRow, SHARDS};
pub use clients::{ClientStore, Cursor, WaitingPage};
pub use inbound::{InboundStore, Stored};
pub use send::{RequestStore, Requested};
pub use task_row::TaskRow;
pub use tasks::TaskStore;
