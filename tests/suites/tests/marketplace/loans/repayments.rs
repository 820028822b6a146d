//! repay-result (item 23; §7.8, §11 Repayment): what came of an attempt or of an automatic debit, and the plan behind it.

use serde_json::{Value, json};
use suites::host::BUS;
use suites::loans::messages::BORROW_NO;
use suites::loans::{Loans, OVERDUE, REPAY_RESULT, of, overdue, paid_off, plan, repay_result};
use suites::orders::ORDER;

const NOTHING: [(&str, &str); 3] = [("not_due", "0.00"); 3];
const FIRST_PAID: [(&str, &str); 3] = [("paid", "0.00"), ("not_due", "0.00"), ("not_due", "0.00")];

/// A loan with an open attempt to repay its first period.
async fn asked_for(period: i32) -> Loans {
    let app = Loans::disbursed().await;
    app.open_attempt(period);
    app
}

/// What was called back behind the disbursement.
fn repaid(app: &Loans) -> Vec<String> {
    app.called_back()[1..].to_vec()
}

fn another(mut message: Value, event_id: &str, seconds: i64) -> Value {
    let of = of(event_id, seconds, &json!({}));
    message["event_id"] = of["event_id"].clone();
    message["occurred_at"] = of["occurred_at"].clone();
    message
}

