//! A small client of the local platform: the engine that plays AWS, the HTTP API it serves and the
//! partner sandbox. `cargo xtask` deploys and plays with it, the whole-system tests test with it.
//!
//! It knows no context: routes, queues and tables come from [`Outputs`], which `cargo xtask up` writes.

pub mod bootstrap;
mod engine;
mod error;
mod http;
mod outputs;
mod parameters;
mod platform;
mod session;

pub use engine::{Engine, JsonService, Message, Receive, Stack};
pub use error::{Error, Result};
pub use http::{Http, Response};
pub use outputs::{CallbackTimes, Credentials, LogFiles, Outputs};
pub use parameters::ParameterStore;
pub use platform::Platform;
pub use session::{KeyNumber, SessionKeys, TokenRequest};
