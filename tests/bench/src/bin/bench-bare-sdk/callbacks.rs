//! The table of callbacks: each is caused, sent, listed, or sent again.

use std::collections::HashMap;
use std::env;

use aws_sdk_dynamodb::Client;
use aws_sdk_dynamodb::types::builders::{PutBuilder, UpdateBuilder};
use aws_sdk_dynamodb::types::{AttributeValue, Put, ReturnValue, TransactWriteItem, Update};
use bench::Error;

use crate::clients::Aws;
use crate::dynamodb::{Item, NOW, ON_FAILURE, STAMP, UNITS, number, put, text, text_of, transact, update};
use crate::forms::fingerprint;
use crate::outbox::CORRELATION_ID;
use crate::queues::{CORRELATION_ATTRIBUTE, Message, Queues};
use crate::unsent::SHARDS;

const HEAD: &str = "head";
/// Until when an order is the worker's.
const UNTIL: &str = "2026-01-02T03:04:25.000000000Z";

/// The table.
pub(crate) struct Callbacks {
    client: Client,
    table: String,
}

/// Wakes the worker.
pub(crate) struct WakeUps {
    queues: Queues,
    url: String,
}

/// What came of a try.
pub(crate) struct Tried {
    pub(crate) code: i64,
    pub(crate) latency_ms: u128,
}

impl Callbacks {
    /// Reads the functions' own variable.
    pub(crate) fn read(aws: &Aws) -> Result<Self, Error> {
        Ok(Self { client: aws.dynamodb(), table: env::var("CALLBACKS_TABLE")? })
    }

    /// Opens the connection with a look at a row that is not there.
    pub(crate) async fn warm(&self) -> Result<(), Error> {
        let get = self.client.get_item().table_name(&self.table);
        get.key("order", text("-")).key("seq", text("-")).send().await?;
        Ok(())
    }

    /// Looks for callbacks that are due, shard after shard.
    pub(crate) async fn nothing_waits(&self) -> Result<(), Error> {
        for shard in 0..SHARDS {
            let query = self.client.query().table_name(&self.table).index_name("due");
            let found = query
                .key_condition_expression("#shard = :shard")
                .expression_attribute_names("#shard", "due_shard")
                .expression_attribute_values(":shard", number(shard))
                .limit(500)
                .return_consumed_capacity(UNITS)
                .send()
                .await?;
            if !found.items().is_empty() {
                return Err("a callback waits".into());
            }
        }
        Ok(())
    }

    /// What a change adds to its transaction: a row for each callback, and the order's head.
    pub(crate) fn caused(
        &self,
        order: &str,
        version: u64,
        callbacks: &[(&str, String)],
    ) -> Result<Vec<TransactWriteItem>, Error> {
        let seq = |place: usize| format!("{version:020}-{place:03}");
        let row =
            |(place, (kind, body)): (usize, &(&str, String))| put(self.row(order, &seq(place), kind, body));
        let mut items = callbacks.iter().enumerate().map(row).collect::<Result<Vec<_>, _>>()?;
        if let Some(last) = callbacks.len().checked_sub(1) {
            items.push(update(self.moved(order, seq(last)))?);
        }
        Ok(items)
    }

    fn row(&self, order: &str, seq: &str, kind: &str, body: &str) -> PutBuilder {
        Put::builder()
            .table_name(&self.table)
            .item("order", text(order))
            .item("seq", text(seq))
            .item("kind", text(kind))
            .item("body", text(body))
            .item("state", text("pending"))
            .item("attempts", AttributeValue::L(Vec::new()))
            .item("created_at", text(NOW))
            .item("correlation_id", text(CORRELATION_ID))
            .item("schema_version", number(1))
            .item("request_stamp", text(STAMP))
            .condition_expression("attribute_not_exists(#seq)")
            .expression_attribute_names("#seq", "seq")
    }

