//! The message on the wire (§10, §11 Internal messages).

use domain::marketplace::{AmountLimit, AmountOption, ChannelId, CoreMessageKind, CreditResult as Decided};

use crate::core_message::{self, Members, Reason};
use crate::store::{Approval, CoreMessage};

/// A credit decision.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Decision {
    /// What the message says of itself.
    pub message: CoreMessage,
    /// What was decided.
    pub result: Decided,
    /// What credit is approved for, if it is.
    pub approval: Option<Approval>,
}

/// Reads a message's body; without a channel it is about an order of the `default` one.
///
/// # Errors
/// It can never be taken.
pub fn read(body: &str, default: &ChannelId) -> Result<Decision, Reason> {
    let members = core_message::read(body)?;
    let result = Decided::parse(members.required("result")?).ok_or(Reason::UnknownResult)?;
    let message = members.message(CoreMessageKind::CreditResult, result.as_str(), default)?;
    let approval = match result {
        Decided::Approved => Some(approval(&members)?),
        // What comes with it is for nobody.
        Decided::Refused | Decided::Expired => None,
    };
    Ok(Decision { message, result, approval })
}

fn approval(members: &Members) -> Result<Approval, Reason> {
    let options = members.objects("amount_option")?.iter().map(option).collect::<Result<Vec<_>, _>>()?;
    if options.is_empty() {
        return Err(Reason::BadTerms);
    }
    Ok(Approval { limit: limit(&members.object("amount_limit")?)?, options })
}

fn limit(members: &Members) -> Result<AmountLimit, Reason> {
    let limit = AmountLimit {
        max_loan: members.amount("max_loan")?,
        min_loan: members.amount("min_loan")?,
        max_period: members.periods("max_period")?,
        min_period: members.periods("min_period")?,
    };
    let is_possible = !limit.min_loan.is_zero()
        && limit.min_loan <= limit.max_loan
        && (1..=limit.max_period).contains(&limit.min_period);
    is_possible.then_some(limit).ok_or(Reason::BadTerms)
}

fn option(members: &Members) -> Result<AmountOption, Reason> {
    let (min, max, step) = (members.amount("min")?, members.amount("max")?, members.amount("step")?);
    AmountOption::new(min, max, step, members.periods_list("periods")?).map_err(|_| Reason::BadTerms)
}
