//! The HTTP API's routes, which the engine does not import from the stack.

use http::Request;
use serde_json::{Value, json};

use super::{Engine, Stack, built};
use crate::{Error, Result};

impl Engine {
    /// Creates the routes of the stack's HTTP API from its own definition.
    ///
    /// `CloudFormation` imports `AWS::ApiGatewayV2::Api.Body`; the engine keeps the API but drops the body.
    ///
    /// # Errors
    /// When the definition is not what the SAM transform writes, or the engine refuses a route.
    pub fn import_routes(&self, stack: &Stack, api: &str) -> Result<()> {
        let api_id = stack.physical_id(api)?;
        let template = self.processed_template(&stack.name)?;
        let paths = &template["Resources"][api]["Properties"]["Body"]["paths"];
        for (path, methods) in paths.as_object().into_iter().flatten() {
            for (method, route) in methods.as_object().into_iter().flatten() {
                let function = stack.physical_id(integrated_function(route)?)?;
                self.create_route(api_id, &format!("{} {path}", method.to_uppercase()), function)?;
            }
        }
        Ok(())
    }

    fn create_route(&self, api_id: &str, route_key: &str, function: &str) -> Result<()> {
        let integration = json!({
            "integrationType": "AWS_PROXY",
            "integrationUri": format!("arn:aws:lambda:{}:000000000000:function:{function}", self.region),
            "payloadFormatVersion": "2.0",
        });
        let integration = self.post_api(&format!("/v2/apis/{api_id}/integrations"), &integration)?;
        let target = format!("integrations/{}", integration["integrationId"].as_str().unwrap_or_default());
        self.post_api(
            &format!("/v2/apis/{api_id}/routes"),
            &json!({"routeKey": route_key, "target": target}),
        )?;
        Ok(())
    }

    fn post_api(&self, path: &str, body: &Value) -> Result<Value> {
        let request = built(path, Request::post(path), body.to_string().into_bytes())?;
        self.call("apigateway", path, request)?.json()
    }
}

/// The function a route calls: its URI is a `Fn::Sub` that ends in `functions/${GetStatus.Arn}/invocations`.
fn integrated_function(route: &Value) -> Result<&str> {
    let uri = &route["x-amazon-apigateway-integration"]["uri"];
    uri["Fn::Sub"]
        .as_str()
        .and_then(|uri| uri.split_once("/functions/${"))
        .and_then(|(_, rest)| rest.split_once(".Arn}"))
        .map(|(function, _)| function)
        .ok_or_else(|| Error::unreadable("a route's integration", uri))
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::integrated_function;

    #[test]
    fn a_routes_function_is_read_from_its_integration() {
        let uri = "arn:${AWS::Partition}:apigateway:${AWS::Region}:lambda:path/2015-03-31/functions/${GetStatus.Arn}/invocations";
        let route = json!({"x-amazon-apigateway-integration": {"uri": {"Fn::Sub": uri}}});
        assert_eq!(integrated_function(&route).unwrap(), "GetStatus");
        assert!(integrated_function(&json!({})).is_err());
    }
}
