//! Every operation that writes, stopped before and after each of its effects (design §11.5). What comes then is the
//! caller's repeat with its key, and lease-reconcile for what is unknown: in the end Ant has done once what was asked,
//! and what is stored is the clean run's.

mod flows;

use std::cell::RefCell;
use std::time::Duration;

use serde_json::json;
use suites::lease::ant::{Ant, Spoil};
use suites::lease::request::Request;
use suites::lease::{
    DOCUMENTS, HISTORY, Lease, NOTIFICATIONS, ORDER, ORDERS, REQUESTS, done, furnish, refused,
};
use world::{CrashPoints, World};

use self::flows::{
    a_flow_from_where_the_user_has_signed, a_flow_that_finds_out_what_happened,
    a_flow_until_it_waits_for_the_user,
};
use crate::operations::Operation;

/// What differs between two runs that end in the same state: instants, ids (Ant's too), how many writes it took, who found it out,
/// and what is sealed with a nonce of its own. A kept answer has the same status and, as `run` looks, the same state.
const VOLATILE: [&str; 20] = [
    "request_stamp",
    "version",
    "order_version",
    "created_at",
    "updated_at",
    "at",
    "why",
    "req_msg_id",
    "sign_no",
    "flow_id",
    "account_id",
    "received_at",
    "watch_at",
    "looks",
    "expires_at",
    "body",
    "content",
    "event_id",
    "occurred_at",
    "correlation_id",
];
/// Until nobody can be at it any more, and lease-reconcile looks for what is unknown.
const LATER: Duration = Duration::from_mins(7);

suites::crash_points! {
    "ant-notify", ant_notify_ends_as_if_it_had_never_stopped: [
        a_notification_of_each_kind(),
        a_notification_that_finds_out_what_happened(),
    ];
    "contract-seal", contract_seal_ends_as_if_it_had_never_stopped: [
        with_a_key(Operation::Seal),
        without_a_key(Operation::Seal),
        an_answer_that_is_lost(Operation::Seal),
    ];
    "contract-sign", contract_sign_ends_as_if_it_had_never_stopped: [
        with_a_key(Operation::Contract),
        without_a_key(Operation::Contract),
        an_answer_that_is_lost(Operation::Contract),
    ];
    "lease-close", lease_close_ends_as_if_it_had_never_stopped: [
        with_a_key(Operation::Close),
        without_a_key(Operation::Close),
        an_answer_that_is_lost(Operation::Close),
    ];
    "lease-reconcile", lease_reconcile_ends_as_if_it_had_never_stopped: [
        lease_reconcile_that_finds_out_what_happened(),
        lease_reconcile_that_finds_what_an_order_waited_for(),
    ];
    "order-query", order_query_ends_as_if_it_had_never_stopped: [
        a_question_that_finds_something_out(""),
        a_question_that_finds_out_what_happened(),
    ];
    "pre-order-sync", pre_order_sync_ends_as_if_it_had_never_stopped: [
        with_a_key(Operation::Sync),
        without_a_key(Operation::Sync),
        an_answer_that_is_lost(Operation::Sync),
    ];
    "sign-flow", sign_flow_ends_as_if_it_had_never_stopped: [
        a_flow_until_it_waits_for_the_user(),
        a_flow_from_where_the_user_has_signed(),
        a_flow_that_finds_out_what_happened(),
    ];
    "unsign-confirm", unsign_confirm_ends_as_if_it_had_never_stopped: [
        with_a_key(Operation::Refuse),
        without_a_key(Operation::Refuse),
        an_answer_that_is_lost(Operation::Refuse),
        with_a_key(Operation::Agree),
        an_agreement_that_ends_the_order(),
        without_a_key(Operation::Agree),
        an_answer_that_is_lost(Operation::Agree),
    ];
    "withhold-plan-cancel", withhold_plan_cancel_ends_as_if_it_had_never_stopped: [
        with_a_key(Operation::Cancel),
        without_a_key(Operation::Cancel),
        an_operation_that_ant_declines(),
        an_answer_that_is_lost(Operation::Cancel),
    ];
    "withhold-query", withhold_query_ends_as_if_it_had_never_stopped: [
        a_question_that_finds_something_out("/withhold-sign"),
    ];
    "withhold-sign", withhold_sign_ends_as_if_it_had_never_stopped: [
        with_a_key(Operation::Withhold),
        without_a_key(Operation::Withhold),
    ];
    "withhold-unsign", withhold_unsign_ends_as_if_it_had_never_stopped: [
        with_a_key(Operation::Unbind),
        without_a_key(Operation::Unbind),
        an_answer_that_is_lost(Operation::Unbind),
    ];
}

