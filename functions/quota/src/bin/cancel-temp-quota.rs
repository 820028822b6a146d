//! The Lambda `cancel-temp-quota`: `POST /gw/generic/bt/{na,h5}/m/cancelTempQuota`.

use platform::start::{StartError, serve_http};
use quota::cancel_temp_quota::{CancelTempQuota, Settings};

fn main() -> Result<(), StartError> {
    serve_http(Settings::read, CancelTempQuota::start)
}
