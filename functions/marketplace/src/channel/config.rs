use std::collections::{BTreeMap, BTreeSet};

use domain::marketplace::{AdmissionRules, BankCodes, CallbackKind, Product, PullKind};
use http::Uri;
use http::uri::Scheme;
use jiff::SignedDuration;
use platform::partner::BaseUrl;
use platform::rsa::{SignatureHash, SigningKey, VerifyingKey};

use super::{RateLimit, Wording};
use crate::envelope::Cipher;

/// A channel's configuration: its parameter, read.
#[derive(Debug)]
pub struct ChannelConfig {
    /// Our id at the platform.
    pub app_id: String,
    /// How the business JSON is carried.
    pub cipher: Cipher,
    /// With which hash both sides sign.
    pub hash: SignatureHash,
    /// What signs our calls.
    pub signing_key: SigningKey,
    /// What the platform's calls are signed with: two while one is being replaced.
    pub platform_keys: Vec<VerifyingKey>,
    /// Where the platform is.
    pub base_url: BaseUrl,
    /// How far a call's time may be from ours; `None` is any.
    pub timestamp_window: Option<SignedDuration>,
    /// What is lent.
    pub product: Product,
    /// Whether it is lent at all: otherwise pushes are answered 2003.
    pub product_is_on: bool,
    /// Who may borrow.
    pub admission: AdmissionRules,
    /// What the channel calls the banks.
    pub bank_codes: BankCodes,
    /// How a contract is written.
    pub contract_shape: ContractShape,
    /// The contracts that are shown (item 3).
    pub contracts: Vec<Contract>,
    /// Where photos may stand whose URLs a push has; `None` is anywhere. They are kept and never fetched (design §6).
    pub url_hosts: Option<BTreeSet<String>>,
    /// Where the pages may stand that users come back to; `None` is anywhere, over HTTPS alone (design §6).
    pub page_hosts: Option<BTreeSet<String>>,
    /// What the platform and its users read.
    pub wording: Wording,
    /// How much the channel may ask of us; `None` is as much as the stage lets through.
    pub rate_limit: Option<RateLimit>,
    /// The off switch: HTTP calls are answered `busy`, pulls and callbacks wait.
    pub is_disabled: bool,
    pub(super) callback_paths: BTreeMap<CallbackKind, String>,
    pub(super) pull_paths: BTreeMap<PullKind, String>,
}

/// How an element of the contract list is written (§3, 1.14).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum ContractShape {
    /// `{title: url}`
    #[default]
    TitleUrl,
    /// `{"key": title, "value": url}`
    KeyValue,
}

/// A contract that is shown.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Contract {
    /// What it is called.
    pub title: String,
    /// Where it stands.
    pub url: String,
}

impl ChannelConfig {
    /// Where a callback goes.
    #[must_use]
    pub fn callback_url(&self, kind: CallbackKind) -> String {
        self.url(self.callback_paths.get(&kind).map_or(kind.default_path(), String::as_str))
    }

    /// Where data is pulled.
    #[must_use]
    pub fn pull_url(&self, kind: PullKind) -> String {
        self.url(self.pull_paths.get(&kind).map_or(kind.default_path(), String::as_str))
    }

    /// Whether the URL of a photo may be kept: over HTTPS, on a host that is allowed.
    #[must_use]
    pub fn allows_url(&self, url: &str) -> bool {
        self.url_hosts.as_ref().is_none_or(|hosts| https_host(url).is_some_and(|host| hosts.contains(&host)))
    }

    /// Whether users may be sent back to a page: over HTTPS, and on a host that is allowed.
    #[must_use]
    pub fn allows_page(&self, url: &str) -> bool {
        let is_allowed = |host| self.page_hosts.as_ref().is_none_or(|hosts| hosts.contains(&host));
        https_host(url).is_some_and(is_allowed)
    }

    fn url(&self, path: &str) -> String {
        self.base_url.join(&format!("/{}", path.trim_start_matches('/')))
    }
}

/// The host of an address over HTTPS, in lower case.
fn https_host(url: &str) -> Option<String> {
    let url: Uri = url.parse().ok()?;
    let host = url.host().filter(|host| !host.is_empty()).map(str::to_ascii_lowercase);
    host.filter(|_| url.scheme() == Some(&Scheme::HTTPS))
}
