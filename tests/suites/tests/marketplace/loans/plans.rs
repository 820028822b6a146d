//! repay-plan (item 19; §7.4): the loan is a disbursed one from now on, and only now the platform is told.

use serde_json::{Value, json};
use suites::host::BUS;
use suites::loans::messages::BORROW_NO;
use suites::loans::{LOAN_RESULT, Loans, REPAY_PLAN, loan_result, of, paid_off, plan, repay_plan};
use suites::orders::ORDER;

fn but(members: &Value) -> Value {
    let mut message = repay_plan();
    for (name, value) in members.as_object().unwrap() {
        message[name] = value.clone();
    }
    message
}

#[tokio::test(start_paused = true)]
async fn a_plan_disburses_the_loan_and_is_told_with_every_amount() {
    for status in [0, 10, 13, 20, 31, 30] {
        let app = Loans::at(status).await;
        app.tell(REPAY_PLAN, &repay_plan()).await;
        assert_eq!((app.loan_status(), app.called_back()), (30, vec!["loan 7001".to_owned()]));
        assert_eq!(app.loan_history(), [format!("{status}>30 repay-plan: plan made")]);
        assert_eq!(app.loan_messages(), ["repay_plan#e-1 plan: applied"]);
        let body = &app.callbacks(ORDER).pop().unwrap().1;
        for amount in [r#""loanAmount":12000.00"#, r#""receiveAmount":11800.00"#, r#""repayAmount":12600.00"#]
        {
            assert!(body.contains(amount), "{body}");
        }
        let told = &app.loan_callbacks()[0].1;
        assert_eq!((&told["orderId"], &told["contractId"]), (&json!(ORDER), &json!("C-2018-1")));
        let periods: Value = serde_json::from_str(told["repayPlan"].as_str().unwrap()).unwrap();
        assert_eq!(periods.as_array().unwrap().len(), 3);
    }
}

#[tokio::test(start_paused = true)]
async fn a_disbursement_is_told_on_the_bus_with_ids_and_amounts_alone() {
    let app = Loans::disbursed().await;
    let mut event = app.world.events(BUS).remove(0);
    let drawn = ["event_id", "correlation_id"].map(|name| event.detail[name].take());
    assert!(drawn.iter().all(Value::is_string));
    let expected = json!({
        "event": "loan_disbursed", "version": 1, "event_id": null, "correlation_id": null,
        "occurred_at": event.detail["occurred_at"], "channel_id": "840", "order_id": ORDER,
        "borrow_no": BORROW_NO, "contract_id": "C-2018-1", "loan_version": 9, "loan_amount": "12000.00",
        "receive_amount": "11800.00", "repay_amount": "12600.00", "periods": 3,
    });
    assert_eq!((event.source.as_str(), event.detail), ("tenor.marketplace", expected));
}

#[tokio::test(start_paused = true)]
async fn a_plan_where_the_table_does_not_lead_to_one_is_forbidden() {
    for status in [26, 27, 40, 41, 99] {
        let app = Loans::at(status).await;
        let before = app.shown();
        app.tell(REPAY_PLAN, &repay_plan()).await;
        assert_eq!(
            (app.dead_of(REPAY_PLAN), app.shown()),
            (vec!["forbidden".to_owned()], before),
            "{status}"
        );
        assert_eq!(app.events().len(), 0);
    }
}

#[tokio::test(start_paused = true)]
async fn the_same_plan_again_changes_nothing_and_another_is_forbidden() {
    let app = Loans::disbursed().await;
    let after = app.shown();
    app.tell(REPAY_PLAN, &but(&json!({"event_id": "e-2"}))).await;
    assert_eq!((app.shown(), app.outcome().as_str()), (after.clone(), "unchanged"));
    for (at, other) in [
        json!({"contract_id": "C-2"}),
        json!({"repay_amount": "12600.01"}),
        json!({"plan": plan([("not_due", "0.00"), ("not_due", "0.00"), ("overdue", "5.00")])}),
    ]
    .into_iter()
    .enumerate()
    {
        app.tell(REPAY_PLAN, &but(&but_named(&other, at))).await;
        assert_eq!((app.shown(), app.dead_of(REPAY_PLAN).len()), (after.clone(), at + 1), "{other}");
    }
    assert_eq!(app.events(), ["loan_disbursed"], "once");
}

fn but_named(members: &Value, at: usize) -> Value {
    let mut members = members.clone();
    members["event_id"] = json!(format!("other-{at}"));
    members
}

#[tokio::test(start_paused = true)]
async fn a_plan_after_the_disbursement_that_was_told_silently_is_told() {
    let app = Loans::confirmed().await;
    app.tell(LOAN_RESULT, &loan_result(30)).await;
    assert_eq!(app.called_back().len(), 0);
    app.tell(REPAY_PLAN, &repay_plan()).await;
    app.tell(LOAN_RESULT, &of("e-2", 1, &json!({"borrow_status": 30}))).await;
    assert_eq!((app.called_back(), app.outcome().as_str()), (vec!["loan 7001".to_owned()], "unchanged"));
}

#[tokio::test(start_paused = true)]
async fn a_plan_of_which_everything_is_paid_already_is_told_as_both() {
    let app = Loans::confirmed().await;
    app.tell(REPAY_PLAN, &but(&json!({"plan": paid_off()}))).await;
    let mut events = app.events();
    events.sort();
    assert_eq!(events, ["loan_disbursed", "loan_paid_off"]);
    assert!(app.loan().unwrap()["paid_off_at"]["S"].is_string());
}

#[tokio::test(start_paused = true)]
async fn a_paid_period_need_not_say_when_and_what_an_unpaid_one_says_of_it_is_not_told() {
    let mut periods = plan([("paid", "0.00"), ("not_due", "0.00"), ("not_due", "0.00")]);
    let at = periods[0]["success_time"].take();
    periods[1]["success_time"] = at;
    periods[1]["already_repay_amount"] = json!("1000.00");
    let app = Loans::confirmed().await;
    app.tell(REPAY_PLAN, &but(&json!({"plan": periods}))).await;
    assert_eq!((app.called_back(), app.outcome().as_str()), (vec!["loan 7001".to_owned()], "applied"));
    let told: Value = serde_json::from_str(app.loan_callbacks()[0].1["repayPlan"].as_str().unwrap()).unwrap();
    let shown = |at: usize| (told[at]["status"].clone(), told[at].get("successTime").is_some());
    assert_eq!([shown(0), shown(1)], [(json!(2), false), (json!(1), false)]);
    assert_eq!(told[1]["alreadyRepayAmount"], json!(1000.0), "what was paid in part is");
    let after = app.shown();
    app.tell(REPAY_PLAN, &but(&json!({"plan": periods, "event_id": "e-2"}))).await;
    assert_eq!((app.shown(), app.outcome().as_str()), (after, "unchanged"));
}

/// A plan of so many periods.
fn plan_of(periods: u16) -> Value {
    let of_three = plan([("not_due", "0.00"); 3]);
    let period = |no: u16| {
        let mut period = of_three[0].clone();
        period["period_no"] = json!(no);
        period
    };
    (1..=periods).map(period).collect()
}

#[tokio::test(start_paused = true)]
async fn a_plan_of_360_periods_and_texts_of_200_characters_are_taken() {
    let app = Loans::confirmed().await;
    let contract_id = "合".repeat(200);
    let members = json!({"plan": plan_of(360), "contract_id": contract_id, "event_id": "事".repeat(200)});
    app.tell(REPAY_PLAN, &but(&members)).await;
    assert_eq!((app.outcome().as_str(), app.loan_status()), ("applied", 30));
    assert_eq!(app.loan().unwrap()["contract_id"]["S"], contract_id);
}

#[tokio::test(start_paused = true)]
async fn a_plan_that_is_none_is_a_dead_letter_with_the_reason() {
    let with = |member: &str, value: Value| {
        let mut periods = plan([("not_due", "0.00"); 3]);
        periods[1][member] = value;
        json!({"plan": periods})
    };
    for (members, reason) in [
        (json!({"plan": null}), "incomplete"),
        (json!({"plan": []}), "bad_plan"),
        (json!({"plan": {}}), "unreadable"),
        (json!({"contract_id": " "}), "incomplete"),
        (json!({"contract_id": "x".repeat(201)}), "too_long"),
        (json!({"loan_amount": "-1.00"}), "bad_terms"),
        (json!({"repay_amount": null}), "incomplete"),
        (with("period_no", json!(1)), "bad_plan"),
        (with("status", json!("unpaid")), "bad_plan"),
        (with("principal", json!("4200.01")), "bad_plan"),
        (with("repay_amount", json!("1.234")), "bad_terms"),
        (with("due_time", json!("2018-10-08")), "bad_time"),
        (with("due_time", Value::Null), "incomplete"),
        (json!({"plan": plan_of(361)}), "bad_plan"),
    ] {
        let app = Loans::confirmed().await;
        app.tell(REPAY_PLAN, &but(&members)).await;
        assert_eq!((app.dead_of(REPAY_PLAN), app.loan_status()), (vec![reason.to_owned()], 0), "{members}");
    }
}
