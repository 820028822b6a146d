//! DynamoDB with the tables of accounts and grants: the functions' calls, written out.

use std::env;

use aws_sdk_dynamodb::Client;
use aws_sdk_dynamodb::operation::get_item::builders::GetItemFluentBuilder;
use aws_sdk_dynamodb::types::builders::{PutBuilder, UpdateBuilder};
use aws_sdk_dynamodb::types::{Put, TransactWriteItem, Update};
use bench::Error;

use super::wire::CreditEvent;
use crate::clients::Aws;
use crate::dynamodb::{Item, NOW, STAMP, UNITS, number, put, text, transact, update};
use crate::forms::{fingerprint, sortable};

/// The functions' setting: what became effective then or earlier is not shown.
const EFFECTIVE_AFTER: &str = "2019-03-31T16:00:00.000000000Z";
/// Into how many partitions the index `due` is split.
pub(super) const SHARDS: u32 = 4;

/// The accounts and the grants.
pub(super) struct Store {
    client: Client,
    accounts: String,
    grants: String,
}

impl Store {
    /// Builds the client.
    pub(super) fn read(aws: &Aws) -> Result<Self, Error> {
        let (accounts, grants) = (env::var("QUOTA_ACCOUNTS_TABLE")?, env::var("CREDIT_APPLY_TABLE")?);
        Ok(Self { client: aws.dynamodb(), accounts, grants })
    }

    /// The texts for users, if there are any.
    pub(super) async fn texts(&self) -> Result<Option<Item>, Error> {
        let read = self.get(&env::var("ONLINE_TEXTS_TABLE")?).key("context", text("quota"));
        Ok(read.send().await?.item)
    }

    /// The pin's account, if it has one.
    pub(super) async fn account(&self, pin: &str) -> Result<Option<Item>, Error> {
        let read = self.get(&self.accounts).key("pin", text(pin)).consistent_read(true);
        Ok(read.send().await?.item)
    }

    /// One of the pin's grants, if it is there.
    pub(super) async fn grant(&self, pin: &str, grant_id: &str) -> Result<Option<Item>, Error> {
        let read = self.get(&self.grants).key("pin", text(pin)).key("grant_id", text(grant_id));
        Ok(read.consistent_read(true).send().await?.item)
    }

    fn get(&self, table: &str) -> GetItemFluentBuilder {
        self.client.get_item().table_name(table).return_consumed_capacity(UNITS)
    }

    /// The pin's grants in force, the oldest first.
    pub(super) async fn effective(&self, pin: &str) -> Result<Vec<Item>, Error> {
        let query = self
            .client
            .query()
            .table_name(&self.grants)
            .index_name("effective")
            .key_condition_expression("#pin = :pin AND #live_since > :after")
            .expression_attribute_names("#pin", "pin")
            .expression_attribute_names("#live_since", "live_since")
            .expression_attribute_values(":pin", text(pin))
            .expression_attribute_values(":after", text(EFFECTIVE_AFTER))
            .consistent_read(true)
            .return_consumed_capacity(UNITS);
        Ok(query.send().await?.items.unwrap_or_default())
    }

    /// What a shard holds that ran out at `time` or before.
    pub(super) async fn due(&self, shard: u32, time: &str) -> Result<Vec<Item>, Error> {
        let query = self
            .client
            .query()
            .table_name(&self.grants)
            .index_name("due")
            .key_condition_expression("#due_shard = :shard AND #due_at <= :time")
            .expression_attribute_names("#due_shard", "due_shard")
            .expression_attribute_names("#due_at", "due_at")
            .expression_attribute_values(":shard", number(shard))
            .expression_attribute_values(":time", text(time))
            .return_consumed_capacity(UNITS);
        Ok(query.send().await?.items.unwrap_or_default())
    }

