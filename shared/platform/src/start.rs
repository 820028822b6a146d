//! A process's start: configuration, logs, clients, then Lambda's loop, on one thread (design §12).

use std::error::Error;
use std::future::Future;
use std::panic::PanicHookInfo;

use aws_lambda_events::sqs::SqsEvent;
use futures_util::FutureExt;
use jiff::Timestamp;
use lambda_runtime::{Context, LambdaEvent, service_fn};
use serde_json::value::RawValue;

use crate::config::{Environment, Variable};
use crate::http::{self, Endpoint};
use crate::logs::{self, LogLevel};
use crate::schedule::{self, Job};
use crate::sqs::{self, Consumer, Queue};
use crate::{Clock, Output};

/// Why a process did not start or ended.
pub type StartError = Box<dyn Error + Send + Sync>;

const LOG_LEVEL: Variable =
    Variable { name: "LOG_LEVEL", meaning: "The least severe level that is logged.", default: Some("INFO") };

/// Reads the level of the logs.
pub fn log_level(environment: &mut Environment) -> Option<LogLevel> {
    environment.read(LOG_LEVEL)
}

/// Serves an HTTP endpoint: `read` is its configuration, `build` opens its connections.
///
/// # Errors
/// The configuration is wrong, or Lambda's runtime interface is gone.
pub fn serve_http<C, E, F>(
    read: fn(&mut Environment) -> Option<C>,
    build: impl FnOnce(C) -> F,
) -> Result<(), StartError>
where
    E: Endpoint,
    F: Future<Output = E>,
{
    try_serve_http(read, |config| build(config).map(Ok))
}

/// Serves an HTTP endpoint that does not start without what `build` reads: its secrets.
///
/// # Errors
/// The configuration is wrong, `build` fails, or Lambda's runtime interface is gone.
pub fn try_serve_http<C, E, F>(
    read: fn(&mut Environment) -> Option<C>,
    build: impl FnOnce(C) -> F,
) -> Result<(), StartError>
where
    E: Endpoint,
    F: Future<Output = Result<E, StartError>>,
{
    let (config, output) = configured(read)?;
    on_one_thread(async {
        let clock = Clock::system();
        let endpoint = build(config).await?;
        let (endpoint, clock, output) = (&endpoint, &clock, &output);
        lambda_runtime::run(service_fn(move |event: LambdaEvent<Box<RawValue>>| async move {
            let (request_id, deadline) = invocation(&event.context);
            let answer = http::respond(endpoint, clock, output, request_id, deadline, &event.payload).await;
            Ok::<_, StartError>(answer)
        }))
        .await
    })
}

/// Serves a queue's consumer: `read` is its configuration, `build` opens its connections.
///
/// # Errors
/// The configuration is wrong, or Lambda's runtime interface is gone.
pub fn serve_queue<C, E, F>(
    read: fn(&mut Environment) -> Option<C>,
    build: impl FnOnce(C) -> F,
) -> Result<(), StartError>
where
    E: Consumer,
    F: Future<Output = (E, Queue)>,
{
    try_serve_queue(read, |config| build(config).map(Ok))
}

/// Serves a queue's consumer that does not start without what `build` reads: its secrets.
///
/// # Errors
/// The configuration is wrong, `build` fails, or Lambda's runtime interface is gone.
pub fn try_serve_queue<C, E, F>(
    read: fn(&mut Environment) -> Option<C>,
    build: impl FnOnce(C) -> F,
) -> Result<(), StartError>
where
    E: Consumer,
    F: Future<Output = Result<(E, Queue), StartError>>,
{
    let (config, output) = configured(read)?;
    on_one_thread(async {
        let clock = Clock::system();
        let (consumer, queue) = build(config).await?;
        let (consumer, queue, clock, output) = (&consumer, &queue, &clock, &output);
        lambda_runtime::run(service_fn(move |event: LambdaEvent<SqsEvent>| async move {
            let (request_id, deadline) = invocation(&event.context);
            let response =
                sqs::handle(consumer, queue, clock, output, request_id, deadline, event.payload).await;
            Ok::<_, StartError>(response)
        }))
        .await
    })
}

/// Serves a schedule's job: `read` is its configuration, `build` opens its connections.
///
/// # Errors
/// The configuration is wrong, or Lambda's runtime interface is gone.
pub fn serve_schedule<C, J, F>(
    read: fn(&mut Environment) -> Option<C>,
    build: impl FnOnce(C) -> F,
) -> Result<(), StartError>
where
    J: Job,
    F: Future<Output = J>,
{
    try_serve_schedule(read, |config| build(config).map(Ok))
}

/// Serves a schedule's job that does not start without what `build` reads: its secrets.
///
/// # Errors
/// The configuration is wrong, `build` fails, or Lambda's runtime interface is gone.
pub fn try_serve_schedule<C, J, F>(
    read: fn(&mut Environment) -> Option<C>,
    build: impl FnOnce(C) -> F,
) -> Result<(), StartError>
where
    J: Job,
    F: Future<Output = Result<J, StartError>>,
{
    let (config, output) = configured(read)?;
    on_one_thread(async {
        let clock = Clock::system();
        let job = build(config).await?;
        let (job, clock, output) = (&job, &clock, &output);
        lambda_runtime::run(service_fn(move |event: LambdaEvent<Box<RawValue>>| async move {
            let (request_id, deadline) = invocation(&event.context);
            let run = schedule::run(job, clock, output, request_id, deadline, &event.payload);
            run.await.map_err(StartError::from)
        }))
        .await
    })
}

fn configured<C>(read: fn(&mut Environment) -> Option<C>) -> Result<(C, Output), StartError> {
    let (level, config) = Environment::process().load(|environment| {
        let (level, config) = (log_level(environment), read(environment));
        Some((level?, config?))
    })?;
    let output = Output::stdout();
    tracing::subscriber::set_global_default(logs::subscriber(output.clone(), level))?;
    std::panic::set_hook(Box::new(report_panic));
    Ok((config, output))
}

/// The place of a panic, without its message, which may quote personal data.
fn report_panic(panic: &PanicHookInfo<'_>) {
    let place = panic.location().map(ToString::to_string);
    tracing::error!(place, "panic");
}

fn on_one_thread<F: Future<Output = Result<(), StartError>>>(run: F) -> Result<(), StartError> {
    tokio::runtime::Builder::new_current_thread().enable_all().build()?.block_on(run)
}

fn invocation(context: &Context) -> (&str, Timestamp) {
    let deadline = i64::try_from(context.deadline).unwrap_or(i64::MAX);
    (&context.request_id, Timestamp::from_millisecond(deadline).unwrap_or(Timestamp::MAX))
}
