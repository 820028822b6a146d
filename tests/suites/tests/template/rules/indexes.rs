//! What is said of indexes, by those who may read them.

use serde_json::{Value, json};

use super::{Complaints, assert_bites, assert_kept, buckets, demand, roles, secrets};
use crate::template::{Resource, Template};

/// An index is a resource of its own: `${CreditApplyTable.Arn}/index/effective`.
fn indexes_are_there_and_read(template: &Template) -> Complaints {
    let mut complaints = Complaints::new();
    let mut read = Vec::new();
    for role in template.of_kind("AWS::IAM::Role") {
        let composed = roles::entries(role, "Resource").filter_map(|resource| resource["Fn::Sub"].as_str());
        let of_tables = composed.filter(|resource| {
            !secrets::is_parameter(resource) && buckets::of_objects(template, resource).is_none()
        });
        for resource in of_tables {
            let index = index_of(template, resource);
            let complaint = format!("allows something on {resource}, which the template does not have");
            demand(&mut complaints, index.is_some(), role.id, &complaint);
            read.extend(index);
        }
    }
    for table in template.of_kind("AWS::DynamoDB::Table") {
        for index in indexes(table) {
            let complaint = format!("pays for the index {index}, which no role may read");
            demand(&mut complaints, read.contains(&(table.id, index)), table.id, &complaint);
        }
    }
    complaints
}

/// The table and the name of the index that a resource of a statement is.
fn index_of<'a>(template: &'a Template, resource: &str) -> Option<(&'a str, &'a str)> {
    let (table, name) = resource.strip_prefix("${")?.split_once(".Arn}/index/")?;
    let table = template.target(&json!({"Ref": table}))?;
    indexes(table).find(|index| *index == name).map(|index| (table.id, index))
}

/// A role that could read an index by other calls than queries could read it whole.
fn indexes_are_only_queried(template: &Template) -> Complaints {
    let mut complaints = Complaints::new();
    for role in template.of_kind("AWS::IAM::Role") {
        for statement in roles::statements(role) {
            let resources = roles::entries_of(statement, "Resource");
            let of_indexes = resources.filter(|resource| resource.to_string().contains("/index/")).count();
            let all = roles::entries_of(statement, "Resource").count();
            let only_queries = of_indexes == 0
                || of_indexes == all && roles::entries_of(statement, "Action").eq(["dynamodb:Query"]);
            demand(&mut complaints, only_queries, role.id, "allows more on an index than to query it");
        }
    }
    complaints
}

fn indexes(table: Resource<'_>) -> impl Iterator<Item = &str> {
    let kinds = ["LocalSecondaryIndexes", "GlobalSecondaryIndexes"].into_iter();
    let indexes = kinds.filter_map(move |kind| table.property(kind).as_array()).flatten();
    indexes.filter_map(|index| index["IndexName"].as_str())
}

#[test]
fn every_index_that_a_role_names_is_there_and_every_one_there_is_read() {
    assert_kept(indexes_are_there_and_read);
}

#[test]
fn indexes_are_queried_and_nothing_else() {
    assert_kept(indexes_are_only_queried);
}

#[test]
fn more_than_a_query_of_an_index_is_found() {
    let inbound = json!([
        {"Fn::Sub": "${InforCommunicationTaskTable.Arn}/index/by_task"},
        {"Fn::GetAtt": ["InforCommunicationTaskTable", "Arn"]},
    ]);
    for (member, flaw) in [
        ("Action", json!("dynamodb:Scan")),
        ("Action", json!(["dynamodb:Query", "dynamodb:Scan"])),
        ("Resource", inbound),
    ] {
        assert_bites(
            indexes_are_only_queried,
            |template| {
                let pointer = format!("/Properties/Policies/0/PolicyDocument/Statement/1/{member}");
                template.with("InforInboundRole", &pointer, flaw)
            },
            "InforInboundRole allows more on an index than to query it",
        );
    }
}

#[test]
fn an_index_that_is_not_there_is_found() {
    for resource in
        ["${CreditApplyTable.Arn}/index/other", "${OtherTable.Arn}/index/effective", "${AWS::Region}"]
    {
        assert_bites(
            indexes_are_there_and_read,
            |template| {
                let pointer = "/Properties/Policies/0/PolicyDocument/Statement/0/Resource";
                template.with("GetStatusRole", pointer, json!({"Fn::Sub": resource}))
            },
            &format!("GetStatusRole allows something on {resource}, which the template does not have"),
        );
    }
}

#[test]
fn an_index_that_nobody_reads_is_found() {
    let unread = json!([{"IndexName": "by_state"}]);
    assert_bites(
        indexes_are_there_and_read,
        |template| template.with("ContractsTable", "/Properties/GlobalSecondaryIndexes", unread),
        "ContractsTable pays for the index by_state, which no role may read",
    );
    let mut template = Template::deployed();
    for property in ["LocalSecondaryIndexes", "GlobalSecondaryIndexes"] {
        template = template.with("CreditApplyTable", &format!("/Properties/{property}"), Value::Null);
    }
    assert!(!indexes_are_there_and_read(&template).is_empty(), "the roles name indexes of either kind");
}