    /// The head of an order whose last callback has this place.
    fn moved(&self, order: &str, last: String) -> UpdateBuilder {
        let digit = fingerprint(&[order]).chars().next().and_then(|digit| digit.to_digit(16)).unwrap_or(0);
        self.update(order, HEAD)
            .update_expression(
                "SET #last_seq = :last_seq, #due_at = if_not_exists(#due_at, :now), #due_shard = :due_shard, \
                 #waits_since = if_not_exists(#waits_since, :now), #schema = :schema, #stamp = :stamp",
            )
            .condition_expression("attribute_not_exists(#last_seq) OR #last_seq < :last_seq")
            .expression_attribute_names("#last_seq", "last_seq")
            .expression_attribute_names("#due_at", "due_at")
            .expression_attribute_names("#due_shard", "due_shard")
            .expression_attribute_names("#waits_since", "waits_since")
            .expression_attribute_names("#schema", "schema_version")
            .expression_attribute_values(":last_seq", text(last))
            .expression_attribute_values(":now", text(NOW))
            .expression_attribute_values(":due_shard", number(digit % SHARDS))
            .expression_attribute_values(":schema", number(1))
    }

    /// The head of an order, which is ours from now on.
    pub(crate) async fn take(&self, order: &str) -> Result<Item, Error> {
        let taken = self
            .client
            .update_item()
            .table_name(&self.table)
            .key("order", text(order))
            .key("seq", text(HEAD))
            .update_expression("SET #lease_until = :until, #owner = :owner, #stamp = :owner")
            .condition_expression(
                "#due_at <= :now AND (attribute_not_exists(#lease_until) OR #lease_until <= :now)",
            )
            .expression_attribute_names("#due_at", "due_at")
            .expression_attribute_names("#lease_until", "lease_until")
            .expression_attribute_names("#owner", "lease_owner")
            .expression_attribute_names("#stamp", "request_stamp")
            .expression_attribute_values(":now", text(NOW))
            .expression_attribute_values(":until", text(UNTIL))
            .expression_attribute_values(":owner", text(STAMP))
            .return_values(ReturnValue::AllNew)
            .return_values_on_condition_check_failure(ON_FAILURE)
            .return_consumed_capacity(UNITS)
            .send()
            .await?;
        Ok(taken.attributes.ok_or("no head")?)
    }

    /// The callbacks of an order that is ours, oldest first.
    pub(crate) async fn of_order(&self, order: &str) -> Result<Vec<Item>, Error> {
        let query = self
            .client
            .query()
            .table_name(&self.table)
            .key_condition_expression("#order = :order AND #seq BETWEEN :behind AND :head")
            .filter_expression("attribute_exists(#state)")
            .expression_attribute_names("#order", "order")
            .expression_attribute_names("#seq", "seq")
            .expression_attribute_names("#state", "state")
            .expression_attribute_values(":order", text(order))
            .expression_attribute_values(":behind", text("/~"))
            .expression_attribute_values(":head", text(HEAD))
            .consistent_read(true)
            .limit(25);
        Ok(query.return_consumed_capacity(UNITS).send().await?.items.unwrap_or_default())
    }

    /// Writes down that an order's last callback was taken: nothing waits any more.
    pub(crate) async fn delivered(&self, head: &Item, callback: &Item, tried: &Tried) -> Result<(), Error> {
        let order = text_of(head, "order")?;
        let drained = self
            .update(order, HEAD)
            .update_expression(
                "SET #done_seq = :last_seq, #stamp = :stamp \
                 REMOVE #due_at, #due_shard, #waits_since, #lease_until, #owner",
            )
            .condition_expression(
                "#owner = :owner AND #last_seq = :last_seq AND attribute_not_exists(#resends)",
            )
            .expression_attribute_names("#owner", "lease_owner")
            .expression_attribute_names("#lease_until", "lease_until")
            .expression_attribute_names("#done_seq", "done_seq")
            .expression_attribute_names("#last_seq", "last_seq")
            .expression_attribute_names("#due_at", "due_at")
            .expression_attribute_names("#due_shard", "due_shard")
            .expression_attribute_names("#waits_since", "waits_since")
            .expression_attribute_names("#resends", "resends")
            .expression_attribute_values(":owner", text(STAMP))
            .expression_attribute_values(":last_seq", text(text_of(head, "last_seq")?));
        let attempt = HashMap::from([
            ("at".to_owned(), text(NOW)),
            ("outcome".to_owned(), text("delivered")),
            ("latency_ms".to_owned(), number(tried.latency_ms)),
            ("code".to_owned(), number(tried.code)),
        ]);
        let row = self
            .update(order, text_of(callback, "seq")?)
            .update_expression(
                "SET #state = :state, #attempts = :attempts, #failures = :failures, #waited = :waited, \
                 #stamp = :stamp",
            )
            .condition_expression("#state = :pending")
            .expression_attribute_names("#state", "state")
            .expression_attribute_names("#attempts", "attempts")
            .expression_attribute_names("#failures", "failures")
            .expression_attribute_names("#waited", "waited_ms")
            .expression_attribute_values(":pending", text("pending"))
            .expression_attribute_values(":state", text("delivered"))
            .expression_attribute_values(":attempts", AttributeValue::L(vec![AttributeValue::M(attempt)]))
            .expression_attribute_values(":failures", number(0))
            .expression_attribute_values(":waited", number(0));
        transact(&self.client, vec![update(drained)?, update(row)?]).await
    }

