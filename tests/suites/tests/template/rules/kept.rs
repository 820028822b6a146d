//! What outlives the stack, and what a first deploy that fails leaves behind.

use serde_json::{Value, json};

use super::{Complaints, assert_bites, assert_kept, demand};
use crate::template::{Resource, Template};

const LOG_GROUP: &str = "AWS::Logs::LogGroup";
const TABLE: &str = "AWS::DynamoDB::Table";
const BUCKET: &str = "AWS::S3::Bucket";

/// What has data is kept when it leaves the stack, or is replaced.
fn data_outlives_the_stack(template: &Template) -> Complaints {
    let mut complaints = Complaints::new();
    for kept in [LOG_GROUP, TABLE, BUCKET].iter().flat_map(|kind| template.of_kind(kind)) {
        let is_kept =
            ["Retain", "RetainExceptOnCreate"].iter().any(|policy| kept.whole["DeletionPolicy"] == *policy)
                && kept.whole["UpdateReplacePolicy"] == "Retain";
        demand(&mut complaints, is_kept, kept.id, "goes with its stack");
    }
    complaints
}

/// A deploy that made something and failed is taken back. What stayed behind under a name of ours would stand in the
/// way of the next try.
fn a_failed_deploy_can_be_tried_again(template: &Template) -> Complaints {
    let mut complaints = Complaints::new();
    for kept in [LOG_GROUP, BUCKET].iter().flat_map(|kind| template.of_kind(kind)) {
        let goes = kept.whole["DeletionPolicy"] == "RetainExceptOnCreate";
        demand(&mut complaints, goes, kept.id, "is left behind by a deploy that fails");
    }
    for table in template.of_kind(TABLE) {
        let mut demand = |holds, complaint| demand(&mut complaints, holds, table.id, complaint);
        // DynamoDB refuses to delete a protected table, and the rollback would fail on it.
        let stays = !is_protected(table) || table.whole["DeletionPolicy"] == "Retain";
        demand(stays, "is protected from the rollback that would delete it");
        demand(table.property("TableName").is_null(), "is left behind under a name that the next try needs");
    }
    complaints
}

fn is_protected(table: Resource<'_>) -> bool {
    *table.property("DeletionProtectionEnabled") == true
}

#[test]
fn logs_tables_and_the_bucket_outlive_the_stack() {
    for kind in [LOG_GROUP, TABLE, BUCKET] {
        assert!(Template::deployed().of_kind(kind).next().is_some(), "{kind}");
    }
    assert_kept(data_outlives_the_stack);
}

#[test]
fn data_that_would_go_with_the_stack_is_found() {
    for id in ["InstalmentLogs", "AccessLogs", "ContractsTable", "RawDataBucket"] {
        for (policy, flaw) in [
            ("DeletionPolicy", json!("Delete")),
            ("DeletionPolicy", json!("Snapshot")),
            ("DeletionPolicy", Value::Null),
            ("UpdateReplacePolicy", json!("Delete")),
            ("UpdateReplacePolicy", Value::Null),
        ] {
            assert_bites(
                data_outlives_the_stack,
                |template| template.with(id, &format!("/{policy}"), flaw),
                &format!("{id} goes with its stack"),
            );
        }
    }
}

#[test]
fn a_first_deploy_that_fails_can_be_tried_again() {
    assert_kept(a_failed_deploy_can_be_tried_again);
}

#[test]
fn what_stands_in_the_way_of_a_second_try_is_found() {
    for (id, pointer, flaw, complaint) in [
        ("InstalmentLogs", "/DeletionPolicy", json!("Retain"), "is left behind by a deploy that fails"),
        ("RawDataBucket", "/DeletionPolicy", json!("Retain"), "is left behind by a deploy that fails"),
        (
            "ContractsTable",
            "/DeletionPolicy",
            json!("RetainExceptOnCreate"),
            "is protected from the rollback that would delete it",
        ),
        (
            "ContractsTable",
            "/Properties/TableName",
            json!("contracts"),
            "is left behind under a name that the next try needs",
        ),
    ] {
        assert_bites(
            a_failed_deploy_can_be_tried_again,
            |template| template.with(id, pointer, flaw),
            &format!("{id} {complaint}"),
        );
    }
}
