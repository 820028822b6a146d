//! A step that fails stops the flow where it is; the next call goes on from there, and nothing is done twice.

use serde_json::{Value, json};
use suites::lease::ant::Spoil;
use suites::lease::{Lease, ORDER, Options, body, done, refused};

use super::{ALL, AUTH, CREATE, FLOW, QUERY, SUBMIT, SYNC, finished, flow, flow_with, hasty};

/// Where the order stands before each step.
const BEFORE: [(&str, &str); 5] = [
    (SYNC, "NEW"),
    (SUBMIT, "SYNCED"),
    (CREATE, "CONTRACT_SIGNING"),
    (QUERY, "WITHHOLD_SIGNING"),
    (AUTH, "WITHHOLD_SIGNED"),
];

#[tokio::test(start_paused = true)]
async fn a_step_that_ant_declines_is_told_and_taken_again_by_the_next_call() {
    for (method, state) in BEFORE {
        let lease = hasty().await;
        lease.ant.fail(method, Spoil::ResultCode("SYSTEM_BUSY"));
        let got = lease.send(&flow()).await;
        assert_eq!(refused(&got), (502, "ANT_REJECTED".to_owned()), "{method}");
        assert_eq!(body(&got)["ant"]["result_code"], "SYSTEM_BUSY");
        assert_eq!(lease.state(ORDER), state, "{method}");
        assert_eq!(lease.ant.heard().last().map(String::as_str), Some(method));
        assert_eq!(done(&lease.send(&flow()).await), finished(), "after {method}");
        let at = ALL.iter().position(|called| *called == method).expect("a step");
        assert_eq!(lease.ant.heard(), ALL[at..], "after {method}");
    }
}

#[tokio::test(start_paused = true)]
async fn a_step_whose_outcome_is_unknown_is_resolved_by_the_next_call_which_goes_on() {
    for (method, state) in BEFORE.into_iter().filter(|(method, _)| *method != QUERY) {
        for happened in [true, false] {
            for spoil in [Spoil::Timeout, Spoil::Http(500), Spoil::Garbage, Spoil::MissingSignature] {
                let lease = hasty().await;
                lease.ant.plan(method, None, spoil, happened, 1);
                let got = lease.send(&flow()).await;
                assert!([502, 504].contains(&got.status), "{method} {spoil:?}: {}", got.body);
                assert_eq!(lease.state(ORDER), state, "{method} {spoil:?}");
                assert_eq!(done(&lease.send(&flow()).await), finished(), "{method} {spoil:?} {happened}");
                for method in ALL.into_iter().filter(|method| *method != CREATE) {
                    assert!(lease.ant.effects(ORDER, method) <= 1, "{method} was done twice");
                }
                assert!(lease.ant.effects(ORDER, CREATE) <= 2);
            }
        }
    }
}

#[tokio::test(start_paused = true)]
async fn an_outcome_that_stays_unknown_stops_the_flow_without_a_call_of_its_own() {
    let lease = hasty().await;
    lease.ant.plan(AUTH, None, Spoil::Timeout, true, 1);
    assert_eq!(lease.send(&flow()).await.status, 504);
    lease.ant.heard();
    lease.ant.fail(FLOW, Spoil::ResultCode("SYSTEM_BUSY"));
    let got = lease.send(&flow()).await;
    assert_eq!(refused(&got), (409, "STATE_CONFLICT".to_owned()));
    lease.ant.fail_times(FLOW, Spoil::Garbage, 1);
    assert_eq!(refused(&lease.send(&flow()).await), (504, "ANT_UNKNOWN".to_owned()));
    assert_eq!(lease.ant.heard(), [FLOW, FLOW]);
    assert_eq!(done(&lease.send(&flow()).await), finished());
    assert_eq!(lease.ant.effects(ORDER, AUTH), 1);
}

#[tokio::test(start_paused = true)]
async fn a_question_that_is_not_answered_stops_the_flow_and_the_next_call_asks_again() {
    let lease = hasty().await;
    lease.ant.fail_times(QUERY, Spoil::Http(500), 4);
    assert_eq!(refused(&lease.send(&flow()).await), (504, "ANT_UNKNOWN".to_owned()));
    assert_eq!(lease.state(ORDER), "WITHHOLD_SIGNING");
    assert_eq!(done(&lease.send(&flow()).await), finished());
    assert_eq!(lease.ant.effects(ORDER, CREATE), 1);
}

#[tokio::test(start_paused = true)]
async fn a_second_seal_that_fails_leaves_the_first() {
    let lease = hasty().await;
    let contract = suites::lease::bodies::contract_of_two();
    lease.ant.fail_for(ORDER, AUTH, Spoil::NotSent);
    for _ in 0..3 {
        lease.ant.fail_for(ORDER, AUTH, Spoil::NotSent);
    }
    assert_eq!(lease.send(&flow_with(&contract)).await.status, 502);
    assert_eq!(lease.state(ORDER), "WITHHOLD_SIGNED");
    // The first is sealed now, the second is not.
    lease.ant.plan(FLOW, None, Spoil::ResultCode("SYSTEM_BUSY"), false, 2);
    let data = lease.send(&flow_with(&json!({}))).await;
    assert!([200, 502].contains(&data.status), "{}", data.body);
    assert_eq!(done(&lease.send(&flow_with(&json!({}))).await), finished());
    assert_eq!(lease.ant.effects(ORDER, AUTH), 2);
}

#[tokio::test(start_paused = true)]
async fn a_flow_that_is_switched_off_begins_nothing() {
    let lease = hasty().await;
    let off = lease.restarted_with(Options { ant_disabled: true, ..Options::default() }).await;
    let effects = off.world.effects().len();
    assert_eq!(refused(&off.send(&flow()).await), (503, "ANT_DISABLED".to_owned()));
    assert_eq!(off.world.effects().len(), effects);
    assert_eq!(off.state(ORDER), "NEW");
}

#[tokio::test(start_paused = true)]
async fn a_flow_waits_while_somebody_else_is_at_the_order() {
    for state in ["SYNCED", "CONTRACT_SIGNING", "WITHHOLD_SIGNED"] {
        let lease = Lease::new().await;
        lease.bring(ORDER, state).await;
        lease.ant.user_signs_withhold(ORDER);
        let world = lease.world.clone();
        // The intent is written, and nothing else.
        world.crash_after(world.effects().len() + 1);
        assert!(world.run_until_crash(lease.send(&flow())).await.is_err());
        let next = lease.restarted().await;
        next.ant.heard();
        let got = next.send(&flow()).await;
        assert_eq!(refused(&got), (409, "STATE_CONFLICT".to_owned()), "{state}");
        assert_eq!(body(&got)["message"], Value::from("another operation is running"));
        assert_eq!(next.ant.heard(), Vec::<String>::new());
    }
}