    /// The keys of the first callbacks in a state.
    pub(crate) async fn in_state(&self, state: &str, most: i32) -> Result<Vec<Item>, Error> {
        let query = self.client.query().limit(most).table_name(&self.table).index_name("state");
        let found = query
            .key_condition_expression("#state = :state")
            .expression_attribute_names("#state", "state")
            .expression_attribute_values(":state", text(state))
            .return_consumed_capacity(UNITS)
            .send()
            .await?;
        Ok(found.items.unwrap_or_default())
    }

    /// The callback that a key of the index names.
    pub(crate) async fn find(&self, key: &Item) -> Result<Item, Error> {
        let get = self.client.get_item().table_name(&self.table);
        let get = get.key("order", text(text_of(key, "order")?)).key("seq", text(text_of(key, "seq")?));
        let found = get.consistent_read(true).return_consumed_capacity(UNITS).send().await?;
        Ok(found.item.ok_or("no such callback")?)
    }

    /// Has one sent again that was given up.
    pub(crate) async fn resend(&self, order: &str, seq: &str) -> Result<(), Error> {
        let row = self
            .update(order, seq)
            .update_expression(
                "SET #state = :pending, #resent_at = :now, #stamp = :stamp REMOVE #failures, #waited, #dead_at",
            )
            .condition_expression("#state = :dead")
            .expression_attribute_names("#state", "state")
            .expression_attribute_names("#resent_at", "resent_at")
            .expression_attribute_names("#failures", "failures")
            .expression_attribute_names("#waited", "waited_ms")
            .expression_attribute_names("#dead_at", "dead_at")
            .expression_attribute_values(":pending", text("pending"))
            .expression_attribute_values(":dead", text("dead"))
            .expression_attribute_values(":now", text(NOW));
        let digit = fingerprint(&[order]).chars().next().and_then(|digit| digit.to_digit(16)).unwrap_or(0);
        let head = self
            .update(order, HEAD)
            .update_expression(
                "SET #due_at = :now, #due_shard = :due_shard, \
                 #waits_since = if_not_exists(#waits_since, :now), #stamp = :stamp \
                 REMOVE #done_seq ADD #resends :one",
            )
            .condition_expression("attribute_exists(#last_seq)")
            .expression_attribute_names("#due_at", "due_at")
            .expression_attribute_names("#due_shard", "due_shard")
            .expression_attribute_names("#waits_since", "waits_since")
            .expression_attribute_names("#done_seq", "done_seq")
            .expression_attribute_names("#resends", "resends")
            .expression_attribute_names("#last_seq", "last_seq")
            .expression_attribute_values(":now", text(NOW))
            .expression_attribute_values(":due_shard", number(digit % SHARDS))
            .expression_attribute_values(":one", number(1));
        transact(&self.client, vec![update(row)?, update(head)?]).await
    }

    /// An update of a row, stamped.
    fn update(&self, order: &str, seq: &str) -> UpdateBuilder {
        Update::builder()
            .table_name(&self.table)
            .key("order", text(order))
            .key("seq", text(seq))
            .expression_attribute_names("#stamp", "request_stamp")
            .expression_attribute_values(":stamp", text(STAMP))
    }
}

impl WakeUps {
    /// Reads the functions' own variable.
    pub(crate) fn read(aws: &Aws) -> Result<Self, Error> {
        Ok(Self { queues: Queues::read(aws), url: env::var("WAKE_UP_QUEUE_URL")? })
    }

    /// Wakes for one order.
    pub(crate) async fn send(&self, order: &str) -> Result<(), Error> {
        let body = serde_json::json!({"order": order}).to_string();
        let attributes = [(CORRELATION_ATTRIBUTE.to_owned(), CORRELATION_ID.to_owned())];
        self.queues.send(&self.url, &[Message { body: &body, attributes: &attributes }]).await
    }
}
