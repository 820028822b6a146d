//! Who may call each route, and how long it may take.

use serde_json::{Value, json};

use super::{Complaints, assert_bites, assert_kept, demand, number, roles};
use crate::template::{Resource, Template};

/// API Gateway gives up a call after 30 seconds.
const LONGEST_TIME_OUT_S: u64 = 29;
/// The routes on which a partner signs what it sends, and the variable that names the secret it is verified with.
const SIGNED_BY_A_PARTNER: [(&str, &str); 14] = [
    ("POST /antchain/ato/notify", "ANT_SECRET_PARAMETER"),
    ("POST /openapi/rongshu/bindCard", "RONGSHU_PARAMETER_PREFIX"),
    ("POST /openapi/rongshu/confirmLoan", "RONGSHU_PARAMETER_PREFIX"),
    ("POST /openapi/rongshu/getBankList", "RONGSHU_PARAMETER_PREFIX"),
    ("POST /openapi/rongshu/getContracts", "RONGSHU_PARAMETER_PREFIX"),
    ("POST /openapi/rongshu/getRepayPlan", "RONGSHU_PARAMETER_PREFIX"),
    ("POST /openapi/rongshu/loanCalculation", "RONGSHU_PARAMETER_PREFIX"),
    ("POST /openapi/rongshu/pushOrder", "RONGSHU_PARAMETER_PREFIX"),
    ("POST /openapi/rongshu/queryAuditResult", "RONGSHU_PARAMETER_PREFIX"),
    ("POST /openapi/rongshu/queryLoanResult", "RONGSHU_PARAMETER_PREFIX"),
    ("POST /openapi/rongshu/queryRepayResult", "RONGSHU_PARAMETER_PREFIX"),
    ("POST /openapi/rongshu/repay", "RONGSHU_PARAMETER_PREFIX"),
    ("POST /openapi/rongshu/repayTrial", "RONGSHU_PARAMETER_PREFIX"),
    ("POST /openapi/rongshu/userCheck", "RONGSHU_PARAMETER_PREFIX"),
];

/// A route of the HTTP API: `POST /get_status`, its definition, and the function behind it.
struct Route<'a> {
    key: String,
    definition: &'a Value,
    function: Resource<'a>,
}

fn routes(template: &Template) -> Vec<Route<'_>> {
    let mut routes = Vec::new();
    for api in template.of_kind("AWS::ApiGatewayV2::Api") {
        for (path, methods) in api.property("Body")["paths"].as_object().into_iter().flatten() {
            for (method, definition) in methods.as_object().into_iter().flatten() {
                let uri = definition["x-amazon-apigateway-integration"]["uri"].to_string();
                let calls = |function: &Resource<'_>| uri.contains(&format!("${{{}.Arn}}", function.id));
                let function = template.of_kind("AWS::Lambda::Function").find(calls).expect("a function");
                routes.push(Route { key: format!("{} {path}", method.to_uppercase()), definition, function });
            }
        }
    }
    routes
}

/// A route that anybody may call either asks for a session itself, or verifies a partner's signature, or leads to
/// nothing.
fn callers_are_known(template: &Template) -> Complaints {
    let mut complaints = Complaints::new();
    for route in routes(template) {
        let known = is_signed(template, route.definition)
            || has_variable(route.function, "SESSION_JWKS")
            || verifies_a_partner(&route)
            || does_nothing_but_log(template, route.function);
        demand(&mut complaints, known, &route.key, "does things for anybody who calls it");
    }
    complaints
}

fn routes_answer_in_time(template: &Template) -> Complaints {
    let mut complaints = Complaints::new();
    for route in routes(template) {
        let in_time = number(route.function.property("Timeout")) <= LONGEST_TIME_OUT_S;
        demand(&mut complaints, in_time, &route.key, "may take longer than API Gateway waits");
    }
    complaints
}

fn is_signed(template: &Template, definition: &Value) -> bool {
    let schemes = template.of_kind("AWS::ApiGatewayV2::Api").map(|api| {
        &api.property("Body")["components"]["securitySchemes"]["AWS_IAM"]["x-amazon-apigateway-authtype"]
    });
    definition["security"] == json!([{"AWS_IAM": []}]) && schemes.into_iter().all(|kind| kind == "awsSigv4")
}

