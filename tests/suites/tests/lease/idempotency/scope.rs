//! Whose a key is, what it stands for, and when it is looked at.

use std::time::Duration;

use futures_util::join;
use serde_json::{Value, json};
use suites::lease::ant::Spoil;
use suites::lease::request::Request;
use suites::lease::{Lease, ORDER, REQUESTS, bodies, done, refused};
use world::On;

use crate::operations::Operation;

const MISMATCH: (i64, &str) = (409, "IDEMPOTENCY_MISMATCH");
const RUNNING: (i64, &str) = (409, "IDEMPOTENCY_RUNNING");

async fn code(lease: &Lease, request: &Request) -> (i64, String) {
    refused(&lease.send(request).await)
}

fn is(code: &(i64, String), expected: (i64, &str)) -> bool {
    (code.0, code.1.as_str()) == expected
}

#[tokio::test(start_paused = true)]
async fn another_body_path_query_or_method_is_another_request() {
    let lease = Lease::new().await;
    lease.closed(ORDER).await;
    let get = |path: &str| Request::get(ORDER, path);
    let delete = |query: &str| Request::delete(ORDER, "/withhold-sign").query(query);
    let pairs = [
        (Operation::Close.request(), Request::post(ORDER, "/close").body(&json!({"reason": "RENTING_OUT"}))),
        (Operation::Cancel.request(), Request::post(ORDER, "/close").body(&Operation::Cancel.body())),
        (Request::post(ORDER, "/contract/seal").body(&json!({})), Operation::Withhold.request()),
        (get(""), get("/withhold-sign")),
        (get("/withhold-sign"), delete("")),
        (delete("override=false"), delete("")),
        (Operation::Contract.request(), Operation::Sync.request()),
    ];
    for (number, (first, other)) in pairs.into_iter().enumerate() {
        // A body that the other route does not take is refused before anybody looks at the key.
        let key = format!("k-{number}");
        lease.send(&first.key(&key)).await;
        let got = code(&lease, &other.key(&key)).await;
        let valid = number != 1;
        assert!(is(&got, if valid { MISMATCH } else { (400, "INVALID_ARGUMENT") }), "{number}: {got:?}");
    }
}

