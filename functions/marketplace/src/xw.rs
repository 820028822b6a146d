//! The depository XW (新网, §10): whether a user has an account, and the page on which they open one. This file alone knows
//! its wire format.

use std::time::Duration;

use domain::marketplace::{AccountState, Uid};
use percent_encoding::{NON_ALPHANUMERIC, utf8_percent_encode};
use platform::Scope;
use platform::config::{Environment, Stage, Variable};
use platform::json;
use platform::metrics::Count;
use platform::partner::{BaseUrl, Call, Cause, Connectors, Limits, Method, Outcome, PartnerClient};
use serde::Deserialize;
use tracing::warn;

/// The longest answer that is read, in bytes.
const ANSWER_BYTES: usize = 64 * 1024;
/// XW did not say whether there is an account.
const FAILED: Count = Count::of("xw_failed");

const TENOR_ENV: Variable = Variable {
    name: "TENOR_ENV",
    meaning: "Where the system runs; `local` allows plain HTTP to loopback.",
    default: Some("production"),
};
const XW_URL: Variable = Variable {
    name: "XW_URL",
    meaning: "Where the depository XW is; `/users/…` is appended.",
    default: None,
};
const XW_OPEN_URL: Variable = Variable {
    name: "XW_OPEN_URL",
    meaning: "The page on which a user opens an account at XW; `/open` behind XW_URL unless set.",
    default: None,
};
const XW_CONNECT_TIMEOUT_MS: Variable = Variable {
    name: "XW_CONNECT_TIMEOUT_MS",
    meaning: "How long connecting to XW may take.",
    default: Some("1000"),
};
const XW_TIMEOUT_MS: Variable =
    Variable { name: "XW_TIMEOUT_MS", meaning: "How long one call to XW may take.", default: Some("3000") };

/// Where XW is and how long it may take.
#[derive(Clone, Debug)]
pub struct XwSettings {
    url: BaseUrl,
    open_url: Option<BaseUrl>,
    connect_timeout: Duration,
    timeout: Duration,
}

/// XW, as we ask it.
#[derive(Clone, Debug)]
pub struct Xw {
    client: PartnerClient,
    url: BaseUrl,
    open_url: String,
}

/// XW did not say whether there is an account.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum XwError {
    /// There was no usable answer.
    #[error("XW: {0}")]
    NoAnswer(Cause),
    /// It declined to answer.
    #[error("XW refused with status {0}")]
    Refused(u16),
    /// What it said is no state of an account.
    #[error("XW said what is no state")]
    Unreadable,
}

#[derive(Deserialize)]
struct WireUser {
    state: WireState,
}

#[derive(Deserialize)]
#[serde(rename_all = "snake_case")]
enum WireState {
    Open,
    None,
}

impl XwSettings {
    /// Reads XW's variables.
    pub fn read(environment: &mut Environment) -> Option<Self> {
        let stage: Option<Stage> = environment.read(TENOR_ENV);
        let url: Option<BaseUrl> = environment.read(XW_URL);
        let open_url: Option<Option<BaseUrl>> = environment.read_optional(XW_OPEN_URL);
        let connect_timeout = environment.read(XW_CONNECT_TIMEOUT_MS);
        let timeout = environment.read(XW_TIMEOUT_MS);
        let (stage, url, open_url) = (stage?, url?, open_url?);
        for (variable, url) in [(XW_URL, Some(&url)), (XW_OPEN_URL, open_url.as_ref())] {
            if let Some(Err(problem)) = url.map(|url| url.allowed_in(stage)) {
                environment.note(format!("{} {problem}", variable.name));
            }
        }
        Some(Self { url, open_url, connect_timeout: connect_timeout?, timeout: timeout? })
    }

    /// XW over the internet, beside the partners with these connectors.
    #[must_use]
    pub fn connect(&self, connectors: &Connectors) -> Xw {
        self.over(PartnerClient::beside(connectors, self.connect_timeout, self.limits()))
    }

    /// XW over this client.
    #[must_use]
    pub fn over(&self, client: PartnerClient) -> Xw {
        let open_url = self.open_url.as_ref().map_or_else(|| self.url.join("/open"), |url| url.join(""));
        Xw { client, url: self.url.clone(), open_url }
    }

