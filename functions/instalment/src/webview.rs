//! `GET /webview` (§12): the page that Ali-front's Webview opens as `/webview#token=<JWT>`. One answer, made
//! at the start: plain HTML with its style and script inside, allowed by their hashes and nothing else.

use http::StatusCode;
use platform::Scope;
use platform::http::{Answer, Anyone, BodyRule, Endpoint, Refusal, Request};
use platform::metrics::Source;

use crate::CONTEXT;
use crate::ali_front;

const PAGE: &str = include_str!("webview/page.html");
const STYLE: &str = include_str!("webview/style.css");
const SCRIPT: &str = include_str!("webview/script.js");

/// The endpoint.
#[derive(Debug)]
pub struct Webview {
    page: String,
    policy: String,
}

impl Webview {
    /// Puts the page together.
    #[must_use]
    pub fn new() -> Self {
        let policy = format!(
            "default-src 'none'; script-src '{}'; style-src '{}'; connect-src 'self'; base-uri 'none'; \
             form-action 'none'; frame-ancestors 'none'; require-trusted-types-for 'script'",
            platform::http::source_hash(SCRIPT),
            platform::http::source_hash(STYLE),
        );
        Self { page: PAGE.replace("{style}", STYLE).replace("{script}", SCRIPT), policy }
    }
}

impl Default for Webview {
    fn default() -> Self {
        Self::new()
    }
}

impl Endpoint for Webview {
    type Caller = Anyone;
    const SOURCE: Source = Source { context: CONTEXT, function: "webview" };
    const BODY: BodyRule = BodyRule::Unread;

    fn gate(&self) -> &() {
        &()
    }

    async fn answer(&self, _: &Scope, _: Request<Anyone>) -> Result<Answer, Refusal> {
        Ok(Answer::html(StatusCode::OK, "page", &self.page, &self.policy))
    }

    fn refuse(&self, _: &Scope, refusal: &Refusal) -> Answer {
        ali_front::refuse(refusal)
    }
}
