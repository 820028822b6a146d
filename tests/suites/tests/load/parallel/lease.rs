//! Upstream's two systems ask for the same of one order, again and again, with Idempotency-Keys and without.

use std::collections::BTreeSet;

use suites::gateway::Got;
use suites::host::BUS;
use suites::lease::request::Request;
use suites::lease::{HISTORY, Lease, ORDER, bodies, refused};

use super::{Callers, callers, rounds};

/// Where an order stands that is closed, of which others are told.
const CLOSED: &str = "CLOSED";
const DONE: &str = "200";
/// Somebody else is at it, or the outcome of what they did is not known.
const BUSY: &str = "409 STATE_CONFLICT";
/// The same key is being served.
const RUNNING: &str = "409 IDEMPOTENCY_RUNNING";
/// Nothing is promised: AWS failed.
const EXCUSES: [&str; 2] = ["500 INTERNAL_ERROR", "504 ANT_UNKNOWN"];

fn answer(got: &Got) -> String {
    if got.status == 200 {
        return DONE.to_owned();
    }
    let (status, code) = refused(got);
    format!("{status} {code}")
}

async fn systems(lease: &Lease) -> Vec<Lease> {
    let mut systems = vec![];
    for _ in 0..callers() {
        systems.push(lease.restarted().await);
    }
    systems
}

/// The ids under which others are told that an order is closed: what is sent again has its own.
fn closes(lease: &Lease) -> BTreeSet<String> {
    let events = lease.world.events(BUS).into_iter().filter(|event| event.detail_type == "lease_closed");
    events.map(|event| event.detail["event_id"].to_string()).collect()
}

/// Asks until it is done, as long as reconciling takes: what may have happened is found out first.
async fn ends_as(lease: &Lease, request: &Request, state: &str) {
    for _ in 0..4 {
        lease.world.pass(std::time::Duration::from_mins(5)).await;
        lease.reconcile().await.expect("a run");
        if lease.state(ORDER) == state || answer(&lease.send(request).await) == DONE {
            break;
        }
    }
    assert_eq!(lease.state(ORDER), state);
    assert!(lease.row(ORDER).unwrap().get("unknown_operation").is_none());
}

/// Has many ask for the same of an order in a state; Ant is to do it once.
async fn once(operation: &'static str, (before, after): (&str, &str), (request, method): (Request, &str)) {
    let mut of = Callers::of(operation);
    for round in rounds() {
        let lease = Lease::new().await;
        lease.bring(ORDER, before).await;
        let (steps, told) = (lease.world.items(HISTORY).len(), closes(&lease));
        let systems = systems(&lease).await;
        // A third have no key, a third share one, a third have their own.
        let keyed = |system: usize| match system % 3 {
            0 => request.clone(),
            1 => request.clone().key("shared"),
            _ => request.clone().key(&format!("own-{system}")),
        };
        let ask = async |system: usize| answer(&systems[system].send(&keyed(system)).await);
        let [done, ..] = of.call((&lease.world, round), [DONE, BUSY, RUNNING], &EXCUSES, ask).await;
        assert!(done > 0 || round.fails(), "somebody has it");
        ends_as(&lease, &request, after).await;
        assert_eq!(lease.ant.effects(ORDER, method), 1, "{operation} in {round:?}");
        let steps = lease.world.items(HISTORY).len() - steps;
        assert_eq!(steps, 1, "{operation} in {round:?}: one step");
        lease.relay().await.expect("a run of the relay");
        let expected = usize::from(after == CLOSED);
        assert_eq!(closes(&lease).difference(&told).count(), expected, "{operation} in {round:?}: told");
    }
    of.tell();
}

#[tokio::test(start_paused = true)]
async fn a_contract_that_many_submit_is_signed_once() {
    let request = Request::post(ORDER, "/contract").body(&bodies::contract());
    once("contract", ("SYNCED", "CONTRACT_SIGNING"), (request, "antchain.ato.front.sign.submit")).await;
}

#[tokio::test(start_paused = true)]
async fn a_plan_that_many_cancel_is_cancelled_once() {
    let body = serde_json::json!({"cancel_reason": "RENTING_AND_RESALE"});
    let request = Request::post(ORDER, "/withhold-plan/cancel").body(&body);
    once(
        "withhold-plan/cancel",
        ("ACTIVE", "PLAN_CANCELLED"),
        (request, "antchain.ato.withhold.plan.cancel"),
    )
    .await;
}

#[tokio::test(start_paused = true)]
async fn an_order_that_many_close_is_closed_once() {
    let request = Request::post(ORDER, "/close").body(&serde_json::json!({"reason": "FULFILLED"}));
    once("close", ("FULFILLED", CLOSED), (request, "antchain.ato.trade.sync")).await;
}

#[tokio::test(start_paused = true)]
async fn an_agreement_that_many_unbind_is_unbound_once() {
    let request = Request::delete(ORDER, "/withhold-sign");
    once("withhold-sign, deleted", (CLOSED, "UNBOUND"), (request, "antchain.ato.withhold.sign.unbind")).await;
}