    /// The bounds of a call.
    #[must_use]
    pub fn limits(&self) -> Limits {
        Limits { timeout: self.timeout, answer_bytes: ANSWER_BYTES }
    }
}

impl Xw {
    /// Asks whether a user has an account. Asking has no effect there, so that one lost connection is made good by one
    /// repeat; a time-out is not repeated.
    ///
    /// # Errors
    /// It did not say.
    pub async fn account(&self, scope: &Scope, uid: &Uid) -> Result<AccountState, XwError> {
        let outcome = match self.ask(scope, uid).await {
            Outcome::NotSent(Cause::Connect) | Outcome::Unknown(Cause::Lost) => self.ask(scope, uid).await,
            outcome @ (Outcome::Answered(_)
            | Outcome::Refused(_)
            | Outcome::NotSent(_)
            | Outcome::Unknown(_)) => outcome,
        };
        judge(outcome).inspect_err(|failure| {
            warn!(%failure, "the depository did not say whether there is an account");
            scope.count(FAILED);
        })
    }

    /// The page on which a user opens an account, and from which they come back.
    #[must_use]
    pub fn page(&self, uid: &Uid, back: Option<&str>) -> String {
        // An id needs no encoding.
        let page = format!("{}?uid={}", self.open_url, uid.as_str());
        match back {
            Some(back) => format!("{page}&back={}", utf8_percent_encode(back, NON_ALPHANUMERIC)),
            None => page,
        }
    }

    /// What a call may take.
    #[must_use]
    pub fn timeout(&self) -> Duration {
        self.client.timeout()
    }

    async fn ask(&self, scope: &Scope, uid: &Uid) -> Outcome {
        let url = self.url.join(&format!("/users/{}", uid.as_str()));
        let call = Call { method: Method::GET, url, headers: Vec::new(), body: Vec::new() };
        self.client.send(scope, call).await
    }
}

fn judge(outcome: Outcome) -> Result<AccountState, XwError> {
    match outcome {
        Outcome::Answered(answer) => match json::object::<WireUser>(&answer.body) {
            Ok(WireUser { state: WireState::Open }) => Ok(AccountState::Open),
            Ok(WireUser { state: WireState::None }) => Ok(AccountState::None),
            Err(_) => Err(XwError::Unreadable),
        },
        Outcome::Refused(answer) => Err(XwError::Refused(answer.status.as_u16())),
        Outcome::NotSent(cause) | Outcome::Unknown(cause) => Err(XwError::NoAnswer(cause)),
    }
}

#[cfg(test)]
#[expect(clippy::disallowed_methods, reason = "tests may unwrap")]
mod tests {
    use domain::marketplace::Uid;
    use platform::config::Environment;
    use platform::partner::Connectors;

    use super::{Xw, XwSettings};

    fn xw(variables: &[(&str, &str)]) -> Result<Xw, String> {
        let settings = Environment::of(variables.iter().copied()).load(XwSettings::read);
        settings.map(|settings| settings.connect(&Connectors::default())).map_err(|error| error.to_string())
    }

    #[test]
    fn the_page_is_behind_xw_or_where_it_is_configured_and_leads_back() {
        let uid = Uid::of_integer(7);
        let default = xw(&[("XW_URL", "https://xw.example/api/")]).unwrap();
        assert_eq!(default.page(&uid, None), "https://xw.example/api/open?uid=7");
        let back = "https://platform.example/done?order=1&x=张";
        assert_eq!(
            default.page(&uid, Some(back)),
            "https://xw.example/api/open?uid=7&back=https%3A%2F%2Fplatform%2Eexample%2Fdone%3Forder%3D1%26x%3D\
             %E5%BC%A0"
        );
        let own = [("XW_URL", "https://xw.example"), ("XW_OPEN_URL", "https://pages.example/xw")];
        assert_eq!(xw(&own).unwrap().page(&uid, None), "https://pages.example/xw?uid=7");
        let plain = [("XW_URL", "https://xw.example"), ("XW_OPEN_URL", "http://pages.example/xw")];
        assert!(xw(&plain).unwrap_err().starts_with("configuration: XW_OPEN_URL speaks plain HTTP"));
    }
}
