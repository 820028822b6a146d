//! Two callers at once.

use futures_util::join;
use serde_json::json;
use suites::gateway::Got;
use suites::lease::request::Request;
use suites::lease::{HISTORY, Lease, ORDER, bodies, body, done, refused};

use super::{SECOND, effects, later, overtaken_by, slow};
use crate::operations::Operation;

fn successes(answers: &[Got]) -> usize {
    answers.iter().filter(|got| got.status == 200).count()
}

/// What Ant has is what is stored: nobody overwrote anybody.
fn agree(lease: &Lease, context: &str) {
    let (row, order) = (lease.row(ORDER).unwrap(), lease.ant.order(ORDER));
    let state = lease.state(ORDER);
    assert!(row.get("unknown_operation").is_none(), "{context}");
    let was = |states: &[&str]| states.contains(&state.as_str());
    assert_eq!(order.closed.is_some(), was(&["CLOSED", "UNBOUND"]), "{context}");
    let cancelled = row["cancel_reason"]["S"].as_str().map(str::to_owned);
    assert_eq!(order.plan_cancelled, cancelled, "{context}");
    assert_eq!(order.flow.is_some(), row.get("sign_no").is_some(), "{context}");
    assert_eq!(order.unsign_pending, row["unsign_pending"]["BOOL"].as_bool().unwrap(), "{context}");
    let versions: Vec<_> = lease.world.items(HISTORY).iter().map(|row| row["version"]["N"].clone()).collect();
    let last = versions.last().unwrap().as_str().unwrap().parse::<u64>().unwrap();
    assert!(last <= row["version"]["N"].as_str().unwrap().parse().unwrap(), "{context}");
}

#[tokio::test(start_paused = true)]
async fn who_is_overtaken_by_an_operation_that_still_runs_is_refused() {
    for first in Operation::ALL {
        for other in Operation::ALL {
            let context = format!("{first:?}, overtaken by {other:?}");
            let lease = first.prepared().await;
            let before = effects(&lease);
            slow(&lease, other, SECOND);
            let answers = overtaken_by(&lease, &first.request(), &other.request()).await;
            assert_eq!(effects(&lease) - before, 1, "{context}: {answers:?}");
            assert!(successes(&answers) >= 1, "{context}: {answers:?}");
            for got in answers.iter().filter(|got| got.status != 200) {
                assert!([404, 409, 422].contains(&got.status), "{context}: {got:?}");
            }
            agree(&lease, &context);
            lease.ant.recover();
        }
    }
}

#[tokio::test(start_paused = true)]
async fn who_is_overtaken_by_an_operation_that_is_done_is_judged_by_what_came_of_it() {
    for first in Operation::ALL {
        for other in Operation::ALL {
            let context = format!("{first:?}, overtaken by {other:?}");
            let lease = first.prepared().await;
            let before = lease.ant.order(ORDER).effects;
            let answers = overtaken_by(&lease, &first.request(), &other.request()).await;
            assert!(successes(&answers) >= 1, "{context}: {answers:?}");
            for (method, times) in lease.ant.order(ORDER).effects {
                let new = times - before.get(&method).copied().unwrap_or_default();
                let twice = first == other && first.is_repeatable();
                assert!(new <= 1 || twice, "{context}: {method} {new} times");
            }
            agree(&lease, &context);
        }
    }
}

#[tokio::test(start_paused = true)]
async fn who_is_overtaken_by_the_same_wish_has_it_from_the_store_or_is_refused() {
    for operation in Operation::ALL {
        let lease = operation.prepared().await;
        let [first, other] = overtaken_by(&lease, &operation.request(), &operation.request()).await;
        assert_eq!(done(&other)["state"], operation.after(), "{operation:?}");
        let expected: &[(i64, &str)] = match operation {
            Operation::Contract => &[(409, "STATE_CONFLICT")],
            Operation::Refuse | Operation::Agree => &[(422, "PRECONDITION_FAILED")],
            Operation::Sync
            | Operation::Withhold
            | Operation::Seal
            | Operation::Cancel
            | Operation::Close
            | Operation::Unbind => &[(200, "")],
        };
        let (status, code) = if first.status == 200 { (200, String::new()) } else { refused(&first) };
        assert_eq!(&[(status, code.as_str())], expected, "{operation:?}");
        let effects = if operation.is_repeatable() { 2 } else { 1 };
        assert_eq!(operation.effects(&lease), effects, "{operation:?}");
    }
}

