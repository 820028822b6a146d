//! The quota context's jobs: for each function, the calls that it makes and the answer that it gives.

mod store;
mod wire;

use aws_lambda_events::apigw::{ApiGatewayV2httpRequest, ApiGatewayV2httpResponse};
use aws_lambda_events::sqs::{SqsBatchResponse, SqsEvent};
use bench::Error;
use futures_util::future::try_join;
use jiff::Timestamp;
use lambda_runtime::{LambdaEvent, run, service_fn};
use serde_json::json;

use self::store::{SHARDS, Store};
use self::wire::{
    CancelRequest, Cancelled, CreditEvent, Outcome, PageRequest, PinsPageRequest, Queried, QueriedGrant,
    Said, Shown, ShownGrant, day, exact, four_decimals, in_shanghai, two_decimals,
};
use crate::clients::Aws;
use crate::dynamodb::{Item, NOBODY, number_of, text_of};
use crate::forms::{Occasion, sortable};
use crate::gateway::{self, body, caller};
use crate::outbox::{Event, Outbox};
use crate::session::Sessions;

const DAY_SECONDS: i64 = 86_400;
/// The front end whose sessions the gateway's functions take.
const AUDIENCE: &str = "bt";
/// Who tells their events.
const SOURCE: &str = "tenor.quota";
const CANCELLED: &str = "3";
const EXPIRED: &str = "4";

/// A pin's grants and its account's total.
struct Listed {
    grants: Vec<Item>,
    temp_total: String,
}

/// Does `job`.
pub(crate) async fn serve(job: &str) -> Result<(), Error> {
    let aws = Aws::read()?;
    let store = &Store::read(&aws)?;
    match job {
        "get-temp-quota" => {
            try_join(store.texts(), store.account(NOBODY)).await?;
            let sessions = &Sessions::read(AUDIENCE)?;
            run(service_fn(async |event: LambdaEvent<_>| {
                get_temp_quota(store, sessions, &event.payload).await
            }))
            .await
        }
        "cancel-temp-quota" => {
            store.texts().await?;
            let sessions = &Sessions::read(AUDIENCE)?;
            let outbox = &Outbox::read(&aws)?;
            let job = async |event: LambdaEvent<_>| {
                cancel_temp_quota(store, outbox, sessions, &event.payload).await
            };
            run(service_fn(job)).await
        }
        "query-temp-credit" => {
            try_join(store.account(NOBODY), store.account(NOBODY)).await?;
            run(service_fn(async |event: LambdaEvent<_>| query_temp_credit(store, &event.payload).await))
                .await
        }
        "cancel-temp-credit" => {
            store.grant(NOBODY, NOBODY).await?;
            let outbox = &Outbox::read(&aws)?;
            let job = async |event: LambdaEvent<_>| cancel_temp_credit(store, outbox, &event.payload).await;
            run(service_fn(job)).await
        }
        "credit-events" => {
            store.account(NOBODY).await?;
            run(service_fn(async |event: LambdaEvent<_>| credit_events(store, &event.payload).await)).await
        }
        "temp-credit-expiry" => {
            run(service_fn(async |event: LambdaEvent<_>| temp_credit_expiry(store, &event.payload).await))
                .await
        }
        other => Err(format!("{other} is no job").into()),
    }
}

/// get-temp-quota of a pin with some grants.
async fn get_temp_quota(
    store: &Store,
    sessions: &Sessions,
    request: &ApiGatewayV2httpRequest,
) -> Result<ApiGatewayV2httpResponse, Error> {
    let pin = caller(sessions, request)?;
    let asked: PageRequest<'_> = body(request)?;
    let (page, page_size): (usize, usize) = (asked.page.parse()?, asked.page_size.parse()?);
    let listed = list(store, &pin).await?;
    gateway::json(&Shown {
        code: "1111",
        error_msg: "以下是您的临时额度明细，您可选择对应额度进行取消。",
        issuccess: 1,
        page,
        page_num: listed.grants.len().div_ceil(page_size),
        page_size,
        temp_quota_list: listed.page(page, page_size).map(shown).collect::<Result<_, _>>()?,
        total_count: listed.grants.len(),
        total_temp_quota: two_decimals(&listed.temp_total)?,
    })
}

/// cancel-temp-quota of a grant in force.
async fn cancel_temp_quota(
    store: &Store,
    outbox: &Outbox,
    sessions: &Sessions,
    request: &ApiGatewayV2httpRequest,
) -> Result<ApiGatewayV2httpResponse, Error> {
    let pin = caller(sessions, request)?;
    let asked: CancelRequest<'_> = body(request)?;
    cancel(store, outbox, &pin, &asked).await?;
    gateway::json(&Said { issuccess: 1, error_msg: "取消临时额度成功", code: "1111" })
}

