//! The Lambda `temp-credit-expiry`: daily at 00:10 in Shanghai.

use platform::start::{StartError, serve_schedule};
use quota::temp_credit_expiry::TempCreditExpiry;

fn main() -> Result<(), StartError> {
    serve_schedule(TempCreditExpiry::read, async |settings| TempCreditExpiry::new(settings))
}
