//! What the contexts' HTTP requests and answers have in common.

use aws_lambda_events::apigw::{ApiGatewayV2httpRequest, ApiGatewayV2httpResponse};
use aws_lambda_events::encodings::Body;
use bench::Error;
use http::header::{AUTHORIZATION, CONTENT_TYPE};
use http::{HeaderMap, HeaderValue};
use serde::{Deserialize, Serialize};

use crate::session::Sessions;

/// The client whose session a request has.
pub(crate) fn caller(sessions: &Sessions, request: &ApiGatewayV2httpRequest) -> Result<String, Error> {
    let token = request.headers.get(AUTHORIZATION).ok_or("no token")?.to_str()?;
    sessions.client(token)
}

/// A request's body.
pub(crate) fn body<'a, T: Deserialize<'a>>(request: &'a ApiGatewayV2httpRequest) -> Result<T, Error> {
    Ok(serde_json::from_str(request.body.as_deref().ok_or("no body")?)?)
}

/// An answer in JSON.
pub(crate) fn json(body: &impl Serialize) -> Result<ApiGatewayV2httpResponse, Error> {
    Ok(answer("application/json", serde_json::to_string(body)?))
}

/// An answer.
pub(crate) fn answer(content_type: &'static str, body: String) -> ApiGatewayV2httpResponse {
    let mut answer = ApiGatewayV2httpResponse::default();
    answer.status_code = 200;
    answer.headers = HeaderMap::from_iter([(CONTENT_TYPE, HeaderValue::from_static(content_type))]);
    answer.body = Some(Body::Text(body));
    answer
}
