//! The marketplace context's jobs: for each function, the calls that it makes and the answer that it gives.

mod channel;
mod completion;
mod confirmations;
mod core;
mod customers;
mod loan;
mod loans;
mod messages;
mod orders;
mod partner;
mod registers;

use aws_lambda_events::apigw::{ApiGatewayV2httpRequest, ApiGatewayV2httpResponse};
use aws_lambda_events::sqs::{SqsBatchResponse, SqsEvent};
use bench::Error;
use futures_util::future::{join, try_join};
use lambda_runtime::{LambdaEvent, run, service_fn};
use serde::{Deserialize, Serialize};
use serde_json::Value;

use self::channel::{Channel, answered, answered_text};
use self::customers::{Customers, Digests};
use self::orders::{Object, Orders, Step};
use crate::clients::Aws;
use crate::forms::Occasion;
use crate::objects::Objects;
use crate::sealing::Sealing;
use crate::secrets::Secrets;

/// The variables that name the secrets.
const CHANNEL: &str = "BENCH_CHANNEL_PARAMETER";
const DIGEST_SECRET: &str = "DIGEST_SECRET_PARAMETER";
const SEALING_SECRET: &str = "SEALING_SECRET_PARAMETER";
/// What raw data is sealed for, whatever its bucket is called.
const SEALED_FOR: &str = "raw_data";
/// Whom nobody knows.
const NOBODY: &str = "-";
/// The banks: the platform's code, and the name.
const BANKS: [(&str, &str); 17] = [
    ("ABC", "中国农业银行"),
    ("BCM", "交通银行"),
    ("ICBC", "中国工商银行"),
    ("PSBC", "中国邮政储蓄银行"),
    ("CGB", "广发银行"),
    ("PAB", "平安银行"),
    ("CMB", "招商银行"),
    ("BOC", "中国银行"),
    ("CCB", "中国建设银行"),
    ("CEB", "中国光大银行"),
    ("CIB", "兴业银行"),
    ("CITIC", "中信银行"),
    ("HXB", "华夏银行"),
    ("SPDB", "浦发银行"),
    ("BOB", "北京银行"),
    ("BOSC", "上海银行"),
    ("CMBC", "中国民生银行"),
];

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Asked {
    order_id: String,
}

#[derive(Serialize)]
struct Status {
    status: u16,
    remark: &'static str,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Listed {
    bank_code: &'static str,
    bank_name: &'static str,
    card_type: u8,
}

/// Does `job`.
pub(crate) async fn serve(job: &str) -> Result<(), Error> {
    let aws = &Aws::read()?;
    match job {
        "user-check" => user_check(aws).await,
        "push-order" => push_order(aws).await,
        "operator-pull" | "push-order-parse" => minute(aws, job).await,
        "credit-application" => core::credit_application(aws).await,
        "credit-result" => core::credit_result(aws).await,
        "bind-card" => confirmations::bind_card(aws).await,
        "confirm-loan" => confirmations::confirm_loan(aws).await,
        "depository-events" => confirmations::depository_events(aws).await,
        "depository-check" => registers::check(aws).await,
        "partner-callback" => partner::callback(aws).await,
        "loan-result-query" | "repay-trial" | "repay-plan-query" | "repay-result-query" | "repay" => {
            loans::question(aws, job).await
        }
        "audit-result" | "loan-result" | "repay-plan" | "overdue" | "repay-result" => {
            messages::take(aws, job).await
        }
        "customer-events" => customer_events(aws).await,
        "loan-calculation" => {
            let channel = &channel(aws).await?;
            of_http(async |request| answered(&loan::calculated(&channel.opened(request)?.1)?)).await
        }
        "bank-list" => {
            let channel = &channel(aws).await?;
            of_http(async |request| {
                channel.opened(request)?;
                let bank = |(bank_code, bank_name)| Listed { bank_code, bank_name, card_type: 0 };
                answered(&BANKS.map(bank))
            })
            .await
        }
        "audit-result-query" | "contract-list" => {
            let (channel, orders) = (&channel(aws).await?, &Orders::read(aws)?);
            orders.find(NOBODY).await?;
            of_http(async |request| question(job, channel, orders, request).await).await
        }
        other => Err(format!("{other} is no job").into()),
    }
}

async fn of_http(
    operation: impl AsyncFn(&ApiGatewayV2httpRequest) -> Result<ApiGatewayV2httpResponse, Error>,
) -> Result<(), Error> {
    let operation = &operation;
    run(service_fn(async |event: LambdaEvent<_>| operation(&event.payload).await)).await
}

async fn channel(aws: &Aws) -> Result<Channel, Error> {
    Channel::of(Secrets::read(aws, &[CHANNEL]).await?.of(CHANNEL)?)
}

async fn user_check(aws: &Aws) -> Result<(), Error> {
    let secrets = Secrets::read(aws, &[CHANNEL, DIGEST_SECRET]).await?;
    let channel = &Channel::of(secrets.of(CHANNEL)?)?;
    let (digests, customers) = (&Digests::of_secret(secrets.of(DIGEST_SECRET)?)?, &Customers::read(aws)?);
    try_join(customers.known(NOBODY), customers.known(NOBODY)).await?;
    of_http(async |request| {
        let (_, business) = channel.opened(request)?;
        let inquiry: customers::Inquiry<'_> = serde_json::from_str(&business)?;
        let keyed = (digests.keyed("id_number", inquiry.md5), digests.keyed("phone", inquiry.mobile_md5));
        let known = try_join(customers.known(&keyed.0), customers.known(&keyed.1)).await?;
        if !known.0.is_empty() || !known.1.is_empty() {
            return Err("somebody is known".into());
        }
        answered(&customers::admitted())
    })
    .await
}

