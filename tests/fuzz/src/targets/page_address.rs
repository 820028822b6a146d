//! The addresses of photos and pages that a channel takes: only over HTTPS, and only on its hosts, as a browser reads them.

use std::sync::LazyLock;

use marketplace::channel::ChannelConfig;
use platform::config::FromVariable;
use platform::partner::BaseUrl;
use platform::secrets::FromSecret;
use serde_json::json;
use suites::marketplace::channels::{PLAIN, parameter};

use crate::Target;
use crate::input::text;

pub(super) const TARGET: Target = Target { name: "page-address", hold, seeds };

const HOSTS: [&str; 2] = ["a.example", "pages.b.example"];

static CHANNEL: LazyLock<ChannelConfig> = LazyLock::new(|| {
    let mut parameter = parameter(PLAIN);
    parameter["url_hosts"] = json!(HOSTS);
    parameter["page_hosts"] = json!(HOSTS);
    ChannelConfig::from_secret(&parameter.to_string()).expect("a channel")
});

fn hold(data: &[u8]) {
    let Some(text) = text(data) else { return };
    for is_allowed in [CHANNEL.allows_url(text), CHANNEL.allows_page(text)] {
        if is_allowed {
            let host = host(text);
            assert!(host.as_deref().is_some_and(|host| HOSTS.contains(&host)), "{text}: {host:?}");
        }
    }
    if let Ok(url) = BaseUrl::from_variable(text) {
        let joined = url.join("/lines/1");
        assert!(joined.ends_with("/lines/1") && !joined.contains(['?', '#']), "{joined}");
        assert_eq!(host(&joined), host(text), "the path does not move to another host");
        assert_eq!(BaseUrl::from_variable(&url.join("")), Ok(url));
    }
}

/// The host that a browser goes to: a backslash is a slash there, and what stands before the last `@` is nobody's host.
fn host(text: &str) -> Option<String> {
    let (scheme, rest) = text.split_once("://")?;
    if !["https", "http"].contains(&scheme.to_ascii_lowercase().as_str()) {
        return None;
    }
    let authority = rest.split(['/', '\\', '?', '#']).next()?;
    let place = authority.rsplit('@').next()?;
    let name = if place.starts_with('[') { place } else { place.split(':').next()? };
    Some(name.to_ascii_lowercase())
}

fn seeds() -> Vec<Vec<u8>> {
    let texts = [
        "https://a.example/done?order=1#end",
        "HTTPS://Pages.B.example:443/x",
        "https://user@a.example/",
        "https://evil.example\\@a.example/",
        "https://a.example@evil.example/",
        "http://127.0.0.1:3900/mkk/",
        "http://[::1]:3900",
        "https://mkk.example/#api",
        "/relative",
    ];
    texts.map(|text| text.as_bytes().to_vec()).into()
}
