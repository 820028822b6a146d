//! Who may take a role on, and who may call a function: the service that must, and nobody else.

use serde_json::{Value, json};

use super::{Complaints, assert_bites, assert_kept, demand};
use crate::template::{Resource, Template};

const LAMBDA: &str = "lambda.amazonaws.com";
const SCHEDULER: &str = "scheduler.amazonaws.com";
const API_GATEWAY: &str = "apigateway.amazonaws.com";

fn roles_trust_whom_they_serve(template: &Template) -> Complaints {
    let mut complaints = Complaints::new();
    for role in template.of_kind("AWS::IAM::Role") {
        let is_role =
            |reference: &Value| template.target(reference).is_some_and(|target| target.id == role.id);
        let of_function =
            template.of_kind("AWS::Lambda::Function").any(|function| is_role(function.property("Role")));
        let of_schedule = template
            .of_kind("AWS::Scheduler::Schedule")
            .any(|schedule| is_role(&schedule.property("Target")["RoleArn"]));
        let mut demand = |holds, complaint| demand(&mut complaints, holds, role.id, complaint);
        match (of_function, of_schedule) {
            (true, false) => demand(trusts_only(role, LAMBDA), "trusts others than Lambda"),
            (false, true) => demand(trusts_only(role, SCHEDULER), "trusts others than the scheduler"),
            (true, true) | (false, false) => demand(false, "is the role of nobody, or of several"),
        }
    }
    complaints
}

fn trusts_only(role: Resource<'_>, service: &str) -> bool {
    let statements = role.property("AssumeRolePolicyDocument")["Statement"].as_array();
    let Some([statement]) = statements.map(Vec::as_slice) else { return false };
    // One entry may stand without a list around it.
    let is = |entry: &Value, name: &str| *entry == json!(name) || *entry == json!([name]);
    let members = |value: &Value| value.as_object().map_or(0, serde_json::Map::len);
    members(statement) == 3
        && statement["Effect"] == "Allow"
        && is(&statement["Action"], "sts:AssumeRole")
        && members(&statement["Principal"]) == 1
        && is(&statement["Principal"]["Service"], service)
}

/// A function is called by its own role's service for schedules and queues; only API Gateway is let in by the function.
fn functions_let_the_api_in_and_nobody_else(template: &Template) -> Complaints {
    let mut complaints = Complaints::new();
    for permission in template.of_kind("AWS::Lambda::Permission") {
        let only = permission.property("Principal") == API_GATEWAY
            && permission.property("Action") == "lambda:InvokeFunction"
            // The address of one route of our API.
            && permission.property("SourceArn")["Fn::Sub"][1]["__ApiId__"] == json!({"Ref": "HttpApi"});
        demand(&mut complaints, only, permission.id, "lets others in than the API");
    }
    complaints
}

#[test]
fn every_role_trusts_just_the_service_that_takes_it_on() {
    assert_kept(roles_trust_whom_they_serve);
}

#[test]
fn a_role_that_trusts_others_is_found() {
    let document = "/Properties/AssumeRolePolicyDocument";
    let statement = format!("{document}/Statement/0");
    let trusted = json!({"Effect": "Allow", "Principal": {"Service": LAMBDA}, "Action": "sts:AssumeRole"});
    let anybody = json!({"Effect": "Allow", "Principal": {"AWS": "*"}, "Action": "sts:AssumeRole"});
    for (pointer, flaw) in [
        (format!("{statement}/Principal"), json!("*")),
        (format!("{statement}/Principal"), json!({"AWS": "*"})),
        (format!("{statement}/Principal"), json!({"Service": LAMBDA, "AWS": "arn:aws:iam::1:root"})),
        (format!("{statement}/Principal/Service"), json!([LAMBDA, "ec2.amazonaws.com"])),
        (format!("{statement}/Principal/Service"), json!(SCHEDULER)),
        (format!("{statement}/Principal"), Value::Null),
        (format!("{statement}/Action"), json!("sts:*")),
        (format!("{statement}/Action"), json!(["sts:AssumeRole", "sts:TagSession"])),
        (format!("{statement}/NotPrincipal"), json!({"AWS": "*"})),
        (format!("{statement}/Effect"), json!("Deny")),
        (format!("{document}/Statement"), json!([trusted, anybody])),
        (format!("{document}/Statement"), anybody),
        (document.to_owned(), Value::Null),
    ] {
        assert_bites(
            roles_trust_whom_they_serve,
            |template| template.with("GetStatusRole", &pointer, flaw),
            "GetStatusRole trusts others than Lambda",
        );
    }
    assert_bites(
        roles_trust_whom_they_serve,
        |template| {
            template.with(
                "TempCreditExpiryDailyRole",
                &format!("{statement}/Principal"),
                json!({"Service": LAMBDA}),
            )
        },
        "TempCreditExpiryDailyRole trusts others than the scheduler",
    );
    assert_bites(
        roles_trust_whom_they_serve,
        |template| template.copying("GetStatusRole", "SpareRole"),
        "SpareRole is the role of nobody, or of several",
    );
}

#[test]
fn every_function_lets_just_the_api_in() {
    assert!(Template::deployed().of_kind("AWS::Lambda::Permission").next().is_some(), "there are some");
    assert_kept(functions_let_the_api_in_and_nobody_else);
}

#[test]
fn a_function_that_lets_others_in_is_found() {
    for (property, flaw) in [
        ("Principal", json!("*")),
        ("Principal", json!("123456789012")),
        ("Action", json!("lambda:*")),
        ("SourceArn", Value::Null),
    ] {
        assert_bites(
            functions_let_the_api_in_and_nobody_else,
            |template| template.with("GetStatusHttpPermission", &format!("/Properties/{property}"), flaw),
            "GetStatusHttpPermission lets others in than the API",
        );
    }
}
