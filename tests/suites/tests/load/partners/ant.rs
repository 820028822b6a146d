//! Ant does not answer while upstream cancels the plans of many orders, or does what it is asked and does not say so.

use std::collections::BTreeMap;
use std::time::Duration;

use futures_util::future::join_all;
use serde_json::json;
use suites::lease::ant::Spoil;
use suites::lease::request::Request;
use suites::lease::{ANT, Lease, refused};
use suites::load::Traffic;

use super::{ABSENT, SILENT, in_time, orders, tell_of, too_late};

/// How long we wait for the answer to a transmission.
const TIMEOUT: Duration = Duration::from_secs(8);
/// How long a question may take, and how often it is transmitted meanwhile.
const QUESTION: Duration = Duration::from_secs(24);
const TRANSMISSIONS: usize = 4;
const METHOD: &str = "antchain.ato.withhold.plan.cancel";
/// How often lease-reconcile runs.
const EVERY: Duration = Duration::from_mins(5);

fn order(number: usize) -> String {
    format!("LEASE-9{number:04}")
}

async fn active() -> Lease {
    let lease = Lease::new().await;
    for number in 0..orders() {
        lease.active(&order(number)).await;
    }
    lease
}

/// All plans are cancelled at once; how many callers got which answer.
async fn all_cancel(lease: &Lease) -> BTreeMap<String, usize> {
    let body = json!({"cancel_reason": "RENTING_AND_RESALE"});
    let requests: Vec<_> = (0..orders())
        .map(|number| Request::post(&order(number), "/withhold-plan/cancel").body(&body))
        .collect();
    let mut answers = BTreeMap::new();
    for got in join_all(requests.iter().map(|request| lease.send(request))).await {
        let answer = if got.status == 200 { "200".to_owned() } else { refused(&got).1 };
        *answers.entry(answer).or_default() += 1;
    }
    answers
}

/// Lets lease-reconcile run so often; it ends in an error if Ant did not answer.
async fn reconcile(lease: &Lease, times: u32) {
    for _ in 0..times {
        let next = lease.world.time().now() + EVERY;
        // Whether it found everything out shows in what is stored.
        lease.reconcile().await.ok();
        let left = next.duration_since(lease.world.time().now()).unsigned_abs();
        lease.world.pass(left).await;
    }
}

/// Whatever Ant was asked for, it did at most once, and we know of it.
fn agree(lease: &Lease) {
    for number in 0..orders() {
        let (row, at_ant) = (lease.row(&order(number)).unwrap(), lease.ant.order(&order(number)));
        assert!(row.get("unknown_operation").is_none(), "{row}");
        let is_cancelled = lease.state(&order(number)) == "PLAN_CANCELLED";
        assert_eq!(is_cancelled, at_ant.plan_cancelled.is_some(), "{number}");
        assert!(lease.ant.effects(&order(number), METHOD) <= 1, "{number}");
    }
}

async fn all_are_cancelled(lease: &Lease) -> usize {
    // Who is in doubt asks again.
    assert_eq!(all_cancel(lease).await, BTreeMap::from([("200".to_owned(), orders())]));
    for number in 0..orders() {
        assert_eq!(lease.state(&order(number)), "PLAN_CANCELLED");
        assert_eq!(lease.ant.effects(&order(number), METHOD), 1, "{number}");
        let steps =
            lease.history(&order(number)).into_iter().filter(|step| step.ends_with(">PLAN_CANCELLED"));
        assert_eq!(steps.count(), 1, "{number}");
    }
    orders()
}

#[tokio::test(start_paused = true)]
async fn what_may_have_happened_is_found_out_when_ant_is_back_and_nothing_is_done_twice() {
    let lease = active().await;
    let traffic = Traffic::in_world(&lease.world, 0);
    traffic.leaves(ANT, ABSENT);
    let answers = all_cancel(&lease).await;
    let known = ["ANT_UNKNOWN", "ANT_REJECTED"];
    assert!(answers.keys().all(|answer| known.contains(&answer.as_str())), "{answers:?}");
    let asked = traffic.calls_to(ANT).len();
    // It is not asked for again while that is not known.
    let again = all_cancel(&lease).await;
    assert!(
        again.keys().all(|answer| [known[0], known[1], "STATE_CONFLICT"].contains(&answer.as_str())),
        "{again:?}"
    );
    traffic.leaves(ANT, SILENT);
    let begun = traffic.calls_to(ANT).len();
    reconcile(&lease, 4).await;
    let questions: Vec<_> = traffic.calls_to(ANT).split_off(begun);
    let apart = questions.windows(TRANSMISSIONS + 1);
    let apart = apart.map(|some| some[TRANSMISSIONS].duration_since(some[0]).unsigned_abs());
    assert!(apart.min().is_some_and(|apart| apart >= QUESTION), "one question at a time");
    let absent = traffic.calls_to(ANT).len();
    assert!(absent > asked);
    traffic.returns(ANT);
    reconcile(&lease, 12).await;
    agree(&lease);
    let effects = all_are_cancelled(&lease).await;
    tell_of("Ant", orders(), [absent, traffic.calls_to(ANT).len()], Some(1), effects);
}

#[tokio::test(start_paused = true)]
async fn an_ant_that_answers_just_in_time_is_heard() {
    let lease = active().await;
    lease.ant.plan(METHOD, None, Spoil::Slow(in_time(TIMEOUT)), true, orders());
    assert_eq!(all_cancel(&lease).await, BTreeMap::from([("200".to_owned(), orders())]));
    agree(&lease);
}

#[tokio::test(start_paused = true)]
async fn an_ant_that_is_too_late_has_done_it_and_we_find_that_out() {
    let lease = active().await;
    lease.ant.plan(METHOD, None, Spoil::Slow(too_late(TIMEOUT)), true, orders());
    assert_eq!(all_cancel(&lease).await, BTreeMap::from([("ANT_UNKNOWN".to_owned(), orders())]));
    reconcile(&lease, 4).await;
    agree(&lease);
    all_are_cancelled(&lease).await;
}
