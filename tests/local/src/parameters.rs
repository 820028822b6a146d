//! Parameter Store: the engine's, or that of a real account.

use serde_json::json;

use crate::{Credentials, Engine, Error, JsonService, Result};

/// Where secrets are kept.
#[derive(Debug)]
pub struct ParameterStore(Engine);

impl ParameterStore {
    /// The local engine's.
    #[must_use]
    pub fn at(endpoint: &str, region: &str, credentials: &Credentials) -> Self {
        Self(Engine::new(endpoint, region, credentials))
    }

    /// The one behind a client of Systems Manager.
    #[must_use]
    pub fn of(engine: Engine) -> Self {
        Self(engine)
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
