use jiff::civil::{Date, Time};

use super::FieldError;

/// The most terms that a plan has (§12, Plan).
const MOST_TERMS: u64 = 120;

/// A term of the rent as upstream gives it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PlanTerm {
    /// Which, from 1.
    pub index: u64,
    /// Its rent, at least 1.
    pub rental_fen: u64,
    /// The day it is due, `yyyy-MM-dd`.
    pub pay_day: String,
}

/// A rent plan that holds together (§5, §12): its terms are numbered without a gap, add up to the total, and fall due
/// one after the other.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Plan {
    total_fen: u64,
    terms: Vec<PlanTerm>,
}

impl Plan {
    /// Checks a plan; its terms may come in any order.
    ///
    /// # Errors
    /// It does not hold together; the error names the field.
    pub fn of(rent_term: u64, total_fen: u64, terms: &[PlanTerm]) -> Result<Self, FieldError> {
        if !(1..=MOST_TERMS).contains(&rent_term) {
            return Err(FieldError::new("rentTerm", format!("not 1 to {MOST_TERMS}")));
        }
        if total_fen == 0 {
            return Err(FieldError::new("totalRentMoney", "less than 1"));
        }
        if u64::try_from(terms.len()) != Ok(rent_term) {
            return Err(wrong_list("not as many terms as rentTerm says"));
        }
        let mut terms = terms.to_vec();
        terms.sort_by_key(|term| term.index);
        if !terms.iter().map(|term| term.index).eq(1..=rent_term) {
            return Err(wrong_list("termIndex is not each of 1 to rentTerm once"));
        }
        check_rentals(total_fen, &terms)?;
        check_pay_days(&terms)?;
        Ok(Self { total_fen, terms })
    }

    /// The whole rent: the sum of the terms.
    #[must_use]
    pub fn total_fen(&self) -> u64 {
        self.total_fen
    }

    /// The terms, in the order of their index.
    #[must_use]
    pub fn terms(&self) -> &[PlanTerm] {
        &self.terms
    }
}

fn check_rentals(total_fen: u64, terms: &[PlanTerm]) -> Result<(), FieldError> {
    if terms.iter().any(|term| term.rental_fen == 0) {
        return Err(wrong_list("a rentalMoney is less than 1"));
    }
    let sum = terms.iter().try_fold(0_u64, |sum, term| sum.checked_add(term.rental_fen));
    if sum == Some(total_fen) {
        return Ok(());
    }
    Err(FieldError::new("totalRentMoney", "not the sum of rentalMoney"))
}

fn check_pay_days(terms: &[PlanTerm]) -> Result<(), FieldError> {
    let days: Option<Vec<Date>> = terms.iter().map(|term| date(&term.pay_day)).collect();
    let days = days.ok_or_else(|| wrong_list("a payDay is no date yyyy-MM-dd"))?;
    if days.is_sorted() { Ok(()) } else { Err(wrong_list("a payDay is before that of the term before")) }
}

fn wrong_list(problem: &str) -> FieldError {
    FieldError::new("repayStrategyList", problem)
}

/// Checks that a text is an instant `yyyy-MM-dd HH:mm:ss.SSS` that exists (§5, §12).
///
/// # Errors
/// It is not.
pub fn check_order_create_time(text: &str) -> Result<(), FieldError> {
    let real = text.split_once(' ').is_some_and(|(day, time)| date(day).is_some() && is_time(time));
    if real { Ok(()) } else { Err(FieldError::new("orderCreateTime", "no time yyyy-MM-dd HH:mm:ss.SSS")) }
}

/// Reads `yyyy-MM-dd`; `None` for a day that the calendar does not have.
fn date(text: &str) -> Option<Date> {
    if !has_shape(text, "0000-00-00") {
        return None;
    }
    let mut parts = text.split('-');
    let year = parts.next()?.parse().ok().filter(|year| *year > 0)?;
    let (month, day) = (parts.next()?.parse().ok()?, parts.next()?.parse().ok()?);
    Date::new(year, month, day).ok()
}

/// Whether the text is `HH:mm:ss.SSS`, from midnight to the last millisecond of the day.
fn is_time(text: &str) -> bool {
    let parts = |text: &str| -> Option<Time> {
        let (time, _) = text.split_once('.')?;
        let mut parts = time.split(':').map(|part| part.parse().ok());
        Time::new(parts.next()??, parts.next()??, parts.next()??, 0).ok()
    };
    has_shape(text, "00:00:00.000") && parts(text).is_some()
}

/// Whether the text has an ASCII digit wherever the shape has one, and is the shape everywhere else.
fn has_shape(text: &str, shape: &str) -> bool {
    text.len() == shape.len()
        && text.bytes().zip(shape.bytes()).all(
            |(byte, of)| {
                if of == b'0' { byte.is_ascii_digit() } else { byte == of }
            },
        )
}
