//! What every table has.

use serde_json::{Value, json};

use super::{Complaints, assert_bites, assert_kept, demand};
use crate::template::Template;

fn tables_are_kept_safe(template: &Template) -> Complaints {
    let mut complaints = Complaints::new();
    for table in template.of_kind("AWS::DynamoDB::Table") {
        let mut demand = |holds, complaint| demand(&mut complaints, holds, table.id, complaint);
        demand(table.property("BillingMode") == "PAY_PER_REQUEST", "is not on demand");
        demand(
            table.property("PointInTimeRecoverySpecification")["PointInTimeRecoveryEnabled"] == true,
            "has no point-in-time recovery",
        );
        demand(table.property("SSESpecification")["SSEEnabled"] == true, "is not encrypted");
        demand(*table.property("DeletionProtectionEnabled") == true, "is not protected from deletion");
    }
    complaints
}

#[test]
fn every_table_is_kept_safe() {
    assert_kept(tables_are_kept_safe);
}

#[test]
fn a_table_that_can_be_lost_is_found() {
    for (pointer, value, complaint) in [
        ("/Properties/BillingMode", json!("PROVISIONED"), "is not on demand"),
        ("/Properties/PointInTimeRecoverySpecification", Value::Null, "has no point-in-time recovery"),
        ("/Properties/SSESpecification", json!({"SSEEnabled": false}), "is not encrypted"),
        ("/Properties/DeletionProtectionEnabled", Value::Null, "is not protected from deletion"),
    ] {
        assert_bites(
            tables_are_kept_safe,
            |template| template.with("ContractsTable", pointer, value),
            &format!("ContractsTable {complaint}"),
        );
    }
}
