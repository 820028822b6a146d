//! How a confirmation is completed: whom it is about is judged, and order, loan and command are written at once.

use std::env;

use aws_sdk_dynamodb::types::{AttributeValue, Put, TransactWriteItem};
use bench::Error;
use futures_util::future::try_join3;
use serde_json::{Value, json};

use super::confirmations::Rows;
use super::customers::Customers;
use super::orders::{self, Orders, Step, unless_there};
use crate::clients::Aws;
use crate::dynamodb::{Item, NOW, STAMP, number, number_of, put, text, text_of};
use crate::forms::fingerprint;
use crate::outbox::CORRELATION_ID;
use crate::queues::{CORRELATION_ATTRIBUTE, Message, Queues};
use crate::sealing::Sealing;
use crate::unsent::{Row, Unsent, key};

/// What completing works with.
pub(super) struct Completion {
    pub(super) orders: Orders,
    pub(super) rows: Rows,
    pub(super) customers: Customers,
    loans: String,
    sealing: Sealing,
    unsent: Unsent,
    queues: Queues,
    commands: String,
}

/// What is confirmed.
pub(super) struct Terms {
    pub(super) loan_amount: String,
    pub(super) period: u16,
    pub(super) period_unit: u16,
}

impl Terms {
    /// Those of a confirmation that waits.
    pub(super) fn of(log: &Item) -> Result<Self, Error> {
        Ok(Self {
            loan_amount: text_of(log, "loan_amount")?.to_owned(),
            period: number_of(log, "period")?.parse()?,
            period_unit: number_of(log, "period_unit")?.parse()?,
        })
    }
}

impl Completion {
    /// Reads the functions' own variables.
    pub(super) fn read(aws: &Aws, sealing: Sealing) -> Result<Self, Error> {
        Ok(Self {
            orders: Orders::read(aws)?,
            rows: Rows::read(aws)?,
            customers: Customers::read(aws)?,
            loans: env::var("CL_BORROW_TABLE")?,
            sealing,
            unsent: Unsent::read(aws)?,
            queues: Queues::read(aws),
            commands: env::var("CORE_COMMANDS_QUEUE_URL")?,
        })
    }

    /// The card of an order's user, who may borrow.
    pub(super) async fn look(&self, order: &Item) -> Result<Item, Error> {
        let key = text_of(order, "order")?;
        let sealed = order.get("person").and_then(|person| person.as_b().ok()).ok_or("no person")?;
        let key_id = text_of(order, "person_key_id")?;
        let person = self.sealing.open("third_orders", &[key], sealed.as_ref(), key_id)?;
        let person: Value = serde_json::from_str(&person)?;
        person["cid"].as_str().ok_or("no id number")?;
        let (id_number, phone) = orders::digests(order)?;
        let channel = key.split_once('#').ok_or("no order")?.0;
        let user = format!("{channel}#{}", text_of(order, "uid")?);
        let (by_id, by_phone, cards) = try_join3(
            self.customers.known(id_number),
            self.customers.known(phone),
            self.rows.of_user(&self.rows.cards, "user", &user),
        )
        .await?;
        if !by_id.is_empty() || !by_phone.is_empty() {
            return Err("somebody is known".into());
        }
        let of_key = |key: &str| cards.iter().find(|card| text_of(card, "card").is_ok_and(|is| is == key));
        let payout = text_of(of_key("default").ok_or("no default")?, "payout")?;
        let card = of_key(&format!("card#{payout}")).ok_or("no card")?;
        let members = ["bank_code", "card_last4", "card_ref"].map(|name| (name, card.get(name).cloned()));
        Ok(members.into_iter().filter_map(|(name, value)| Some((name.to_owned(), value?))).collect())
    }

    /// Writes all that belongs to it, with `others`, and sends the core its application.
    pub(super) async fn complete(
        &self,
        order: &mut Item,
        terms: &Terms,
        card: Item,
        (source, others): (&str, Vec<TransactWriteItem>),
    ) -> Result<(), Error> {
        let step = Step { status: "1", is_taken_further: false, source, reason: "loan confirmed" };
        let mut items = self.orders.step(order, &step)?;
        let (channel, number_text) = text_of(order, "order")?.split_once('#').ok_or("no order")?;
        let borrow_no = format!("B{}", &fingerprint(&["borrow", channel, number_text])[..20]);
        let body = json!({
            "command_id": &fingerprint(&["loan_application", channel, number_text])[..32],
            "type": "loan_application",
            "channel_id": channel,
            "order_id": number_text,
            "borrow_no": borrow_no,
            "loan_amount": terms.loan_amount,
            "period": terms.period,
            "period_unit": terms.period_unit,
            "card": {
                "bank_code": text_of(&card, "bank_code")?,
                "card_last4": text_of(&card, "card_last4")?,
                "card_ref": text_of(&card, "card_ref")?,
            },
        })
        .to_string();
        let loan = Put::builder()
            .table_name(&self.loans)
            .item("order", text(text_of(order, "order")?))
            .item("borrow_no", text(borrow_no))
            .item("uid", text(text_of(order, "uid")?))
            .item("version", number(number_of(order, "version")?))
            .item("status", number(0))
            .item("loan_amount", text(&terms.loan_amount))
            .item("period", number(terms.period))
            .item("period_unit", number(terms.period_unit))
            .item("card", AttributeValue::M(card))
            .item("created_at", text(NOW))
            .item("updated_at", text(NOW))
            .item("schema_version", number(1))
            .item("request_stamp", text(STAMP));
        items.push(put(unless_there(loan, "order"))?);
        items.extend(others);
        let attributes = [(CORRELATION_ATTRIBUTE.to_owned(), CORRELATION_ID.to_owned())];
        let destination = [("queue_url", self.commands.as_str())];
        let row = Row { id: STAMP, destination: &destination, body: &body, attributes: &attributes };
        items.push(put(self.unsent.put(&row))?);
        self.orders.commit(items).await?;
        self.queues.send(&self.commands, &[Message { body: &body, attributes: &attributes }]).await?;
        self.unsent.delete(vec![key(STAMP)]).await
    }
}