#[tokio::test(start_paused = true)]
async fn a_caller_who_comes_while_another_is_served_is_refused_without_a_call() {
    for first in Operation::ALL.into_iter().filter(|first| *first != Operation::Sync) {
        let lease = first.prepared().await;
        for second in Operation::ALL {
            slow(&lease, first, SECOND);
            let before = effects(&lease);
            let (one, other) = (first.request(), second.request());
            let (one, other) = join!(lease.send(&one), later(SECOND / 2, lease.send(&other)));
            done(&one);
            assert_eq!(refused(&other), (409, "STATE_CONFLICT".into()), "{first:?} {second:?}");
            assert_eq!(body(&other)["message"], "another operation is running");
            assert_eq!(effects(&lease) - before, 1, "{first:?} {second:?}");
            if !first.is_repeatable() {
                break;
            }
        }
    }
}

#[tokio::test(start_paused = true)]
async fn two_seals_of_two_parties_at_once_are_one_after_the_other() {
    let lease = Lease::new().await;
    lease.withhold_signed_with(ORDER, &bodies::contract_of_two()).await;
    slow(&lease, Operation::Seal, SECOND);
    let seal = |tag: &str| Request::post(ORDER, "/contract/seal").body(&json!({"tag": tag}));
    let [first, other] = overtaken_by(&lease, &seal(bodies::MERCHANT_TAG), &seal(bodies::THIRD_TAG)).await;
    assert_eq!((refused(&first).0, done(&other)["state"].as_str()), (409, Some("SEALING")));
    assert_eq!(done(&lease.send(&seal(bodies::MERCHANT_TAG)).await)["state"], "ACTIVE");
    assert_eq!(Operation::Seal.effects(&lease), 2);
}

#[tokio::test(start_paused = true)]
async fn two_flows_at_once_take_each_step_once() {
    for slowness in [SECOND / 100, SECOND] {
        let lease = Lease::new().await;
        lease.synced(ORDER).await;
        let flow = Request::post(ORDER, "/sign-flow").body(&bodies::contract());
        slow(&lease, Operation::Contract, slowness);
        overtaken_by(&lease, &flow, &flow).await;
        let last = lease.send(&flow).await;
        assert_eq!(done(&last)["waiting_for"], "withhold_signature");
        assert_eq!(Operation::Contract.effects(&lease), 1);
        assert_eq!(lease.history(ORDER).len(), 4);
    }
}

#[tokio::test(start_paused = true)]
async fn a_flow_and_its_steps_called_singly_do_each_once() {
    for step in [Operation::Contract, Operation::Withhold, Operation::Seal] {
        let lease = step.prepared().await;
        let flow = Request::post(ORDER, "/sign-flow").body(&bodies::contract());
        slow(&lease, step, SECOND);
        let answers = overtaken_by(&lease, &flow, &step.request()).await;
        assert!(successes(&answers) >= 1, "{step:?}: {answers:?}");
        assert_eq!(step.effects(&lease), 1, "{step:?}");
        agree(&lease, &format!("{step:?}"));
    }
}

#[tokio::test(start_paused = true)]
async fn two_sources_on_one_order_are_serialised() {
    let lease = Lease::new().await;
    lease.active(ORDER).await;
    slow(&lease, Operation::Cancel, SECOND);
    let cancel = |source: &str, reason: &str| {
        let body = json!({"cancel_reason": reason, "source": source});
        Request::post(ORDER, "/withhold-plan/cancel").body(&body).key("k-1")
    };
    let (of_new, of_old) = (cancel("new", "RENTING_OUT"), cancel("old", "RENTING_AND_RESALE"));
    let answers = overtaken_by(&lease, &of_new, &of_old).await;
    assert_eq!((successes(&answers), Operation::Cancel.effects(&lease)), (1, 1));
    let reason = lease.row(ORDER).unwrap()["cancel_reason"]["S"].clone();
    assert_eq!(Some(reason.as_str().unwrap().to_owned()), lease.ant.order(ORDER).plan_cancelled);
    let row = lease.world.items(HISTORY).pop().unwrap();
    let expected = if answers[0].status == 200 { "new" } else { "old" };
    assert_eq!(row["source"]["S"], expected);
}

#[tokio::test(start_paused = true)]
async fn two_merchants_who_register_one_order_at_once_are_not_mixed() {
    for slowness in [SECOND / 100, SECOND] {
        let lease = Lease::new().await;
        slow(&lease, Operation::Sync, slowness);
        let put =
            |merchant: &str| Request::put(ORDER).body(&bodies::with(bodies::order(), "merchantId", merchant));
        let answers = overtaken_by(&lease, &put("2088000000000001"), &put("2088000000000002")).await;
        assert_eq!(successes(&answers), 1, "{answers:?}");
        let at_ant = lease.ant.order(ORDER).synced.unwrap()["merchantId"].clone();
        assert_eq!(lease.row(ORDER).unwrap()["merchant_id"]["S"], at_ant);
        assert_eq!(Operation::Sync.effects(&lease), 1);
    }
}
