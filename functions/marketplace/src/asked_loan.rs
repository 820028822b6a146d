//! The loan that the platform asks for, by its order, and what of it: `{"orderId": …, "period": …}` (§3, 1.9 to 1.13).

use domain::marketplace::{Json, Loan, Object, OrderKey, OrderNumber, Plan, RepayPeriod};
use platform::Scope;
use platform::dynamodb::DynamoDbError;

use crate::channel::Channel;
use crate::endpoint::Failure;
use crate::store::{LoanStore, OrderStore, StoredLoan};
use crate::{asked_order, json};

const PERIOD: &str = "period";
const NO_PERIOD: &str = "neither -1 nor a whole number from 1";
const NO_PLAN: &str = "no plan";
const UNKNOWN_PERIOD: &str = "unknown period";

/// Where loans are found, and the orders that have none.
#[derive(Clone, Debug)]
pub struct Loans {
    /// The orders.
    pub orders: OrderStore,
    /// The loans.
    pub loans: LoanStore,
}

/// A question about what is to be repaid of an order.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Asked {
    /// The order.
    pub number: OrderNumber,
    /// A period, or everything; `None` if it was not said.
    pub period: Option<AskedPeriod>,
}

/// A period that is asked for: −1 or another integer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum AskedPeriod {
    /// One that a plan may have, or everything.
    Possible(RepayPeriod),
    /// One that no plan can have.
    Impossible,
}

impl Asked {
    /// Reads a question; other members are not looked at.
    ///
    /// # Errors
    /// [`Failure::Parameter`]: there is no `orderId`, or a member is none.
    pub fn read(text: &str) -> Result<Self, Failure> {
        let Json::Object(members) = json::read(text)? else {
            return Err(Failure::parameter("request: no object"));
        };
        Ok(Self { number: asked_order::number(&members)?, period: period(&members)? })
    }

    /// Reads a question that must say of what.
    ///
    /// # Errors
    /// [`Failure::Parameter`]: a member is missing, or none.
    pub fn read_with_period(text: &str) -> Result<(OrderNumber, AskedPeriod), Failure> {
        let Self { number, period } = Self::read(text)?;
        period.map(|period| (number, period)).ok_or_else(|| Failure::field(PERIOD, &"missing"))
    }
}

impl AskedPeriod {
    /// The period.
    ///
    /// # Errors
    /// [`Failure::Parameter`]: no plan can have it.
    pub fn possible(self) -> Result<RepayPeriod, Failure> {
        match self {
            Self::Possible(period) => Ok(period),
            Self::Impossible => Err(Failure::field(PERIOD, &NO_PERIOD)),
        }
    }
}

impl Loans {
    /// The loan of the channel that asks; `None` of an order that has none. One strong read, a second where there is no loan.
    ///
    /// # Errors
    /// [`Failure::Parameter`]: the channel has no such order, whoever else has.
    pub async fn find(
        &self,
        scope: &Scope,
        channel: &Channel,
        number: OrderNumber,
    ) -> Result<Option<StoredLoan>, Failure> {
        let key = OrderKey { channel: channel.id.clone(), number };
        let loan = self.again(scope, &key).await?;
        if loan.is_none() {
            asked_order::find(&self.orders, scope, channel, key.number).await?;
        }
        Ok(loan)
    }

    /// The loan as it stands now. One strong read.
    ///
    /// # Errors
    /// DynamoDB failed, or the row cannot be read.
    pub async fn again(&self, scope: &Scope, key: &OrderKey) -> Result<Option<StoredLoan>, DynamoDbError> {
        self.loans.loan(scope, key).await
    }
}

/// The loan with its plan.
///
/// # Errors
/// [`Failure::Parameter`]: there is none yet (§11, Channels).
pub fn planned(loan: Option<&StoredLoan>) -> Result<(&Loan, &Plan), Failure> {
    loan.and_then(|loan| Some((&loan.loan, loan.loan.plan()?))).ok_or_else(no_plan)
}

/// For a plan that does not have the period.
#[must_use]
pub fn unknown_period() -> Failure {
    Failure::field(PERIOD, &UNKNOWN_PERIOD)
}

/// For an order that has no plan yet (§11, Channels).
#[must_use]
pub fn no_plan() -> Failure {
    Failure::parameter(NO_PLAN)
}

/// An integer, or the text of one.
fn period(members: &Object<'_>) -> Result<Option<AskedPeriod>, Failure> {
    let value = match members.get(PERIOD) {
        None | Some(Json::Null) => return Ok(None),
        Some(value) => value.scalar(),
    };
    let read = |text: &str| {
        let digits = text.strip_prefix('-').unwrap_or(text);
        let is_integer = !digits.is_empty() && digits.bytes().all(|byte| byte.is_ascii_digit());
        let period = || text.parse().ok().and_then(RepayPeriod::of);
        is_integer.then(|| period().map_or(AskedPeriod::Impossible, AskedPeriod::Possible))
    };
    value.and_then(read).map(Some).ok_or_else(|| Failure::field(PERIOD, &NO_PERIOD))
}

#[cfg(test)]
mod tests {
    use domain::marketplace::RepayPeriod;
    use proptest::prelude::*;

    use super::{Asked, AskedPeriod};

    fn period(value: &str) -> Option<AskedPeriod> {
        let asked = Asked::read(&format!("{{\"orderId\":1,\"period\":{value}}}"));
        asked.ok().and_then(|asked| asked.period)
    }

    #[test]
    fn a_period_is_read_as_a_number_or_as_its_text() {
        for (value, expected) in [
            ("-1", Some(AskedPeriod::Possible(RepayPeriod::Whole))),
            ("\"-1\"", Some(AskedPeriod::Possible(RepayPeriod::Whole))),
            ("12", Some(AskedPeriod::Possible(RepayPeriod::Period(12)))),
            ("\"012\"", Some(AskedPeriod::Possible(RepayPeriod::Period(12)))),
            ("-0", Some(AskedPeriod::Impossible)),
            ("65536", Some(AskedPeriod::Impossible)),
            ("99999999999999999999", Some(AskedPeriod::Impossible)),
            ("null", None),
            ("1.0", None),
            ("\"-\"", None),
            ("\"--1\"", None),
        ] {
            assert_eq!(period(value), expected, "{value}");
        }
    }

    proptest! {
        #[test]
        fn no_text_breaks_the_reader(text in ".{0,60}", value in "[-+0-9.eE\"]{0,24}") {
            let _ = Asked::read(&text);
            let is_read = period(&value).is_some();
            let digits = value.trim_matches('"').trim_start_matches('-');
            prop_assert!(!is_read || digits.bytes().all(|byte| byte.is_ascii_digit()));
        }
    }
}
