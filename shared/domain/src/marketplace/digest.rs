//! What the platform asks about people by: MD5 digests, or names with the beginnings of numbers (§3, 1.1). Hashing is
//! left to the caller; here stands which texts are hashed.

use std::fmt;

use super::person::is_digits;
use super::{FieldError, IdNumber, PersonName, Phone};

/// How long a digest is in hex.
const HEX_LENGTH: usize = 32;
/// How long one is at least whose leading zeros were dropped: among 2^32 digests one is shorter. Bare numbers of phones and
/// id cards are.
const SHORTEST: usize = 24;
/// How much of a phone's number a mask shows.
const PHONE_PREFIX: usize = 7;
/// How much of an id number a mask shows.
const ID_NUMBER_PREFIX: usize = 13;

/// The MD5 digest of an id number or of a phone's number. Its `Debug` is masked: digests of so few numbers are as good
/// as the numbers.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Digest([u8; 16]);

/// Why a text is no digest.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("not {SHORTEST} to {HEX_LENGTH} hex digits")]
pub struct DigestError;

/// What a key is made of.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum LookupKind {
    /// The id number.
    IdNumber,
    /// The phone's number.
    Phone,
    /// The name, with the beginnings of both.
    Mask,
}

/// A text that a customer is found by, once it is hashed. Its `Debug` shows the kind alone.
#[derive(Clone, PartialEq, Eq)]
pub struct LookupText {
    /// What it is made of; keys of different kinds are kept apart.
    pub kind: LookupKind,
    /// The text to hash.
    pub text: String,
}

/// What the platform asks about a person by.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Inquiry {
    /// By digests, of which there is one at least. The id number's decides; the phone's, if that is unknown.
    Digests {
        /// Of the id number.
        id_number: Option<Digest>,
        /// Of the phone's number.
        phone: Option<Digest>,
    },
    /// By name and beginnings, all of which must match.
    Mask(LookupText),
}

/// What an inquiry came with.
#[derive(Clone, Copy, Default)]
pub struct InquiryFields<'a> {
    /// `name`
    pub name: Option<&'a str>,
    /// `md5`
    pub md5: Option<&'a str>,
    /// `mobileMd5`
    pub mobile_md5: Option<&'a str>,
    /// `phone`
    pub phone: Option<&'a str>,
    /// `cid`
    pub cid: Option<&'a str>,
}

impl Digest {
    /// Reads hex digits in either case. Where there are fewer than 32, zeros were dropped before them (§3, 1.1).
    ///
    /// # Errors
    /// There is something else, too little, or too much.
    pub fn parse(hex: &str) -> Result<Self, DigestError> {
        if !(SHORTEST..=HEX_LENGTH).contains(&hex.len()) || !hex.bytes().all(|byte| byte.is_ascii_hexdigit())
        {
            return Err(DigestError);
        }
        let number = u128::from_str_radix(hex, 16).map_err(|_| DigestError)?;
        Ok(Self(number.to_be_bytes()))
    }

    /// Takes what MD5 made of a text.
    #[must_use]
    pub fn of_bytes(bytes: [u8; 16]) -> Self {
        Self(bytes)
    }

    /// 32 hex digits in lower case: what keys are made of.
    #[must_use]
    pub fn to_hex(self) -> String {
        format!("{:032x}", u128::from_be_bytes(self.0))
    }
}

/// Every text under which a customer is to be found: the id number, in both cases of a final X since they hash
/// differently, the phone's number, and the mask (§3, 1.1, §10).
#[must_use]
pub fn lookup_texts(name: &PersonName, id_number: &IdNumber, phone: &Phone) -> Vec<LookupText> {
    let upper = id_number.as_str().to_owned();
    let lower = upper.to_ascii_lowercase();
    let other_case = (lower != upper).then_some(lower);
    let id_numbers = [Some(upper), other_case].into_iter().flatten();
    let mut texts: Vec<_> = id_numbers.map(|text| LookupText { kind: LookupKind::IdNumber, text }).collect();
    texts.push(LookupText { kind: LookupKind::Phone, text: phone.as_str().to_owned() });
    let beginnings = (&phone.as_str()[..PHONE_PREFIX], &id_number.as_str()[..ID_NUMBER_PREFIX]);
    texts.push(mask(name, beginnings.0, beginnings.1));
    texts
}

impl Inquiry {
    /// Reads an inquiry (§3, 1.1): by digests where there is one, else by the mask.
    ///
    /// # Errors
    /// A digest or a part of the mask is malformed, or something is missing.
    pub fn of(fields: InquiryFields<'_>) -> Result<Self, FieldError> {
        let digest =
            |field, hex: Option<&str>| hex.map(Digest::parse).transpose().map_err(FieldError::at(field));
        let (id_number, phone) = (digest("md5", fields.md5)?, digest("mobileMd5", fields.mobile_md5)?);
        if id_number.is_some() || phone.is_some() {
            return Ok(Self::Digests { id_number, phone });
        }
        let (Some(phone), Some(cid)) = (fields.phone, fields.cid) else {
            return Err(FieldError::missing("md5"));
        };
        let name = fields.name.ok_or(FieldError::missing("name"))?;
        let name = PersonName::parse(name).map_err(FieldError::at("name"))?;
        let phone = beginning("phone", phone, PHONE_PREFIX)?;
        let cid = beginning("cid", cid, ID_NUMBER_PREFIX)?;
        Ok(Self::Mask(mask(&name, phone, cid)))
    }
}

/// The digits that a mask shows; what it hides may be left out, or be stars.
fn beginning<'a>(field: &'static str, text: &'a str, length: usize) -> Result<&'a str, FieldError> {
    match text.split_at_checked(length) {
        Some((shown, hidden)) if is_digits(shown) && hidden.bytes().all(|byte| byte == b'*') => Ok(shown),
        _ => Err(FieldError::new(field, format!("not its first {length} digits"))),
    }
}

/// Neither beginning holds a `|`, and their length is fixed, so no two masks share a text.
fn mask(name: &PersonName, phone: &str, cid: &str) -> LookupText {
    LookupText { kind: LookupKind::Mask, text: format!("{phone}|{cid}|{}", name.as_str()) }
}

impl fmt::Debug for Digest {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("Digest(***)")
    }
}

impl fmt::Debug for LookupText {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "LookupText({:?}, ***)", self.kind)
    }
}