#[tokio::test(start_paused = true)]
async fn the_same_body_written_otherwise_is_the_same_request() {
    let lease = Lease::new().await;
    lease.plan_cancelled(ORDER, "RENTING_OUT").await;
    let close = |text: &str| Request::post(ORDER, "/close").text(text).key("k-1");
    let first = lease.send(&close(r#"{"reason":"RENTING_OUT","return_confirmed":true}"#)).await;
    done(&first);
    for text in [
        r#"{ "return_confirmed": true, "reason": "RENTING_OUT" }"#,
        r#"{"reason":"RENTING_OUT","return_confirmed":true,"source":"new"}"#,
        r#"{"source":null,"reason":"RENTING_OUT","return_confirmed":true}"#,
        r#"{"reason":"\u0052ENTING_OUT","return_confirmed":true}"#,
    ] {
        assert_eq!(lease.send(&close(text)).await.brief(), first.brief(), "{text}");
    }
    let base64 = close(r#"{"reason":"RENTING_OUT","return_confirmed":true}"#).base64();
    assert_eq!(lease.send(&base64).await.brief(), first.brief());
    assert!(is(&code(&lease, &close(r#"{"reason":"RENTING_OUT"}"#)).await, MISMATCH));
}

#[tokio::test(start_paused = true)]
async fn a_key_is_its_sources_own() {
    let lease = Lease::new().await;
    lease.registered(ORDER).await;
    let contract = |source: &str| {
        let body = bodies::with(bodies::contract(), "source", source);
        Request::post(ORDER, "/contract").body(&body).key("k-1")
    };
    let of_new = lease.send(&contract("new")).await;
    assert_eq!(refused(&of_new), (409, "STATE_CONFLICT".into()));
    lease.synced(ORDER).await;
    assert_eq!(lease.send(&contract("new")).await.brief(), of_new.brief(), "kept");
    done(&lease.send(&contract("old")).await);
    assert_eq!(lease.send(&contract("new")).await.brief(), of_new.brief(), "kept still");
    let requests = lease.world.items(REQUESTS);
    let keys: Vec<&Value> = requests.iter().map(|row| &row["request"]["S"]).collect();
    assert_eq!(keys, ["new#k-1", "old#k-1"]);
    assert_eq!(
        requests[0]["fingerprint"], requests[1]["fingerprint"],
        "it is of what is asked, not of who asks"
    );
}

#[tokio::test(start_paused = true)]
async fn the_source_of_a_request_without_a_body_is_its_querys() {
    let lease = Lease::new().await;
    lease.closed(ORDER).await;
    let delete = |query: &str| Request::delete(ORDER, "/withhold-sign").query(query).key("k-1");
    let first = lease.send(&delete("source=old")).await;
    done(&first);
    assert_eq!(lease.send(&delete("source=old")).await.brief(), first.brief());
    for query in ["", "source=new"] {
        assert_eq!(done(&lease.send(&delete(query)).await)["state"], "UNBOUND", "from the store");
    }
    let requests = lease.world.items(REQUESTS);
    let keys: Vec<&Value> = requests.iter().map(|row| &row["request"]["S"]).collect();
    assert_eq!(keys, ["new#k-1", "old#k-1"]);
}

#[tokio::test(start_paused = true)]
async fn a_key_is_its_orders_own() {
    let lease = Lease::new().await;
    for order in [ORDER, "LEASE-0002"] {
        done(&lease.send(&Request::put(order).body(&bodies::order()).key("k-1")).await);
        assert_eq!(lease.ant.effects(order, Operation::Sync.method()), 1);
    }
}

#[tokio::test(start_paused = true)]
async fn a_key_counts_whatever_its_case_and_its_header_in_any() {
    let lease = Lease::new().await;
    for (header, key) in [("Idempotency-Key", "k-1"), ("idempotency-key", "K-1")] {
        done(&lease.send(&Operation::Sync.request().header(header, key)).await);
    }
    assert_eq!(Operation::Sync.effects(&lease), 2, "two keys");
    done(&lease.send(&Operation::Sync.request().header("IDEMPOTENCY-KEY", "k-1")).await);
    assert_eq!(Operation::Sync.effects(&lease), 2);
}

#[tokio::test(start_paused = true)]
async fn a_key_is_1_to_255_visible_characters() {
    let lease = Lease::new().await;
    let long = "k".repeat(256);
    for bad in ["", " ", "a b", "a\tb", "k\n", "ключ", "\u{7f}", long.as_str()] {
        let got = lease.send(&Operation::Sync.request().key(bad)).await;
        assert_eq!(refused(&got), (400, "INVALID_ARGUMENT".into()), "{bad:?}");
        assert!(got.body.contains("Idempotency-Key"), "{}", got.body);
    }
    assert!(lease.row(ORDER).is_none() && lease.ant.calls().is_empty());
    for good in ["!", "~#new#", &long[..255]] {
        done(&lease.send(&Operation::Sync.request().key(good)).await);
    }
    assert_eq!(lease.world.items(REQUESTS).len(), 3);
}

/// Sends the second request while Ant takes its time over the first.
async fn while_running(operation: Operation, second: &Request) -> (Lease, (i64, String)) {
    let lease = operation.prepared().await;
    lease.ant.fail_after_effect(operation.method(), Spoil::Slow(Duration::from_secs(1)));
    let first = operation.request().key("k-1");
    let later = async {
        tokio::time::sleep(Duration::from_millis(500)).await;
        refused(&lease.send(second).await)
    };
    let (first, second) = join!(lease.send(&first), later);
    done(&first);
    assert_eq!(operation.effects(&lease), 1);
    (lease, second)
}

#[tokio::test(start_paused = true)]
async fn a_repeat_while_the_request_runs_is_told_so_and_gets_the_answer_afterwards() {
    for operation in Operation::ALL {
        let request = operation.request().key("k-1");
        let (lease, second) = while_running(operation, &request).await;
        assert!(is(&second, RUNNING), "{operation:?}: {second:?}");
        assert_eq!(done(&lease.send(&request).await)["state"], operation.after(), "{operation:?}");
        assert_eq!(operation.effects(&lease), 1);
    }
}

#[tokio::test(start_paused = true)]
async fn another_request_under_the_key_of_one_that_runs_is_a_mismatch() {
    let other = Request::post(ORDER, "/close").body(&json!({"reason": "RENTING_OUT"})).key("k-1");
    let (_, second) = while_running(Operation::Cancel, &other).await;
    assert!(is(&second, MISMATCH), "{second:?}");
}

#[tokio::test(start_paused = true)]
async fn another_key_while_a_request_runs_is_a_conflict_that_is_not_kept() {
    let request = Operation::Cancel.request().key("k-2");
    let (lease, second) = while_running(Operation::Cancel, &request).await;
    assert!(is(&second, (409, "STATE_CONFLICT")), "{second:?}");
    assert_eq!(done(&lease.send(&request).await)["state"], "PLAN_CANCELLED", "from the store");
    assert_eq!(Operation::Cancel.effects(&lease), 1);
}

#[tokio::test(start_paused = true)]
async fn two_requests_with_one_key_at_the_same_instant_are_one() {
    for operation in Operation::ALL {
        let lease = operation.prepared().await;
        // The first has read that there is no such key, and writes when the second has begun.
        lease.world.before(On::call("TransactWriteItems"), || tokio::time::sleep(Duration::from_secs(1)));
        lease.ant.fail_after_effect(operation.method(), Spoil::Slow(Duration::from_secs(1)));
        let request = operation.request().key("k-1");
        let second = async {
            tokio::time::sleep(Duration::from_millis(500)).await;
            lease.send(&request).await
        };
        let (first, second) = join!(lease.send(&request), second);
        assert!(is(&refused(&first), RUNNING), "{operation:?}: {first:?}");
        assert_eq!(done(&second)["state"], operation.after(), "{operation:?}");
        assert_eq!(lease.send(&request).await.brief(), second.brief());
        assert_eq!(operation.effects(&lease), 1, "{operation:?}");
    }
}

#[tokio::test(start_paused = true)]
async fn a_refusal_does_not_take_the_place_of_the_same_request_that_runs_by_now() {
    let lease = Lease::new().await;
    lease.withhold_signing(ORDER).await;
    let seal = Operation::Seal.request().key("k-1");
    // The first is too early, and writes that down when the second, which is not, has begun.
    lease.world.before(On::call("PutItem").to(REQUESTS), || tokio::time::sleep(Duration::from_secs(1)));
    lease.ant.fail_after_effect(Operation::Seal.method(), Spoil::Slow(Duration::from_secs(1)));
    let second = async {
        tokio::time::sleep(Duration::from_millis(500)).await;
        lease.ant.user_signs_withhold(ORDER);
        done(&lease.get(ORDER, "/withhold-sign").await);
        lease.send(&seal).await
    };
    let (first, second) = join!(lease.send(&seal), second);
    assert_eq!((first.status, done(&second)["state"].as_str()), (422, Some("ACTIVE")));
    assert_eq!(lease.send(&seal).await.brief(), second.brief());
    assert_eq!(Operation::Seal.effects(&lease), 1);
}

#[tokio::test(start_paused = true)]
async fn the_body_is_judged_first_then_the_order_then_the_key_then_what_runs_then_the_state() {
    let lease = Lease::new().await;
    let close = |reason: &str| Request::post(ORDER, "/close").body(&json!({"reason": reason}));
    assert!(is(&code(&lease, &close("NONSENSE").key("k-1")).await, (400, "INVALID_ARGUMENT")));
    assert!(is(&code(&lease, &close("FULFILLED").key("")).await, (400, "INVALID_ARGUMENT")));
    assert!(is(&code(&lease, &close("FULFILLED").key("k-1")).await, (404, "ORDER_NOT_FOUND")));

    lease.plan_cancelled(ORDER, "RENTING_OUT").await;
    let cancel = Operation::Cancel.request().key("k-1");
    assert!(is(&code(&lease, &cancel).await, (409, "STATE_CONFLICT")), "kept");
    lease.ant.fail_after_effect(Operation::Close.method(), Spoil::Timeout);
    let lost =
        Request::post(ORDER, "/close").body(&json!({"reason": "RENTING_OUT", "return_confirmed": true}));
    assert!(is(&code(&lease, &lost).await, (504, "ANT_UNKNOWN")));

    assert!(is(&code(&lease, &close("NONSENSE").key("k-1")).await, (400, "INVALID_ARGUMENT")));
    assert!(
        is(&code(&lease, &close("FULFILLED").key("k-1")).await, MISMATCH),
        "though an outcome is unknown"
    );
    let kept = lease.send(&cancel).await;
    assert!(kept.body.contains("another reason"), "though an outcome is unknown: {}", kept.body);
    let busy = lease.send(&close("FULFILLED").key("k-2")).await;
    assert!(busy.body.contains("not known"), "before the state: {}", busy.body);
    let busy = lease.send(&Operation::Seal.request()).await;
    assert!(busy.body.contains("not known"), "before the precondition: {}", busy.body);
}

#[tokio::test(start_paused = true)]
async fn a_reason_that_does_not_match_comes_before_a_return_that_is_not_confirmed() {
    let lease = Lease::new().await;
    lease.plan_cancelled(ORDER, "RENTING_AND_RESALE").await;
    let close = Request::post(ORDER, "/close").body(&json!({"reason": "RENTING_OUT"}));
    assert!(is(&code(&lease, &close).await, (409, "STATE_CONFLICT")));
}
