use http::HeaderMap;
use http::header::AUTHORIZATION;
use jiff::Timestamp;

use crate::session::{Audience, Session, SessionVerifier};

/// Who may call a route: verified before anything else of the request is looked at.
pub trait Caller: Sized {
    /// What verifying needs.
    type Gate;

    /// Verifies the caller at the instant `now`.
    ///
    /// # Errors
    /// Why the caller is refused, for the log.
    fn admit(gate: &Self::Gate, headers: &HeaderMap, now: Timestamp) -> Result<Self, String>;
}

/// Whoever asks.
#[derive(Clone, Copy, Debug)]
pub struct Anyone;

impl Caller for Anyone {
    type Gate = ();

    fn admit((): &(), _: &HeaderMap, _: Timestamp) -> Result<Self, String> {
        Ok(Self)
    }
}

impl<A: Audience> Caller for Session<A> {
    type Gate = SessionVerifier;

    fn admit(gate: &SessionVerifier, headers: &HeaderMap, now: Timestamp) -> Result<Self, String> {
        let header = headers.get(AUTHORIZATION).and_then(|value| value.to_str().ok());
        gate.verify(header, now).map_err(|error| error.to_string())
    }
}
