//! bind-card, confirm-loan and depository-events: the bank and the depository are asked, and all is written at once.

use std::env;

use aws_lambda_events::apigw::{ApiGatewayV2httpRequest, ApiGatewayV2httpResponse};
use aws_lambda_events::sqs::{SqsBatchResponse, SqsEvent};
use aws_sdk_dynamodb::Client;
use aws_sdk_dynamodb::types::builders::PutBuilder;
use aws_sdk_dynamodb::types::{AttributeValue, Put};
use aws_smithy_runtime_api::client::http::{HttpConnector as _, SharedHttpConnector};
use aws_smithy_types::body::SdkBody;
use bench::Error;
use futures_util::future::{try_join, try_join3};
use http::header::CONTENT_TYPE;
use http_body_util::BodyExt as _;
use lambda_runtime::{LambdaEvent, run, service_fn};
use rust_decimal::Decimal;
use serde::Deserialize;
use serde_json::value::RawValue;
use serde_json::{Value, json};

use super::channel::{Channel, answered};
use super::completion::{Completion, Terms};
use super::customers::Digests;
use super::orders::{Orders, Step, status};
use super::{CHANNEL, DIGEST_SECRET, NOBODY, SEALING_SECRET, Status, of_http};
use crate::clients::{Aws, of_partner};
use crate::dynamodb::{Item, NOW, STAMP, UNITS, number, put, text, text_of};
use crate::sealing::Sealing;
use crate::secrets::Secrets;

/// The channel of what names none.
const DEFAULT_CHANNEL: &str = "840";
/// The bank of the sample event: the platform's code, and ours.
const BANK: (&str, &str) = ("CGB", "GDB");

/// The depository and the bank.
struct Partners {
    connector: SharedHttpConnector,
    xw: String,
}

/// The tables of what stands beside an order.
pub(super) struct Rows {
    client: Client,
    pub(super) logs: String,
    pub(super) registers: String,
    pub(super) cards: String,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Binds<'a> {
    order_id: &'a str,
    uid: &'a str,
    name: &'a str,
    cid: &'a str,
    phone: &'a str,
    bank_code: &'a str,
    bank_card_num: &'a str,
    card_type: u8,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Confirms<'a> {
    order_id: &'a str,
    loan_amount: &'a RawValue,
    loan_period: u16,
    period_unit: u16,
}

#[derive(Deserialize)]
struct Told {
    uid: String,
    state: String,
}

/// bind-card: the bank and the depository are asked at the same time.
pub(super) async fn bind_card(aws: &Aws) -> Result<(), Error> {
    let secrets = Secrets::read(aws, &[CHANNEL, DIGEST_SECRET]).await?;
    let channel = &Channel::of(secrets.of(CHANNEL)?)?;
    let digests = &Digests::of_secret(secrets.of(DIGEST_SECRET)?)?;
    let (orders, rows, partners) = (&Orders::read(aws)?, &Rows::read(aws)?, &Partners::read()?);
    let bank = &env::var("BANK_URL")?;
    try_join(orders.find(NOBODY), rows.card(NOBODY, NOBODY)).await?;
    of_http(async |request| {
        let (channel, business) = channel.opened(request)?;
        let asked: Binds<'_> = serde_json::from_str(&business)?;
        let (order, user) = (format!("{channel}#{}", asked.order_id), format!("{channel}#{}", asked.uid));
        let digest = digests.keyed("card", asked.bank_card_num);
        let card_key = format!("card#{digest}");
        let (found, card) = try_join(orders.find(&order), rows.card(&user, &card_key)).await?;
        let mut found = found.ok_or("no such order")?;
        if text_of(&found, "uid")? != asked.uid || status(&found)? != "12" {
            return Err("another's, or not now".into());
        }
        if card.is_some() {
            return Err("it is bound already".into());
        }
        let request_id = digests.keyed("card_binding", &format!("{order}:{}", asked.bank_card_num));
        let account = async {
            match rows.register(&user, &order).await? {
                None => partners.expect_account(asked.uid).await,
                Some(_) => Err("somebody waits".into()),
            }
        };
        let (card_ref, ()) = try_join(partners.bound(bank, &asked, &request_id), account).await?;
        if let Some(AttributeValue::Ss(items)) = found.get_mut("auth_items") {
            items.push("bankCard".to_owned());
        }
        let step = Step { status: "12", is_taken_further: false, source: "bind-card", reason: "" };
        let mut items = orders.step(&mut found, &step)?;
        // It is no step: there is nothing for the history.
        items.truncate(1);
        items.push(put(rows.new_card(&user, &card_key, &asked, card_ref))?);
        items.push(put(rows.defaults(&user, &digest))?);
        orders.commit(items).await?;
        answered(&Status { status: 3001, remark: "绑卡成功" })
    })
    .await
}

