//! The request on the wire (§3, 1.7).

use domain::marketplace::{OrderNumber, PeriodUnit, Yuan};

use crate::channel::Channel;
use crate::endpoint::Failure;
use crate::store::ConfirmedFrom;
use crate::wire::Members;
use crate::{asked_order, page_url};

/// `loanAmount`
pub(super) const LOAN_AMOUNT: &str = "loanAmount";
/// `loanPeriod`
pub(super) const LOAN_PERIOD: &str = "loanPeriod";
const PERIOD_UNIT: &str = "periodUnit";
const PLATFORM: &str = "platform";
/// The longest `platform`, in characters.
const LONGEST_PLATFORM: usize = 64;

/// A confirmation. What is missing of the terms is asked for only where they count.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Request {
    /// The order's number.
    pub number: OrderNumber,
    /// The amount.
    pub loan_amount: Option<Yuan>,
    /// For how many periods.
    pub period: Option<u16>,
    /// What a period is.
    pub period_unit: Option<PeriodUnit>,
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
        let amount = members.scalar(LOAN_AMOUNT)?.map(Yuan::parse).transpose();
        let unit = members.whole(PERIOD_UNIT)?.map(|code| PeriodUnit::of(code).ok_or(()));
        let platform = members.scalar(PLATFORM)?.filter(|text| !text.is_empty());
        if platform.is_some_and(|text| text.chars().count() > LONGEST_PLATFORM) {
            return Err(Failure::field(PLATFORM, &"too long"));
        }
        Ok(Self {
            number,
            loan_amount: amount.map_err(|error| Failure::field(LOAN_AMOUNT, &error))?,
            period: members.whole(LOAN_PERIOD)?,
            period_unit: unit
                .transpose()
                .map_err(|()| Failure::field(PERIOD_UNIT, &"no unit that is known"))?,
            from: ConfirmedFrom {
                success_url: page_url::read(channel, &members, "successUrl")?,
                failed_url: page_url::read(channel, &members, "failedUrl")?,
                platform: platform.map(str::to_owned),
            },
        })
    }
}