/// query-temp-credit of a pin with some grants.
async fn query_temp_credit(
    store: &Store,
    request: &ApiGatewayV2httpRequest,
) -> Result<ApiGatewayV2httpResponse, Error> {
    let PinsPageRequest { pin, page, page_size } = body(request)?;
    let listed = list(store, pin).await?;
    gateway::json(&Queried {
        page,
        page_size,
        total_count: listed.grants.len(),
        page_num: listed.grants.len().div_ceil(page_size),
        result: Outcome::SUCCESS,
        temp_credit_list: listed.page(page, page_size).map(queried).collect::<Result<_, _>>()?,
        total_temp_quota: exact(&listed.temp_total)?,
        account_type: "NORMAL",
    })
}

/// cancel-temp-credit of a grant in force.
async fn cancel_temp_credit(
    store: &Store,
    outbox: &Outbox,
    request: &ApiGatewayV2httpRequest,
) -> Result<ApiGatewayV2httpResponse, Error> {
    let asked: CancelRequest<'_> = body(request)?;
    let amount = cancel(store, outbox, asked.pin, &asked).await?;
    gateway::json(&Cancelled { result: Outcome::SUCCESS, changelimit: exact(&amount)? })
}

/// credit-events: a grant that was never booked.
async fn credit_events(store: &Store, batch: &SqsEvent) -> Result<SqsBatchResponse, Error> {
    for record in &batch.records {
        let event: CreditEvent<'_> = serde_json::from_str(record.body.as_deref().ok_or("no body")?)?;
        store.book(&event).await?;
    }
    Ok(SqsBatchResponse::default())
}

/// temp-credit-expiry: the grants that ran out, shard after shard, from another one on each day.
async fn temp_credit_expiry(store: &Store, occasion: &Occasion) -> Result<(), Error> {
    let time = &sortable(&occasion.time)?;
    let days = occasion.time.parse::<Timestamp>()?.as_second().div_euclid(DAY_SECONDS);
    let first = u32::try_from(days.rem_euclid(i64::from(SHARDS)))?;
    for shard in (first..SHARDS).chain(0..first) {
        expire(store, shard, time).await?;
    }
    Ok(())
}

async fn expire(store: &Store, shard: u32, time: &str) -> Result<(), Error> {
    for due in store.due(shard, time).await? {
        let amount = four_decimals(number_of(&due, "change_limit")?)?;
        let grant = (text_of(&due, "pin")?, text_of(&due, "grant_id")?);
        store.take_off(grant, &amount, EXPIRED, None).await?;
    }
    Ok(())
}

/// The account and the grants, read side by side; the latest grants first.
async fn list(store: &Store, pin: &str) -> Result<Listed, Error> {
    let (account, mut grants) = try_join(store.account(pin), store.effective(pin)).await?;
    let account = account.ok_or("no account")?;
    grants.reverse();
    Ok(Listed { grants, temp_total: number_of(&account, "temp_total")?.to_owned() })
}

/// Gives a grant in force back, tells of it, and says its amount.
async fn cancel(
    store: &Store,
    outbox: &Outbox,
    pin: &str,
    asked: &CancelRequest<'_>,
) -> Result<String, Error> {
    let grant_id = &asked.grant_id();
    let grant = store.grant(pin, grant_id).await?.ok_or("no such grant")?;
    if text_of(&grant, "status")? != "2" {
        return Err("the grant is not in force".into());
    }
    let amount = four_decimals(number_of(&grant, "change_limit")?)?;
    let members = json!({
        "pin": pin,
        "business_type": asked.business_type,
        "business_id": asked.business_id,
        "change_limit": amount,
    });
    let event = Event::new(SOURCE, "temp_credit_cancelled", members);
    store.take_off((pin, grant_id), &amount, CANCELLED, Some(outbox.row(&event))).await?;
    outbox.deliver(event).await?;
    Ok(amount)
}

impl Listed {
    fn page(&self, page: usize, size: usize) -> impl Iterator<Item = &Item> {
        self.grants.iter().skip((page - 1) * size).take(size)
    }
}

fn shown(grant: &Item) -> Result<ShownGrant<'_>, Error> {
    let (business_type, business_id) = parts_of(grant)?;
    Ok(ShownGrant {
        business_id,
        business_type,
        invalid_time: day(text_of(grant, "invalid_time")?)?,
        temp_limit: two_decimals(number_of(grant, "change_limit")?)?,
    })
}

fn queried(grant: &Item) -> Result<QueriedGrant<'_>, Error> {
    let (business_type, business_id) = parts_of(grant)?;
    Ok(QueriedGrant {
        temp_limit: exact(number_of(grant, "change_limit")?)?,
        effective_time: in_shanghai(text_of(grant, "live_since")?)?,
        invalid_time: in_shanghai(text_of(grant, "invalid_time")?)?,
        business_type,
        business_id,
    })
}

fn parts_of(grant: &Item) -> Result<(&str, &str), Error> {
    Ok(text_of(grant, "grant_id")?.split_once('#').ok_or("no grant's id")?)
}
