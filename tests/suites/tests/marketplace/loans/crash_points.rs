//! Every message about a loan, its function stopped before and after each of its effects (design §11.5); then the queue
//! delivers it again.

use std::cell::RefCell;
use std::time::Duration;

use aws_lambda_events::sqs::SqsBatchResponse;
use serde_json::{Value, json};
use suites::host::OUTBOX;
use suites::loans::{
    AUDIT_RESULT, LOAN_RESULT, LOAN_TABLES, Loans, OVERDUE, REPAY_PLAN, REPAY_RESULT, audit, furnish,
    loan_result, of, overdue, paid_off, plan, repay_plan, repay_result,
};
use suites::orders::{CUSTOMERS, PARTNER_CALLBACK, Platform};
use world::{CrashPoints, World};

/// What differs between two runs that end in the same state.
const VOLATILE: [&str; 15] = [
    "request_stamp",
    "created_at",
    "updated_at",
    "at",
    "due_at",
    "correlation_id",
    "lease_until",
    "waits_since",
    "x-correlation-id",
    "person",
    "order_no",
    "id",
    "event_id",
    "occurred_at",
    "entry",
];
/// Until the queue shows what it gave out.
const LATER: Duration = Duration::from_mins(6);

suites::crash_points! {
    "audit-result", audit_result_ends_as_if_it_had_never_stopped: [
        a_refusal(AUDIT_RESULT, &audit("refused", None)),
        what_tells_nobody(AUDIT_RESULT, &audit("passed", Some(20))),
        what_is_forbidden(AUDIT_RESULT, &audit("passed", Some(10))),
    ];
    "loan-result", loan_result_ends_as_if_it_had_never_stopped: [
        a_refusal(LOAN_RESULT, &loan_result(27)),
        what_tells_nobody(LOAN_RESULT, &loan_result(31)),
        what_changes_nothing(),
        what_is_forbidden(LOAN_RESULT, &loan_result(30)),
    ];
    "overdue", overdue_ends_as_if_it_had_never_stopped: [
        fees(),
        fees_of_a_loan_that_is_paid_off(),
        what_is_forbidden(OVERDUE, &overdue(&paid_off())),
    ];
    "repay-plan", repay_plan_ends_as_if_it_had_never_stopped: [
        a_plan(),
        what_is_forbidden(REPAY_PLAN, &repay_plan()),
    ];
    "repay-result", repay_result_ends_as_if_it_had_never_stopped: [
        a_repayment_that_pays_off_and_one_that_fails(),
        what_is_forbidden(REPAY_RESULT, &repay_result(1, 0, "paid", &paid_off())),
    ];
}

/// Tries the crash points of what comes to a queue after `setup`, and tells the effects of the clean run.
async fn check(
    setup: impl AsyncFn() -> Loans,
    queue: &'static str,
    message: &Value,
    judge: impl Fn(&Loans),
) -> Vec<String> {
    let prepared = setup().await;
    let platforms = RefCell::<Option<Platform>>::default();
    let begin = async || {
        let world = World::starting_at(prepared.world.time().now());
        furnish(&world);
        for table in LOAN_TABLES.into_iter().chain([CUSTOMERS]) {
            prepared.world.items(table).iter().for_each(|row| world.put_item(table, row));
        }
        world.send(queue, &message.to_string(), &[]);
        platforms.replace(Some(prepared.platform.copied_to(&world)));
        world
    };
    let deliver = async |world: &World| {
        let platform = platforms.borrow().clone().expect("a world has begun");
        let app = Loans::over(world.clone(), platform).await;
        app.take(queue).await;
        // Whatever was left in the outbox is the relay's.
        world.others_follow();
        app.relay().await.unwrap();
        assert_eq!(app.world.items(OUTBOX).len(), 0);
        judge(&app);
        // An event may be told twice; a wake-up may be lost with who dies before it.
        world.deliver(PARTNER_CALLBACK, 10, async |_| SqsBatchResponse::default()).await;
    };
    CrashPoints::new(begin, deliver).redelivered_after(LATER).volatile(&VOLATILE).check().await
}

fn behind(app: &Loans) -> Vec<String> {
    app.called_back().into_iter().skip(1).collect()
}

