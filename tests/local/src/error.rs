//! What can go wrong between a command or a test and the platform.

use std::{fmt::Display, path::PathBuf};

/// The result of everything in this crate.
pub type Result<T> = std::result::Result<T, Error>;

/// Why a call to the platform gave nothing to work with. Answers with a 4xx or 5xx of our own API are
/// not errors here: they are what a test asks for.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// Nobody answered, or the connection broke.
    #[error("no answer from {url}: {source}")]
    Unreachable {
        /// The address that was called.
        url: String,
        /// What the connection said.
        source: Box<ureq::Error>,
    },
    /// The engine refused an AWS call.
    #[error("{operation} was refused with {status}: {body}")]
    Refused {
        /// The AWS operation.
        operation: String,
        /// The HTTP status.
        status: u16,
        /// The answer's body, as it came.
        body: String,
    },
    /// An answer or a file does not have the shape it should have.
    #[error("{what} cannot be read: {reason}")]
    Unreadable {
        /// The answer or the file.
        what: String,
        /// What is wrong with it.
        reason: String,
    },
    /// A request could not be put together or signed.
    #[error("a request for {what} cannot be made: {reason}")]
    Unsendable {
        /// The request's address or operation.
        what: String,
        /// What is wrong with it.
        reason: String,
    },
    /// The stack did not reach the state it was meant to.
    #[error("the stack ended as {status}: {reasons}")]
    Deployment {
        /// The stack's last status.
        status: String,
        /// Every failed resource with the engine's reason.
        reasons: String,
    },
    /// A file of the platform's folder is missing or not accessible.
    #[error("{}: {source}", path.display())]
    File {
        /// The file.
        path: PathBuf,
        /// What the system said.
        source: std::io::Error,
    },
    /// A session key cannot be made or read.
    #[error("the session key {} is not usable: {reason}", path.display())]
    SessionKey {
        /// The key's file.
        path: PathBuf,
        /// What is wrong with it.
        reason: String,
    },
    /// The outputs name no such thing.
    #[error("outputs.json names no {kind} {name:?}")]
    Unknown {
        /// Queue, table or function.
        kind: &'static str,
        /// The name that was asked for.
        name: String,
    },
}

impl Error {
    /// An answer or a file with the wrong shape.
    pub(crate) fn unreadable(what: impl Into<String>, reason: &dyn Display) -> Self {
        Self::Unreadable { what: what.into(), reason: reason.to_string() }
    }

    /// A request that cannot be made.
    pub(crate) fn unsendable(what: impl Into<String>, reason: &dyn Display) -> Self {
        Self::Unsendable { what: what.into(), reason: reason.to_string() }
    }
}
