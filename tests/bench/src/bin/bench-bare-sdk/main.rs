//! The functions' jobs with the bare SDK, set up as they set it up: the same calls, the same session.
//! `BENCH_JOB` names the job; the rest of the environment is the function's own.

mod clients;
mod contracts;
mod jobs;
mod session;

use std::{env, fs};

use bench::{Error, on_one_thread};
use lambda_runtime::{LambdaEvent, run, service_fn};
use serde_json::Value;

use self::clients::Lender;
use self::contracts::Contracts;
use self::session::Sessions;

fn main() -> Result<(), Error> {
    let job = env::var("BENCH_JOB")?;
    on_one_thread(serve(job))
}

async fn serve(job: String) -> Result<(), Error> {
    match job.as_str() {
        "reference" => {
            let contracts = &Contracts::connect().await?;
            run(service_fn(|_: LambdaEvent<Value>| jobs::reference(contracts))).await
        }
        "get-status" => {
            let contracts = &Contracts::connect().await?;
            let (sessions, lender) = (&Sessions::read()?, &Lender::read()?);
            let job = async |event: LambdaEvent<_>| {
                jobs::get_status(contracts, sessions, lender, &event.payload).await
            };
            run(service_fn(job)).await
        }
        "renew-contract" => {
            let (contracts, sessions) = (&Contracts::connect().await?, &Sessions::read()?);
            let job =
                async |event: LambdaEvent<_>| jobs::renew_contract(contracts, sessions, &event.payload).await;
            run(service_fn(job)).await
        }
        "contract-events" => {
            let contracts = &Contracts::connect().await?;
            let job = async |event: LambdaEvent<_>| jobs::contract_events(contracts, &event.payload).await;
            run(service_fn(job)).await
        }
        "webview" => {
            let page = &fs::read_to_string(env::var("BENCH_PAGE")?)?;
            let job = async |_: LambdaEvent<aws_lambda_events::apigw::ApiGatewayV2httpRequest>| {
                Ok::<_, Error>(jobs::webview(page))
            };
            run(service_fn(job)).await
        }
        other => Err(format!("BENCH_JOB is {other}, which is no job").into()),
    }
}
