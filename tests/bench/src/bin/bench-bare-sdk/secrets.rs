//! Secrets in Parameter Store: all that a function has are read in one call.

use std::collections::HashMap;
use std::env;

use bench::Error;

use crate::clients::Aws;

/// A function's secrets, by the variables that name them.
pub(crate) struct Secrets(HashMap<String, String>);

impl Secrets {
    /// Reads them.
    pub(crate) async fn read(aws: &Aws, variables: &[&str]) -> Result<Self, Error> {
        let names = variables.iter().map(env::var).collect::<Result<_, _>>()?;
        let call = aws.ssm().get_parameters().set_names(Some(names)).with_decryption(true);
        let parameters = call.send().await?.parameters.unwrap_or_default().into_iter();
        Ok(Self(parameters.filter_map(|parameter| Some((parameter.name?, parameter.value?))).collect()))
    }

    /// The secret that a variable names.
    pub(crate) fn of(&self, variable: &str) -> Result<&str, Error> {
        Ok(self.0.get(&env::var(variable)?).ok_or("a secret is missing")?)
    }
}
