//! Parameter Store: the engine's, or that of a real account.

use serde_json::{Value, json};

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
        let answer = self.0.json(JsonService::Ssm, "PutParameter", &secret(name, value))?;
        let version = answer["Version"].as_i64();
        version.ok_or_else(|| Error::unreadable("the answer of PutParameter", &"it has no version"))
    }
}

/// What sets it. A standard parameter takes 4 KB; with this tier a longer one is an advanced parameter, which takes 8 KB.
fn secret(name: &str, value: &str) -> Value {
    json!({"Name": name, "Value": value, "Type": "SecureString", "Tier": "Intelligent-Tiering", "Overwrite": true})
}

#[cfg(test)]
mod tests {
    use super::secret;

    #[test]
    fn a_secret_is_encrypted_and_may_be_longer_than_a_standard_parameter() {
        let input = secret("/tenor/ant", "{}");
        assert_eq!((&input["Type"], &input["Tier"]), (&"SecureString".into(), &"Intelligent-Tiering".into()));
    }
}
