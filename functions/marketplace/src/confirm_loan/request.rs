//! The request on the wire (§3, 1.7).

use domain::marketplace::{LoanTerms, OrderNumber, PeriodUnit, Product, Yuan};

use crate::channel::Channel;
use crate::endpoint::Failure;
use crate::store::ConfirmedFrom;
use crate::wire::Members;
use crate::{asked_order, page_url};

const LOAN_AMOUNT: &str = "loanAmount";
const LOAN_PERIOD: &str = "loanPeriod";
const PERIOD_UNIT: &str = "periodUnit";
const PLATFORM: &str = "platform";
/// The longest `platform`, in characters.
const LONGEST_PLATFORM: usize = 64;

/// A confirmation.
#[derive(Clone, Debug)]
pub struct Request {
    /// The order's number.
    pub number: OrderNumber,
    /// The terms, or what is wrong with them: that counts only where they do (§11, Card and confirmation).
    pub terms: Result<LoanTerms, Failure>,
    /// Where the user confirmed, and goes on to.
    pub from: ConfirmedFrom,
}

impl Request {
    /// Reads the business JSON.
    ///
    /// # Errors
    /// [`Failure::Parameter`]: what is wrong with it.
    pub fn read(channel: &Channel, text: &str) -> Result<Self, Failure> {
        let number = asked_order::read(text)?;
        let members = Members::read(text)?;
        let platform = members.scalar(PLATFORM)?.filter(|text| !text.is_empty());
        if platform.is_some_and(|text| text.chars().count() > LONGEST_PLATFORM) {
            return Err(Failure::field(PLATFORM, &"too long"));
        }
        Ok(Self {
            number,
            terms: terms(&members),
            from: ConfirmedFrom {
                success_url: page_url::read(channel, &members, "successUrl")?,
                failed_url: page_url::read(channel, &members, "failedUrl")?,
                platform: platform.map(str::to_owned),
            },
        })
    }
}

fn terms(members: &Members<'_>) -> Result<LoanTerms, Failure> {
    let missing = |field| move || Failure::field(field, &"missing");
    let amount = members.scalar(LOAN_AMOUNT)?.ok_or_else(missing(LOAN_AMOUNT))?;
    let unit = members.whole(PERIOD_UNIT)?.map_or(Some(Product::PERIOD_UNIT), PeriodUnit::of);
    Ok(LoanTerms {
        loan_amount: Yuan::parse(amount).map_err(|error| Failure::field(LOAN_AMOUNT, &error))?,
        period: members.whole(LOAN_PERIOD)?.ok_or_else(missing(LOAN_PERIOD))?,
        period_unit: unit.ok_or_else(|| Failure::field(PERIOD_UNIT, &"no unit that is known"))?,
    })
}