#[tokio::test(start_paused = true)]
async fn a_success_is_told_and_the_plan_behind_it() {
    let app = asked_for(1).await;
    app.tell(REPAY_RESULT, &repay_result(1, 1, "paid", &plan(FIRST_PAID))).await;
    assert_eq!(repaid(&app), ["repay 8001", "plan 9001"]);
    let callbacks = app.loan_callbacks();
    let told = &callbacks[1].1;
    assert_eq!((&told["orderId"], &told["period"]), (&json!(ORDER), &json!(1)));
    let body = &app.callbacks(ORDER)[2].1;
    assert!(body.contains(r#""alreadyRepayAmount":4200.00,"willRepayAmount":0.00"#), "{body}");
    assert_eq!(told["repayTime"], json!(1_536_372_000_000_u64));
    let places = app.places();
    let version = |place: &str| place.split_once('-').unwrap().0.to_owned();
    assert_eq!(version(&places[2]), version(&places[3]), "one change, in this order");
    assert!(places[2] < places[3]);
    assert_eq!((app.open_attempts().len(), app.events()), (0, vec!["loan_disbursed".to_owned()]));
    assert_eq!(app.loan_history()[1], "30>30 repay-result: repayment of 1, attempt 1: paid");
    assert_eq!(app.loan_messages()[1..], ["repay_result#e-3 paid: applied"]);
}

#[tokio::test(start_paused = true)]
async fn a_part_is_told_as_one_and_the_plan_behind_it() {
    let app = asked_for(1).await;
    let mut partly = plan(NOTHING);
    partly[0]["already_repay_amount"] = json!("1000.00");
    app.tell(REPAY_RESULT, &repay_result(1, 1, "partly_paid", &partly)).await;
    assert_eq!((repaid(&app), app.open_attempts().len()), (vec!["repay 8002".into(), "plan 9001".into()], 0));
}

#[tokio::test(start_paused = true)]
async fn a_failure_is_told_alone_with_its_plan_or_without() {
    for after in [plan(NOTHING), Value::Null] {
        let app = asked_for(1).await;
        app.tell(REPAY_RESULT, &repay_result(1, 1, "failed", &after)).await;
        assert_eq!((repaid(&app), app.open_attempts().len()), (vec!["repay 8003".to_owned()], 0));
        let attempts = &app.loan().unwrap()["attempts"]["M"]["1"]["M"];
        assert_eq!(attempts["closed"]["L"], json!([{"S": "failed"}]));
        assert_eq!(app.loan().unwrap()["plan"]["L"].as_array().unwrap().len(), 3);
    }
}

#[tokio::test(start_paused = true)]
async fn everything_at_once_is_told_as_such_and_pays_the_loan_off_once() {
    let app = asked_for(-1).await;
    let paid = repay_result(-1, 1, "paid", &paid_off());
    app.tell(REPAY_RESULT, &paid).await;
    assert_eq!(repaid(&app), ["repay 8001", "plan 9001"]);
    assert_eq!(app.loan_callbacks()[1].1["period"], json!(-1));
    assert_eq!(app.loan().unwrap()["paid_off_at"]["S"], "2018-08-08T07:02:00.000000000Z");
    app.tell(REPAY_RESULT, &paid).await;
    app.tell(REPAY_RESULT, &another(paid.clone(), "e-4", 121)).await;
    let mut corrected = paid_off();
    corrected[2]["overdue_fee"] = json!("1.00");
    app.tell(OVERDUE, &of("e-5", 180, &json!({"plan": corrected}))).await;
    assert_eq!(app.events(), ["loan_disbursed", "loan_paid_off"], "once");
    let mut event = app.world.events(BUS).remove(1);
    for drawn in ["event_id", "correlation_id", "occurred_at"] {
        assert!(event.detail[drawn].take().is_string());
    }
    let expected = json!({
        "event": "loan_paid_off", "version": 1, "event_id": null, "correlation_id": null, "occurred_at": null,
        "channel_id": "840", "order_id": ORDER, "borrow_no": BORROW_NO, "contract_id": "C-2018-1",
        "loan_version": 10, "loan_amount": "12000.00", "repaid_amount": "12600.00",
        "paid_off_at": "2018-08-08T07:02:00Z",
    });
    assert_eq!(event.detail, expected);
}

#[tokio::test(start_paused = true)]
async fn an_automatic_debit_counts_and_leaves_an_open_attempt_open() {
    let app = asked_for(1).await;
    app.tell(REPAY_RESULT, &repay_result(1, 0, "paid", &plan(FIRST_PAID))).await;
    assert_eq!(
        (repaid(&app), app.open_attempts()),
        (vec!["repay 8001".into(), "plan 9001".into()], vec!["1".to_owned()])
    );
    let failed = another(repay_result(1, 1, "failed", &plan(FIRST_PAID)), "e-4", 180);
    app.tell(REPAY_RESULT, &failed).await;
    assert_eq!(app.open_attempts().len(), 0, "its own result comes after all");
    assert_eq!(app.loan().unwrap()["plan"]["L"][0]["M"]["status"]["S"], "paid");
}

#[tokio::test(start_paused = true)]
async fn what_is_paid_is_not_told_as_failed_whatever_comes_of_an_attempt_behind_it() {
    for (status, after) in
        [("failed", plan(FIRST_PAID)), ("failed", Value::Null), ("partly_paid", plan(FIRST_PAID))]
    {
        let app = asked_for(1).await;
        app.tell(REPAY_RESULT, &repay_result(1, 0, "paid", &plan(FIRST_PAID))).await;
        app.tell(REPAY_RESULT, &another(repay_result(1, 1, status, &after), "e-4", 180)).await;
        assert_eq!((app.outcome().as_str(), app.open_attempts().len()), ("applied", 0), "{status}");
        assert_eq!(repaid(&app), ["repay 8001", "plan 9001", "repay 8001", "plan 9001"], "{status}");
        let body = &app.callbacks(ORDER)[4].1;
        let expected = r#""status":8001,"alreadyRepayAmount":4200.00,"willRepayAmount":0.00,"remark":"已还清","repayTime":1536372000000"#;
        assert!(body.contains(expected), "as the plan has it: {body}");
    }
    // The same of everything, and of a period that another's payment of everything paid.
    for (first, second) in [(0, -1), (-1, 1)] {
        let app = if first == 0 { asked_for(-1).await } else { asked_for(1).await };
        app.tell(REPAY_RESULT, &repay_result(-1, 0, "paid", &paid_off())).await;
        app.tell(REPAY_RESULT, &another(repay_result(second, 1, "failed", &Value::Null), "e-4", 180)).await;
        assert_eq!(repaid(&app), ["repay 8001", "plan 9001", "repay 8001", "plan 9001"], "{second}");
        assert_eq!(app.loan_callbacks()[3].1["period"], json!(second));
    }
}

#[tokio::test(start_paused = true)]
async fn a_result_whose_plan_does_not_say_when_closes_its_attempt_and_says_when_itself() {
    let app = asked_for(1).await;
    let mut after = plan(FIRST_PAID);
    after[0]["success_time"] = Value::Null;
    let mut paid = repay_result(1, 1, "paid", &after);
    paid["repay_time"] = json!("2018-09-08T03:00:00Z");
    app.tell(REPAY_RESULT, &paid).await;
    assert_eq!((repaid(&app), app.open_attempts().len()), (vec!["repay 8001".into(), "plan 9001".into()], 0));
    let paid_at = |app: &Loans| app.loan().unwrap()["plan"]["L"][0]["M"]["success_time"]["S"].clone();
    assert_eq!(paid_at(&app), "2018-09-08T03:00:00Z");
    let told = app.loan_callbacks()[2].1["repayPlan"].as_str().unwrap().to_owned();
    assert!(told.contains(r#""successTime":1536375600000"#), "{told}");
    // Fees that do not say it do not unsay it, and the same fees again are the same.
    after[1]["overdue_fee"] = json!("5.00");
    for (event, outcome) in [("e-4", "applied"), ("e-5", "unchanged")] {
        app.tell(OVERDUE, &of(event, 180, &json!({"plan": after}))).await;
        assert_eq!((app.outcome().as_str(), paid_at(&app)), (outcome, json!("2018-09-08T03:00:00Z")));
    }
}

#[tokio::test(start_paused = true)]
async fn an_automatic_debit_that_was_told_already_changes_nothing_and_one_that_fails_again_is_told_again() {
    let app = Loans::disbursed().await;
    app.tell(REPAY_RESULT, &repay_result(1, 0, "paid", &plan(FIRST_PAID))).await;
    let after = app.shown();
    app.tell(REPAY_RESULT, &another(repay_result(1, 0, "paid", &plan(FIRST_PAID)), "e-4", 121)).await;
    assert_eq!((app.shown(), app.outcome().as_str()), (after, "unchanged"));
    for (event, seconds) in [("e-5", 180), ("e-6", 240)] {
        let failed = repay_result(2, 0, "failed", &plan(FIRST_PAID));
        app.tell(REPAY_RESULT, &another(failed, event, seconds)).await;
    }
    assert_eq!(repaid(&app), ["repay 8001", "plan 9001", "repay 8003", "repay 8003"]);
}

#[tokio::test(start_paused = true)]
async fn a_result_of_an_attempt_that_was_never_made_is_forbidden() {
    for (period, attempt) in [(1, 2), (2, 1), (-1, 1), (1, 7)] {
        let app = asked_for(1).await;
        let before = app.shown();
        let after = if period == -1 { paid_off() } else { plan([("paid", "0.00"); 3]) };
        app.tell(REPAY_RESULT, &repay_result(period, attempt, "paid", &after)).await;
        assert_eq!((app.dead_of(REPAY_RESULT), app.shown()), (vec!["forbidden".to_owned()], before));
        assert_eq!(app.open_attempts(), ["1"], "{period} {attempt}");
    }
}

#[tokio::test(start_paused = true)]
async fn an_attempt_that_is_closed_stays_as_it_is() {
    let app = asked_for(1).await;
    app.tell(REPAY_RESULT, &repay_result(1, 1, "failed", &plan(NOTHING))).await;
    let after = app.shown();
    app.tell(REPAY_RESULT, &another(repay_result(1, 1, "failed", &plan(NOTHING)), "e-4", 121)).await;
    assert_eq!((app.shown(), app.outcome().as_str()), (after.clone(), "unchanged"));
    app.tell(REPAY_RESULT, &another(repay_result(1, 1, "paid", &plan(FIRST_PAID)), "e-5", 122)).await;
    assert_eq!((app.shown(), app.dead_of(REPAY_RESULT)), (after, vec!["forbidden".to_owned()]));
}

#[tokio::test(start_paused = true)]
async fn the_next_attempt_has_the_next_number() {
    let app = asked_for(1).await;
    app.tell(REPAY_RESULT, &repay_result(1, 1, "failed", &plan(NOTHING))).await;
    app.open_attempt(1);
    app.tell(REPAY_RESULT, &another(repay_result(1, 2, "paid", &plan(FIRST_PAID)), "e-4", 180)).await;
    assert_eq!(repaid(&app), ["repay 8003", "repay 8001", "plan 9001"]);
}

#[tokio::test(start_paused = true)]
async fn a_result_that_is_overtaken_by_another_period_s_still_closes_its_attempt() {
    let app = asked_for(1).await;
    app.open_attempt(2);
    let both = plan([("paid", "0.00"), ("paid", "0.00"), ("not_due", "0.00")]);
    app.tell(REPAY_RESULT, &another(repay_result(2, 1, "paid", &both), "e-4", 180)).await;
    app.tell(REPAY_RESULT, &repay_result(1, 1, "paid", &plan(FIRST_PAID))).await;
    assert_eq!((app.open_attempts().len(), repaid(&app).len()), (0, 4));
    let row = app.loan().unwrap();
    assert_eq!(row["plan"]["L"][1]["M"]["status"]["S"], "paid", "the newer plan stands");
    assert_eq!(
        row["core_messages"]["M"]["repay_result"]["M"]["event_id"]["S"], "e-4",
        "and the newer message"
    );
    let after = app.shown();
    for message in [
        repay_result(1, 1, "paid", &plan(FIRST_PAID)),
        another(repay_result(1, 1, "failed", &plan(NOTHING)), "e-5", 60),
        another(repay_result(3, 0, "failed", &plan(NOTHING)), "e-6", 60),
    ] {
        app.tell(REPAY_RESULT, &message).await;
    }
    assert_eq!(
        (app.shown(), &app.outcomes()[app.outcomes().len() - 3..]),
        (after, &["repeated".to_owned(), "late".to_owned(), "late".to_owned()][..])
    );
}

#[tokio::test(start_paused = true)]
async fn a_result_that_is_overtaken_by_fees_leaves_the_newer_plan() {
    let app = asked_for(1).await;
    let fees = plan([("paid", "0.00"), ("overdue", "5.00"), ("not_due", "0.00")]);
    app.tell(OVERDUE, &of("e-2", 300, &json!({"plan": fees}))).await;
    app.tell(REPAY_RESULT, &repay_result(1, 1, "paid", &plan(FIRST_PAID))).await;
    assert_eq!(repaid(&app), ["plan 9001", "repay 8001", "plan 9001"]);
    let told = &app.loan_callbacks()[3].1["repayPlan"];
    assert!(told.as_str().unwrap().contains(r#""overdueFee":5.00"#));
    // And fees that are older than the result are late.
    let app = asked_for(1).await;
    app.tell(REPAY_RESULT, &repay_result(1, 1, "paid", &plan(FIRST_PAID))).await;
    let after = app.shown();
    let stale = plan([("overdue", "5.00"), ("not_due", "0.00"), ("not_due", "0.00")]);
    app.tell(OVERDUE, &overdue(&stale)).await;
    assert_eq!((app.shown(), app.outcome().as_str()), (after, "late"), "what is paid stays paid");
}

#[tokio::test(start_paused = true)]
async fn a_plan_that_contradicts_its_result_or_is_of_other_periods_is_a_dead_letter() {
    let mut other = plan(FIRST_PAID);
    other[2]["period_no"] = json!(9);
    for (period, status, after) in [
        (1, "paid", plan(NOTHING)),
        (-1, "paid", plan(FIRST_PAID)),
        (9, "failed", plan(NOTHING)),
        (9, "failed", Value::Null),
        (1, "paid", other),
    ] {
        let app = asked_for(period).await;
        let before = app.shown();
        app.tell(REPAY_RESULT, &repay_result(period.into(), 1, status, &after)).await;
        assert_eq!((app.dead_of(REPAY_RESULT), app.shown()), (vec!["bad_plan".to_owned()], before));
        assert_eq!(app.open_attempts().len(), 1, "so that nothing is debited again");
    }
}

#[tokio::test(start_paused = true)]
async fn a_result_before_there_is_a_plan_is_forbidden() {
    for status in [0, 26, 30, 31] {
        let app = Loans::at(status).await;
        app.tell(REPAY_RESULT, &repay_result(1, 0, "paid", &plan(FIRST_PAID))).await;
        assert_eq!((app.dead_of(REPAY_RESULT), app.called_back().len()), (vec!["forbidden".to_owned()], 0));
    }
}

#[tokio::test(start_paused = true)]
async fn a_result_that_cannot_be_read_is_a_dead_letter_with_the_reason() {
    for (member, value, reason) in [
        ("status", json!("unpaid"), "unknown_result"),
        ("period", json!(0), "bad_number"),
        ("period", json!(-2), "bad_number"),
        ("period", json!("1"), "unreadable"),
        ("period", Value::Null, "incomplete"),
        ("attempt_no", json!(-1), "bad_number"),
        ("attempt_no", Value::Null, "incomplete"),
        ("already_repay_amount", json!("4200.001"), "bad_terms"),
        ("will_repay_amount", Value::Null, "incomplete"),
        ("repay_time", json!("now"), "bad_time"),
        ("plan", Value::Null, "incomplete"),
    ] {
        let app = asked_for(1).await;
        let mut message = repay_result(1, 1, "paid", &plan(FIRST_PAID));
        message[member] = value;
        app.tell(REPAY_RESULT, &message).await;
        assert_eq!((app.dead_of(REPAY_RESULT), repaid(&app).len()), (vec![reason.to_owned()], 0), "{member}");
    }
}
