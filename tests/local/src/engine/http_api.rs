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
        let definition = &template["Resources"][api]["Properties"]["Body"];
        for (path, methods) in definition["paths"].as_object().into_iter().flatten() {
            for (method, route) in methods.as_object().into_iter().flatten() {
                let function = stack.physical_id(integrated_function(route)?)?;
                let authorization = authorization_type(definition, route)?;
                self.create_route(
                    api_id,
                    &format!("{} {path}", method.to_uppercase()),
                    authorization,
                    function,
                )?;
            }
        }
        Ok(())
    }

    fn create_route(&self, api_id: &str, route_key: &str, authorization: &str, function: &str) -> Result<()> {
        let integration = json!({
            "integrationType": "AWS_PROXY",
            "integrationUri": format!("arn:aws:lambda:{}:000000000000:function:{function}", self.region),
            "payloadFormatVersion": "2.0",
        });
        let integration = self.post_api(&format!("/v2/apis/{api_id}/integrations"), &integration)?;
        let target = format!("integrations/{}", integration["integrationId"].as_str().unwrap_or_default());
        self.post_api(
            &format!("/v2/apis/{api_id}/routes"),
            &json!({"routeKey": route_key, "target": target, "authorizationType": authorization}),
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

/// Who may call a route: everybody, or whoever signs the call. Anything else is refused here, lest it be open.
fn authorization_type(definition: &Value, route: &Value) -> Result<&'static str> {
    let Some(schemes) = route["security"].as_array() else { return Ok("NONE") };
    let names = schemes.iter().filter_map(Value::as_object).flat_map(|scheme| scheme.keys());
    let signed = |name: &String| {
        definition["components"]["securitySchemes"][name]["x-amazon-apigateway-authtype"] == "awsSigv4"
    };
    let names: Vec<_> = names.collect();
    if names.is_empty() || !names.into_iter().all(signed) {
        return Err(Error::unreadable("a route's security", &route["security"]));
    }
    Ok("AWS_IAM")
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::{authorization_type, integrated_function};

    #[test]
    fn a_routes_function_is_read_from_its_integration() {
        let uri = "arn:${AWS::Partition}:apigateway:${AWS::Region}:lambda:path/2015-03-31/functions/${GetStatus.Arn}/invocations";
        let route = json!({"x-amazon-apigateway-integration": {"uri": {"Fn::Sub": uri}}});
        assert_eq!(integrated_function(&route).unwrap(), "GetStatus");
        assert!(integrated_function(&json!({})).is_err());
    }

    #[test]
    fn a_route_is_open_or_signed_and_nothing_else() {
        let definition = json!({"components": {"securitySchemes": {
            "AWS_IAM": {"type": "apiKey", "x-amazon-apigateway-authtype": "awsSigv4"},
            "Keys": {"type": "apiKey"},
        }}});
        let authorization = |route| authorization_type(&definition, &route).ok();
        assert_eq!(authorization(json!({})), Some("NONE"));
        assert_eq!(authorization(json!({"security": [{"AWS_IAM": []}]})), Some("AWS_IAM"));
        assert_eq!(authorization(json!({"security": [{"Keys": []}]})), None);
        assert_eq!(authorization(json!({"security": [{"Unknown": []}]})), None);
        assert_eq!(authorization(json!({"security": []})), None);
    }
}
