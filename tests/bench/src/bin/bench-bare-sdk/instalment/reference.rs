//! The reference job of the budgets: one `GetItem`, one conditional `UpdateItem`, of the table of contracts.

use std::env;

use aws_sdk_dynamodb::Client;
use bench::Error;
use serde_json::{Value, json};

use super::contracts::contract_number;
use crate::dynamodb::{NOW, ON_FAILURE, STAMP, UNITS, number, text};

const CLIENT: &str = "c-active";

/// Reads a row and closes it.
pub(super) async fn reference(client: &Client) -> Result<Value, Error> {
    let table = env::var("CONTRACTS_TABLE")?;
    let read = client.get_item().table_name(&table).consistent_read(true);
    let read = read.key("client_id", text(CLIENT)).key("sequence", number(1)).send().await?;
    let row = read.item.ok_or("no contract")?;
    client
        .update_item()
        .table_name(table)
        .key("client_id", text(CLIENT))
        .key("sequence", number(1))
        .condition_expression("#number = :number AND #state <> :closed")
        .update_expression(
            "SET #state = :closed, #version = #version + :one, #updated_at = :now, #stamp = :stamp",
        )
        .expression_attribute_names("#number", "contract_number")
        .expression_attribute_names("#state", "state")
        .expression_attribute_names("#version", "version")
        .expression_attribute_names("#updated_at", "updated_at")
        .expression_attribute_names("#stamp", "request_stamp")
        .expression_attribute_values(":number", text(contract_number(&row)?))
        .expression_attribute_values(":closed", text("CLOSED"))
        .expression_attribute_values(":one", number(1))
        .expression_attribute_values(":now", text(NOW))
        .expression_attribute_values(":stamp", text(STAMP))
        .return_values_on_condition_check_failure(ON_FAILURE)
        .return_consumed_capacity(UNITS)
        .send()
        .await?;
    Ok(json!({"statusCode": 200}))
}
