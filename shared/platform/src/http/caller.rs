use jiff::Timestamp;

use super::Headers;
use crate::session::{Audience, Session, SessionVerifier};

/// Who may call a route: verified before anything else of the request is looked at.
pub trait Caller: Sized {
    /// What verifying needs.
    type Gate;

    /// Verifies the caller at the instant `now`.
    ///
    /// # Errors
    /// Why the caller is refused, for the log.
    fn admit(gate: &Self::Gate, headers: &Headers, now: Timestamp) -> Result<Self, String>;
}

/// Whoever asks.
#[derive(Clone, Copy, Debug)]
pub struct Anyone;

impl Caller for Anyone {
    type Gate = ();

    fn admit((): &(), _: &Headers, _: Timestamp) -> Result<Self, String> {
        Ok(Self)
    }
}

impl<A: Audience> Caller for Session<A> {
    type Gate = SessionVerifier;

    fn admit(gate: &SessionVerifier, headers: &Headers, now: Timestamp) -> Result<Self, String> {
        gate.verify(headers.get("authorization"), now).map_err(|error| error.to_string())
    }
}
