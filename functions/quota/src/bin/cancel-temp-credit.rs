//! The Lambda `cancel-temp-credit`: `POST /credit/temp-credit/cancel`.

use platform::start::{StartError, serve_http};
use quota::cancel_temp_credit::{CancelTempCredit, Settings};

fn main() -> Result<(), StartError> {
    serve_http(Settings::read, CancelTempCredit::start)
}
