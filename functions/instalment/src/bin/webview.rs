//! The Lambda `webview`: `GET /webview`.

use instalment::webview::Webview;
use platform::start::{StartError, serve_http};

fn main() -> Result<(), StartError> {
    serve_http(|_| Some(()), async |()| Webview::new())
}
