//! DynamoDB with the table of contracts: the functions' calls, written out.

use std::env;

use aws_sdk_dynamodb::Client;
use aws_sdk_dynamodb::operation::query::builders::QueryFluentBuilder;
use aws_sdk_dynamodb::types::builders::PutBuilder;
use aws_sdk_dynamodb::types::{ConditionCheck, Put, TransactWriteItem, Update};
use bench::Error;

use crate::clients::Aws;
use crate::dynamodb::{
    Item, NOBODY, NOW, ON_FAILURE, STAMP, UNITS, number, number_of, put, text, text_of, transact, update,
};
use crate::instalment::ContractEvent;

/// The table of contracts.
pub(crate) struct Contracts {
    client: Client,
    table: String,
}

impl Contracts {
    /// Connects, and opens the connection with a read of nothing.
    pub(crate) async fn connect(aws: &Aws) -> Result<Self, Error> {
        let contracts = Self { client: aws.dynamodb(), table: env::var("CONTRACTS_TABLE")? };
        contracts.newest(NOBODY, 1).await?;
        Ok(contracts)
    }

    /// The client's newest rows.
    pub(crate) async fn newest(&self, client: &str, limit: i32) -> Result<Vec<Item>, Error> {
        let query = self.rows_of(client).scan_index_forward(false).limit(limit);
        Ok(query.send().await?.items.unwrap_or_default())
    }

    /// All of the client's rows.
    pub(crate) async fn all_of(&self, client: &str) -> Result<Vec<Item>, Error> {
        Ok(self.rows_of(client).send().await?.items.unwrap_or_default())
    }

    fn rows_of(&self, client: &str) -> QueryFluentBuilder {
        self.client
            .query()
            .table_name(&self.table)
            .key_condition_expression("#client = :client")
            .expression_attribute_names("#client", "client_id")
            .expression_attribute_values(":client", text(client))
            .consistent_read(true)
            .return_consumed_capacity(UNITS)
    }

    /// Closes a row, together with the row of the event that tells of it.
    pub(crate) async fn close(&self, client: &str, row: &Item, event: PutBuilder) -> Result<(), Error> {
        let closed = Update::builder()
            .table_name(&self.table)
            .key("client_id", text(client))
            .key("sequence", number(sequence(row)?))
            .condition_expression("#number = :number AND #state <> :closed")
            .update_expression(
                "SET #state = :closed, #version = #version + :one, #updated_at = :now, #stamp = :stamp",
            )
            .expression_attribute_names("#number", "contract_number")
            .expression_attribute_names("#state", "state")
            .expression_attribute_names("#version", "version")
            .expression_attribute_names("#updated_at", "updated_at")
            .expression_attribute_names("#stamp", "request_stamp")
            .expression_attribute_values(":number", text(contract_number(row)?))
            .expression_attribute_values(":closed", text("CLOSED"))
            .expression_attribute_values(":one", number(1))
            .expression_attribute_values(":now", text(NOW))
            .expression_attribute_values(":stamp", text(STAMP));
        transact(&self.client, vec![update(closed)?, put(event)?]).await
    }

    /// Opens a new application after a row that is over, together with the row of the event that tells of it.
    pub(crate) async fn renew(&self, client: &str, over: &Item, event: PutBuilder) -> Result<(), Error> {
        let still_over = ConditionCheck::builder()
            .table_name(&self.table)
            .key("client_id", text(client))
            .key("sequence", number(sequence(over)?))
            .condition_expression("#state IN (:cancel, :reject, :closed)")
            .expression_attribute_names("#state", "state")
            .expression_attribute_values(":cancel", text("cancel"))
            .expression_attribute_values(":reject", text("reject"))
            .expression_attribute_values(":closed", text("CLOSED"))
            .return_values_on_condition_check_failure(ON_FAILURE)
            .build()?;
        let application = self
            .new_row(client, sequence(over)? + 1, "init")
            .item("previous_contract_number", text(contract_number(over)?));
        let still_over = TransactWriteItem::builder().condition_check(still_over).build();
        transact(&self.client, vec![still_over, put(application)?, put(event)?]).await
    }

    /// Opens a client's first row with what an event says, remembers the event, and claims the number.
    pub(crate) async fn open(&self, event: &ContractEvent) -> Result<(), Error> {
        let client = &event.client_id;
        let remembered = new_item(&env::var("CONTRACT_EVENT_IDS_TABLE")?, client, "event_id")
            .item("event_id", text(&event.event_id))
            .item("expires_at", number(1_768_619_045));
        let row = self
            .new_row(client, 1, &event.state)
            .item("contract_number", text(&event.contract_number))
            .item("occurred_at", text(&event.occurred_at));
        let claim = new_item(&env::var("CONTRACT_NUMBERS_TABLE")?, client, "contract_number")
            .item("contract_number", text(&event.contract_number))
            .item("created_at", text(NOW));
        transact(&self.client, vec![put(remembered)?, put(row)?, put(claim)?]).await
    }

    fn new_row(&self, client: &str, sequence: u64, state: &str) -> PutBuilder {
        new_item(&self.table, client, "sequence")
            .item("sequence", number(sequence))
            .item("version", number(1))
            .item("state", text(state))
            .item("created_at", text(NOW))
            .item("updated_at", text(NOW))
    }
}

/// A new item, which must not exist: `key` is an attribute of its key.
fn new_item(table: &str, client: &str, key: &str) -> PutBuilder {
    Put::builder()
        .table_name(table)
        .item("client_id", text(client))
        .item("schema_version", number(1))
        .item("request_stamp", text(STAMP))
        .condition_expression("attribute_not_exists(#key)")
        .expression_attribute_names("#key", key)
}

/// A row's contract number.
pub(crate) fn contract_number(row: &Item) -> Result<&str, Error> {
    text_of(row, "contract_number")
}

/// A row's place among its client's.
pub(crate) fn sequence(row: &Item) -> Result<u64, Error> {
    Ok(number_of(row, "sequence")?.parse()?)
}
