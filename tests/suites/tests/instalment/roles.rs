//! Each function's role allows exactly the calls that it makes: nothing is missing, nothing is more (design
//! §9). What Lambda itself does with the role, reading the queue and writing logs, is not the function's call.

use std::collections::BTreeSet;

use serde_json::json;
use suites::instalment::{Instalment, QUEUE};
use suites::template;
use world::{Fault, On};

/// On the queue that the function is fed from.
const OF_ITS_QUEUE: [&str; 3] = ["sqs:DeleteMessage", "sqs:GetQueueAttributes", "sqs:ReceiveMessage"];
/// On the log group of the context, all that any role allows with logs.
const OF_ITS_LOGS: [&str; 2] = ["logs:CreateLogStream instalment", "logs:PutLogEvents instalment"];

fn event(id: &str, number: Option<&str>, second: u8) -> String {
    json!({
        "event_id": id, "type": "contract_upserted", "client_id": "c-1", "contract_number": number,
        "state": "active", "occurred_at": format!("2026-01-02T03:04:{second:02}Z"),
    })
    .to_string()
}

/// What Lambda itself needs the role of `function` for.
fn by_lambda(function: &str) -> BTreeSet<String> {
    let queues = template::source_queues(function);
    let reads = queues.iter().flat_map(|queue| OF_ITS_QUEUE.map(|action| format!("{action} {queue}")));
    reads.chain(OF_ITS_LOGS.map(str::to_owned)).collect()
}

/// What the role of `function` allows the function itself to call.
fn allowed(function: &str) -> BTreeSet<String> {
    let (all, by_lambda) = (template::permissions(function), by_lambda(function));
    assert_eq!(&by_lambda - &all, BTreeSet::new(), "Lambda needs this of {function}");
    &all - &by_lambda
}

#[tokio::test(start_paused = true)]
async fn get_status_may_do_what_it_does() {
    let app = Instalment::new();
    app.contract("c-1", 1, Some("77-1"), "active");
    app.line("77-1", "CLOSED", "1", "1");
    app.status("c-1").await;
    assert_eq!(app.world.permissions(), allowed("get-status"));
}

#[tokio::test(start_paused = true)]
async fn renew_contract_may_do_what_it_does() {
    let app = Instalment::new();
    app.contract("c-1", 1, Some("77-1"), "active");
    app.line("77-1", "CLOSED", "1", "1");
    app.renew("c-1").await;
    assert_eq!(app.world.permissions(), allowed("renew-contract"));
}

#[tokio::test(start_paused = true)]
async fn contract_events_may_do_what_it_does() {
    let app = Instalment::new();
    app.world.fail(On::call("Query"), Fault::InternalError);
    for message in [
        event("e-0", Some("77-1"), 1),
        event("e-1", Some("77-1"), 2),
        event("e-2", Some("77-1"), 3),
        event("e-3", Some("77-1"), 2),
        event("e-4", None, 4),
    ] {
        app.world.send(QUEUE, &message, &[]);
    }
    app.deliver().await;
    assert_eq!(app.outcomes(), ["retry", "applied", "applied", "late", "dead_lettered"]);
    assert_eq!(app.world.permissions(), allowed("contract-events"));
}

#[test]
fn the_webview_may_do_nothing() {
    assert_eq!(allowed("webview"), BTreeSet::new());
}