/// confirm-loan: there is an account, so that the loan is confirmed at once.
pub(super) async fn confirm_loan(aws: &Aws) -> Result<(), Error> {
    let secrets = Secrets::read(aws, &[CHANNEL, SEALING_SECRET]).await?;
    let channel = &Channel::of(secrets.of(CHANNEL)?)?;
    let completion = &Completion::read(aws, Sealing::of(secrets.of(SEALING_SECRET)?)?)?;
    let partners = &Partners::read()?;
    let Completion { orders, rows, customers, .. } = completion;
    let known = try_join(customers.known(NOBODY), customers.known(NOBODY));
    try_join3(orders.find(NOBODY), rows.register(NOBODY, NOBODY), known).await?;
    of_http(async |request| confirm(channel, completion, partners, request).await).await
}

async fn confirm(
    channel: &Channel,
    completion: &Completion,
    partners: &Partners,
    request: &ApiGatewayV2httpRequest,
) -> Result<ApiGatewayV2httpResponse, Error> {
    let (channel, business) = channel.opened(request)?;
    let asked: Confirms<'_> = serde_json::from_str(&business)?;
    let key = format!("{channel}#{}", asked.order_id);
    let mut order = completion.orders.find(&key).await?.ok_or("no such order")?;
    let amount = asked.loan_amount.get().parse()?;
    if status(&order)? != "12" || !is_offered(&order, amount, asked.loan_period)? {
        return Err("not now, or not so much".into());
    }
    let uid = text_of(&order, "uid")?.to_owned();
    let user = format!("{channel}#{uid}");
    let rows = &completion.rows;
    let waiting = try_join(rows.register(&user, &key), rows.log(&key)).await?;
    if waiting.0.is_some() || waiting.1.is_some() {
        return Err("a confirmation waits".into());
    }
    let ((), card) = try_join(partners.expect_account(&uid), completion.look(&order)).await?;
    let terms = Terms {
        loan_amount: format!("{amount:.2}"),
        period: asked.loan_period,
        period_unit: asked.period_unit,
    };
    completion.complete(&mut order, &terms, card, ("confirm-loan", Vec::new())).await?;
    answered(&Status { status: 4001, remark: "accepted" })
}

/// Whether the amount and the period are among those that were approved.
fn is_offered(order: &Item, amount: Decimal, period: u16) -> Result<bool, Error> {
    let options = order.get("amount_option").and_then(|options| options.as_l().ok()).ok_or("no options")?;
    for option in options {
        let option = option.as_m().map_err(|_| "no option")?;
        let of = |name| -> Result<Decimal, Error> { Ok(text_of(option, name)?.parse()?) };
        let (least, most, step) = (of("min")?, of("max")?, of("step")?);
        let periods = option.get("periods").and_then(|periods| periods.as_l().ok()).ok_or("no periods")?;
        let is_amount = least <= amount && amount <= most && ((amount - least) % step).is_zero();
        if is_amount && periods.contains(&number(period)) {
            return Ok(true);
        }
    }
    Ok(false)
}

/// depository-events: there is an account now, which completes the confirmation that waits.
pub(super) async fn depository_events(aws: &Aws) -> Result<(), Error> {
    let secrets = Secrets::read(aws, &[CHANNEL, SEALING_SECRET]).await?;
    secrets.of(CHANNEL)?;
    let completion = &Completion::read(aws, Sealing::of(secrets.of(SEALING_SECRET)?)?)?;
    completion.rows.register(NOBODY, NOBODY).await?;
    run(service_fn(async |event: LambdaEvent<SqsEvent>| {
        for record in &event.payload.records {
            let told: Told = serde_json::from_str(record.body.as_deref().ok_or("no body")?)?;
            if told.state != "open" {
                return Err("no account".into());
            }
            let user = format!("{DEFAULT_CHANNEL}#{}", told.uid);
            let rows = &completion.rows;
            for register in rows.of_user(&rows.registers, "uid", &user).await? {
                open(completion, register).await?;
            }
        }
        Ok::<_, Error>(SqsBatchResponse::default())
    }))
    .await
}

async fn open(completion: &Completion, mut register: Item) -> Result<(), Error> {
    let (rows, key) = (&completion.rows, text_of(&register, "order")?.to_owned());
    let (order, log) = try_join(completion.orders.find(&key), rows.log(&key)).await?;
    let (mut order, mut log) = (order.ok_or("no such order")?, log.ok_or("no such confirmation")?);
    if status(&order)? != "12" || log.contains_key("completed_at") {
        return Err("no confirmation waits".into());
    }
    let card = completion.look(&order).await?;
    let terms = Terms::of(&log)?;
    log.insert("completed_at".to_owned(), text(NOW));
    register.insert("state".to_owned(), text("open"));
    register.insert("updated_at".to_owned(), text(NOW));
    register.retain(|name, _| name != "due_shard" && name != "due_at");
    let others = vec![put(as_read(&rows.logs, log)?)?, put(as_read(&rows.registers, register)?)?];
    completion.complete(&mut order, &terms, card, ("depository-events", others)).await
}

