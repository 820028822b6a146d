//! What passes between the loan core and the orders.

use std::env;

use aws_lambda_events::sqs::{SqsBatchResponse, SqsEvent};
use aws_sdk_dynamodb::types::{AttributeValue, Put};
use bench::Error;
use futures_util::future::try_join;
use lambda_runtime::{LambdaEvent, run, service_fn};
use serde::Deserialize;
use serde_json::{Value, json};

use super::customers::Customers;
use super::orders::{self, Orders, Step, unless_there};
use super::{CHANNEL, DIGEST_SECRET, NOBODY, SEALING_SECRET};
use crate::callbacks::{Callbacks, WakeUps};
use crate::clients::Aws;
use crate::dynamodb::{Item, NOW, STAMP, number, number_of, put, text, text_of};
use crate::forms::{Occasion, fingerprint, sortable};
use crate::outbox::CORRELATION_ID;
use crate::queues::{CORRELATION_ATTRIBUTE, Message, Queues};
use crate::sealing::Sealing;
use crate::secrets::Secrets;
use crate::unsent::{Row, Unsent, key};

/// What credit-application works with.
struct Applies {
    orders: Orders,
    customers: Customers,
    sealing: Sealing,
    unsent: Unsent,
    queues: Queues,
    commands: String,
}

/// What credit-result works with.
struct Decides {
    orders: Orders,
    messages: String,
    callbacks: Callbacks,
    wake_ups: WakeUps,
}

#[derive(Deserialize)]
struct Decision {
    event_id: String,
    channel_id: String,
    order_id: String,
    occurred_at: String,
    result: String,
    amount_limit: Limit,
    amount_option: Vec<Choice>,
}

#[derive(Deserialize)]
struct Limit {
    max_loan: String,
    min_loan: String,
    max_period: u16,
    min_period: u16,
}

#[derive(Deserialize)]
struct Choice {
    min: String,
    max: String,
    step: String,
    periods: Vec<u16>,
}

/// credit-application: the core is sent what waits for it.
pub(super) async fn credit_application(aws: &Aws) -> Result<(), Error> {
    let secrets = Secrets::read(aws, &[CHANNEL, SEALING_SECRET]).await?;
    secrets.of(CHANNEL)?;
    let applies = &Applies {
        orders: Orders::read(aws)?,
        customers: Customers::read(aws)?,
        sealing: Sealing::of(secrets.of(SEALING_SECRET)?)?,
        unsent: Unsent::read(aws)?,
        queues: Queues::read(aws),
        commands: env::var("CORE_COMMANDS_QUEUE_URL")?,
    };
    applies.orders.find(NOBODY).await?;
    run(service_fn(async |_: LambdaEvent<Occasion>| {
        for shard in 0..orders::SHARDS {
            for key in applies.orders.work("apply", shard).await? {
                applies.apply(&key).await?;
            }
        }
        Ok::<_, Error>(())
    }))
    .await
}

/// credit-result: the core's decision, and what the platform is told of it.
pub(super) async fn credit_result(aws: &Aws) -> Result<(), Error> {
    let secrets = Secrets::read(aws, &[DIGEST_SECRET, SEALING_SECRET]).await?;
    for secret in [DIGEST_SECRET, SEALING_SECRET] {
        secrets.of(secret)?;
    }
    let decides = &Decides {
        orders: Orders::read(aws)?,
        messages: env::var("THIRD_ORDER_MESSAGES_TABLE")?,
        callbacks: Callbacks::read(aws)?,
        wake_ups: WakeUps::read(aws)?,
    };
    decides.orders.find(NOBODY).await?;
    run(service_fn(async |event: LambdaEvent<SqsEvent>| {
        for record in &event.payload.records {
            decides.take(&serde_json::from_str(record.body.as_deref().ok_or("no body")?)?).await?;
        }
        Ok::<_, Error>(SqsBatchResponse::default())
    }))
    .await
}

impl Applies {
    async fn apply(&self, key_text: &str) -> Result<(), Error> {
        let mut order = self.orders.find(key_text).await?.ok_or("no such order")?;
        let sealed = order.get("person").and_then(|person| person.as_b().ok()).ok_or("no person")?;
        let key_id = text_of(&order, "person_key_id")?;
        let person = self.sealing.open("third_orders", &[key_text], sealed.as_ref(), key_id)?;
        let person: Value = serde_json::from_str(&person)?;
        person["cid"].as_str().ok_or("no id number")?;
        let (id_number, phone) = orders::digests(&order)?;
        let known = try_join(self.customers.known(id_number), self.customers.known(phone)).await?;
        if !known.0.is_empty() || !known.1.is_empty() {
            return Err("somebody is known".into());
        }
        let body = command(&order)?;
        let attributes = [(CORRELATION_ATTRIBUTE.to_owned(), CORRELATION_ID.to_owned())];
        let step = Step {
            status: "11",
            is_taken_further: false,
            source: "credit-application",
            reason: "credit applied for",
        };
        let mut items = self.orders.step(&mut order, &step)?;
        let destination = [("queue_url", self.commands.as_str())];
        let row = Row { id: STAMP, destination: &destination, body: &body, attributes: &attributes };
        items.push(put(self.unsent.put(&row))?);
        self.orders.commit(items).await?;
        self.queues.send(&self.commands, &[Message { body: &body, attributes: &attributes }]).await?;
        self.unsent.delete(vec![key(STAMP)]).await
    }
}

