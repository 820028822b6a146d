//! The functions that serve all contexts (design §5): what a context has committed and could not send itself, they
//! send.

pub mod callback_list;
pub mod callback_resend;
pub mod ops;
pub mod outbox_relay;

/// The context's name in logs and metrics.
pub const CONTEXT: &str = "delivery";
