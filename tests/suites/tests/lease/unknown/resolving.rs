//! How each unknown outcome is resolved (§12): by an order query at once, by lease-reconcile after 60 seconds. Ant never
//! sees a second effect.

use std::time::Duration;

use serde_json::{Value, json};
use suites::lease::ant::Spoil;
use suites::lease::{CALLER, HISTORY, Lease, ORDER, Options, done};

use super::{CHANGES, Change, TROUBLES, brief, unknown_operation};

const TRADE_GET: &str = "antchain.ato.trade.get";

/// Where the order stands once it is known what became of the change. Of a create only the signature can be seen.
fn resolved(change: Change, happened: bool) -> &'static str {
    if happened && change.name != "create" { change.to } else { change.from }
}

/// Asks for it again, as a caller does who got no answer, until nothing is left to do.
async fn repeat(lease: &Lease, change: Change, happened: bool) {
    if happened && change.name != "create" {
        let got = lease.send(&change.request()).await;
        assert!(matches!(got.status, 200 | 409 | 422), "{change:?}: {}", got.body);
    } else {
        assert_eq!(done(&lease.send(&change.request()).await)["state"], change.to, "{change:?}");
    }
    assert_eq!(lease.state(ORDER), change.to, "{change:?}");
}

/// Checks what the caller is told, what is noted, and that an order query resolves it at once.
async fn check(change: Change, (spoil, status, code): (Spoil, i64, &str), happened: bool) {
    let what = format!("{change:?} {spoil:?} {happened}");
    let (lease, got) = change.unknown(spoil, happened).await;
    assert_eq!(brief(&got), (status, code.to_owned()), "{what}");
    assert_eq!(lease.state(ORDER), change.from, "{what}");
    assert_eq!(unknown_operation(&lease).as_deref(), Some(change.method), "{what}");
    assert_eq!(lease.counted("lease_unknown_outcome"), 1, "{what}");
    let lines = lease.logged("WARN");
    let ring = lines.iter().find(|line| line["message"] == "the outcome of an operation is not known");
    let named = ring.map(|line| (line["order_id"].clone(), line["method"].clone()));
    assert_eq!(named, Some((json!(ORDER), json!(change.method))), "{what}");
    let got = lease.get(ORDER, "").await;
    assert_eq!(unknown_operation(&lease), None, "{what}");
    assert_eq!(lease.state(ORDER), resolved(change, happened), "{what}");
    // What was never synced is not there to be told of.
    let is_there = happened || change.from != "NEW";
    assert_eq!(got.status, if is_there { 200 } else { 502 }, "{what}: {}", got.body);
    if is_there {
        assert_eq!(done(&got)["unknown_operation"], Value::Null);
    }
}

#[tokio::test(start_paused = true)]
async fn what_happened_is_noted_as_unknown_and_an_order_query_finds_it_out_at_once() {
    for change in CHANGES {
        for trouble in TROUBLES {
            check(change, trouble, true).await;
        }
    }
}

#[tokio::test(start_paused = true)]
async fn what_did_not_happen_is_noted_as_unknown_and_an_order_query_finds_it_out_at_once() {
    for change in CHANGES {
        for trouble in TROUBLES {
            check(change, trouble, false).await;
        }
    }
}

#[tokio::test(start_paused = true)]
async fn what_happened_is_not_done_again_and_what_did_not_may_be() {
    for change in CHANGES {
        for happened in [true, false] {
            let (lease, _) = change.unknown(Spoil::Timeout, happened).await;
            lease.get(ORDER, "").await;
            repeat(&lease, change, happened).await;
            // A create may be sent again, and so may a sync, which is the same order once more.
            let again = happened && ["create", "sync", "sync again"].contains(&change.name);
            assert_eq!(change.effects(&lease), if again { 2 } else { 1 }, "{change:?} {happened}");
        }
    }
}

#[tokio::test(start_paused = true)]
async fn lease_reconcile_resolves_it_after_60_seconds_and_not_before() {
    for change in CHANGES {
        for happened in [true, false] {
            let (lease, _) = change.unknown(Spoil::Garbage, happened).await;
            for seconds in [0, 59] {
                lease.world.pass(Duration::from_secs(seconds)).await;
                lease.reconcile().await.expect("a run");
                assert_eq!(lease.ant.heard(), Vec::<String>::new(), "{change:?}");
            }
            lease.world.pass(Duration::from_secs(1)).await;
            lease.reconcile().await.expect("a run");
            assert_eq!(unknown_operation(&lease), None, "{change:?} {happened}");
            assert_eq!(lease.state(ORDER), resolved(change, happened), "{change:?} {happened}");
            assert_eq!(change.effects(&lease), u64::from(happened), "{change:?}: nothing is done by us");
        }
    }
}

