//! Each function's role allows exactly the calls that it makes: nothing is missing, nothing is more (design §9). What
//! Lambda itself does with the role, writing logs, is not the function's call.

use std::collections::BTreeSet;
use std::time::Duration;

use serde_json::json;
use suites::lease::ant::Spoil;
use suites::lease::request::Request;
use suites::lease::{ANT, ANT_SECRET, Lease, ORDER, SEALING_SECRET, bodies, deps, done};
use suites::roles::allowed;

use crate::operations::Operation;

/// A process that has just begun, in the world of this one: nothing was called yet.
async fn alone(lease: &Lease) -> Lease {
    lease.world.forget_permissions();
    let alone = lease.restarted().await;
    deps(&alone.world, &suites::aws(&alone.world), suites::lease::Options::default())
        .await
        .store
        .warm()
        .await;
    alone
}

/// What was called. The tests' parameters have names of their own.
fn called(lease: &Lease) -> BTreeSet<String> {
    let named =
        |call: String| call.replace(ANT_SECRET, "/tenor/ant").replace(SEALING_SECRET, "/tenor/sealing");
    lease.world.permissions().into_iter().map(named).collect()
}

/// Sends each with a key of its own, twice.
async fn sent(lease: &Lease, requests: &[Request]) {
    for (number, request) in requests.iter().enumerate() {
        let request = request.clone().key(&format!("k-{number}"));
        let first = lease.send(&request).await;
        assert_eq!(lease.send(&request).await.brief(), first.brief());
    }
}

/// Holds what an operation's own function calls against its role.
async fn check(operation: Operation, function: &str) {
    let lease = operation.prepared().await;
    let lease = alone(&lease).await;
    lease.ant.fail(operation.method(), Spoil::ResultCode("SYSTEM_BUSY"));
    sent(&lease, &[operation.request(), operation.request(), operation.request()]).await;
    assert_eq!((lease.state(ORDER).as_str(), operation.effects(&lease) > 0), (operation.after(), true));
    assert_eq!(called(&lease), allowed("lease", function), "{function}");
}

#[tokio::test(start_paused = true)]
async fn each_function_of_one_operation_may_do_what_it_does() {
    for (operation, function) in [
        (Operation::Sync, "pre-order-sync"),
        (Operation::Contract, "contract-sign"),
        (Operation::Withhold, "withhold-sign"),
        (Operation::Seal, "contract-seal"),
        (Operation::Cancel, "withhold-plan-cancel"),
        (Operation::Unbind, "withhold-unsign"),
    ] {
        check(operation, function).await;
    }
}

#[tokio::test(start_paused = true)]
async fn lease_close_may_do_what_it_does() {
    let lease = Lease::new().await;
    lease.active(ORDER).await;
    lease.ant.pay_all(ORDER);
    let lease = alone(&lease).await;
    sent(&lease, &[Operation::Close.request(), Operation::Close.request()]).await;
    assert_eq!(lease.told(), ["lease_closed"], "after it was found to be fulfilled");
    assert_eq!(called(&lease), allowed("lease", "lease-close"));
}

#[tokio::test(start_paused = true)]
async fn unsign_confirm_may_do_what_it_does() {
    let lease = Operation::Refuse.prepared().await;
    let lease = alone(&lease).await;
    sent(&lease, &[Operation::Refuse.request()]).await;
    // In CLOSED, to agree is the end of the order.
    let closed = Lease::new().await;
    closed.closed(ORDER).await;
    closed.ant.user_applies_to_unsign(ORDER);
    done(&closed.get(ORDER, "").await);
    let closed = alone(&closed).await;
    sent(&closed, &[Operation::Agree.request()]).await;
    assert_eq!(closed.state(ORDER), "UNBOUND");
    assert_eq!(&called(&lease) | &called(&closed), allowed("lease", "unsign-confirm"));
}

#[tokio::test(start_paused = true)]
async fn withhold_query_may_do_what_it_does() {
    let lease = Lease::new().await;
    lease.withhold_signing(ORDER).await;
    lease.ant.user_signs_withhold(ORDER);
    let lease = alone(&lease).await;
    sent(&lease, &[Request::get(ORDER, "/withhold-sign")]).await;
    assert_eq!(lease.state(ORDER), "WITHHOLD_SIGNED");
    assert_eq!(called(&lease), allowed("lease", "withhold-query"));
}

/// An order whose close was lost: whoever finds it out has to tell of it, and answers for the caller.
async fn close_was_lost() -> Lease {
    let lease = Operation::Close.prepared().await;
    lease.ant.fail_after_effect(Operation::Close.method(), Spoil::Reset);
    lease.send(&Operation::Close.request().key("k-1")).await;
    let lease = alone(&lease).await;
    lease.world.pass(Duration::from_mins(5)).await;
    lease
}

#[tokio::test(start_paused = true)]
async fn order_query_may_do_what_it_does() {
    let lease = close_was_lost().await;
    sent(&lease, &[Request::get(ORDER, "")]).await;
    assert_eq!(lease.told(), ["lease_closed"]);
    assert_eq!(called(&lease), allowed("lease", "order-query"));
}

#[tokio::test(start_paused = true)]
async fn sign_flow_may_do_what_it_does() {
    let lease = close_was_lost().await;
    sent(&lease, &[Request::post(ORDER, "/sign-flow").body(&json!({}))]).await;
    assert_eq!(lease.told(), ["lease_closed"]);
    let steps = Lease::new().await;
    steps.registered(ORDER).await;
    let steps = alone(&steps).await;
    sent(&steps, &[Request::post(ORDER, "/sign-flow").body(&bodies::contract())]).await;
    steps.ant.user_signs_withhold(ORDER);
    sent(&steps, &[Request::post(ORDER, "/sign-flow").body(&json!({"source": "old"}))]).await;
    assert_eq!(steps.state(ORDER), "ACTIVE");
    assert_eq!(&called(&lease) | &called(&steps), allowed("lease", "sign-flow"));
}

#[tokio::test(start_paused = true)]
async fn ant_notify_may_do_what_it_does() {
    let lease = close_was_lost().await;
    for (id, order) in [("m-1", ORDER), ("m-1", ORDER), ("m-2", "LEASE-9999")] {
        assert_eq!(lease.notify(id, "ORDER_STATUS_CHANGE", order).await.status, 200);
    }
    assert_eq!(lease.told(), ["lease_closed"]);
    assert_eq!(called(&lease), allowed("lease", "ant-notify"));
}

#[tokio::test(start_paused = true)]
async fn lease_reconcile_may_do_what_it_does() {
    let lease = close_was_lost().await;
    lease.reconcile().await.unwrap();
    assert_eq!(lease.told(), ["lease_closed"]);
    assert_eq!(called(&lease), allowed("lease", "lease-reconcile"));
    assert!(!lease.world.received(ANT).is_empty());
}
