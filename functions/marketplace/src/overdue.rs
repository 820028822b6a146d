//! The queue `overdue` (item 20; §7.12): the plan with its fees, which is called back.

use domain::marketplace::{LoanCodes, LoanNews};
use jiff::Timestamp;
use platform::metrics::Source;

use crate::CONTEXT;
use crate::core_message::{Members, Reason};
use crate::loan_message::{Kind, Needs, plan};

/// The kind.
#[derive(Debug)]
pub struct Overdue;

impl Kind for Overdue {
    const SOURCE: Source = Source { context: CONTEXT, function: "overdue" };
    const NEEDS: Needs = Needs::BusAndChannels;

    fn news(members: &Members, _: LoanCodes, _: Timestamp) -> Result<LoanNews, Reason> {
        plan(members)?.map(LoanNews::Overdue).ok_or(Reason::Incomplete)
    }
}
