//! The table of orders and those beside it.

use std::env;

use aws_sdk_dynamodb::Client;
use aws_sdk_dynamodb::types::builders::{PutBuilder, UpdateBuilder};
use aws_sdk_dynamodb::types::{AttributeValue, Put, TransactWriteItem, Update};
use bench::Error;
use ring::rand::{SecureRandom as _, SystemRandom};
use serde_json::Value;

use super::customers::{Digests, hex};
use crate::clients::Aws;
use crate::dynamodb::{Item, NOW, STAMP, UNITS, number, number_of, put, text, text_of, transact, update};
use crate::forms::fingerprint;
use crate::sealing::Sealing;

/// Into how many partitions each index is split.
pub(super) const SHARDS: u32 = 4;

/// The tables.
pub(super) struct Orders {
    client: Client,
    table: String,
    history: String,
    conversion: String,
    data: String,
    users: String,
    pull_log: String,
}

/// A push, read.
pub(super) struct Pushed {
    pub(super) order: String,
    number: String,
    user: String,
    row: Item,
    person: (AttributeValue, AttributeValue),
}

/// Where a push is put.
pub(super) struct Object {
    pub(super) key: String,
    pub(super) bytes: usize,
}

/// A step of an order.
pub(super) struct Step<'a> {
    pub(super) status: &'a str,
    /// Whether a job is to take the order further from there.
    pub(super) is_taken_further: bool,
    pub(super) source: &'a str,
    pub(super) reason: &'a str,
}

impl Pushed {
    /// Reads what a channel pushed.
    pub(super) fn of(
        channel: &str,
        push: &Value,
        digests: &Digests,
        sealing: &Sealing,
    ) -> Result<Self, Error> {
        let text_at =
            |pointer: &str| push.pointer(pointer).and_then(Value::as_str).ok_or("a text is missing");
        let (number_text, uid) = (text_at("/orderId")?, text_at("/uid")?);
        let (name, cid, phone) =
            (text_at("/idInfo/name")?, text_at("/idInfo/cid")?, text_at("/registerPhone")?);
        let order = format!("{channel}#{number_text}");
        let user = format!("{channel}#{uid}");
        let clear = serde_json::to_string(&serde_json::json!({"name": name, "cid": cid, "phone": phone}))?;
        let person = sealing.seal("third_orders", &[&order], &clear)?;
        let amount = push["loanAmount"].as_u64().ok_or("no amount")?;
        let mut content = push.clone();
        for ignored in ["applyDate", "registerTime"] {
            content.as_object_mut().ok_or("no object")?.remove(ignored);
        }
        let items = ["id_front", "id_back", "living_image"].map(str::to_owned).to_vec();
        let row = Item::from(
            [
                ("order", text(&order)),
                ("version", number(1)),
                ("status", number(0)),
                ("order_no", text(STAMP)),
                ("uid", text(uid)),
                ("loan_amount", text(format!("{amount}.00"))),
                ("period", number(push["period"].as_u64().ok_or("no period")?)),
                ("period_unit", number(push["periodUnit"].as_u64().ok_or("no unit")?)),
                ("auth_items", AttributeValue::Ss(items)),
                ("content_digest", text(digests.keyed("push_content", &content.to_string()))),
                ("id_number_digest", text(digests.hashed("id_number", cid))),
                ("phone_digest", text(digests.hashed("phone", phone))),
                ("person", person.0),
                ("person_key_id", person.1),
                ("created_at", text(NOW)),
                ("updated_at", text(NOW)),
                ("schema_version", number(1)),
                ("request_stamp", text(STAMP)),
            ]
            .map(|(name, value)| (name.to_owned(), value)),
        );
        let person = sealing.seal("rongshu_users", &[&user], &clear)?;
        Ok(Self { order, number: number_text.to_owned(), user, row, person })
    }

    /// Where it is put.
    pub(super) fn object_key(&self) -> Result<String, Error> {
        let mut drawn = [0; 16];
        SystemRandom::new().fill(&mut drawn).map_err(|_| "no randomness")?;
        Ok(format!("840/{}/push/{}", self.number, hex(&drawn)))
    }
}

impl Orders {
    /// Builds the client.
    pub(super) fn read(aws: &Aws) -> Result<Self, Error> {
        Ok(Self {
            client: aws.dynamodb(),
            table: env::var("THIRD_ORDERS_TABLE")?,
            history: env::var("THIRD_ORDER_HISTORY_TABLE")?,
            conversion: env::var("THIRD_ORDER_CONVERSION_TABLE")?,
            data: env::var("THIRD_ORDER_DATA_TABLE")?,
            users: env::var("RONGSHU_USERS_TABLE")?,
            pull_log: env::var("RONGSHU_CREDIT_DATA_PULL_LOG_TABLE")?,
        })
    }

