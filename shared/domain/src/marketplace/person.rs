use std::fmt;

use jiff::Timestamp;
use jiff::civil::Date;
use jiff::tz::Offset;

/// Asia/Shanghai, whose calendar ages are counted by: eight hours ahead of UTC, without daylight saving since 1991.
pub const SHANGHAI: Offset = Offset::constant(8);

/// How long an id number is.
const ID_NUMBER_LENGTH: usize = 18;
/// How long a phone's number is.
const PHONE_LENGTH: usize = 11;
/// Longer than any name; what is stored must be bounded.
const LONGEST_NAME: usize = 128;

/// Why a text does not identify a person.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum PersonError {
    /// It is no 17 digits with a digit or X behind them.
    #[error("not 17 digits and a digit or X")]
    IdNumber,
    /// The birthday in it is no day.
    #[error("no birthday in it")]
    Birthday,
    /// It is no 11 digits.
    #[error("not {PHONE_LENGTH} digits")]
    Phone,
    /// It is blank or longer than 128 characters.
    #[error("not 1 to {LONGEST_NAME} characters")]
    Name,
}

/// The number of a resident's identity card, `cid` on the wire. Its `Debug` is masked.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct IdNumber {
    /// With a final X in upper case.
    text: String,
    birthday: Date,
}

/// The number of a mobile phone. Its `Debug` is masked.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Phone(String);

/// A person's name, trimmed. Its `Debug` is masked.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct PersonName(String);

impl IdNumber {
    /// Takes a number that has the form of one: 18 places, with a day for the birthday. The check digit (GB 11643) is not
    /// judged: the specification's own example of a number ending in X (§3, 1.1) has a wrong one.
    ///
    /// # Errors
    /// It is none.
    pub fn parse(text: &str) -> Result<Self, PersonError> {
        let Some((digits, last)) = text.split_at_checked(ID_NUMBER_LENGTH - 1) else {
            return Err(PersonError::IdNumber);
        };
        if !is_digits(digits) || !(is_digits(last) || last == "X" || last == "x") || last.len() != 1 {
            return Err(PersonError::IdNumber);
        }
        let birthday = Date::strptime("%Y%m%d", &digits[6..14]).map_err(|_| PersonError::Birthday)?;
        Ok(Self { text: text.to_ascii_uppercase(), birthday })
    }

    /// The number, with a final X in upper case.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.text
    }

    /// The birthday in it.
    #[must_use]
    pub fn birthday(&self) -> Date {
        self.birthday
    }
}

impl Phone {
    /// Takes 11 digits.
    ///
    /// # Errors
    /// It is something else.
    pub fn parse(text: &str) -> Result<Self, PersonError> {
        let is_one = text.len() == PHONE_LENGTH && is_digits(text);
        if is_one { Ok(Self(text.to_owned())) } else { Err(PersonError::Phone) }
    }

    /// The digits.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl PersonName {
    /// Takes a name, trimmed.
    ///
    /// # Errors
    /// It is blank, or longer than a name is.
    pub fn parse(text: &str) -> Result<Self, PersonError> {
        let name = text.trim();
        let is_one = (1..=LONGEST_NAME).contains(&name.chars().count());
        if is_one { Ok(Self(name.to_owned())) } else { Err(PersonError::Name) }
    }

    /// The name.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// The day it is in China.
#[must_use]
pub fn shanghai_day(instant: Timestamp) -> Date {
    SHANGHAI.to_datetime(instant).date()
}

/// Full years from `birthday` to `day`; negative before the birth. Whoever was born on 29 February grows older on
/// 1 March of other years.
#[must_use]
pub fn age_at(birthday: Date, day: Date) -> i16 {
    let years = day.year() - birthday.year();
    let before_the_day = (day.month(), day.day()) < (birthday.month(), birthday.day());
    years - i16::from(before_the_day)
}

impl fmt::Debug for IdNumber {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("IdNumber(***)")
    }
}

impl fmt::Debug for Phone {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("Phone(***)")
    }
}

impl fmt::Debug for PersonName {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("PersonName(***)")
    }
}

pub(super) fn is_digits(text: &str) -> bool {
    !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit())
}
