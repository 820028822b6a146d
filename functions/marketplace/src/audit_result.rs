//! The queue `audit-result` (item 15; §7.3): the audit of a confirmed loan. A refusal is told as the loan's, 7003, while the
//! audit query goes on to say 6001.

use domain::marketplace::{AuditResult as Audited, LoanCodes, LoanNews, LoanStatus};
use jiff::Timestamp;
use platform::metrics::Source;
use tracing::warn;

use crate::CONTEXT;
use crate::core_message::{Members, Reason};
use crate::loan_message::{Kind, Needs, code};

/// The kind.
#[derive(Debug)]
pub struct AuditResult;

impl Kind for AuditResult {
    const SOURCE: Source = Source { context: CONTEXT, function: "audit-result" };
    const NEEDS: Needs = Needs::Refusals;

    fn news(members: &Members, codes: LoanCodes, _: Timestamp) -> Result<LoanNews, Reason> {
        let status = code(members, codes)?;
        let audited = match members.required("result")? {
            "passed" => Audited::passed(status),
            "refused" => {
                if let Some(LoanStatus::Unlisted(code)) = status {
                    warn!(
                        code,
                        "the audit refuses with a code that is not listed: it is taken for the automatic refusal"
                    );
                }
                Audited::refused(status)
            }
            _ => return Err(Reason::UnknownResult),
        };
        audited.map(LoanNews::Audit).ok_or(Reason::Contradictory)
    }
}
