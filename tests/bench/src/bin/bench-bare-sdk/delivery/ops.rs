//! What operators ask of callbacks.

use aws_lambda_events::apigw::{ApiGatewayV2httpRequest, ApiGatewayV2httpResponse};
use aws_sdk_dynamodb::types::AttributeValue;
use bench::Error;
use futures_util::future::try_join_all;
use lambda_runtime::{LambdaEvent, run, service_fn};
use serde::{Deserialize, Serialize};
use serde_json::json;

use crate::callbacks::{Callbacks, WakeUps};
use crate::clients::Aws;
use crate::dynamodb::{Item, number_of, text_of};
use crate::gateway;

/// How many callbacks an answer has at most.
const PAGE: usize = 25;

#[derive(Serialize)]
struct List<'a> {
    items: Vec<Listed<'a>>,
    next: Option<String>,
}

#[derive(Serialize)]
struct Listed<'a> {
    callback_id: String,
    order: &'a str,
    kind: &'a str,
    state: &'a str,
    attempts: Vec<Attempt<'a>>,
}

#[derive(Serialize)]
struct Attempt<'a> {
    at: &'a str,
    outcome: &'a str,
    latency_ms: u64,
    code: i64,
}

#[derive(Deserialize)]
struct Resend<'a> {
    callback_id: &'a str,
}

/// callback-list: a page of those in a state.
pub(super) async fn list(callbacks: &Callbacks) -> Result<(), Error> {
    callbacks.warm().await?;
    run(service_fn(async |event: LambdaEvent<_>| listed(callbacks, &event.payload).await)).await
}

/// callback-resend: one.
pub(super) async fn resend(aws: &Aws, callbacks: &Callbacks) -> Result<(), Error> {
    callbacks.warm().await?;
    let wake_ups = &WakeUps::read(aws)?;
    run(service_fn(async |event: LambdaEvent<_>| resent(callbacks, wake_ups, &event.payload).await)).await
}

async fn listed(
    callbacks: &Callbacks,
    request: &ApiGatewayV2httpRequest,
) -> Result<ApiGatewayV2httpResponse, Error> {
    signed(request)?;
    let state = request.query_string_parameters.first("state").ok_or("no state")?;
    let places = callbacks.in_state(state, i32::try_from(PAGE + 1)?).await?;
    if places.len() > PAGE {
        return Err("more than a page".into());
    }
    let rows = try_join_all(places.iter().map(|place| callbacks.find(place))).await?;
    let items = rows.iter().map(Listed::read).collect::<Result<_, _>>()?;
    gateway::json(&List { items, next: None })
}

async fn resent(
    callbacks: &Callbacks,
    wake_ups: &WakeUps,
    request: &ApiGatewayV2httpRequest,
) -> Result<ApiGatewayV2httpResponse, Error> {
    signed(request)?;
    let Resend { callback_id } = gateway::body(request)?;
    let (order, seq) = callback_id.rsplit_once('#').ok_or("no callback")?;
    callbacks.resend(order, seq).await?;
    wake_ups.send(order).await?;
    gateway::json(&json!({"resent": 1}))
}

/// The gateway has verified who it is.
fn signed(request: &ApiGatewayV2httpRequest) -> Result<(), Error> {
    let authorizer = request.request_context.authorizer.as_ref();
    authorizer.and_then(|authorizer| authorizer.iam.as_ref()).ok_or("not signed")?;
    Ok(())
}

impl<'a> Listed<'a> {
    fn read(row: &'a Item) -> Result<Self, Error> {
        let attempts = row.get("attempts").and_then(|attempts| attempts.as_l().ok()).ok_or("no attempts")?;
        let (order, seq) = (text_of(row, "order")?, text_of(row, "seq")?);
        Ok(Self {
            callback_id: format!("{order}#{seq}"),
            order,
            kind: text_of(row, "kind")?,
            state: text_of(row, "state")?,
            attempts: attempts.iter().map(Attempt::read).collect::<Result<_, _>>()?,
        })
    }
}

impl<'a> Attempt<'a> {
    fn read(attempt: &'a AttributeValue) -> Result<Self, Error> {
        let attempt = attempt.as_m().map_err(|_| "no attempt")?;
        Ok(Self {
            at: text_of(attempt, "at")?,
            outcome: text_of(attempt, "outcome")?,
            latency_ms: number_of(attempt, "latency_ms")?.parse()?,
            code: number_of(attempt, "code")?.parse()?,
        })
    }
}
