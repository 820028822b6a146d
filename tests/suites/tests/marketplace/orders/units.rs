//! What each operation costs in request units (docs/contexts/marketplace.md), exactly: a transaction counts each row
//! double, a put that is alone once, and an index once for each row that enters or leaves it, twice where it moves.

use serde_json::json;
use suites::costs::{OWN_LOG_BYTES, assert_priced};
use suites::marketplace::channels::PLAIN;
use suites::orders::bodies::{push, with};
use suites::orders::credit::{but, decision};
use suites::orders::{CALLBACKS, ORDER, Orders, UID};
use world::{Spent, Units};

/// Reads and writes, in whole units.
fn cost(spent: &Spent) -> (Units, Units) {
    (spent.reads(), spent.writes())
}

fn whole(reads: u64, writes: u64) -> (Units, Units) {
    (Units::whole(reads), Units::whole(writes))
}

#[tokio::test(start_paused = true)]
async fn a_push_is_a_read_and_one_transaction() {
    let app = Orders::new().await;
    let (answer, spent) = app.world.measure(app.push(&push())).await;
    assert_eq!(answer.status(), 2001);
    // Order, history, conversion, data, user and pulls; these enter the index.
    assert_eq!(cost(&spent), whole(1, 6 * 2 + 1));
    assert_priced("push-order", "a new order", &spent);
    let (_, repeat) = app.world.measure(app.push(&push())).await;
    assert_priced("push-order", "a repeat", &repeat);
    let (_, other) = app.world.measure(app.push(&with(push(), "period", json!(6)))).await;
    assert_eq!(cost(&other), whole(1, 4 * 2));
    app.world.pass(std::time::Duration::from_secs(1)).await;
    let (_, of_another) = app.world.measure(app.push(&with(push(), "uid", json!("99000001")))).await;
    // The pulls begin anew, and move within the index.
    assert_eq!(cost(&of_another), whole(1, 5 * 2 + 2));
    app.change(ORDER, |row| row["status"] = json!({"N": "10"}));
    let (_, late) = app.world.measure(app.push(&push())).await;
    assert_eq!(cost(&late), whole(1, 0));
}

#[tokio::test(start_paused = true)]
async fn what_is_refused_costs_nothing() {
    let app = Orders::new().await;
    let (_, malformed) = app.world.measure(app.push(&with(push(), "period", json!(0)))).await;
    assert_eq!(malformed, Spent::default());
}

#[tokio::test(start_paused = true)]
async fn a_question_is_one_read() {
    let app = Orders::new().await;
    app.push(&push()).await;
    for (op, function) in [("queryAuditResult", "audit-result-query"), ("getContracts", "contract-list")] {
        for order in [ORDER, "120523"] {
            let question = json!({"orderId": order}).to_string();
            let (_, spent) = app.world.measure(app.send(op, PLAIN, &question)).await;
            match function {
                "contract-list" => assert_priced("contract-list", "an answer", &spent),
                _ => assert_priced("audit-result-query", "an answer", &spent),
            }
        }
    }
}

#[tokio::test(start_paused = true)]
async fn a_pull_is_half_a_read_a_shard_a_lease_and_one_transaction() {
    let app = Orders::new().await;
    let (_, idle) = app.world.measure(app.pull()).await;
    assert_priced("operator-pull", "a run that finds nothing", &idle);
    app.push(&push()).await;
    let (_, in_vain) = app.world.measure(app.pull()).await;
    // The lease and its end, each of which moves the row within the index; the order is not looked at.
    assert_eq!(cost(&in_vain), whole(2, (1 + 2) + (1 + 2)));
    app.platform.has_all(UID);
    app.world.pass(std::time::Duration::from_mins(1)).await;
    let (_, all) = app.world.measure(app.pull()).await;
    // The lease; then pulls (out of their index), order (into its own), history and three rows of data.
    assert_eq!(cost(&all), whole(2 + 1, (1 + 2) + (2 + 1) + (2 + 1) + 2 + 3 * 2));
    assert_priced("operator-pull", "a run that pulls all of one order", &all);
}