/// The application, as the core takes it.
fn command(order: &Item) -> Result<String, Error> {
    let (channel, number_text) = text_of(order, "order")?.split_once('#').ok_or("no order")?;
    let id = fingerprint(&["credit_application", channel, number_text]);
    let command = json!({
        "command_id": &id[..32],
        "type": "credit_application",
        "channel_id": channel,
        "order_id": number_text,
        "uid": text_of(order, "uid")?,
        "loan_amount": text_of(order, "loan_amount")?,
        "period": number_of(order, "period")?.parse::<u16>()?,
        "period_unit": number_of(order, "period_unit")?.parse::<u16>()?,
        "data_key": orders::push_key(order)?,
    });
    Ok(command.to_string())
}

impl Decides {
    async fn take(&self, decision: &Decision) -> Result<(), Error> {
        let key_text = format!("{}#{}", decision.channel_id, decision.order_id);
        let mut order = self.orders.find(&key_text).await?.ok_or("no such order")?;
        if orders::status(&order)? != "11" || decision.result != "approved" {
            return Err("nothing that is approved".into());
        }
        order.insert("amount_limit".to_owned(), decision.amount_limit.stored());
        let options = decision.amount_option.iter().map(Choice::stored).collect();
        order.insert("amount_option".to_owned(), AttributeValue::L(options));
        let occurred_at = sortable(&decision.occurred_at)?;
        let last = map([("event_id", text(&decision.event_id)), ("occurred_at", text(&occurred_at))]);
        order.insert("core_messages".to_owned(), map([("credit_result", last)]));
        let step = Step {
            status: "12",
            is_taken_further: false,
            source: "credit-result",
            reason: "credit approved",
        };
        let mut items = self.orders.step(&mut order, &step)?;
        let message = Put::builder()
            .table_name(&self.messages)
            .item("order", text(&key_text))
            .item("message", text(format!("credit_result#{}", decision.event_id)))
            .item("taken", text("applied"))
            .item("told", text(&decision.result))
            .item("occurred_at", text(occurred_at))
            .item("at", text(NOW))
            .item("schema_version", number(1))
            .item("request_stamp", text(STAMP));
        items.push(put(unless_there(message, "order"))?);
        let version = number_of(&order, "version")?.parse()?;
        items.extend(self.callbacks.caused(&key_text, version, &[("audit", decision.callback())])?);
        self.orders.commit(items).await?;
        self.wake_ups.send(&key_text).await
    }
}

impl Decision {
    /// What the platform is told, amounts as they are written.
    fn callback(&self) -> String {
        let limit = &self.amount_limit;
        let choice = |choice: &Choice| {
            let Choice { min, max, step, periods } = choice;
            format!(r#"{{"min":{min},"max":{max},"step":{step},"periods":{periods:?}}}"#)
        };
        format!(
            r#"{{"orderId":"{}","status":6001,"remark":"初审通过","amountLimit":{{"maxLoan":{},"minLoan":{},"maxPeriod":{},"minPeriod":{}}},"amountOption":[{}]}}"#,
            self.order_id,
            limit.max_loan,
            limit.min_loan,
            limit.max_period,
            limit.min_period,
            self.amount_option.iter().map(choice).collect::<Vec<_>>().join(","),
        )
    }
}

impl Limit {
    fn stored(&self) -> AttributeValue {
        map([
            ("max_loan", text(&self.max_loan)),
            ("min_loan", text(&self.min_loan)),
            ("max_period", number(self.max_period)),
            ("min_period", number(self.min_period)),
        ])
    }
}

impl Choice {
    fn stored(&self) -> AttributeValue {
        map([
            ("min", text(&self.min)),
            ("max", text(&self.max)),
            ("step", text(&self.step)),
            ("periods", AttributeValue::L(self.periods.iter().map(number).collect())),
        ])
    }
}

fn map<const N: usize>(members: [(&str, AttributeValue); N]) -> AttributeValue {
    AttributeValue::M(members.into_iter().map(|(name, value)| (name.to_owned(), value)).collect())
}
