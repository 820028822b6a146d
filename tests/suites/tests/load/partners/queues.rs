//! The queues in which the loan core and TIBCO's bridge are spoken to take nothing for a while.

use std::collections::BTreeSet;

use futures_util::future::join_all;
use serde_json::json;
use suites::confirmations::confirm;
use suites::crm::{Crm, OUTBOUND, SCAN, SHARDS, client, column};
use suites::host::OUTBOX;
use suites::load::{Source, Traffic};
use suites::orders::CORE_COMMANDS;
use suites::orders::credit::but;
use world::{Delivery, Fault};

use super::{all_have_accounts, approved, names, orders};

/// Nothing is sent, or it is and nobody says so.
const DEAF: [Fault; 4] =
    [Fault::InternalError, Fault::Throttled, Fault::Reset, Fault::InternalErrorAfterEffect];
/// How often the relay tries while nobody takes anything.
const RUNS: usize = 3;

#[tokio::test(start_paused = true)]
async fn commands_wait_while_the_core_is_absent_and_all_arrive_when_it_is_back() {
    let app = approved().await;
    all_have_accounts(&app);
    let traffic = Traffic::in_world(&app.world, 0);
    traffic.leaves(CORE_COMMANDS, &DEAF);
    let bodies: Vec<_> =
        (0..orders()).map(|order| but(confirm(), &json!({"orderId": names(order)[0].1}))).collect();
    for answer in join_all(bodies.iter().map(|body| app.confirm(body))).await {
        assert_eq!(
            answer.response, r#"{"status":4001,"remark":"accepted"}"#,
            "the user does not wait for the core"
        );
    }
    for _ in 0..RUNS {
        assert!(app.relay().await.is_err(), "a run that leaves something says so");
        assert_eq!(app.world.items(OUTBOX).len(), orders(), "all of it is kept");
    }
    traffic.returns(CORE_COMMANDS);
    app.relay().await.expect("a run that sends all of it");
    assert!(app.world.items(OUTBOX).is_empty());
    let commands = app.commands_of("loan_application");
    let ids: BTreeSet<_> = commands.iter().map(|command| command["command_id"].to_string()).collect();
    let of: BTreeSet<_> = commands.iter().map(|command| command["order_id"].to_string()).collect();
    assert_eq!((ids.len(), of.len()), (orders(), orders()), "what comes twice has the same id");
}

#[tokio::test(start_paused = true)]
async fn a_day_s_requests_wait_while_tibco_is_absent_and_all_arrive_when_it_is_back() {
    let app = Crm::new();
    for number in 0..orders() {
        app.tell(&client(&format!("o-{number}"), &format!("m-{number}"), "2023-07-01T00:00:00+03:00")).await;
    }
    app.open(SCAN).await.expect("an open run");
    let traffic = Traffic::in_world(&app.world, 0);
    traffic.leaves(OUTBOUND, &DEAF);
    let workers: Vec<_> =
        (0..Source::of("infor-request").concurrency).map(|_| Crm::over(app.world.clone())).collect();
    let work = async |worker: &Crm| while worker.deliver(SHARDS).await != Delivery::default() {};
    join_all(workers.iter().map(work)).await;
    assert!(app.world.messages(SHARDS).is_empty(), "no work item comes again because TIBCO is absent");
    assert_eq!((app.tasks().len(), app.world.items(OUTBOX).len()), (orders(), orders()), "all of it is kept");
    traffic.returns(OUTBOUND);
    app.relay().await;
    assert!(app.world.items(OUTBOX).is_empty());
    let requests: BTreeSet<_> =
        app.requests().iter().filter_map(|sent| sent["requestID"].as_str().map(str::to_owned)).collect();
    let tasks: BTreeSet<_> =
        app.tasks().iter().filter_map(|task| column(task, "vtbc_request_id").map(str::to_owned)).collect();
    assert_eq!((requests.len(), &requests), (orders(), &tasks), "what comes twice has the same id");
}
