//! The Lambda `audit-result`: the queue of the same name.

use marketplace::audit_result::AuditResult;
use marketplace::loan_message::{LoanConsumer, Settings};
use platform::start::{StartError, try_serve_queue};

fn main() -> Result<(), StartError> {
    try_serve_queue(Settings::<AuditResult>::read, LoanConsumer::start)
}
