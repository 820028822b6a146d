//! The Lambda `get-temp-quota`: `POST /gw/generic/bt/{na,h5}/m/getTempQuotaInfo`.

use platform::start::{StartError, serve_http};
use quota::gateway::Settings;
use quota::get_temp_quota::GetTempQuota;

fn main() -> Result<(), StartError> {
    serve_http(Settings::read, GetTempQuota::start)
}