    /// An order, if there is one.
    pub(super) async fn find(&self, order: &str) -> Result<Option<Item>, Error> {
        let get = self.client.get_item().table_name(&self.table).key("order", text(order));
        Ok(get.consistent_read(true).return_consumed_capacity(UNITS).send().await?.item)
    }

    /// Writes a new order with all that belongs to it.
    pub(super) async fn begin(&self, pushed: Pushed, object: &Object) -> Result<(), Error> {
        let Pushed { order, user, mut row, person, .. } = pushed;
        row.insert(
            "data_keys".to_owned(),
            AttributeValue::M([("push".to_owned(), text(&object.key))].into()),
        );
        let uid = row.get("uid").cloned().ok_or("no uid")?;
        let stamped = |table: &str| {
            Put::builder()
                .table_name(table)
                .item("schema_version", number(1))
                .item("request_stamp", text(STAMP))
        };
        let history = stamped(&self.history)
            .item("order", text(&order))
            .item("version", number(1))
            .item("at", text(NOW))
            .item("to", number(0))
            .item("source", text("push-order"))
            .item("reason", text("pushed"));
        let conversion = stamped(&self.conversion)
            .item("third_order_no", text(&order))
            .item("order_no", text(STAMP))
            .item("created_at", text(NOW));
        let data = stamped(&self.data)
            .item("order", text(&order))
            .item("kind", text("push"))
            .item("object_key", text(&object.key))
            .item("bytes", number(object.bytes))
            .item("at", text(NOW));
        let user = self.user(user, person);
        let pulls = pulls(stamped(&self.pull_log), &order, uid)?;
        let new = Put::builder().table_name(&self.table).set_item(Some(row));
        let items = vec![
            put(unless_there(new, "order"))?,
            put(unless_there(history, "order"))?,
            put(unless_there(conversion, "third_order_no"))?,
            put(data)?,
            update(user)?,
            put(pulls)?,
        ];
        transact(&self.client, items).await
    }

    /// The user of a push: begun by the first, renewed by each.
    fn user(&self, user: String, person: (AttributeValue, AttributeValue)) -> UpdateBuilder {
        Update::builder()
            .table_name(&self.users)
            .key("user", text(user))
            .update_expression(
                "SET #person = :person, #person_key_id = :person_key_id, #updated_at = :now, \
                 #created_at = if_not_exists(#created_at, :now), #schema = :schema, #stamp = :stamp",
            )
            .expression_attribute_names("#person", "person")
            .expression_attribute_names("#person_key_id", "person_key_id")
            .expression_attribute_names("#updated_at", "updated_at")
            .expression_attribute_names("#created_at", "created_at")
            .expression_attribute_names("#schema", "schema_version")
            .expression_attribute_names("#stamp", "request_stamp")
            .expression_attribute_values(":person", person.0)
            .expression_attribute_values(":person_key_id", person.1)
            .expression_attribute_values(":now", text(NOW))
            .expression_attribute_values(":schema", number(1))
            .expression_attribute_values(":stamp", text(STAMP))
    }

    /// What of a shard is to be pulled.
    pub(super) async fn due_pulls(&self, shard: u32, time: &str) -> Result<Vec<Item>, Error> {
        let names = (self.pull_log.as_str(), "due", "due_shard", "next_pull_at");
        self.index(names, number(shard), time).await
    }

    /// The orders of a shard that a job is to take further.
    pub(super) async fn work(&self, work: &str, shard: u32) -> Result<Vec<String>, Error> {
        let names = (self.table.as_str(), "work", "work_shard", "work_at");
        let rows = self.index(names, text(format!("{work}#{shard}")), NOW).await?;
        rows.iter().map(|row| Ok(text_of(row, "order")?.to_owned())).collect()
    }

    async fn index(
        &self,
        (table, index, shard_name, at_name): (&str, &str, &str, &str),
        shard: AttributeValue,
        time: &str,
    ) -> Result<Vec<Item>, Error> {
        let query = self.client.query().table_name(table).index_name(index);
        let page = query
            .key_condition_expression("#shard = :shard AND #at <= :time")
            .expression_attribute_names("#shard", shard_name)
            .expression_attribute_names("#at", at_name)
            .expression_attribute_values(":shard", shard)
            .expression_attribute_values(":time", text(time))
            .limit(25)
            .return_consumed_capacity(UNITS)
            .send()
            .await?;
        Ok(page.items.unwrap_or_default())
    }