fn verifies_a_partner(route: &Route<'_>) -> bool {
    let mut partners = SIGNED_BY_A_PARTNER.into_iter();
    partners.any(|(key, secret)| route.key == key && has_variable(route.function, secret))
}

fn has_variable(function: Resource<'_>, name: &str) -> bool {
    !function.property("Environment")["Variables"][name].is_null()
}

fn does_nothing_but_log(template: &Template, function: Resource<'_>) -> bool {
    let role = template.target(function.property("Role")).expect("a role");
    roles::entries(role, "Action").all(|action| action.as_str().is_some_and(|name| name.starts_with("logs:")))
}

#[test]
fn every_route_that_does_something_knows_who_calls_it() {
    assert_kept(callers_are_known);
}

#[test]
fn the_internal_routes_are_for_iam_callers_and_no_others() {
    let template = Template::deployed();
    let signed = routes(&template).into_iter().filter(|route| is_signed(&template, route.definition));
    let mut signed: Vec<_> = signed.map(|route| route.key).collect();
    signed.sort_unstable();
    assert_eq!(
        signed,
        [
            "DELETE /ant-lease/orders/{order_id}/withhold-sign",
            "GET /ant-lease/orders/{order_id}",
            "GET /ant-lease/orders/{order_id}/withhold-sign",
            "GET /ops/callbacks",
            "POST /ant-lease/orders/{order_id}/close",
            "POST /ant-lease/orders/{order_id}/contract",
            "POST /ant-lease/orders/{order_id}/contract/seal",
            "POST /ant-lease/orders/{order_id}/sign-flow",
            "POST /ant-lease/orders/{order_id}/unsign-confirm",
            "POST /ant-lease/orders/{order_id}/withhold-plan/cancel",
            "POST /ant-lease/orders/{order_id}/withhold-sign",
            "POST /credit/temp-credit/cancel",
            "POST /credit/temp-credit/query",
            "POST /ops/callbacks/resend",
            "PUT /ant-lease/orders/{order_id}",
        ],
    );
}

#[test]
fn a_route_that_does_things_for_anybody_is_found() {
    let security = "/Properties/Body/paths/~1credit~1temp-credit~1query/post/security";
    for flaw in [Value::Null, json!([]), json!([{"Other": []}]), json!([{"AWS_IAM": []}, {}])] {
        assert_bites(
            callers_are_known,
            |template| template.with("HttpApi", security, flaw),
            "POST /credit/temp-credit/query does things for anybody who calls it",
        );
    }
    assert_bites(
        callers_are_known,
        |template| template.with("GetStatus", "/Properties/Environment/Variables/SESSION_JWKS", Value::Null),
        "POST /get_status does things for anybody who calls it",
    );
    // A secret alone is no signature: only where a partner calls is it one.
    let close = "/Properties/Body/paths/~1ant-lease~1orders~1{order_id}~1close/post/security";
    assert_bites(
        callers_are_known,
        |template| template.with("HttpApi", close, Value::Null),
        "POST /ant-lease/orders/{order_id}/close does things for anybody who calls it",
    );
    let secret = "/Properties/Environment/Variables/ANT_SECRET_PARAMETER";
    assert_bites(
        callers_are_known,
        |template| template.with("AntNotify", secret, Value::Null),
        "POST /antchain/ato/notify does things for anybody who calls it",
    );
    let anything = "/Properties/Policies/0/PolicyDocument/Statement/0/Action";
    assert_bites(
        callers_are_known,
        |template| template.with("WebviewRole", anything, json!(["logs:PutLogEvents", "dynamodb:GetItem"])),
        "GET /webview does things for anybody who calls it",
    );
}

#[test]
fn every_route_answers_before_api_gateway_gives_up() {
    assert_kept(routes_answer_in_time);
}

#[test]
fn a_route_that_may_take_too_long_is_found() {
    assert_bites(
        routes_answer_in_time,
        |template| template.with("GetStatus", "/Properties/Timeout", json!(30)),
        "POST /get_status may take longer than API Gateway waits",
    );
}