#[tokio::test(start_paused = true)]
async fn a_transition_that_is_found_out_is_its_caller_s() {
    for change in CHANGES.into_iter().filter(|change| change.name != "create" && change.from != change.to) {
        for asks in ["order-query", "lease-reconcile"] {
            let (lease, _) = change.unknown(Spoil::Timeout, true).await;
            if asks == "order-query" {
                done(&lease.get(ORDER, "").await);
            } else {
                lease.world.pass(Duration::from_mins(1)).await;
                lease.reconcile().await.expect("a run");
            }
            let mut rows = lease.world.items(HISTORY).into_iter();
            let row = rows.rfind(|row| row["to"]["S"] == change.to).expect("a transition");
            assert_eq!(
                (&row["who"]["S"], &row["source"]["S"]),
                (&json!(CALLER), &json!("new")),
                "{change:?}"
            );
            let why = row["why"]["S"].as_str().expect("a reason");
            assert!(why.starts_with(asks) && why.contains("begun by"), "{change:?}: {why}");
        }
    }
}

#[tokio::test(start_paused = true)]
async fn a_create_that_the_user_has_signed_meanwhile_is_signed() {
    let change = CHANGES[3];
    let (lease, _) = change.unknown(Spoil::Timeout, true).await;
    lease.ant.user_signs_withhold(ORDER);
    let data = done(&lease.get(ORDER, "/withhold-sign").await);
    assert_eq!((&data["state"], &data["status"]), (&json!("WITHHOLD_SIGNED"), &json!("SIGNED")));
    assert_eq!(unknown_operation(&lease), None);
    assert_eq!(change.effects(&lease), 1);
}

#[tokio::test(start_paused = true)]
async fn a_contract_that_happened_has_its_numbers_and_may_be_sealed() {
    let change = CHANGES[2];
    let (lease, _) = change.unknown(Spoil::Timeout, true).await;
    done(&lease.get(ORDER, "").await);
    done(&lease.post(ORDER, "/withhold-sign", &json!({})).await);
    lease.ant.user_signs_withhold(ORDER);
    done(&lease.get(ORDER, "/withhold-sign").await);
    assert_eq!(done(&lease.post(ORDER, "/contract/seal", &json!({})).await)["state"], "ACTIVE");
}

#[tokio::test(start_paused = true)]
async fn a_new_contract_that_did_not_happen_is_not_taken_for_the_one_before() {
    let lease = Lease::new().await;
    lease.contract_signing(ORDER).await;
    lease.ant.flow_becomes(ORDER, "EXPIRE");
    done(&lease.get(ORDER, "").await);
    for happened in [false, true] {
        lease.ant.plan(CHANGES[2].method, None, Spoil::Timeout, happened, 1);
        assert_eq!(lease.send(&CHANGES[2].request()).await.status, 504);
        let data = done(&lease.get(ORDER, "").await);
        let state = if happened { "CONTRACT_SIGNING" } else { "SYNCED" };
        assert_eq!((&data["state"], &data["unknown_operation"]), (&json!(state), &Value::Null));
    }
    assert_eq!(lease.ant.effects(ORDER, CHANGES[2].method), 2);
}

#[tokio::test(start_paused = true)]
async fn a_cancel_is_not_taken_for_done_on_terms_that_prove_nothing() {
    let change = CHANGES[6];
    for terms in ["none", "a status that nobody knows"] {
        let (lease, _) = change.unknown(Spoil::Timeout, true).await;
        lease.ant.change(ORDER, |order| match terms {
            "none" => order.terms.clear(),
            _ => "NEW_ONE".clone_into(&mut order.terms[0].status),
        });
        done(&lease.get(ORDER, "").await);
        assert_eq!(unknown_operation(&lease).as_deref(), Some(change.method), "{terms}");
        assert_eq!(lease.state(ORDER), "ACTIVE");
    }
}

#[tokio::test(start_paused = true)]
async fn an_order_that_ant_does_not_have_resolves_a_sync_and_nothing_else() {
    for change in CHANGES.into_iter().filter(|change| change.from != "NEW") {
        let (lease, _) = change.unknown(Spoil::Timeout, true).await;
        lease.ant.plan(TRADE_GET, None, Spoil::ResultCode("ORDER_NOT_EXIST"), false, 9);
        for method in ["antchain.ato.withhold.sign.query", "antchain.ato.sign.flow.get"] {
            lease.ant.plan(method, None, Spoil::ResultCode("SYSTEM_BUSY"), false, 9);
        }
        assert_eq!(brief(&lease.get(ORDER, "").await), (502, "ANT_REJECTED".to_owned()), "{change:?}");
        let expected = if change.name == "sync again" { None } else { Some(change.method) };
        assert_eq!(unknown_operation(&lease).as_deref(), expected, "{change:?}");
        assert_eq!(lease.state(ORDER), change.from, "{change:?}");
    }
}