    /// What takes an order a step further, on condition of the version that was read: its row and its history's.
    pub(super) fn step(&self, order: &mut Item, step: &Step<'_>) -> Result<Vec<TransactWriteItem>, Error> {
        let (read, from) = (number_of(order, "version")?.to_owned(), number_of(order, "status")?.to_owned());
        let version = read.parse::<u64>()? + 1;
        order.insert("version".to_owned(), number(version));
        order.insert("status".to_owned(), number(step.status));
        order.insert("updated_at".to_owned(), text(NOW));
        order.insert("request_stamp".to_owned(), text(STAMP));
        if step.is_taken_further {
            order.insert("work_at".to_owned(), text(NOW));
        } else {
            order.remove("work_at");
            order.remove("work_shard");
        }
        let changed = Put::builder()
            .table_name(&self.table)
            .set_item(Some(order.clone()))
            .condition_expression("#version = :version")
            .expression_attribute_names("#version", "version")
            .expression_attribute_values(":version", number(read));
        let history = Put::builder()
            .table_name(&self.history)
            .item("order", text(text_of(order, "order")?))
            .item("version", number(version))
            .item("at", text(NOW))
            .item("from", number(from))
            .item("to", number(step.status))
            .item("source", text(step.source))
            .item("reason", text(step.reason))
            .item("schema_version", number(1))
            .item("request_stamp", text(STAMP));
        Ok(vec![put(changed)?, put(unless_there(history, "order"))?])
    }

    /// Writes all of these or none.
    pub(super) async fn commit(&self, items: Vec<TransactWriteItem>) -> Result<(), Error> {
        transact(&self.client, items).await
    }
}

/// A row that must not be there.
pub(super) fn unless_there(row: PutBuilder, key: &str) -> PutBuilder {
    row.condition_expression("attribute_not_exists(#key)").expression_attribute_names("#key", key)
}

/// The pulls of a new order, all of which are due.
fn pulls(row: PutBuilder, order: &str, uid: AttributeValue) -> Result<PutBuilder, Error> {
    let (channel, number_text) = order.split_once('#').ok_or("no order")?;
    let digit = fingerprint(&[channel, number_text]).chars().next().and_then(|digit| digit.to_digit(16));
    let mut row = row
        .item("third_order_no", text(order))
        .item("id", text(STAMP))
        .item("rongshu_uid", uid)
        .item("retry_count", number(0))
        .item("due_shard", number(digit.unwrap_or(0) % SHARDS))
        .item("next_pull_at", text(NOW))
        .item("created_at", text(NOW))
        .item("updated_at", text(NOW));
    for kind in ["operator", "credit_card", "device"] {
        row = row
            .item(format!("{kind}_state"), number(0))
            .item(format!("{kind}_failures"), number(0))
            .item(format!("{kind}_next_at"), text(NOW));
    }
    Ok(row)
}

/// Where an order stands.
pub(super) fn status(order: &Item) -> Result<&str, Error> {
    number_of(order, "status")
}

/// Where an order's push lies.
pub(super) fn push_key(order: &Item) -> Result<&str, Error> {
    let keys = order.get("data_keys").and_then(|keys| keys.as_m().ok()).ok_or("no keys")?;
    text_of(keys, "push")
}

/// The digests of an order's id number and phone.
pub(super) fn digests(order: &Item) -> Result<(&str, &str), Error> {
    Ok((text_of(order, "id_number_digest")?, text_of(order, "phone_digest")?))
}

/// What is told of an order that is approved, amounts as they are written.
pub(super) fn approved(order: &Item) -> Result<String, Error> {
    let limit = order.get("amount_limit").and_then(|limit| limit.as_m().ok()).ok_or("no limit")?;
    let options = order.get("amount_option").and_then(|options| options.as_l().ok()).ok_or("no options")?;
    let option = |option: &AttributeValue| -> Result<String, Error> {
        let option = option.as_m().map_err(|_| "no option")?;
        let periods = option.get("periods").and_then(|periods| periods.as_l().ok()).ok_or("no periods")?;
        let periods: Vec<_> =
            periods.iter().filter_map(|period| Some(period.as_n().ok()?.as_str())).collect();
        Ok(format!(
            r#"{{"min":{},"max":{},"step":{},"periods":[{}]}}"#,
            text_of(option, "min")?,
            text_of(option, "max")?,
            text_of(option, "step")?,
            periods.join(","),
        ))
    };
    let options: Vec<_> = options.iter().map(option).collect::<Result<_, _>>()?;
    Ok(format!(
        r#"{{"status":6001,"remark":"初审通过","amountLimit":{{"maxLoan":{},"minLoan":{},"maxPeriod":{},"minPeriod":{}}},"amountOption":[{}]}}"#,
        text_of(limit, "max_loan")?,
        text_of(limit, "min_loan")?,
        number_of(limit, "max_period")?,
        number_of(limit, "min_period")?,
        options.join(","),
    ))
}