/// The same rows, and the same Ant, in a world in which nothing has had an effect yet.
fn afresh(lease: &Lease) -> (World, Ant) {
    // A second later: ids are derived from the instant.
    let world = World::starting_at(lease.world.time().now() + Duration::from_secs(1));
    furnish(&world);
    for table in [ORDERS, DOCUMENTS, HISTORY, REQUESTS, NOTIFICATIONS] {
        lease.world.items(table).iter().for_each(|row| world.put_item(table, row));
    }
    let ant = Ant::in_world(&world);
    for (id, known) in lease.ant.orders() {
        ant.change(&id, |order| *order = known);
    }
    (world, ant)
}

/// Tries the crash points of what `run` does after `setup`, and tells the effects of the clean run.
async fn check(setup: impl AsyncFn(&Lease), run: impl AsyncFn(&Lease)) -> Vec<String> {
    check_without(&[], setup, run).await
}

/// The same, and these attributes do not count.
async fn check_without(
    attributes: &[&str],
    setup: impl AsyncFn(&Lease),
    run: impl AsyncFn(&Lease),
) -> Vec<String> {
    let volatile = [&VOLATILE, attributes].concat();
    let prepared = Lease::new().await;
    setup(&prepared).await;
    let ants = RefCell::<Option<Ant>>::default();
    let begin = async || {
        let (world, ant) = afresh(&prepared);
        ants.replace(Some(ant));
        world
    };
    let deliver = async |world: &World| {
        let ant = ants.borrow().clone().expect("a world has begun");
        let lease = Lease::over(world.clone(), ant).await;
        run(&lease).await;
        world.others_follow();
        lease.relay().await.expect("nothing is left");
    };
    CrashPoints::new(begin, deliver).redelivered_after(LATER).volatile(&volatile).check().await
}

/// The links of a contract that was found and not answered are not stored: sign-flow asks for them.
fn with_links(lease: &Lease) {
    let id = |row: &serde_json::Value| (row["order_id"]["S"].clone(), row["kind"]["S"].clone());
    let links = (json!(ORDER), json!("sign_info"));
    if !lease.world.items(DOCUMENTS).iter().any(|row| id(row) == links) {
        let row = json!({
            "order_id": {"S": ORDER}, "kind": {"S": "sign_info"}, "key_id": {"S": "2025-01"},
            "schema_version": {"N": "1"},
        });
        lease.world.put_item(DOCUMENTS, &row);
    }
}

/// lease-reconcile runs before what the run is about.
async fn reconciled(lease: &Lease) {
    lease.reconcile().await.expect("a run");
    lease.world.forget_permissions();
}

/// lease-reconcile runs after it.
async fn reconciled_later(lease: &Lease) {
    lease.world.others_follow();
    lease.reconcile().await.expect("a run");
}

/// The caller sends, and sends again, until it is answered; meanwhile lease-reconcile runs.
async fn asked(lease: &Lease, operation: Operation, request: &Request) {
    reconciled(lease).await;
    let data = done(&lease.send(request).await);
    assert_eq!(data["state"], operation.after(), "{operation:?}");
    let effects = operation.effects(lease);
    assert!(effects == 1 || operation == Operation::Withhold, "{operation:?}: {effects}");
    if operation == Operation::Contract {
        with_links(lease);
    }
}

