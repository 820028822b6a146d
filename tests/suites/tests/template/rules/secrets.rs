//! A function may read the secrets that its variables name, and no others.

use std::collections::BTreeSet;

use serde_json::{Value, json};

use super::{Complaints, assert_bites, assert_kept, demand, roles};
use crate::template::{Resource, Template};

/// How the variable ends that names a secret's parameter.
const NAMES_A_SECRET: &str = "_SECRET_PARAMETER";
/// How the ARN of a parameter begins, up to its name.
const PARAMETER: &str = "arn:${AWS::Partition}:ssm:${AWS::Region}:${AWS::AccountId}:parameter";
const READ: &str = "ssm:GetParameters";
/// The variable that names what stands before `/<channel>` in the parameters of the marketplace's channels.
const NAMES_CHANNELS: &str = "RONGSHU_PARAMETER_PREFIX";
/// And how the parameters of all of them are named: which there are, is configuration alone.
const CHANNELS: &str = "/tenor/rongshu/*";

/// Whether a resource of a statement is a parameter.
pub(super) fn is_parameter(resource: &str) -> bool {
    resource.starts_with(PARAMETER)
}

/// Whether a resource of a statement is the parameters of all channels.
pub(super) fn is_of_every_channel(resource: &str) -> bool {
    resource.strip_prefix(PARAMETER) == Some(CHANNELS)
}

fn secrets_are_read_by_whom_they_are_for(template: &Template) -> Complaints {
    let mut complaints = Complaints::new();
    for function in template.of_kind("AWS::Lambda::Function") {
        let named = named(function);
        let allowed = template.target(function.property("Role")).map(allowed).unwrap_or_default();
        let mut demand = |holds, complaint| demand(&mut complaints, holds, function.id, complaint);
        demand(named.is_subset(&allowed), "may not read a secret that it is told of");
        demand(allowed.is_subset(&named), "may read a secret that it is not told of");
    }
    complaints
}

/// A statement about parameters allows to read them, and is about nothing else.
fn secrets_are_only_read(template: &Template) -> Complaints {
    let mut complaints = Complaints::new();
    for role in template.of_kind("AWS::IAM::Role") {
        for statement in roles::statements(role) {
            let of_parameters = parameters(statement).count();
            let only_reads = of_parameters == 0
                || of_parameters == roles::entries_of(statement, "Resource").count()
                    && roles::entries_of(statement, "Action").eq([READ]);
            demand(&mut complaints, only_reads, role.id, "allows more on a secret than to read it");
        }
    }
    complaints
}

/// The parameters that the variables of a function name.
fn named(function: Resource<'_>) -> BTreeSet<&str> {
    let variables = function.property("Environment")["Variables"].as_object().into_iter().flatten();
    let secrets = variables.filter(|(name, value)| name.ends_with(NAMES_A_SECRET) && !value.is_null());
    let named = secrets.map(|(name, value)| value.as_str().unwrap_or(name));
    let prefix = function.property("Environment")["Variables"][NAMES_CHANNELS].as_str();
    named
        .chain(
            prefix.map(|prefix| if CHANNELS.strip_suffix("/*") == Some(prefix) { CHANNELS } else { prefix }),
        )
        .collect()
}

/// The parameters that a role allows to read.
fn allowed(role: Resource<'_>) -> BTreeSet<&str> {
    let reads = |statement: &&Value| roles::entries_of(statement, "Action").any(|action| action == READ);
    roles::statements(role).filter(reads).flat_map(parameters).collect()
}

fn parameters(statement: &Value) -> impl Iterator<Item = &str> {
    let resources = roles::entries_of(statement, "Resource");
    resources.filter_map(|resource| resource["Fn::Sub"].as_str()?.strip_prefix(PARAMETER))
}

#[test]
fn every_function_may_read_just_the_secrets_that_it_is_told_of() {
    assert_kept(secrets_are_read_by_whom_they_are_for);
}

#[test]
fn a_secret_in_wrong_hands_is_found() {
    let more = "may read a secret that it is not told of";
    let less = "may not read a secret that it is told of";
    let variable = "/Properties/Environment/Variables/ANT_SECRET_PARAMETER";
    let resource = "/Properties/Policies/0/PolicyDocument/Statement/2/Resource/0/Fn::Sub";
    let other = json!(format!("{PARAMETER}/tenor/other"));
    let both = |template| secrets_are_read_by_whom_they_are_for(&template);
    let misnamed = both(Template::deployed().with("ContractSign", variable, json!("/tenor/other")));
    assert_eq!(misnamed, [format!("ContractSign {less}"), format!("ContractSign {more}")]);
    let misdirected = both(Template::deployed().with("ContractSignRole", resource, other));
    assert_eq!(misdirected, [format!("ContractSign {less}"), format!("ContractSign {more}")]);
    assert_bites(
        secrets_are_read_by_whom_they_are_for,
        |template| template.with("ContractSign", variable, Value::Null),
        &format!("ContractSign {more}"),
    );
    let prefix = "/Properties/Environment/Variables/RONGSHU_PARAMETER_PREFIX";
    let elsewhere = both(Template::deployed().with("BankList", prefix, json!("/tenor/other")));
    assert_eq!(elsewhere, [format!("BankList {less}"), format!("BankList {more}")]);
    let without = Template::deployed().with("BankList", prefix, Value::Null);
    assert_eq!(both(without), [format!("BankList {more}")]);
}

#[test]
fn secrets_are_read_and_nothing_else() {
    assert_kept(secrets_are_only_read);
}

#[test]
fn more_than_a_reading_of_a_secret_is_found() {
    let statement = "/Properties/Policies/0/PolicyDocument/Statement/2";
    let ant = json!({"Fn::Sub": format!("{PARAMETER}/tenor/ant")});
    let mixed = json!([ant, {"Fn::GetAtt": ["OutboxTable", "Arn"]}]);
    for (member, flaw) in [
        ("Action", json!("ssm:PutParameter")),
        ("Action", json!(["ssm:GetParameters", "ssm:PutParameter"])),
        ("Resource", mixed),
    ] {
        assert_bites(
            secrets_are_only_read,
            |template| template.with("ContractSignRole", &format!("{statement}/{member}"), flaw),
            "ContractSignRole allows more on a secret than to read it",
        );
    }
}
