//! The queue `loan-result` (item 16; §7.4, §7.5): how the disbursement goes. Only the refusal in the re-review is told; that
//! it succeeded is told with the plan.

use domain::marketplace::{LoanCodes, LoanNews, LoanResult as Resulted};
use jiff::Timestamp;
use platform::metrics::Source;

use crate::CONTEXT;
use crate::core_message::{Members, Reason};
use crate::loan_message::{Kind, Needs, code};

/// The kind.
#[derive(Debug)]
pub struct LoanResult;

impl Kind for LoanResult {
    const SOURCE: Source = Source { context: CONTEXT, function: "loan-result" };
    const NEEDS: Needs = Needs::Refusals;

    fn news(members: &Members, codes: LoanCodes, _: Timestamp) -> Result<LoanNews, Reason> {
        let status = code(members, codes)?.ok_or(Reason::Incomplete)?;
        let receive_amount = members.optional_amount("receive_amount")?;
        Ok(LoanNews::Result(Resulted { status, receive_amount }))
    }
}
