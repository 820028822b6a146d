//! The instalment context's jobs: for each function, the calls that it makes and the answer that it gives.

mod contracts;
mod reference;

use std::{env, fs};

use aws_lambda_events::apigw::{ApiGatewayV2httpRequest, ApiGatewayV2httpResponse};
use aws_lambda_events::sqs::{SqsBatchResponse, SqsEvent};
use bench::Error;
use lambda_runtime::{LambdaEvent, run, service_fn};
use serde::Deserialize;
use serde_json::{Value, json};

use self::contracts::{Contracts, contract_number, sequence};
use self::reference::reference;
use crate::clients::{Aws, Lender};
use crate::gateway;
use crate::outbox::{Event, Outbox};
use crate::session::Sessions;

/// The front end whose sessions the functions take.
const AUDIENCE: &str = "ali-front";
/// Who tells their events.
const SOURCE: &str = "tenor.instalment";

#[derive(Deserialize)]
struct Envelope {
    method: String,
}

/// The message of contract-events.
#[derive(Deserialize)]
pub(crate) struct ContractEvent {
    pub(crate) event_id: String,
    pub(crate) client_id: String,
    pub(crate) contract_number: String,
    pub(crate) state: String,
    pub(crate) occurred_at: String,
}

/// Does `job`.
pub(crate) async fn serve(job: &str) -> Result<(), Error> {
    if job == "webview" {
        let page = &fs::read_to_string(env::var("BENCH_PAGE")?)?;
        let job = async |_: LambdaEvent<ApiGatewayV2httpRequest>| Ok::<_, Error>(webview(page));
        return run(service_fn(job)).await;
    }
    let aws = Aws::read()?;
    let contracts = &Contracts::connect(&aws).await?;
    match job {
        "reference" => {
            let client = &aws.dynamodb();
            run(service_fn(|_: LambdaEvent<Value>| reference(client))).await
        }
        "get-status" => {
            let (outbox, lender) = (&Outbox::read(&aws)?, &Lender::read()?);
            let sessions = &Sessions::read(AUDIENCE)?;
            let job = async |event: LambdaEvent<_>| {
                get_status(contracts, outbox, sessions, lender, &event.payload).await
            };
            run(service_fn(job)).await
        }
        "renew-contract" => {
            let (outbox, sessions) = (&Outbox::read(&aws)?, &Sessions::read(AUDIENCE)?);
            let job = async |event: LambdaEvent<_>| {
                renew_contract(contracts, outbox, sessions, &event.payload).await
            };
            run(service_fn(job)).await
        }
        "contract-events" => {
            let job = async |event: LambdaEvent<_>| contract_events(contracts, &event.payload).await;
            run(service_fn(job)).await
        }
        other => Err(format!("{other} is no job").into()),
    }
}

/// get-status of a line that the lender has closed.
async fn get_status(
    contracts: &Contracts,
    outbox: &Outbox,
    sessions: &Sessions,
    lender: &Lender,
    request: &ApiGatewayV2httpRequest,
) -> Result<ApiGatewayV2httpResponse, Error> {
    let client = caller(sessions, request, "get_status")?;
    let rows = contracts.newest(&client, 1).await?;
    let row = rows.first().ok_or("no contract")?;
    let number = contract_number(row)?;
    let line = lender.line(number).await?;
    if line.status != "CLOSED" || line.contract_number != number {
        return Err("the line is open".into());
    }
    let members = json!({"client_id": client, "sequence": sequence(row)?, "contract_number": number});
    let event = Event::new(SOURCE, "contract_closed", members);
    contracts.close(&client, row, outbox.row(&event)).await?;
    outbox.deliver(event).await?;
    let body = json!({
        "screen": "main_screen",
        "contract_closed": true,
        "state": "CLOSED",
        "contract_number": number,
        "closed_screen_button": true,
    });
    gateway::json(&body)
}

/// renew-contract after a contract that is over.
async fn renew_contract(
    contracts: &Contracts,
    outbox: &Outbox,
    sessions: &Sessions,
    request: &ApiGatewayV2httpRequest,
) -> Result<ApiGatewayV2httpResponse, Error> {
    let client = caller(sessions, request, "renew_contract")?;
    let rows = contracts.newest(&client, 2).await?;
    let over = rows.first().ok_or("no contract")?;
    let members = json!({
        "client_id": client,
        "sequence": sequence(over)? + 1,
        "previous_contract_number": contract_number(over)?,
    });
    let event = Event::new(SOURCE, "application_opened", members);
    contracts.renew(&client, over, outbox.row(&event)).await?;
    outbox.deliver(event).await?;
    let body = json!({"screen": "wanted_limit", "state": "init", "contract_closed": false});
    gateway::json(&body)
}

/// contract-events: the first event of a client's first contract.
async fn contract_events(contracts: &Contracts, batch: &SqsEvent) -> Result<SqsBatchResponse, Error> {
    for record in &batch.records {
        let event: ContractEvent = serde_json::from_str(record.body.as_deref().ok_or("no body")?)?;
        if !contracts.all_of(&event.client_id).await?.is_empty() {
            return Err("not the client's first contract".into());
        }
        contracts.open(&event).await?;
    }
    Ok(SqsBatchResponse::default())
}

/// webview: a page that is there already.
fn webview(page: &str) -> ApiGatewayV2httpResponse {
    gateway::answer("text/html; charset=utf-8", page.to_owned())
}

/// The client of a request whose envelope names `method`.
fn caller(sessions: &Sessions, request: &ApiGatewayV2httpRequest, method: &str) -> Result<String, Error> {
    let client = gateway::caller(sessions, request)?;
    let envelope: Envelope = gateway::body(request)?;
    if envelope.method == method { Ok(client) } else { Err("another method".into()) }
}
