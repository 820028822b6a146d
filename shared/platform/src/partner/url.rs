use std::net::IpAddr;

use http::Uri;
use http::uri::Scheme;

use crate::config::{FromVariable, Stage};

/// A partner's address: scheme, host and a path without a slash at its end.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BaseUrl {
    text: String,
    plain_http_to_loopback: bool,
    plain_http: bool,
}

impl BaseUrl {
    /// The address with `path` behind it; `path` begins with a slash and is percent-encoded.
    #[must_use]
    pub fn join(&self, path: &str) -> String {
        format!("{}{path}", self.text)
    }

    /// Checks that plain HTTP is spoken only on a developer's machine, to a loopback address (design §6).
    ///
    /// # Errors
    /// What is wrong, as the end of a sentence that begins with the variable's name.
    pub fn allowed_in(&self, stage: Stage) -> Result<(), String> {
        let local = match stage {
            Stage::Local => self.plain_http_to_loopback,
            Stage::Production => false,
        };
        if !self.plain_http || local {
            Ok(())
        } else {
            Err("speaks plain HTTP, which only TENOR_ENV=local may, to a loopback address".into())
        }
    }
}

impl FromVariable for BaseUrl {
    const KIND: &'static str = "an `https://` address, without query and fragment";

    fn from_variable(text: &str) -> Result<Self, String> {
        let uri: Uri = text.parse().map_err(|error| format!("is no address: {error}"))?;
        let (Some(scheme), Some(host)) = (uri.scheme(), uri.host()) else {
            return Err("has no scheme or host".into());
        };
        let plain_http = *scheme == Scheme::HTTP;
        if !plain_http && *scheme != Scheme::HTTPS {
            return Err("is neither https nor http".into());
        }
        if uri.query().is_some() {
            return Err("has a query".into());
        }
        // Whatever was joined to it would belong to the fragment, which is not sent.
        if text.contains('#') {
            return Err("has a fragment".into());
        }
        let literal = host.trim_start_matches('[').trim_end_matches(']');
        let plain_http_to_loopback = literal.parse().is_ok_and(|address: IpAddr| address.is_loopback());
        Ok(Self { text: text.trim_end_matches('/').to_owned(), plain_http_to_loopback, plain_http })
    }
}

#[cfg(test)]
mod tests {
    use super::BaseUrl;
    use crate::config::{FromVariable, Stage};

    fn allowed(text: &str, stage: Stage) -> bool {
        BaseUrl::from_variable(text).is_ok_and(|url| url.allowed_in(stage).is_ok())
    }

    #[test]
    fn plain_http_is_for_local_loopback_literals_only() {
        assert!(allowed("https://mkk.example/api", Stage::Production));
        assert!(allowed("http://127.0.0.1:3900/mkk", Stage::Local));
        assert!(allowed("http://[::1]:3900/mkk", Stage::Local));
        assert!(!allowed("http://127.0.0.1:3900/mkk", Stage::Production));
        assert!(!allowed("http://localhost:3900/mkk", Stage::Local));
        assert!(!allowed("http://mkk.example", Stage::Local));
    }

    #[test]
    fn an_address_without_scheme_or_with_a_query_or_a_fragment_is_refused() {
        for text in [
            "mkk.example",
            "/lines",
            "ftp://mkk.example",
            "https://mkk.example/?a=1",
            "https://mkk.example/#a",
            "https://mkk.example#",
            "",
            "https://",
        ] {
            assert!(BaseUrl::from_variable(text).is_err(), "{text}");
        }
    }

    #[test]
    fn joining_makes_one_slash() {
        let url = BaseUrl::from_variable("https://mkk.example/api/").map(|url| url.join("/lines/1"));
        assert_eq!(url, Ok("https://mkk.example/api/lines/1".to_owned()));
    }
}
