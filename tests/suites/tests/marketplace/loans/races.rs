//! Messages about one loan that meet each other.

use std::time::Duration;

use futures_util::join;
use serde_json::{Value, json};
use suites::loans::{
    AUDIT_RESULT, LOAN_RESULT, Loans, OVERDUE, REPAY_PLAN, REPAY_RESULT, audit, loan_result, of, overdue,
    plan, repay_plan, repay_result,
};
use world::On;

const PAID: [(&str, &str); 3] = [("paid", "0.00"), ("not_due", "0.00"), ("not_due", "0.00")];
const FEES: [(&str, &str); 3] = [("not_due", "0.00"), ("overdue", "5.00"), ("not_due", "0.00")];

/// Both are told at once, each to a process of its own, until nothing waits any more.
async fn meet(app: &Loans, one: (&str, &Value), two: (&str, &Value)) {
    let other = app.another().await;
    app.world.meet(On::call("TransactWriteItems"), 2);
    join!(app.tell(one.0, one.1), other.tell(two.0, two.1));
    for queue in [one.0, two.0] {
        app.world.pass(Duration::from_mins(15)).await;
        app.take(queue).await;
        assert_eq!(app.world.messages(queue).len(), 0, "{queue}");
    }
}

#[tokio::test(start_paused = true)]
async fn the_same_message_twice_at_once_is_taken_once() {
    for (queue, message, callbacks) in [
        (AUDIT_RESULT, audit("refused", None), 1),
        (LOAN_RESULT, loan_result(27), 1),
        (REPAY_PLAN, repay_plan(), 1),
    ] {
        let app = Loans::confirmed().await;
        meet(&app, (queue, &message), (queue, &message)).await;
        assert_eq!((app.called_back().len(), app.loan_history().len()), (callbacks, 1), "{queue}");
        assert_eq!(app.loan_messages().len(), 1);
    }
    for (queue, message, callbacks) in
        [(OVERDUE, overdue(&plan(FEES)), 2), (REPAY_RESULT, repay_result(1, 1, "paid", &plan(PAID)), 3)]
    {
        let app = Loans::disbursed().await;
        app.open_attempt(1);
        meet(&app, (queue, &message), (queue, &message)).await;
        assert_eq!((app.called_back().len(), app.loan_history().len()), (callbacks, 2), "{queue}");
        assert_eq!((app.loan_messages().len(), app.dead_of(queue).len()), (2, 0));
    }
}

#[tokio::test(start_paused = true)]
async fn an_audit_and_a_disbursement_at_once_are_judged_one_after_the_other() {
    let app = Loans::confirmed().await;
    let refused = audit("refused", None);
    meet(&app, (AUDIT_RESULT, &refused), (REPAY_PLAN, &repay_plan())).await;
    let dead = [app.dead_of(AUDIT_RESULT), app.dead_of(REPAY_PLAN)].concat();
    assert_eq!((app.called_back().len(), dead), (1, vec!["forbidden".to_owned()]));
    let is_refused = app.called_back() == ["loan 7003"];
    assert_eq!((app.events().len(), app.refusals().len()), if is_refused { (0, 4) } else { (1, 0) });
}

#[tokio::test(start_paused = true)]
async fn a_disbursement_and_its_plan_at_once_end_the_same_whichever_is_first() {
    let app = Loans::confirmed().await;
    meet(&app, (LOAN_RESULT, &loan_result(30)), (REPAY_PLAN, &repay_plan())).await;
    assert_eq!((app.loan_status(), app.called_back()), (30, vec!["loan 7001".to_owned()]));
    assert_eq!([app.dead_of(LOAN_RESULT), app.dead_of(REPAY_PLAN)].concat().len(), 0);
}

#[tokio::test(start_paused = true)]
async fn an_attempt_and_an_automatic_debit_of_the_same_period_both_count_and_pay_once() {
    let app = Loans::disbursed().await;
    app.open_attempt(1);
    let failed = of("e-4", 121, &json!({}));
    let mut attempt = repay_result(1, 1, "failed", &plan(PAID));
    attempt["event_id"] = failed["event_id"].clone();
    attempt["occurred_at"] = failed["occurred_at"].clone();
    let debit = repay_result(1, 0, "paid", &plan(PAID));
    meet(&app, (REPAY_RESULT, &debit), (REPAY_RESULT, &attempt)).await;
    let row = app.loan().unwrap();
    assert_eq!(row["plan"]["L"][0]["M"]["status"]["S"], "paid");
    assert_eq!(app.open_attempts().len(), 0);
    // Whether the attempt came before what was paid, when it is told as what it was, or behind it, when the period stays paid.
    let (told, last) = (app.called_back(), "plan 9001");
    assert!(
        told.iter().any(|one| one == "repay 8001") && told.last().is_some_and(|one| one == last),
        "{told:?}"
    );
}

#[tokio::test(start_paused = true)]
async fn fees_and_a_result_at_once_leave_the_newer_plan_and_close_the_attempt() {
    let app = Loans::disbursed().await;
    app.open_attempt(1);
    let newest = plan([("paid", "0.00"), ("overdue", "5.00"), ("not_due", "0.00")]);
    let fees = of("e-2", 300, &json!({"plan": newest}));
    let result = repay_result(1, 1, "paid", &plan(PAID));
    meet(&app, (OVERDUE, &fees), (REPAY_RESULT, &result)).await;
    let row = app.loan().unwrap();
    assert_eq!(row["plan"]["L"][1]["M"]["overdue_fee"]["S"], "5.00");
    assert_eq!((app.open_attempts().len(), app.called_back().len()), (0, 4));
    let places = app.places();
    assert!(places.is_sorted(), "{places:?}");
}
