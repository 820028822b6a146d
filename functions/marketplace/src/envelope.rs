//! What is around everything on the wire, in both directions (§1): four members, signed; the business JSON is a text in
//! it, in AES mode a ciphertext.

mod cipher;
pub mod hex;
mod inbound;
mod outbound;
mod signed;

pub use cipher::{AesKey, Cipher, NotDecrypted};
pub use inbound::{Envelope, Malformed, Unsigned};
pub use outbound::{answer, request};
