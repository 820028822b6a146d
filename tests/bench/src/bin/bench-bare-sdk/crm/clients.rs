//! DynamoDB with the tables of clients and of their ids in the back systems: the functions' calls, written out.

use std::env;

use aws_sdk_dynamodb::Client;
use aws_sdk_dynamodb::types::builders::{PutBuilder, UpdateBuilder};
use aws_sdk_dynamodb::types::{AttributeValue, Put, Update};
use bench::Error;
use jiff::Timestamp;

use super::SHARDS;
use super::wire::{MigrationClient, id};
use crate::clients::Aws;
use crate::dynamodb::{Item, ON_FAILURE, STAMP, UNITS, number, number_of, text, text_of};
use crate::forms::{fingerprint, sortable};

/// How many clients are read at once.
const PAGE: i32 = 50;
/// The statuses of the Wizard in which a client hesitates.
const HESITANT: [&str; 3] = ["OK", "IN_PROGRESS", "TO_SIGN"];

/// The clients.
pub(super) struct Clients {
    client: Client,
    table: String,
    back_ids: Option<String>,
}

impl Clients {
    /// Builds the client. Not every function reads the ids in the back systems.
    pub(super) fn read(aws: &Aws) -> Result<Self, Error> {
        let (table, back_ids) = (env::var("CRM_CLIENTS_TABLE")?, env::var("BACK_SYSTEM_IDS_TABLE").ok());
        Ok(Self { client: aws.dynamodb(), table, back_ids })
    }

    /// An organization's row, if it has one.
    pub(super) async fn find(&self, organization_id: &str) -> Result<Option<Item>, Error> {
        let read =
            self.client.get_item().table_name(&self.table).key("organization_id", text(organization_id));
        Ok(read.consistent_read(true).return_consumed_capacity(UNITS).send().await?.item)
    }

    /// A page of a shard's clients who have waited since `cutoff` or longer, and where the next one begins.
    pub(super) async fn waiting(
        &self,
        shard: u32,
        cutoff: &str,
        from: Option<Item>,
    ) -> Result<(Vec<Item>, Option<Item>), Error> {
        let query = self
            .client
            .query()
            .table_name(&self.table)
            .index_name("waiting")
            .key_condition_expression("#shard = :shard AND #since <= :cutoff")
            .expression_attribute_names("#shard", "waiting_shard")
            .expression_attribute_names("#since", "waiting_since")
            .expression_attribute_values(":shard", number(shard))
            .expression_attribute_values(":cutoff", text(cutoff))
            .limit(PAGE)
            .return_consumed_capacity(UNITS)
            .set_exclusive_start_key(from);
        let page = query.send().await?;
        Ok((page.items.unwrap_or_default(), page.last_evaluated_key))
    }

    /// A client's ids in the back systems.
    pub(super) async fn back_ids(&self, mdm_id: &str) -> Result<Vec<Item>, Error> {
        let query = self
            .client
            .query()
            .table_name(self.back_ids.as_deref().ok_or("no table of ids")?)
            .key_condition_expression("#mdm_id = :mdm_id")
            .expression_attribute_names("#mdm_id", "mdm_id")
            .expression_attribute_values(":mdm_id", text(mdm_id))
            .return_consumed_capacity(UNITS);
        Ok(query.send().await?.items.unwrap_or_default())
    }

    /// Writes a changed row, if the table still has the version that was read.
    pub(super) async fn write(&self, row: Item) -> Result<(), Error> {
        let put = self.next_version(row)?.build()?;
        let put = self
            .client
            .put_item()
            .table_name(put.table_name)
            .set_item(Some(put.item))
            .set_condition_expression(put.condition_expression)
            .set_expression_attribute_names(put.expression_attribute_names)
            .set_expression_attribute_values(put.expression_attribute_values);
        put.return_values_on_condition_check_failure(ON_FAILURE)
            .return_consumed_capacity(UNITS)
            .send()
            .await?;
        Ok(())
    }

