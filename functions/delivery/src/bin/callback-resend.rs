//! The Lambda `callback-resend`: `POST /ops/callbacks/resend`.

use delivery::callback_resend::{CallbackResend, Settings};
use platform::start::{StartError, serve_http};

fn main() -> Result<(), StartError> {
    serve_http(Settings::read, CallbackResend::start)
}
