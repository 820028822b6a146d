//! What `sam local invoke` and `sam local start-api` need to work against the engine.

use std::{fs, path::Path};

use anyhow::{Context as _, Result};
use local::{Engine, Stack};
use serde_json::{Map, Value};

/// Writes every function's variables in the shape of `sam local --env-vars`, the deployed names of tables and
/// queues in place of the template's references.
pub(super) fn write_env_vars(engine: &Engine, stack: &Stack, endpoint: &str, path: &Path) -> Result<()> {
    let mut functions = Map::new();
    for (logical_id, name) in stack.of_kind("AWS::Lambda::Function") {
        let mut variables = engine.variables(name)?;
        variables.insert("AWS_ENDPOINT_URL".to_owned(), Value::from(endpoint));
        functions.insert(logical_id.to_owned(), Value::Object(variables));
    }
    let text = serde_json::to_string_pretty(&functions).context("variables that are no JSON")?;
    fs::write(path, text + "\n").with_context(|| format!("{}", path.display()))
}