    /// The next version of a changed row, on condition that the one that was read still stands.
    pub(super) fn next_version(&self, mut row: Item) -> Result<PutBuilder, Error> {
        let version: u64 =
            if row.contains_key("version") { number_of(&row, "version")?.parse()? } else { 0 };
        let since = waiting_since(&row)?.map(str::to_owned);
        let shard = shard_of(text_of(&row, "organization_id")?);
        row.retain(|attribute, _| !matches!(attribute.as_str(), "waiting_since" | "waiting_shard"));
        let waiting = since.map(|since| [("waiting_since", text(since)), ("waiting_shard", number(shard))]);
        let written =
            [("version", number(version + 1)), ("schema_version", number(1)), ("request_stamp", text(STAMP))];
        set(&mut row, written.into_iter().chain(waiting.into_iter().flatten()));
        let put = Put::builder().table_name(&self.table).set_item(Some(row));
        Ok(if version == 0 {
            put.condition_expression("attribute_not_exists(#id)")
                .expression_attribute_names("#id", "organization_id")
        } else {
            put.condition_expression("#version = :version")
                .expression_attribute_names("#version", "version")
                .expression_attribute_values(":version", number(version))
        })
    }

    /// That a task was created, and the client is never asked about again.
    pub(super) fn never_again(&self, organization_id: &str) -> UpdateBuilder {
        Update::builder()
            .table_name(&self.table)
            .key("organization_id", text(organization_id))
            .condition_expression("attribute_exists(#version)")
            .update_expression(
                "SET #created = :true, #version = #version + :one, #stamp = :stamp REMOVE #since, #shard",
            )
            .expression_attribute_names("#created", "task_created")
            .expression_attribute_names("#since", "waiting_since")
            .expression_attribute_names("#shard", "waiting_shard")
            .expression_attribute_names("#version", "version")
            .expression_attribute_names("#stamp", "request_stamp")
            .expression_attribute_values(":true", AttributeValue::Bool(true))
            .expression_attribute_values(":one", number(1))
            .expression_attribute_values(":stamp", text(STAMP))
    }
}

/// The row with what a newer row of the migration says.
pub(super) fn changed(mut row: Item, event: &MigrationClient<'_>) -> Result<Item, Error> {
    let (occurred_at, event_id) = (sortable(event.occurred_at)?, id(event.event_id)?);
    if row.contains_key("migration_occurred_at")
        && (text_of(&row, "migration_occurred_at")?, text_of(&row, "migration_event_id")?)
            >= (occurred_at.as_str(), event_id)
    {
        return Err("the event is not newer".into());
    }
    row.retain(|attribute, _| !matches!(attribute.as_str(), "mdm_id" | "status" | "wizard_status"));
    let texts = [("mdm_id", event.mdm_id), ("status", event.status), ("wizard_status", event.wizard_status)];
    for (attribute, value) in texts {
        if let Some(value) = value.map(str::trim).filter(|value| !value.is_empty()) {
            set(&mut row, [(attribute, text(id(value)?))]);
        }
    }
    let always = [
        ("organization_id", text(id(event.organization_id)?)),
        ("migration_occurred_at", text(&occurred_at)),
        ("migration_event_id", text(event_id)),
    ];
    set(&mut row, always);
    Ok(row)
}

/// The row of a client with its first request.
pub(super) fn asked(row: &Item, request_id: &str, time: Timestamp) -> Item {
    let mut row = row.clone();
    let attempt = [
        ("requested_at", text(format!("{time:.9}"))),
        ("requests", number(1)),
        ("vtbc_request_id", text(request_id)),
    ];
    set(&mut row, attempt);
    row
}

/// Since when a client waits, if it does: it stands before the Wizard, hesitates there by the newer of row and log, and
/// never had a task.
pub(super) fn waiting_since(row: &Item) -> Result<Option<&str>, Error> {
    let (Ok(status), Ok(since)) = (text_of(row, "status"), text_of(row, "change_date")) else {
        return Ok(None);
    };
    let newer = if since > text_of(row, "migration_occurred_at")? {
        "changed_wizard_status"
    } else {
        "wizard_status"
    };
    let hesitates = text_of(row, newer).is_ok_and(|status| HESITANT.contains(&status));
    let waits = status == "in_wizard" && hesitates && !row.contains_key("task_created");
    Ok(waits.then_some(since))
}

fn set(row: &mut Item, attributes: impl IntoIterator<Item = (&'static str, AttributeValue)>) {
    row.extend(attributes.into_iter().map(|(name, value)| (name.to_owned(), value)));
}

/// The shard of an organization.
fn shard_of(organization_id: &str) -> u32 {
    let digits = fingerprint(&[organization_id]);
    digits.chars().next().and_then(|digit| digit.to_digit(SHARDS)).unwrap_or(0)
}
