//! The Lambda `callback-list`: `GET /ops/callbacks`.

use delivery::callback_list::CallbackList;
use delivery::ops::CallbackSettings;
use platform::start::{StartError, serve_http};

fn main() -> Result<(), StartError> {
    serve_http(CallbackSettings::read, CallbackList::start)
}
