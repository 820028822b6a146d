//! A client who opens the page: a browser of her own, a server of its own.

use serde_json::{Value, json};

use crate::{
    browser::{Browser, eventually},
    site::{Reply, Site},
};

/// Which screen the client sees.
pub(crate) const GET_STATUS: &str = "/get_status";
/// A new application.
pub(crate) const RENEW: &str = "/renew_contract";
/// The session that the page is opened with.
pub(crate) const TOKEN: &str = "eyJhbGciOiJFZERTQSJ9.eyJzdWIiOiJjLTEifQ.c2lnbmF0dXJl-_";

/// The browser, and what it talks to.
pub(crate) struct Visit {
    pub(crate) browser: Browser,
    pub(crate) site: Site,
}

impl Visit {
    /// Starts both; no page is open yet.
    pub(crate) fn start() -> Self {
        Self { browser: Browser::start(), site: Site::start() }
    }

    /// Starts both, has `get_status` answer so, and opens the page.
    pub(crate) fn to(status: Reply) -> Self {
        let visit = Self::start();
        visit.open(status);
        visit
    }

    /// Has `get_status` answer so, and opens the page anew.
    pub(crate) fn open(&self, status: Reply) {
        self.browser.offline(false);
        self.site.answers(GET_STATUS, status);
        self.browser.load(&self.page());
    }

    /// The page's address with the session.
    pub(crate) fn page(&self) -> String {
        format!("{}#token={TOKEN}", self.site.page())
    }

    /// Waits until `route` was called this often.
    pub(crate) fn await_calls(&self, route: &str, calls: usize) {
        eventually(|| self.site.calls(route) == calls, || format!("{calls} calls of {route}"));
    }
}

/// The personal account.
pub(crate) fn account() -> Reply {
    Reply::json(200, &account_body())
}

/// What `get_status` answers to a client with an active line.
pub(crate) fn account_body() -> Value {
    json!({"screen": "main_screen", "contract_closed": false, "state": "active", "contract_number": "77-1"})
}

/// The account while the lender does not answer.
pub(crate) fn stale() -> Reply {
    let mut body = account_body();
    body["stale"] = json!(true);
    Reply::json(200, &body)
}

/// The closed screen, with the button (UI-059) or without (UI-058).
pub(crate) fn closed(button: bool) -> Reply {
    Reply::json(
        200,
        &json!({
            "screen": "main_screen",
            "contract_closed": true,
            "state": "CLOSED",
            "contract_number": "77-1",
            "closed_screen_button": button,
        }),
    )
}

/// Onboarding, for which `get_status` and `renew_contract` have the same answer.
pub(crate) fn wanted() -> Reply {
    Reply::json(200, &json!({"screen": "wanted_limit", "state": "init", "contract_closed": false}))
}

/// One of the API's errors.
pub(crate) fn error(status: u16, error: &str) -> Reply {
    Reply::json(status, &json!({"error": error}))
}
