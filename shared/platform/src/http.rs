//! The HTTP entry point (design §3): API Gateway HTTP API, payload 2.0. It checks what every route checks,
//! gives the operation a parsed request and a verified caller, and answers in the context's own wire format
//! whatever happens, a panic and a time-out included.

mod answer;
mod caller;
mod entry;
mod event;
mod refusal;
mod request;
mod target;

pub use answer::{Answer, source_hash};
pub use caller::{Anyone, Caller, IamCaller};
pub use entry::{BodyRule, Endpoint, respond};
pub use event::{Headers, Presented};
pub use refusal::Refusal;
pub use request::Request;
pub use target::Query;