    /// Ends a grant with this status, and takes its amount off the account's total; together with the row of the event
    /// that tells of it, if one does.
    pub(super) async fn take_off(
        &self,
        (pin, grant_id): (&str, &str),
        amount: &str,
        status: &str,
        event: Option<PutBuilder>,
    ) -> Result<(), Error> {
        let ended = Update::builder()
            .table_name(&self.grants)
            .key("pin", text(pin))
            .key("grant_id", text(grant_id))
            .condition_expression("#status = :effective")
            .update_expression(
                "SET #status = :status, #update_time = :now, #stamp = :stamp \
                 REMOVE #live_since, #due_at, #due_shard",
            )
            .expression_attribute_names("#status", "status")
            .expression_attribute_names("#update_time", "update_time")
            .expression_attribute_names("#stamp", "request_stamp")
            .expression_attribute_names("#live_since", "live_since")
            .expression_attribute_names("#due_at", "due_at")
            .expression_attribute_names("#due_shard", "due_shard")
            .expression_attribute_values(":effective", text("2"))
            .expression_attribute_values(":status", text(status))
            .expression_attribute_values(":now", text(NOW))
            .expression_attribute_values(":stamp", text(STAMP));
        let reduced = Update::builder()
            .table_name(&self.accounts)
            .key("pin", text(pin))
            .condition_expression("#temp_total >= :amount")
            .update_expression("SET #temp_total = #temp_total - :amount, #updated_at = :now, #stamp = :stamp")
            .expression_attribute_names("#temp_total", "temp_total")
            .expression_attribute_names("#updated_at", "updated_at")
            .expression_attribute_names("#stamp", "request_stamp")
            .expression_attribute_values(":amount", number(amount))
            .expression_attribute_values(":now", text(NOW))
            .expression_attribute_values(":stamp", text(STAMP));
        let mut items = vec![update(ended)?, update(reduced)?];
        items.extend(event.map(put).transpose()?);
        transact(&self.client, items).await
    }

    /// Books a grant: its application's number, its row, and its amount on the account's total.
    pub(super) async fn book(&self, event: &CreditEvent<'_>) -> Result<(), Error> {
        let claim = Put::builder()
            .table_name(env::var("APPLY_NUMBERS_TABLE")?)
            .item("apply_no", text(event.apply_no))
            .item("content", text(event.content()?))
            .item("created_at", text(NOW))
            .item("schema_version", number(1))
            .item("request_stamp", text(STAMP))
            .condition_expression("attribute_not_exists(#apply_no)")
            .expression_attribute_names("#apply_no", "apply_no");
        let items: Vec<TransactWriteItem> =
            vec![put(claim)?, put(self.row(event)?)?, update(self.raised(event))?];
        transact(&self.client, items).await
    }

    fn row(&self, event: &CreditEvent<'_>) -> Result<PutBuilder, Error> {
        let effective_time = sortable(event.effective_time)?;
        let expiry = sortable(event.invalid_time)?;
        let shard =
            fingerprint(&[event.pin]).chars().next().and_then(|digit| digit.to_digit(16)).unwrap_or(0)
                % SHARDS;
        Ok(Put::builder()
            .table_name(&self.grants)
            .item("pin", text(event.pin))
            .item("grant_id", text(event.grant_id()))
            .item("apply_no", text(event.apply_no))
            .item("credit_type", text("TEMP"))
            .item("change_way", text("BOTH"))
            .item("change_limit", number(event.change_limit))
            .item("business_name", text(event.business_name))
            .item("source_type", text(event.source_type))
            .item("effective_time", text(&effective_time))
            .item("live_since", text(effective_time))
            .item("invalid_time", text(&expiry))
            .item("due_at", text(expiry))
            .item("due_shard", number(shard))
            .item("update_time", text(sortable(event.occurred_at)?))
            .item("status", text("2"))
            .item("created_at", text(NOW))
            .item("schema_version", number(1))
            .item("request_stamp", text(STAMP))
            .condition_expression("attribute_not_exists(#grant_id)")
            .expression_attribute_names("#grant_id", "grant_id"))
    }

    fn raised(&self, event: &CreditEvent<'_>) -> UpdateBuilder {
        Update::builder()
            .table_name(&self.accounts)
            .key("pin", text(event.pin))
            .update_expression(
                "SET #temp_total = if_not_exists(#temp_total, :zero) + :amount, \
                 #state = if_not_exists(#state, :not_opened), \
                 #account_type = if_not_exists(#account_type, :normal), \
                 #created_at = if_not_exists(#created_at, :now), #updated_at = :now, \
                 #schema_version = :schema_version, #stamp = :stamp",
            )
            .expression_attribute_names("#temp_total", "temp_total")
            .expression_attribute_names("#state", "state")
            .expression_attribute_names("#account_type", "account_type")
            .expression_attribute_names("#created_at", "created_at")
            .expression_attribute_names("#updated_at", "updated_at")
            .expression_attribute_names("#schema_version", "schema_version")
            .expression_attribute_names("#stamp", "request_stamp")
            .expression_attribute_values(":zero", number(0))
            .expression_attribute_values(":amount", number(event.change_limit))
            .expression_attribute_values(":not_opened", text("not_opened"))
            .expression_attribute_values(":normal", text("NORMAL"))
            .expression_attribute_values(":now", text(NOW))
            .expression_attribute_values(":schema_version", number(1))
            .expression_attribute_values(":stamp", text(STAMP))
    }
}