#[tokio::test(start_paused = true)]
async fn a_question_that_is_declined_with_another_code_leaves_a_sync_unknown() {
    for change in CHANGES.into_iter().filter(|change| change.name.starts_with("sync")) {
        for happened in [true, false] {
            let (lease, _) = change.unknown(Spoil::Timeout, happened).await;
            for code in ["SYSTEM_BUSY", "ORDER_NOT_EXIST_YET", "ORDER"] {
                lease.ant.plan(TRADE_GET, None, Spoil::ResultCode(code), false, 1);
                let got = lease.get(ORDER, "").await;
                assert_eq!(brief(&got), (502, "ANT_REJECTED".to_owned()), "{change:?} {code}");
                assert_eq!(unknown_operation(&lease).as_deref(), Some(change.method), "{change:?} {code}");
                let again = lease.send(&change.request()).await;
                assert_eq!(brief(&again), (409, "STATE_CONFLICT".to_owned()), "{change:?} {code}");
            }
            lease.get(ORDER, "").await;
            assert_eq!(unknown_operation(&lease), None, "{change:?}");
            assert_eq!(lease.state(ORDER), resolved(change, happened), "{change:?}");
        }
    }
}

#[tokio::test(start_paused = true)]
async fn lease_reconcile_leaves_a_sync_unknown_whose_question_is_declined_with_another_code() {
    let change = CHANGES[0];
    let (lease, _) = change.unknown(Spoil::Timeout, false).await;
    lease.ant.plan(TRADE_GET, None, Spoil::ResultCode("SYSTEM_BUSY"), false, 1);
    lease.world.pass(Duration::from_mins(1)).await;
    lease.reconcile().await.expect("a run");
    assert_eq!(lease.ant.heard(), [TRADE_GET]);
    assert_eq!(unknown_operation(&lease).as_deref(), Some(change.method));
    lease.world.pass(Duration::from_mins(10)).await;
    lease.reconcile().await.expect("a run");
    assert_eq!((unknown_operation(&lease), lease.state(ORDER)), (None, "NEW".to_owned()));
}

#[tokio::test(start_paused = true)]
async fn the_code_with_which_ant_says_that_it_has_no_such_order_is_configured() {
    let change = CHANGES[0];
    let (lease, _) = change.unknown(Spoil::Timeout, false).await;
    lease.ant.plan(TRADE_GET, None, Spoil::ResultCode("TRADE_NOT_FOUND"), false, 2);
    lease.get(ORDER, "").await;
    assert_eq!(unknown_operation(&lease).as_deref(), Some(change.method));
    let absence_codes = Some("ORDER_NOT_EXIST, TRADE_NOT_FOUND");
    let lease = lease.restarted_with(Options { absence_codes, ..Options::default() }).await;
    assert_eq!(brief(&lease.get(ORDER, "").await), (502, "ANT_REJECTED".to_owned()));
    assert_eq!((unknown_operation(&lease), lease.state(ORDER)), (None, "NEW".to_owned()));
}

#[tokio::test(start_paused = true)]
async fn a_status_that_nobody_knows_resolves_no_unbinding_and_no_seal() {
    for (name, change) in [("unbind", CHANGES[8]), ("agree", CHANGES[9])] {
        let (lease, _) = change.unknown(Spoil::Timeout, true).await;
        lease.ant.change(ORDER, |order| order.withhold = Some("NEW_ONE".to_owned()));
        done(&lease.get(ORDER, "").await);
        assert_eq!(unknown_operation(&lease).as_deref(), Some(change.method), "{name}");
    }
    let (lease, _) = CHANGES[5].unknown(Spoil::Timeout, true).await;
    lease.ant.flow_becomes(ORDER, "NEW_ONE");
    done(&lease.get(ORDER, "").await);
    assert_eq!(unknown_operation(&lease).as_deref(), Some(CHANGES[5].method));
}

#[tokio::test(start_paused = true)]
async fn a_close_that_is_found_out_is_told_of_once() {
    let (lease, _) = CHANGES[7].unknown(Spoil::Timeout, true).await;
    assert_eq!(lease.told(), Vec::<String>::new());
    for _ in 0..2 {
        done(&lease.get(ORDER, "").await);
    }
    assert_eq!(lease.told(), ["lease_closed"]);
    let close = json!({"reason": "RENTING_OUT", "return_confirmed": true});
    done(&lease.post(ORDER, "/close", &close).await);
    assert_eq!(lease.told(), ["lease_closed"]);
}

#[tokio::test(start_paused = true)]
async fn an_agreement_that_turns_out_to_have_ended_was_ours_to_end() {
    let (lease, _) = CHANGES[8].unknown(Spoil::Timeout, true).await;
    let data = done(&lease.get(ORDER, "").await);
    assert_eq!((&data["state"], &data["withhold_lost"]), (&json!("UNBOUND"), &json!(false)));
    assert_eq!(lease.counted("withhold_lost"), 0);
}
