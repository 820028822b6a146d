//! Calls to partners (design §6): one client per process, time-outs that never outlast the invocation, a
//! cap on what is read of an answer, and one of four outcomes.

mod client;
mod connections;
mod outcome;
mod retry_after;
mod url;

pub use client::{CORRELATION_HEADER, Call, Limits, PartnerClient};
pub use connections::Connectors;
pub use http::Method;
pub use outcome::{Answered, Cause, Outcome, Told};
pub use url::BaseUrl;
