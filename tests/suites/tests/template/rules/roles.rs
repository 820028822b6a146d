//! Each function has a role of its own, with exactly the actions and resources it uses.

use serde_json::{Value, json};

use super::{Complaints, assert_bites, assert_kept, buckets, demand, secrets, tracing};
use crate::template::{Resource, Template};

fn roles_are_own_and_exact(template: &Template) -> Complaints {
    let mut complaints = Complaints::new();
    for function in template.of_kind("AWS::Lambda::Function") {
        let own = template.target(function.property("Role")).filter(|role| role.stem("Role") == function.id);
        demand(&mut complaints, own.is_some(), function.id, "has no role of its own");
    }
    for role in template.of_kind("AWS::IAM::Role") {
        let mut demand = |holds, complaint| demand(&mut complaints, holds, role.id, complaint);
        let managed = role.property("ManagedPolicyArns");
        demand(managed.is_null() || tracing::is_while_traced(managed), "has managed policies");
        demand(is_plain(role), "has a policy that is no plain list of what it allows");
        demand(entries(role, "Action").all(|action| !contains_wildcard(action)), "allows an action with a *");
        demand(
            entries(role, "Resource")
                .all(|resource| !contains_wildcard(resource) || is_of_many(template, resource)),
            "allows something on a resource with a *",
        );
    }
    complaints
}

/// Whether every policy of a role is a list of statements that allow actions on resources, and say nothing else. What
/// is not, such as `NotAction` or a policy under a condition, would pass by every rule that reads `Action` and
/// `Resource`.
fn is_plain(role: Resource<'_>) -> bool {
    let is_statement = |statement: &Value| {
        let members = statement.as_object().map_or(0, serde_json::Map::len);
        members == 3
            && statement["Effect"] == "Allow"
            && !statement["Action"].is_null()
            && !statement["Resource"].is_null()
    };
    let is_policy = |policy: &Value| {
        let statements = policy["PolicyDocument"]["Statement"].as_array();
        statements.is_some_and(|statements| statements.iter().all(is_statement))
    };
    role.property("Policies").as_array().is_some_and(|policies| policies.iter().all(is_policy))
}

/// Every entry of one member of the statements of a role's policies.
pub(super) fn entries<'a>(role: Resource<'a>, member: &'static str) -> impl Iterator<Item = &'a Value> {
    statements(role).flat_map(move |statement| entries_of(statement, member))
}

/// The statements of a role's policies.
pub(super) fn statements(role: Resource<'_>) -> impl Iterator<Item = &Value> {
    let policies = role.property("Policies").as_array().into_iter().flatten();
    policies.flat_map(|policy| policy["PolicyDocument"]["Statement"].as_array().into_iter().flatten())
}

/// Every entry of one member of a statement.
pub(super) fn entries_of<'a>(statement: &'a Value, member: &'static str) -> impl Iterator<Item = &'a Value> {
    let entry = &statement[member];
    // One entry may stand without a list around it.
    entry.as_array().map_or(std::slice::from_ref(entry), Vec::as_slice).iter()
}

/// What nobody can list beforehand: a bucket's objects, and the parameters of channels that are added by configuration
/// alone.
fn is_of_many(template: &Template, resource: &Value) -> bool {
    resource["Fn::Sub"].as_str().is_some_and(|composed| {
        buckets::of_objects(template, composed).is_some() || secrets::is_of_every_channel(composed)
    })
}

fn contains_wildcard(entry: &Value) -> bool {
    entry.to_string().contains('*')
}

#[test]
fn every_function_has_an_exact_role_of_its_own() {
    assert_kept(roles_are_own_and_exact);
}

#[test]
fn a_role_that_is_shared_or_too_wide_is_found() {
    let statement = "/Properties/Policies/0/PolicyDocument/Statement/0";
    for (id, pointer, value, complaint) in [
        (
            "GetStatus",
            "/Properties/Role".to_owned(),
            json!({"Fn::GetAtt": ["ContractEventsRole", "Arn"]}),
            "GetStatus has no role of its own",
        ),
        (
            "GetStatusRole",
            "/Properties/ManagedPolicyArns".to_owned(),
            json!(["arn:aws:iam::aws:policy/ReadOnlyAccess"]),
            "GetStatusRole has managed policies",
        ),
        (
            "GetStatusRole",
            "/Properties/ManagedPolicyArns".to_owned(),
            json!([{"Ref": "TracingPolicy"}]),
            "GetStatusRole has managed policies",
        ),
        (
            "GetStatusRole",
            format!("{statement}/Action"),
            json!("dynamodb:*"),
            "GetStatusRole allows an action with a *",
        ),
        (
            "GetStatusRole",
            format!("{statement}/Resource"),
            json!(["arn:aws:dynamodb:us-east-1:1:table/*"]),
            "GetStatusRole allows something on a resource with a *",
        ),
        (
            "GetStatusRole",
            format!("{statement}/Resource"),
            json!({"Fn::Sub": "${ContractsTable.Arn}/*"}),
            "GetStatusRole allows something on a resource with a *",
        ),
    ] {
        assert_bites(roles_are_own_and_exact, |template| template.with(id, &pointer, value), complaint);
    }
}

#[test]
fn a_policy_that_the_rules_cannot_read_is_found() {
    let policy = "/Properties/Policies/0";
    let document = format!("{policy}/PolicyDocument");
    let everything = json!({"Effect": "Allow", "Action": "*", "Resource": "*"});
    let wide = json!({"PolicyName": "wide", "PolicyDocument": {"Statement": [everything]}});
    for (pointer, value) in [
        (format!("{document}/Statement"), everything),
        (
            format!("{document}/Statement"),
            json!([{"Effect": "Allow", "NotAction": "iam:*", "Resource": "arn"}]),
        ),
        (format!("{document}/Statement"), json!([{"Effect": "Allow", "Action": "a", "NotResource": "arn"}])),
        (format!("{document}/Statement/0/NotAction"), json!("iam:*")),
        (format!("{document}/Statement/0/Effect"), json!("Deny")),
        ("/Properties/Policies".to_owned(), json!([{"Fn::If": ["IsInAws", wide, {"Ref": "AWS::NoValue"}]}])),
        ("/Properties/Policies".to_owned(), json!({"Fn::If": ["IsInAws", [wide], []]})),
        ("/Properties/Policies".to_owned(), Value::Null),
    ] {
        assert_bites(
            roles_are_own_and_exact,
            |template| template.with("GetStatusRole", &pointer, value),
            "GetStatusRole has a policy that is no plain list of what it allows",
        );
    }
}