async fn a_refusal(queue: &'static str, message: &Value) {
    let judge = |app: &Loans| {
        assert_eq!((app.called_back(), app.refusals().len()), (vec!["loan 7003".to_owned()], 4));
        assert_eq!((app.loan_history().len(), app.loan_messages().len()), (1, 1));
    };
    let effects = check(Loans::confirmed, queue, message, judge).await;
    assert_eq!(effects.len(), 2, "one transaction, and the wake-up: {effects:#?}");
}

async fn what_tells_nobody(queue: &'static str, message: &Value) {
    let judge = |app: &Loans| assert_eq!((app.called_back().len(), app.loan_history().len()), (0, 1));
    let effects = check(Loans::confirmed, queue, message, judge).await;
    assert_eq!(effects.len(), 1, "one transaction: {effects:#?}");
}

async fn a_plan() {
    let judge = |app: &Loans| {
        assert_eq!((app.called_back(), app.loan_status()), (vec!["loan 7001".to_owned()], 30));
        told_once(app, &["loan_disbursed"]);
    };
    let effects = check(Loans::confirmed, REPAY_PLAN, &repay_plan(), judge).await;
    assert_eq!(effects.len(), 4, "one transaction, the wake-up, the event and its row's end: {effects:#?}");
}

/// Each of these was told, and every telling of one is the same event.
fn told_once(app: &Loans, names: &[&str]) {
    let told = app.world.events(suites::host::BUS);
    for name in names {
        let mut ids: Vec<_> = told
            .iter()
            .filter(|event| event.detail_type == *name)
            .map(|event| event.detail["event_id"].to_string())
            .collect();
        ids.dedup();
        assert_eq!(ids.len(), 1, "{name}: {told:?}");
    }
}

async fn fees() {
    let fees = plan([("overdue", "5.00"), ("not_due", "0.00"), ("not_due", "0.00")]);
    let judge = |app: &Loans| assert_eq!(behind(app), ["plan 9001"]);
    let effects = check(Loans::disbursed, OVERDUE, &overdue(&fees), judge).await;
    assert_eq!(effects.len(), 2, "one transaction, and the wake-up: {effects:#?}");
}

async fn a_repayment_that_pays_off_and_one_that_fails() {
    let asked_for = async || {
        let app = Loans::disbursed().await;
        app.open_attempt(-1);
        app
    };
    let judge = |app: &Loans| {
        assert_eq!(behind(app), ["repay 8001", "plan 9001"]);
        assert_eq!(app.open_attempts().len(), 0);
        told_once(app, &["loan_paid_off"]);
    };
    let paid = repay_result(-1, 1, "paid", &paid_off());
    let effects = check(asked_for, REPAY_RESULT, &paid, judge).await;
    assert_eq!(effects.len(), 4, "one transaction, the wake-up, the event and its row's end: {effects:#?}");
    let judge = |app: &Loans| assert_eq!((behind(app).len(), app.open_attempts().len()), (1, 0));
    let failed = repay_result(-1, 1, "failed", &Value::Null);
    let effects = check(asked_for, REPAY_RESULT, &failed, judge).await;
    assert_eq!(effects.len(), 2, "one transaction, and the wake-up: {effects:#?}");
}

async fn fees_of_a_loan_that_is_paid_off() {
    let judge = |app: &Loans| {
        assert_eq!(behind(app), ["plan 9001"]);
        told_once(app, &["loan_paid_off"]);
    };
    let effects = check(Loans::disbursed, OVERDUE, &overdue(&paid_off()), judge).await;
    assert_eq!(effects.len(), 4, "one transaction, the wake-up, the event and its row's end: {effects:#?}");
}

async fn what_is_forbidden(queue: &'static str, message: &Value) {
    let setup = async || Loans::at(27).await;
    let judge = |app: &Loans| assert_eq!((app.loan_status(), app.called_back().len()), (27, 0));
    let effects = check(setup, queue, message, judge).await;
    assert_eq!(effects.len(), 1, "a dead letter: {effects:#?}");
}

async fn what_changes_nothing() {
    let judge = |app: &Loans| assert_eq!(app.loan_messages(), ["loan_result#e-1 result: unchanged"]);
    let same = of("e-1", 0, &json!({"borrow_status": 0}));
    let effects = check(Loans::confirmed, LOAN_RESULT, &same, judge).await;
    assert_eq!(effects.len(), 1, "a row: {effects:#?}");
}