async fn with_a_key(operation: Operation) {
    let setup = async |lease: &Lease| operation.prepare(lease).await;
    let request = operation.request().key("k-1");
    let effects = check(setup, async |lease| asked(lease, operation, &request).await).await;
    let expected = match operation {
        // The intent, the call, and the outcome.
        Operation::Sync
        | Operation::Contract
        | Operation::Withhold
        | Operation::Unbind
        | Operation::Refuse
        | Operation::Agree => 3,
        // A question after it.
        Operation::Seal | Operation::Cancel => 4,
        // The event, and its deletion.
        Operation::Close => 5,
    };
    assert_eq!(effects.len(), expected, "{operation:?}: {effects:#?}");
}

/// The caller asks first what became of it.
async fn without_a_key(operation: Operation) {
    let setup = async |lease: &Lease| operation.prepare(lease).await;
    let run = async |lease: &Lease| {
        lease.get(ORDER, "").await;
        lease.world.forget_permissions();
        let is_done = lease.state(ORDER) == operation.after() && operation.effects(lease) > 0;
        if !is_done {
            done(&lease.send(&operation.request()).await);
        }
        let effects = operation.effects(lease);
        assert!(effects == 1 || operation == Operation::Withhold, "{operation:?}: {effects}");
        if operation == Operation::Contract {
            with_links(lease);
        }
    };
    check(setup, run).await;
}

async fn an_agreement_that_ends_the_order() {
    let setup = async |lease: &Lease| {
        lease.closed(ORDER).await;
        lease.ant.user_applies_to_unsign(ORDER);
        done(&lease.get(ORDER, "").await);
    };
    let request = Operation::Agree.request().key("k-1");
    let run = async |lease: &Lease| {
        reconciled(lease).await;
        assert_eq!(done(&lease.send(&request).await)["state"], "UNBOUND");
        assert_eq!(Operation::Agree.effects(lease), 1);
    };
    let effects = check(setup, run).await;
    assert_eq!(effects.len(), 3, "the intent, the call, and the outcome: {effects:#?}");
}

async fn an_operation_that_ant_declines() {
    let setup = async |lease: &Lease| Operation::Cancel.prepare(lease).await;
    let run = async |lease: &Lease| {
        lease.ant.recover();
        lease.ant.fail(Operation::Cancel.method(), Spoil::ResultCode("SYSTEM_BUSY"));
        reconciled(lease).await;
        let got = lease.send(&Operation::Cancel.request().key("k-1")).await;
        assert_eq!(refused(&got), (502, "ANT_REJECTED".into()));
        assert_eq!(Operation::Cancel.effects(lease), 0);
    };
    assert_eq!(
        check(setup, run).await.len(),
        4,
        "the answer is kept with the outcome, and once more in vain"
    );
}

async fn an_answer_that_is_lost(operation: Operation) {
    let setup = async |lease: &Lease| operation.prepare(lease).await;
    let request = operation.request().key("k-1");
    let run = async |lease: &Lease| {
        lease.ant.recover();
        lease.ant.fail_after_effect(operation.method(), Spoil::Reset);
        reconciled(lease).await;
        lease.send(&request).await;
        lease.world.pass(LATER).await;
        asked(lease, operation, &request).await;
    };
    check(setup, run).await;
}

async fn lease_reconcile_that_finds_out_what_happened() {
    for operation in Operation::ALL {
        for after_effect in [true, false] {
            let setup = async |lease: &Lease| {
                operation.prepare(lease).await;
                lease.ant.plan(operation.method(), None, Spoil::Reset, after_effect, 1);
                lease.send(&operation.request().key("k-1")).await;
                lease.world.pass(LATER).await;
            };
            let run = async |lease: &Lease| {
                lease.reconcile().await.expect("a run");
                assert_eq!(operation.effects(lease), u64::from(after_effect), "{operation:?}");
            };
            let effects = check(setup, run).await;
            // The question and what comes of it; of a close the event and its deletion too.
            let told = operation == Operation::Close && after_effect;
            assert_eq!(effects.len(), if told { 4 } else { 2 }, "{operation:?}: {effects:#?}");
        }
    }
}

