//! The functions' jobs with the bare SDK, set up as they set it up: the same calls, the same session,
//! signatures and cryptography.
//! `BENCH_CONTEXT` and `BENCH_JOB` name the job; the rest of the environment is the function's own.

mod bus;
mod callbacks;
mod clients;
mod crm;
mod delivery;
mod dynamodb;
mod encryption;
mod forms;
mod gateway;
mod instalment;
mod lease;
mod marketplace;
mod objects;
mod outbox;
mod queues;
mod quota;
mod sealing;
mod secrets;
mod session;
mod unsent;

use std::env;

use bench::{Error, on_one_thread};

fn main() -> Result<(), Error> {
    let (context, job) = (env::var("BENCH_CONTEXT")?, env::var("BENCH_JOB")?);
    on_one_thread(async {
        match context.as_str() {
            "instalment" => instalment::serve(&job).await,
            "quota" => quota::serve(&job).await,
            "crm" => crm::serve(&job).await,
            "delivery" => delivery::serve(&job).await,
            "lease" => lease::serve(&job).await,
            "marketplace" => marketplace::serve(&job).await,
            other => Err(format!("BENCH_CONTEXT is {other}, which is no context").into()),
        }
    })
}
