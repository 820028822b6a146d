//! The SQS entry point (design §3): each record is decoded and handled on its own, and a panic, a time-out
//! or an error fails that record alone. What may pass is tried again later; what can never succeed goes to
//! the dead-letter queue with its reason.

mod batch;
mod consumer;
mod dead_letter;
mod delay;
mod sender;
mod waits;

pub use crate::done::Done;
pub use batch::handle;
pub use consumer::{Consumer, Failed, Queue, QueueUrls, Record};
pub use sender::{QueueSender, SendError};
pub use waits::Waits;

/// The message attribute that carries the correlation id.
pub(crate) const CORRELATION_ATTRIBUTE: &str = "x-correlation-id";
