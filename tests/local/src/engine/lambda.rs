//! Lambda: invoking a function, and overriding its variables.

use http::Request;
use serde_json::{Map, Value, json};

use super::{Engine, built};
use crate::{Error, Response, Result};

impl Engine {
    /// Invokes a function with `event`; the answer is the function's own, its failures included: of one that
    /// failed, the header `x-amz-function-error` is not empty and the body is the error.
    ///
    /// # Errors
    /// When the engine refuses the call.
    pub fn invoke(&self, function: &str, event: &Value) -> Result<Response> {
        let request = Request::post(format!("/2015-03-31/functions/{function}/invocations"));
        self.call("lambda", "Invoke", built("Invoke", request, event.to_string().into_bytes())?)
    }

    /// The environment variables of a function.
    ///
    /// # Errors
    /// When there is no such function.
    pub fn variables(&self, function: &str) -> Result<Map<String, Value>> {
        let request = Request::get(format!("/2015-03-31/functions/{function}/configuration"));
        let request = built("GetFunctionConfiguration", request, Vec::new())?;
        let answer = self.call("lambda", "GetFunctionConfiguration", request)?.json()?;
        answer["Environment"]["Variables"]
            .as_object()
            .cloned()
            .ok_or_else(|| Error::unreadable("the function's configuration", &"it has no variables"))
    }

    /// Replaces the environment variables of a function.
    ///
    /// # Errors
    /// When the engine refuses them.
    pub fn set_variables(&self, function: &str, variables: &Map<String, Value>) -> Result<()> {
        let request = Request::put(format!("/2015-03-31/functions/{function}/configuration"));
        let body = json!({"Environment": {"Variables": variables}}).to_string().into_bytes();
        let request = built("UpdateFunctionConfiguration", request, body)?;
        self.call("lambda", "UpdateFunctionConfiguration", request)?;
        Ok(())
    }
}
