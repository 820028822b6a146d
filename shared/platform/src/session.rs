//! Sessions of our own fronts (design §3): `Authorization: Bearer` with a JWT signed with EdDSA, verified
//! inside the function, so that it holds behind API Gateway and on the local engine alike.

mod ring_provider;
mod verifier;

use std::marker::PhantomData;

use crate::Masked;
pub use verifier::{Jwks, SessionVerifier};

/// A front whose sessions an endpoint takes: the `aud` of the token.
pub trait Audience: Send + Sync + 'static {
    /// The claim's exact text.
    const NAME: &'static str;
}

/// Ali-front (instalment §3); `sub` is the client's id.
#[derive(Clone, Copy, Debug)]
pub struct AliFront;

impl Audience for AliFront {
    const NAME: &'static str = "ali-front";
}

/// The Baitiao gateway; `sub` is the pin.
#[derive(Clone, Copy, Debug)]
pub struct Baitiao;

impl Audience for Baitiao {
    const NAME: &'static str = "bt";
}

/// A verified session for the audience `A`.
#[derive(Clone, Debug)]
pub struct Session<A> {
    /// The token's `sub`: never empty.
    pub subject: Masked<String>,
    audience: PhantomData<A>,
}

/// Why a request has no session. The caller is told nothing of it; the log is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum SessionError {
    /// No `Authorization` header, or one that is no bearer token.
    #[error("no bearer token")]
    Missing,
    /// No JWT of ours: unreadable, not EdDSA, or without a claim that it needs.
    #[error("malformed token")]
    Malformed,
    /// Its `kid` names no key that is valid now.
    #[error("unknown key")]
    UnknownKey,
    /// The signature is not the key's.
    #[error("bad signature")]
    BadSignature,
    /// It expired more than the leeway ago.
    #[error("expired")]
    Expired,
    /// It is not yet valid (`nbf`).
    #[error("not yet valid")]
    NotYetValid,
    /// It was made for another front.
    #[error("foreign audience")]
    ForeignAudience,
}
