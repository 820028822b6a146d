//! X-Ray is off unless somebody asks for it. Where it is on, every function is traced, and its role allows just that
//! beside what it allows anyway.

use serde_json::{Value, json};

use super::{Complaints, assert_bites, assert_kept, demand};
use crate::template::Template;

const PARAMETER: &str = "XRayTracing";
const CONDITION: &str = "IsTraced";
const POLICY: &str = "TracingPolicy";

/// Whether a role's managed policies are the one of tracing, while there is tracing, and otherwise none.
pub(super) fn is_while_traced(managed: &Value) -> bool {
    *managed == json!({"Fn::If": [CONDITION, [{"Ref": POLICY}], {"Ref": "AWS::NoValue"}]})
}

fn tracing_is_asked_for(template: &Template) -> Complaints {
    let mut complaints = Complaints::new();
    let off = template.parameter(PARAMETER)["Default"] == "false";
    demand(&mut complaints, off, PARAMETER, "is on by default");
    let asked = *template.condition(CONDITION) == json!({"Fn::Equals": [{"Ref": PARAMETER}, "true"]});
    demand(&mut complaints, asked, CONDITION, "is something else than the parameter");
    for function in template.of_kind("AWS::Lambda::Function") {
        let mode = &function.property("TracingConfig")["Mode"];
        let by_condition = *mode == json!({"Fn::If": [CONDITION, "Active", "PassThrough"]});
        demand(&mut complaints, by_condition, function.id, "is not traced by the condition");
        let role = template.target(function.property("Role"));
        let allowed = role.is_some_and(|role| is_while_traced(role.property("ManagedPolicyArns")));
        // Lambda takes no function that is to be traced and may not say so.
        demand(&mut complaints, allowed, function.id, "may not send its traces");
    }
    complaints
}

fn tracing_allows_just_that(template: &Template) -> Complaints {
    let mut complaints = Complaints::new();
    let document = json!({"Version": "2012-10-17", "Statement": [{
        "Effect": "Allow",
        "Action": ["xray:PutTraceSegments", "xray:PutTelemetryRecords"],
        "Resource": "*",
    }]});
    for policy in template.of_kind("AWS::IAM::ManagedPolicy") {
        let mut demand = |holds, complaint| demand(&mut complaints, holds, policy.id, complaint);
        demand(policy.id == POLICY, "is a policy that no rule knows");
        demand(policy.whole["Condition"] == CONDITION, "is there without tracing");
        demand(*policy.property("PolicyDocument") == document, "allows something else than to send traces");
        let given = ["Roles", "Users", "Groups"].map(|to| policy.property(to));
        demand(given.into_iter().all(Value::is_null), "is given to whom does not ask for it");
    }
    complaints
}

#[test]
fn functions_are_traced_if_somebody_asks_for_it() {
    assert_kept(tracing_is_asked_for);
}

#[test]
fn tracing_that_nobody_asked_for_or_that_may_not_be_is_found() {
    let rule = tracing_is_asked_for;
    assert_bites(
        rule,
        |template| template.with_default(PARAMETER, json!("true")),
        "XRayTracing is on by default",
    );
    for other in [json!({"Fn::Equals": [{"Ref": "TenorEnv"}, "production"]}), Value::Null] {
        let complaint = "IsTraced is something else than the parameter";
        assert_bites(rule, |template| template.with_condition(CONDITION, other), complaint);
    }
    for mode in [json!("Active"), json!("PassThrough"), Value::Null] {
        let complaint = "GetStatus is not traced by the condition";
        assert_bites(
            rule,
            |template| template.with("GetStatus", "/Properties/TracingConfig/Mode", mode),
            complaint,
        );
    }
    for managed in [Value::Null, json!([{"Ref": POLICY}])] {
        let complaint = "GetStatus may not send its traces";
        let pointer = "/Properties/ManagedPolicyArns";
        assert_bites(rule, |template| template.with("GetStatusRole", pointer, managed), complaint);
    }
}

#[test]
fn a_role_is_given_nothing_by_tracing_but_to_send_traces() {
    assert_kept(tracing_allows_just_that);
}

#[test]
fn a_policy_of_tracing_that_allows_more_or_always_is_found() {
    let statement = "/Properties/PolicyDocument/Statement";
    let more = "allows something else than to send traces";
    for (pointer, flaw, complaint) in [
        ("/Condition".to_owned(), Value::Null, "is there without tracing"),
        ("/Condition".to_owned(), json!("IsInAws"), "is there without tracing"),
        (format!("{statement}/0/Action"), json!("xray:*"), more),
        (format!("{statement}/0/Action"), json!(["xray:PutTraceSegments"]), more),
        (format!("{statement}/0/NotAction"), json!("iam:*"), more),
        (statement.to_owned(), json!([]), more),
        (
            "/Properties/Roles".to_owned(),
            json!([{"Ref": "GetStatusRole"}]),
            "is given to whom does not ask for it",
        ),
        ("/Properties/Users".to_owned(), json!(["somebody"]), "is given to whom does not ask for it"),
    ] {
        let complaint = format!("{POLICY} {complaint}");
        assert_bites(tracing_allows_just_that, |template| template.with(POLICY, &pointer, flaw), &complaint);
    }
    assert_bites(
        tracing_allows_just_that,
        |template| template.copying(POLICY, "OtherPolicy"),
        "OtherPolicy is a policy that no rule knows",
    );
}
