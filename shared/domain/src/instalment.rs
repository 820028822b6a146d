//! Closing and renewing an instalment line (spec: instalment).

mod contract;
mod event;
mod ids;
mod lender;
mod renewal;
mod standing;

pub use contract::{Contract, ContractState};
pub use event::{ContractEvent, Placement, PlacementRefusal, RowChange, change, place};
pub use ids::{ClientId, ContractNumber, EventId};
pub use lender::{Line, LineStatus, Settlement};
pub use renewal::{Renewal, renewal};
pub use standing::{Screen, Standing, standing};
