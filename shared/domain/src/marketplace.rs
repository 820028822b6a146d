//! The loan marketplace: how an order of the platform moves, who may borrow what, which data it needs, and what the
//! platform is told (spec: marketplace, whose §11 wins over the rest of it).

mod callback;
mod codes;
mod ids;
mod loan_status;
mod money;
mod step;
#[cfg(test)]
#[expect(clippy::disallowed_methods, reason = "tests may unwrap")]
mod tests;
mod third_order;

pub use callback::{Callback, CallbackKind};
pub use codes::{
    AuditStatus, BindStatus, ConfirmStatus, LoanResultStatus, PlanStatus, PushStatus, RepayResultStatus,
    RepayStatus,
};
pub use ids::{ChannelId, IdentifierError, OrderKey, OrderNumber, Uid};
pub use loan_status::{LoanAnswer, LoanCodes, LoanStatus};
pub use money::{Yuan, YuanError};
pub use step::Step;
pub use third_order::{AuditAnswer, ThirdOrderStatus};