async fn lease_reconcile_that_finds_what_an_order_waited_for() {
    for (sealed, event) in [(false, "SIGNED"), (false, "EXPIRE"), (true, "FINISH")] {
        let setup = async |lease: &Lease| {
            if sealed {
                lease.sealing(ORDER).await;
            } else {
                lease.withhold_signing(ORDER).await;
            }
            if event == "SIGNED" {
                lease.ant.user_signs_withhold(ORDER);
            } else {
                lease.ant.flow_becomes(ORDER, event);
            }
            lease.world.pass(LATER).await;
        };
        let run = async |lease: &Lease| {
            lease.reconcile().await.expect("a run");
            let expected = match event {
                "SIGNED" => "WITHHOLD_SIGNED",
                "EXPIRE" => "SYNCED",
                _ => "ACTIVE",
            };
            assert_eq!(lease.state(ORDER), expected);
        };
        check(setup, run).await;
    }
}

async fn a_notification_of_each_kind() {
    for (order, kind) in [(ORDER, "ASYNC_UNSIGN_APPLY"), (ORDER, "ORDER_STATUS_CHANGE"), ("LEASE-9999", "X")]
    {
        let setup = async |lease: &Lease| {
            lease.active(ORDER).await;
            if kind == "ASYNC_UNSIGN_APPLY" {
                lease.ant.user_applies_to_unsign(ORDER);
            } else {
                lease.ant.pay_all(ORDER);
            }
        };
        let run = async |lease: &Lease| {
            let got = lease.notify("m-1", kind, order).await;
            assert_eq!(got.status, 200, "{}", got.body);
            reconciled_later(lease).await;
            assert!(lease.row(ORDER).expect("an order").get("notified_at").is_none());
        };
        // It may be lease-reconcile that finds it out.
        let effects = check_without(&["who"], setup, run).await;
        // The message, three questions, what one of them tells, and that it was looked at.
        assert_eq!(effects.len(), if order == ORDER { 6 } else { 1 }, "{effects:#?}");
    }
}

async fn a_question_that_finds_something_out(path: &str) {
    let setup = async |lease: &Lease| {
        lease.withhold_signing(ORDER).await;
        lease.ant.user_signs_withhold(ORDER);
    };
    let run = async |lease: &Lease| {
        let got = lease.send(&Request::get(ORDER, path).key("k-1")).await;
        assert_eq!(done(&got)["state"], "WITHHOLD_SIGNED");
    };
    check(setup, run).await;
}

/// The order is closed at Ant, and nobody saw the answer.
async fn close_was_lost(lease: &Lease) {
    Operation::Close.prepare(lease).await;
    lease.ant.plan(Operation::Close.method(), None, Spoil::Reset, true, 1);
    lease.send(&Operation::Close.request().key("k-1")).await;
    lease.world.pass(LATER).await;
}

async fn a_question_that_finds_out_what_happened() {
    let run = async |lease: &Lease| {
        assert_eq!(done(&lease.get(ORDER, "").await)["state"], Operation::Close.after());
    };
    check(close_was_lost, run).await;
}

async fn a_notification_that_finds_out_what_happened() {
    let run = async |lease: &Lease| {
        assert_eq!(lease.notify("m-1", "ORDER_STATUS_CHANGE", ORDER).await.status, 200);
        reconciled_later(lease).await;
        assert_eq!(lease.state(ORDER), Operation::Close.after());
    };
    check_without(&["who"], close_was_lost, run).await;
}