async fn push_order(aws: &Aws) -> Result<(), Error> {
    let secrets = Secrets::read(aws, &[CHANNEL, DIGEST_SECRET, SEALING_SECRET]).await?;
    let channel = &Channel::of(secrets.of(CHANNEL)?)?;
    let digests = &Digests::of_secret(secrets.of(DIGEST_SECRET)?)?;
    let sealing = &Sealing::of(secrets.of(SEALING_SECRET)?)?;
    let (orders, objects) = (&Orders::read(aws)?, &Objects::read(aws)?);
    join(orders.find(NOBODY), objects.warm()).await.0?;
    of_http(async |request| {
        let (channel, business) = channel.opened(request)?;
        let push: Value = serde_json::from_str(&business)?;
        let pushed = orders::Pushed::of(&channel, &push, digests, sealing)?;
        if orders.find(&pushed.order).await?.is_some() {
            return Err("the order is there".into());
        }
        let key = pushed.object_key()?;
        let sealed = sealing.seal_whole(SEALED_FOR, &key, business.as_bytes())?;
        let object = Object { key, bytes: sealed.len() };
        objects.put(&object.key, sealed).await?;
        orders.begin(pushed, &object).await?;
        answered(&Status { status: 2001, remark: "accepted" })
    })
    .await
}

async fn question(
    job: &str,
    channel: &Channel,
    orders: &Orders,
    request: &ApiGatewayV2httpRequest,
) -> Result<ApiGatewayV2httpResponse, Error> {
    let (channel, business) = channel.opened(request)?;
    let asked: Asked = serde_json::from_str(&business)?;
    let order = orders.find(&format!("{channel}#{}", asked.order_id)).await?.ok_or("no such order")?;
    match (job, orders::status(&order)?) {
        ("contract-list", _) => answered(&[
            serde_json::json!({"个人借款合同": "https://contracts.example/loan.html"}),
            serde_json::json!({"征信授权书": "https://contracts.example/credit-authorization.html"}),
        ]),
        (_, "12") => answered_text(orders::approved(&order)?),
        (_, other) => Err(format!("an order at {other}").into()),
    }
}

/// The jobs of the minute: one finds nothing to pull, the other an order to parse.
async fn minute(aws: &Aws, job: &str) -> Result<(), Error> {
    let secrets = Secrets::read(aws, &[CHANNEL, SEALING_SECRET]).await?;
    secrets.of(CHANNEL)?;
    let sealing = &Sealing::of(secrets.of(SEALING_SECRET)?)?;
    let (orders, objects) = (&Orders::read(aws)?, &Objects::read(aws)?);
    let customers = &Customers::read(aws)?;
    if job == "operator-pull" {
        orders.find(NOBODY).await?;
    } else {
        join(orders.find(NOBODY), objects.warm()).await.0?;
    }
    run(service_fn(async |event: LambdaEvent<Occasion>| {
        let time = &crate::forms::sortable(&event.payload.time)?;
        for shard in 0..orders::SHARDS {
            if job == "operator-pull" {
                if !orders.due_pulls(shard, time).await?.is_empty() {
                    return Err("something is to be pulled".into());
                }
                continue;
            }
            for key in orders.work("parse", shard).await? {
                parse(orders, (objects, sealing), customers, &key).await?;
            }
        }
        Ok::<_, Error>(())
    }))
    .await
}

async fn parse(
    orders: &Orders,
    (objects, sealing): (&Objects, &Sealing),
    customers: &Customers,
    key: &str,
) -> Result<(), Error> {
    let mut order = orders.find(key).await?.ok_or("no such order")?;
    let step = |status, reason| Step { status, is_taken_further: true, source: "push-order-parse", reason };
    orders.commit(orders.step(&mut order, &step("3", "to be parsed"))?).await?;
    let object_key = orders::push_key(&order)?;
    let sealed = objects.get(object_key).await?;
    let push: Value = serde_json::from_slice(&sealing.open_whole(SEALED_FOR, object_key, sealed)?)?;
    push["idInfo"]["cid"].as_str().ok_or("no id number")?;
    let (id_number, phone) = orders::digests(&order)?;
    try_join(customers.known(id_number), customers.known(phone)).await?;
    orders.commit(orders.step(&mut order, &step("10", "may borrow"))?).await
}

async fn customer_events(aws: &Aws) -> Result<(), Error> {
    let secrets = Secrets::read(aws, &[DIGEST_SECRET]).await?;
    let (digests, customers) = (&Digests::of_secret(secrets.of(DIGEST_SECRET)?)?, &Customers::read(aws)?);
    customers.base(NOBODY).await?;
    run(service_fn(async |event: LambdaEvent<SqsEvent>| {
        for record in &event.payload.records {
            let changed = serde_json::from_str(record.body.as_deref().ok_or("no body")?)?;
            customers.change(digests, &changed).await?;
        }
        Ok::<_, Error>(SqsBatchResponse::default())
    }))
    .await
}
