//! What our answers and callbacks are written with (§11, Wire): amounts are JSON numbers with exactly two decimals.

use domain::marketplace::{AmountLimit, AmountOption, Json, Object, Yuan};
use serde::ser::Error as _;
use serde::{Serialize, Serializer};
use serde_json::value::RawValue;

use crate::endpoint::Failure;
use crate::json;

/// An amount on the wire: `15000.00`, without quotes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Amount(pub Yuan);

/// `amountLimit` (§3).
#[derive(Clone, Copy, Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct WireLimit {
    max_loan: Amount,
    min_loan: Amount,
    max_period: u16,
    min_period: u16,
}

/// An element of `amountOption` (§3).
#[derive(Clone, Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct WireOption {
    min: Amount,
    max: Amount,
    step: Amount,
    periods: Vec<u16>,
}

impl Serialize for Amount {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        RawValue::from_string(self.0.to_wire()).map_err(S::Error::custom)?.serialize(serializer)
    }
}

impl From<AmountLimit> for WireLimit {
    fn from(limit: AmountLimit) -> Self {
        Self {
            max_loan: Amount(limit.max_loan),
            min_loan: Amount(limit.min_loan),
            max_period: limit.max_period,
            min_period: limit.min_period,
        }
    }
}

impl From<&AmountOption> for WireOption {
    fn from(option: &AmountOption) -> Self {
        Self {
            min: Amount(option.min()),
            max: Amount(option.max()),
            step: Amount(option.step()),
            periods: option.periods().to_vec(),
        }
    }
}

/// A member that is JSON in a text (§1): `amountLimit` in userCheck, `repayPlan` everywhere.
///
/// # Errors
/// Never: what we write is a struct or a list.
pub fn as_text<T: Serialize, S: Serializer>(value: &T, serializer: S) -> Result<S::Ok, S::Error> {
    serde_json::to_string(value).map_err(S::Error::custom)?.serialize(serializer)
}

/// A list of options.
#[must_use]
pub fn options(options: &[AmountOption]) -> Vec<WireOption> {
    options.iter().map(WireOption::from).collect()
}

/// The members of a request.
#[derive(Debug)]
pub struct Members<'a>(Object<'a>);

impl<'a> Members<'a> {
    /// Reads the business JSON.
    ///
    /// # Errors
    /// [`Failure::Parameter`]: it is no object, or nests too deep.
    pub fn read(text: &'a str) -> Result<Self, Failure> {
        match json::read(text)? {
            Json::Object(members) => Ok(Self(members)),
            Json::Null | Json::Bool(_) | Json::Number(_) | Json::Text(_) | Json::List(_) => {
                Err(Failure::parameter("request: no object"))
            }
        }
    }

    /// A text, or a number's text: much comes as either. What is null is absent.
    ///
    /// # Errors
    /// [`Failure::Parameter`]: it is something else.
    pub fn scalar(&self, name: &'static str) -> Result<Option<&str>, Failure> {
        match self.0.get(name) {
            None | Some(Json::Null) => Ok(None),
            Some(value) => {
                value.scalar().map(Some).ok_or_else(|| Failure::field(name, &"neither text nor number"))
            }
        }
    }

    /// A whole number without a sign, or a text of its digits.
    ///
    /// # Errors
    /// [`Failure::Parameter`]: it is something else, or over 65535.
    pub fn whole(&self, name: &'static str) -> Result<Option<u16>, Failure> {
        let digits = |text: &&str| text.bytes().all(|byte| byte.is_ascii_digit());
        let whole = |text| Some(text).filter(digits).and_then(|text| text.parse().ok());
        let read = |text| whole(text).ok_or_else(|| Failure::field(name, &"not a whole number"));
        self.scalar(name)?.map(read).transpose()
    }

    /// A text, or a number's text, that must be there.
    ///
    /// # Errors
    /// [`Failure::Parameter`]: it is missing, or something else.
    pub fn required(&self, name: &'static str) -> Result<&str, Failure> {
        self.scalar(name)?.ok_or_else(|| Failure::field(name, &"missing"))
    }
}