#[tokio::test(start_paused = true)]
async fn a_parse_is_half_a_read_a_shard_a_read_two_looks_at_customers_and_two_transactions() {
    let app = Orders::new().await;
    let (_, idle) = app.world.measure(app.parse()).await;
    assert_priced("push-order-parse", "a run that finds nothing", &idle);
    app.with_all_data().await;
    let (_, admitted) = app.world.measure(app.parse()).await;
    // The order moves within its index, twice.
    assert_eq!(cost(&admitted), whole(2 + 1 + 2, (2 + 2 + 2) + (2 + 2 + 2)));
    assert_priced("push-order-parse", "a run that admits one order", &admitted);
    let refused = Orders::new().await;
    refused.with_all_data().await;
    refused.change(ORDER, |row| row["auth_items"] = json!({"SS": ["device"]}));
    let (_, spent) = refused.world.measure(refused.parse()).await;
    // It leaves its index; the callback and the head, which enter theirs.
    assert_eq!(cost(&spent), whole(2 + 1, (2 + 2 + 2) + (2 + 1 + 2) + (2 + 2 + 2)));
    assert_eq!(spent.on(CALLBACKS).writes(), Units::whole(6));
}

#[tokio::test(start_paused = true)]
async fn an_application_is_half_a_read_a_shard_a_read_two_looks_at_customers_and_one_transaction() {
    let app = Orders::new().await;
    app.waiting_for_credit().await;
    let (_, sent) = app.world.measure(app.apply()).await;
    // The order, which leaves its index, history and the outbox's row; then that row's end.
    assert_eq!(cost(&sent), whole(2 + 1 + 2, (2 + 1) + 2 + 2 + 1));
    assert_priced("credit-application", "a run that applies for one order", &sent);
    let (_, idle) = app.world.measure(app.apply()).await;
    assert_priced("credit-application", "a run that finds nothing", &idle);
    let app = Orders::new().await;
    app.waiting_for_credit().await;
    app.knows("id_number_digest", &json!({"blacklisted": {"BOOL": true}}));
    let (_, refused) = app.world.measure(app.apply()).await;
    assert_eq!(cost(&refused), whole(2 + 1 + 2, (2 + 1) + 2 + (2 + 2 + 2)));
}

#[tokio::test(start_paused = true)]
async fn a_credit_decision_is_a_read_and_one_transaction() {
    for (result, refusals) in [("approved", 0), ("refused", 4), ("expired", 4)] {
        let app = Orders::new().await;
        app.in_review().await;
        let (_, spent) = app.world.measure(app.told(&decision(ORDER, result))).await;
        // Order, which is heavier than 1 KB with its last message, history and message; the callback and the head, which enter their indexes; a refusal under each digest.
        assert_eq!(cost(&spent), whole(1, (4 + 2 + 2) + (2 + 2 + 2) + refusals * 2), "{result}");
        if refusals == 0 {
            assert_priced("credit-result", "an approval", &spent);
        }
        let (_, repeat) = app.world.measure(app.told(&decision(ORDER, result))).await;
        assert_eq!(cost(&repeat), whole(1, 0));
        let other = but(decision(ORDER, result), &json!({"event_id": "e-2"}));
        let (_, unchanged) = app.world.measure(app.told(&other)).await;
        assert_eq!(cost(&unchanged), whole(1, 1));
        let late = json!({"event_id": "e-3", "occurred_at": "2018-01-01T00:00:00Z"});
        let (_, late) = app.world.measure(app.told(&but(decision(ORDER, result), &late))).await;
        assert_eq!(cost(&late), whole(1, 1));
        app.change(ORDER, |row| row["status"] = json!({"N": "5"}));
        let (_, forbidden) =
            app.world.measure(app.told(&but(decision(ORDER, result), &json!({"event_id": "e-4"})))).await;
        assert_eq!(cost(&forbidden), whole(2, 0), "whether it is known is asked only here");
    }
    let app = Orders::new().await;
    let (_, unknown) = app.world.measure(app.told(&decision(ORDER, "approved"))).await;
    assert_eq!(cost(&unknown), whole(1, 0));
}

/// What the functions wrote to the logs so far, as CloudWatch counts it: each line with 26 bytes more.
fn log_bytes(app: &Orders) -> u64 {
    let bytes: usize = app.lines().iter().map(|line| line.to_string().len() + 26).sum();
    u64::try_from(bytes).unwrap()
}

#[tokio::test(start_paused = true)]
async fn an_invocation_writes_no_more_to_the_logs_than_the_cost_page_counts() {
    let app = Orders::new().await;
    let mut before = log_bytes(&app);
    let mut wrote = |what: &str| {
        let bytes = log_bytes(&app) - before;
        before += bytes;
        assert!((1..=OWN_LOG_BYTES).contains(&bytes), "{what}: {bytes}");
    };
    assert_eq!(app.push(&push()).await.status(), 2001);
    wrote("a push");
    app.platform.has_all(UID);
    app.pull().await.unwrap();
    wrote("a pull");
    app.parse().await.unwrap();
    wrote("a parse");
    app.apply().await.unwrap();
    wrote("an application");
    app.told(&decision(ORDER, "approved")).await;
    wrote("a decision");
}