/// A row that has changed, on condition that it is the one that was read.
fn as_read(table: &str, mut row: Item) -> Result<PutBuilder, Error> {
    let read = row.insert("request_stamp".to_owned(), text(STAMP)).ok_or("no stamp")?;
    Ok(Put::builder()
        .table_name(table)
        .set_item(Some(row))
        .condition_expression("#stamp = :read")
        .expression_attribute_names("#stamp", "request_stamp")
        .expression_attribute_values(":read", read))
}

impl Rows {
    /// Reads the functions' own variables.
    pub(super) fn read(aws: &Aws) -> Result<Self, Error> {
        Ok(Self {
            client: aws.dynamodb(),
            logs: env::var("CL_BORROW_CONFIRM_LOG_TABLE")?,
            registers: env::var("CL_DEPOSITORY_REGISTER_APPLY_TABLE")?,
            cards: env::var("RONGSHU_CARDS_TABLE")?,
        })
    }

    async fn item(&self, table: &str, key: &[(&str, &str)]) -> Result<Option<Item>, Error> {
        let key = key.iter().map(|(name, value)| ((*name).to_owned(), text(*value))).collect();
        let get = self.client.get_item().table_name(table).set_key(Some(key));
        Ok(get.consistent_read(true).return_consumed_capacity(UNITS).send().await?.item)
    }

    async fn card(&self, user: &str, card: &str) -> Result<Option<Item>, Error> {
        self.item(&self.cards, &[("user", user), ("card", card)]).await
    }

    async fn register(&self, user: &str, order: &str) -> Result<Option<Item>, Error> {
        self.item(&self.registers, &[("uid", user), ("order", order)]).await
    }

    async fn log(&self, order: &str) -> Result<Option<Item>, Error> {
        self.item(&self.logs, &[("order", order)]).await
    }

    /// All that a user has in a table.
    pub(super) async fn of_user(&self, table: &str, name: &str, user: &str) -> Result<Vec<Item>, Error> {
        let query = self.client.query().table_name(table).key_condition_expression(format!("#key = :{name}"));
        let page = query
            .expression_attribute_names("#key", name)
            .expression_attribute_values(format!(":{name}"), text(user))
            .consistent_read(true)
            .return_consumed_capacity(UNITS)
            .send()
            .await?;
        Ok(page.items.unwrap_or_default())
    }

    fn stamped(&self, user: &str, card: &str) -> PutBuilder {
        Put::builder()
            .table_name(&self.cards)
            .item("user", text(user))
            .item("card", text(card))
            .item("schema_version", number(1))
            .item("request_stamp", text(STAMP))
    }

    fn new_card(&self, user: &str, key: &str, asked: &Binds<'_>, card_ref: String) -> PutBuilder {
        let last4 = asked.bank_card_num.len().saturating_sub(4);
        self.stamped(user, key)
            .item("bank_code", text(BANK.1))
            .item("card_last4", text(&asked.bank_card_num[last4..]))
            .item("card_ref", text(card_ref))
            .item("card_type", number(asked.card_type))
            .item("bound_at", text(NOW))
    }

    fn defaults(&self, user: &str, digest: &str) -> PutBuilder {
        self.stamped(user, "default")
            .item("payout", text(digest))
            .item("repayment", text(digest))
            .item("at", text(NOW))
    }
}

impl Partners {
    fn read() -> Result<Self, Error> {
        Ok(Self { connector: of_partner()?, xw: env::var("XW_URL")? })
    }

    /// The depository says that the user has an account.
    async fn expect_account(&self, uid: &str) -> Result<(), Error> {
        let request = http::Request::get(format!("{}/users/{uid}", self.xw)).body(SdkBody::empty())?;
        let answer = self.call(request).await?;
        if answer["state"] == "open" { Ok(()) } else { Err("no account".into()) }
    }

    /// How the bank calls the card that it binds.
    async fn bound(&self, url: &str, asked: &Binds<'_>, request_id: &str) -> Result<String, Error> {
        if asked.bank_code != BANK.0 {
            return Err("another bank".into());
        }
        let body = json!({
            "request_id": request_id,
            "name": asked.name,
            "cid": asked.cid,
            "phone": asked.phone,
            "bank_code": BANK.1,
            "card_no": asked.bank_card_num,
        });
        let request = http::Request::post(format!("{url}/cards"))
            .header(CONTENT_TYPE, "application/json")
            .body(SdkBody::from(body.to_string()))?;
        let answer = self.call(request).await?;
        let card_ref = answer["card_ref"].as_str().filter(|_| answer["status"] == "bound");
        Ok(card_ref.ok_or("not bound")?.to_owned())
    }

    async fn call(&self, request: http::Request<SdkBody>) -> Result<Value, Error> {
        let answer = self.connector.call(request.try_into()?).await?;
        Ok(serde_json::from_slice(&answer.into_body().collect().await?.to_bytes())?)
    }
}
