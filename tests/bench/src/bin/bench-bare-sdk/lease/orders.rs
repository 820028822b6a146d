//! DynamoDB with the tables of orders and all that belongs to them: the functions' calls, written out.

use std::collections::HashMap;
use std::env;

use aws_sdk_dynamodb::Client;
use aws_sdk_dynamodb::types::builders::PutBuilder;
use aws_sdk_dynamodb::types::{AttributeValue, Put, TransactWriteItem};
use bench::Error;

use crate::clients::Aws;
use crate::dynamodb::{Item, NOW, ON_FAILURE, STAMP, UNITS, number, number_of, put, text, text_of, transact};
use crate::forms::fingerprint;
use crate::sealing::Sealing;

/// What documents are sealed for, whatever their table is called.
const SEALED_FOR: &str = "lease_documents";
/// Into how many partitions the index `watch` is split.
pub(super) const SHARDS: u32 = 4;
/// How many orders are read at once.
const PAGE: i32 = 25;
/// Until when a call to Ant may run that began now.
const RUNNING_UNTIL: &str = "2026-01-02T03:04:33.500000000Z";
/// When an outcome is looked for that is unknown since now.
const LOOK_FOR_OUTCOME_AT: &str = "2026-01-02T03:05:05.000000000Z";
/// When an order is looked at that waits since now.
const LOOK_AT: &str = "2026-01-02T03:09:05.000000000Z";
/// The states in which an order waits for somebody else.
const WAITING: [&str; 4] = ["CONTRACT_SIGNING", "WITHHOLD_SIGNING", "WITHHOLD_SIGNED", "SEALING"];
const UNKNOWN: &str = "unknown_operation";

/// The tables.
pub(super) struct Orders {
    client: Client,
    table: String,
    documents: String,
    history: String,
    sealing: Sealing,
}

/// An order's row.
#[derive(Clone)]
pub(super) struct Order(Item);

/// On whose behalf an order changes.
pub(super) struct Caller {
    /// The caller's ARN, or the function's name.
    pub(super) who: String,
    /// Which systems call, if any do.
    pub(super) source: Option<String>,
    /// The function.
    pub(super) operation: String,
}

/// An entry of the history.
pub(super) struct Entry<'a> {
    /// What the order was.
    pub(super) from: Option<&'a str>,
    /// Why it is another now.
    pub(super) why: String,
    /// Ant's id of what led to it.
    pub(super) req_msg_id: Option<&'a str>,
}

impl Order {
    /// An order that is new.
    pub(super) fn registered(id: &str, merchant_id: &str) -> Self {
        Self(members([
            ("order_id", text(id)),
            ("version", number(0)),
            ("state", text("NEW")),
            ("merchant_id", text(merchant_id)),
            ("withhold_lost", AttributeValue::Bool(false)),
            ("unsign_pending", AttributeValue::Bool(false)),
            ("looks", number(0)),
            ("created_at", text(NOW)),
        ]))
    }

    /// A text of it.
    pub(super) fn text(&self, attribute: &'static str) -> Result<&str, Error> {
        text_of(&self.0, attribute)
    }

    /// Something that is true or false of it.
    pub(super) fn flag(&self, attribute: &str) -> bool {
        self.0.get(attribute).and_then(|value| value.as_bool().ok()).copied().unwrap_or_default()
    }

    /// Its version.
    pub(super) fn version(&self) -> Result<u64, Error> {
        Ok(number_of(&self.0, "version")?.parse()?)
    }

    /// A text of its unknown operation; `None` without one.
    pub(super) fn unknown(&self, attribute: &'static str) -> Result<Option<&str>, Error> {
        let unknown = self.0.get(UNKNOWN).and_then(|value| value.as_m().ok());
        unknown.map(|unknown| text_of(unknown, attribute)).transpose()
    }

