//! Parameter Store: the engine's, or that of a real account.

use serde_json::json;

use crate::{Credentials, Engine, Error, Http, JsonService, Result};

/// Where secrets are kept.
#[derive(Debug)]
pub struct ParameterStore(Engine);

impl ParameterStore {
    /// The one at an endpoint of `http:`, which is a local one.
    #[must_use]
    pub fn at(endpoint: &str, region: &str, credentials: &Credentials) -> Self {
        Self(Engine::new(endpoint, region, credentials))
    }

    /// The one at an endpoint of `https:`, AWS's own in that region when none is named, which one of the `roots` (PEM)
    /// must vouch for.
    ///
    /// # Errors
    /// When there is no root among them.
    pub fn over_tls(
        endpoint: Option<&str>,
        region: &str,
        credentials: &Credentials,
        roots: &[u8],
    ) -> Result<Self> {
        let endpoint = endpoint.map_or_else(|| own_endpoint(region), str::to_owned);
        Ok(Self(Engine::over(Http::trusting(roots)?, &endpoint, region, credentials)))
    }

    /// Sets a parameter, as a `SecureString`, and tells its version.
    ///
    /// # Errors
    /// When it is refused, or nobody answers.
    pub fn put_secret(&self, name: &str, value: &str) -> Result<i64> {
        let input = json!({"Name": name, "Value": value, "Type": "SecureString", "Overwrite": true});
        let answer = self.0.json(JsonService::Ssm, "PutParameter", &input)?;
        let version = answer["Version"].as_i64();
        version.ok_or_else(|| Error::unreadable("the answer of PutParameter", &"it has no version"))
    }
}

/// AWS's endpoint of Systems Manager in a region.
fn own_endpoint(region: &str) -> String {
    let suffix = if region.starts_with("cn-") { ".cn" } else { "" };
    format!("https://ssm.{region}.amazonaws.com{suffix}")
}

#[cfg(test)]
mod tests {
    use super::own_endpoint;

    #[test]
    fn the_regions_of_china_have_a_domain_of_their_own() {
        assert_eq!(own_endpoint("eu-central-1"), "https://ssm.eu-central-1.amazonaws.com");
        assert_eq!(own_endpoint("cn-north-1"), "https://ssm.cn-north-1.amazonaws.com.cn");
    }
}
