//! The jobs: for each function, the calls that it makes and the answer that it gives.

use aws_lambda_events::apigw::{ApiGatewayV2httpRequest, ApiGatewayV2httpResponse};
use aws_lambda_events::encodings::Body;
use aws_lambda_events::sqs::{SqsBatchResponse, SqsEvent};
use bench::Error;
use http::header::{AUTHORIZATION, CONTENT_TYPE};
use http::{HeaderMap, HeaderValue};
use serde::Deserialize;
use serde_json::{Value, json};

use crate::clients::Lender;
use crate::contracts::{Contracts, contract_number};
use crate::session::Sessions;

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

/// The reference job of the budgets: one `GetItem`, one conditional `UpdateItem`.
pub(crate) async fn reference(contracts: &Contracts) -> Result<Value, Error> {
    let row = contracts.get("c-active", 1).await?;
    contracts.close("c-active", &row).await?;
    Ok(json!({"statusCode": 200}))
}

/// get-status of a line that the lender has closed.
pub(crate) async fn get_status(
    contracts: &Contracts,
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
    contracts.close(&client, row).await?;
    let body = json!({
        "screen": "main_screen",
        "contract_closed": true,
        "state": "CLOSED",
        "contract_number": number,
        "closed_screen_button": true,
    });
    Ok(answer("application/json", body.to_string()))
}

/// renew-contract after a contract that is over.
pub(crate) async fn renew_contract(
    contracts: &Contracts,
    sessions: &Sessions,
    request: &ApiGatewayV2httpRequest,
) -> Result<ApiGatewayV2httpResponse, Error> {
    let client = caller(sessions, request, "renew_contract")?;
    let rows = contracts.newest(&client, 2).await?;
    contracts.renew(&client, rows.first().ok_or("no contract")?).await?;
    let body = json!({"screen": "wanted_limit", "state": "init", "contract_closed": false});
    Ok(answer("application/json", body.to_string()))
}

/// contract-events: the first event of a client's first contract.
pub(crate) async fn contract_events(
    contracts: &Contracts,
    batch: &SqsEvent,
) -> Result<SqsBatchResponse, Error> {
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
pub(crate) fn webview(page: &str) -> ApiGatewayV2httpResponse {
    answer("text/html; charset=utf-8", page.to_owned())
}

/// The client of a request whose envelope names `method`.
fn caller(sessions: &Sessions, request: &ApiGatewayV2httpRequest, method: &str) -> Result<String, Error> {
    let token = request.headers.get(AUTHORIZATION).ok_or("no token")?.to_str()?;
    let client = sessions.client(token)?;
    let envelope: Envelope = serde_json::from_str(request.body.as_deref().ok_or("no body")?)?;
    if envelope.method == method { Ok(client) } else { Err("another method".into()) }
}

fn answer(content_type: &'static str, body: String) -> ApiGatewayV2httpResponse {
    let mut answer = ApiGatewayV2httpResponse::default();
    answer.status_code = 200;
    answer.headers = HeaderMap::from_iter([(CONTENT_TYPE, HeaderValue::from_static(content_type))]);
    answer.body = Some(Body::Text(body));
    answer
}
