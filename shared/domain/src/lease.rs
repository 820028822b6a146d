//! Ant leasing: how a lease order moves, which operation may be sent to Ant when, what a query's answer tells about an
//! outcome that was never heard of (spec: lease, whose §12 wins over the rest of it).

mod apply;
mod ids;
mod intent;
mod judge;
mod method;
mod next;
mod observe;
mod order;
mod party;
mod plan;
mod reason;
mod resolve;
mod source;
mod state;
mod statuses;
#[cfg(test)]
#[expect(clippy::disallowed_methods, reason = "tests may unwrap")]
mod tests;
mod unsign;

pub use crate::field::FieldError;
pub use apply::{ApplyError, Reply, begun, cleared, succeeded};
pub use ids::{OrderId, OrderIdError};
pub use intent::{Intent, Unknown};
pub use judge::{Busy, Judgement, Wish, judge};
pub use method::{Method, Query};
pub use next::{NextStep, WaitingFor, needs_query, next_step};
pub use observe::{Alert, Observation, Observed, Trade, observe, observe_overtaken};
pub use order::{Contract, Order, SignedContract};
pub use party::Party;
pub use plan::{Plan, PlanTerm, check_order_create_time};
pub use reason::{CancelReason, CloseReason};
pub use resolve::Resolution;
pub use source::Source;
pub use state::OrderState;
pub use statuses::{FlowStatus, Term, TermStatus, WithholdStatus};
pub use unsign::{Refusal, UnsignAnswer};