    /// The order before a call to Ant: it says what is about to be asked for.
    pub(super) fn begun(
        &self,
        caller: &Caller,
        method: &str,
        wanted: &[(&'static str, AttributeValue)],
    ) -> Result<Self, Error> {
        let mut unknown = members([
            ("method", text(method)),
            ("since", text(NOW)),
            ("running_until", text(RUNNING_UNTIL)),
            ("who", text(&caller.who)),
            ("operation", text(&caller.operation)),
        ]);
        set(&mut unknown, caller.source.iter().map(|source| ("source", text(source))));
        set(&mut unknown, wanted.iter().cloned());
        self.became(1, [(UNKNOWN, AttributeValue::M(unknown))])
    }

    /// The order after an outcome, so many versions further.
    pub(super) fn settled(
        &self,
        versions: u64,
        brought: impl IntoIterator<Item = (&'static str, AttributeValue)>,
    ) -> Result<Self, Error> {
        let mut next = self.became(versions, brought)?;
        next.0.remove(UNKNOWN);
        Ok(next)
    }

    /// The order so many versions further, with these attributes.
    pub(super) fn became(
        &self,
        versions: u64,
        brought: impl IntoIterator<Item = (&'static str, AttributeValue)>,
    ) -> Result<Self, Error> {
        let mut next = self.0.clone();
        set(&mut next, [("version", number(self.version()? + versions)), ("looks", number(0))]);
        set(&mut next, brought);
        Ok(Self(next))
    }

    /// The order without the mark that Ant told of it.
    pub(super) fn looked_at(&self) -> Result<Self, Error> {
        let mut next = self.became(1, [])?;
        next.0.remove("notified_at");
        Ok(next)
    }

    /// When it is to be looked at.
    fn watch_at(&self) -> Result<Option<&str>, Error> {
        if self.0.contains_key("notified_at") {
            return Ok(Some(self.text("notified_at")?));
        }
        if self.0.contains_key(UNKNOWN) {
            return Ok(Some(LOOK_FOR_OUTCOME_AT));
        }
        Ok(WAITING.contains(&self.text("state")?).then_some(LOOK_AT))
    }
}

impl Orders {
    /// Builds the client.
    pub(super) fn read(aws: &Aws, sealing: Sealing) -> Result<Self, Error> {
        Ok(Self {
            client: aws.dynamodb(),
            table: env::var("LEASE_ORDERS_TABLE")?,
            documents: env::var("LEASE_DOCUMENTS_TABLE")?,
            history: env::var("LEASE_HISTORY_TABLE")?,
            sealing,
        })
    }

    /// Opens the connection: a read of an order that cannot be.
    pub(super) async fn warm(&self) -> Result<(), Error> {
        self.client.get_item().table_name(&self.table).key("order_id", text("-")).send().await?;
        Ok(())
    }

    /// An order, if it is there.
    pub(super) async fn find(&self, id: &str) -> Result<Option<Order>, Error> {
        let read = self.client.get_item().table_name(&self.table).key("order_id", text(id));
        Ok(read.consistent_read(true).return_consumed_capacity(UNITS).send().await?.item.map(Order))
    }

    /// The ids of a page of a shard's orders that are to be looked at by `time`, and where the next one begins.
    pub(super) async fn watched(
        &self,
        shard: u32,
        time: &str,
        from: Option<Item>,
    ) -> Result<(Vec<String>, Option<Item>), Error> {
        let query = self
            .client
            .query()
            .table_name(&self.table)
            .index_name("watch")
            .key_condition_expression("#watch_shard = :shard AND #watch_at <= :time")
            .expression_attribute_names("#watch_shard", "watch_shard")
            .expression_attribute_names("#watch_at", "watch_at")
            .expression_attribute_values(":shard", number(shard))
            .expression_attribute_values(":time", text(time))
            .limit(PAGE)
            .set_exclusive_start_key(from)
            .return_consumed_capacity(UNITS);
        let page = query.send().await?;
        let ids = page.items().iter().map(|row| Ok(text_of(row, "order_id")?.to_owned()));
        Ok((ids.collect::<Result<_, Error>>()?, page.last_evaluated_key))
    }

    /// A document of an order, opened, if it is there.
    pub(super) async fn document(&self, order: &Order, kind: &str) -> Result<Option<String>, Error> {
        let id = order.text("order_id")?;
        let read = self.client.get_item().table_name(&self.documents);
        let read = read.key("order_id", text(id)).key("kind", text(kind)).consistent_read(true);
        let Some(row) = read.return_consumed_capacity(UNITS).send().await?.item else { return Ok(None) };
        let sealed = row.get("content").and_then(|content| content.as_b().ok()).ok_or("no content")?;
        let key_id = text_of(&row, "key_id")?;
        self.sealing.open(SEALED_FOR, &[id, kind], sealed.as_ref(), key_id).map(Some)
    }

    /// Writes all of these or none; one that is alone needs no transaction.
    pub(super) async fn commit(&self, mut puts: Vec<PutBuilder>) -> Result<(), Error> {
        if puts.len() > 1 {
            let items: Vec<TransactWriteItem> = puts.into_iter().map(put).collect::<Result<_, _>>()?;
            return transact(&self.client, items).await;
        }
        let put = puts.pop().ok_or("nothing to write")?.build()?;
        self.client
            .put_item()
            .table_name(put.table_name)
            .set_item(Some(put.item))
            .set_condition_expression(put.condition_expression)
            .set_expression_attribute_names(put.expression_attribute_names)
            .set_expression_attribute_values(put.expression_attribute_values)
            .return_values_on_condition_check_failure(ON_FAILURE)
            .return_consumed_capacity(UNITS)
            .send()
            .await?;
        Ok(())
    }

    /// An order's row as it becomes, on condition that the one that was read still stands.
    pub(super) fn put(&self, read: &Order, next: &Order) -> Result<PutBuilder, Error> {
        let mut row = next.0.clone();
        let written =
            [("updated_at", text(NOW)), ("schema_version", number(1)), ("request_stamp", text(STAMP))];
        set(&mut row, written);
        row.retain(|attribute, _| !matches!(attribute.as_str(), "watch_at" | "watch_shard"));
        if let Some(at) = next.watch_at()? {
            let shard = shard_of(next.text("order_id")?);
            set(&mut row, [("watch_at", text(at)), ("watch_shard", number(shard))]);
        }
        let put = Put::builder().table_name(&self.table).set_item(Some(row));
        Ok(match read.version()? {
            0 => put
                .condition_expression("attribute_not_exists(#order_id)")
                .expression_attribute_names("#order_id", "order_id"),
            version => put
                .condition_expression("#version = :version")
                .expression_attribute_names("#version", "version")
                .expression_attribute_values(":version", number(version)),
        })
    }

    /// The entry of a transition.
    pub(super) fn entry(
        &self,
        caller: &Caller,
        next: &Order,
        entry: &Entry<'_>,
    ) -> Result<PutBuilder, Error> {
        let mut row = members([
            ("order_id", text(next.text("order_id")?)),
            ("version", number(next.version()?)),
            ("at", text(NOW)),
            ("to", text(next.text("state")?)),
            ("who", text(&caller.who)),
            ("why", text(&entry.why)),
            ("schema_version", number(1)),
            ("request_stamp", text(STAMP)),
        ]);
        set(&mut row, entry.from.map(|from| ("from", text(from))));
        set(&mut row, caller.source.as_ref().map(|source| ("source", text(source))));
        set(&mut row, entry.req_msg_id.map(|id| ("req_msg_id", text(id))));
        let put = Put::builder().table_name(&self.history).set_item(Some(row));
        Ok(put
            .condition_expression("attribute_not_exists(#order_id)")
            .expression_attribute_names("#order_id", "order_id"))
    }

    /// A document of an order, sealed.
    pub(super) fn document_put(&self, order: &Order, kind: &str, clear: &str) -> Result<PutBuilder, Error> {
        let id = order.text("order_id")?;
        let (content, key_id) = self.sealing.seal(SEALED_FOR, &[id, kind], clear)?;
        let row = members([
            ("order_id", text(id)),
            ("kind", text(kind)),
            ("content", content),
            ("key_id", key_id),
            ("updated_at", text(NOW)),
            ("schema_version", number(1)),
            ("request_stamp", text(STAMP)),
        ]);
        Ok(Put::builder().table_name(&self.documents).set_item(Some(row)))
    }
}

/// The parties of a contract without tags: one.
pub(super) fn party(sealed: bool) -> AttributeValue {
    AttributeValue::L(vec![AttributeValue::M(members([("sealed", AttributeValue::Bool(sealed))]))])
}

fn members<const N: usize>(attributes: [(&'static str, AttributeValue); N]) -> Item {
    let mut item = HashMap::with_capacity(N);
    set(&mut item, attributes);
    item
}

fn set(item: &mut Item, attributes: impl IntoIterator<Item = (&'static str, AttributeValue)>) {
    item.extend(attributes.into_iter().map(|(name, value)| (name.to_owned(), value)));
}

/// The shard of an order.
fn shard_of(id: &str) -> u32 {
    let digits = fingerprint(&[id]);
    digits.chars().next().and_then(|digit| digit.to_digit(16)).unwrap_or(0) % SHARDS
}
