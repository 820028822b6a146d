//! audit-result (item 15; §7.3): a refusal after the confirmation is the loan's.

use serde_json::{Value, json};
use suites::loans::{AUDIT_RESULT, LOAN_RESULT, Loans, audit, loan_result, of};
use suites::orders::bodies::PERSONAL;
use suites::orders::{ORDER, Orders};

async fn told(app: &Loans, result: &str, code: Option<u16>) {
    app.tell(AUDIT_RESULT, &audit(result, code)).await;
}

/// What the audit query says of the order.
async fn audited(app: &Orders) -> u64 {
    app.audit(ORDER).await.status()
}

#[tokio::test(start_paused = true)]
async fn a_pass_keeps_its_code_and_tells_nobody() {
    for code in [10, 13, 20, 31, 99] {
        let app = Loans::confirmed().await;
        told(&app, "passed", Some(code)).await;
        assert_eq!((app.loan_status(), app.called_back().len()), (code, 0));
        assert_eq!(app.loan_history(), [format!("0>{code} audit-result: audit passed")]);
        assert_eq!(app.loan_messages(), ["audit_result#e-1 passed: applied"]);
        assert_eq!((app.refusals().len(), app.events().len(), app.woken().len()), (0, 0, 1));
    }
}

#[tokio::test(start_paused = true)]
async fn a_pass_without_a_code_changes_nothing() {
    let app = Loans::confirmed().await;
    told(&app, "passed", None).await;
    assert_eq!((app.loan_status(), app.outcome().as_str()), (0, "unchanged"));
}

#[tokio::test(start_paused = true)]
async fn a_refusal_is_told_as_7003_and_the_audit_goes_on_to_say_6001() {
    for (code, kept) in [(None, 26), (Some(26), 26), (Some(27), 27)] {
        let app = Loans::confirmed().await;
        told(&app, "refused", code).await;
        assert_eq!(app.loan_status(), kept);
        let body = json!({"orderId": ORDER, "status": 7003, "remark": "拒单处理"});
        assert_eq!(app.loan_callbacks(), [("loan".to_owned(), body)], "never 6004");
        assert_eq!((app.status(ORDER), audited(&app).await), (Some(1), 6001));
        assert_eq!(app.loan_history(), [format!("0>{kept} audit-result: audit refused")]);
        assert_eq!(app.woken().len(), 2, "the approval's, and this");
        assert!(PERSONAL.iter().all(|text| !app.output.text().contains(text)));
    }
}

#[tokio::test(start_paused = true)]
async fn a_refusal_is_told_though_the_result_of_the_disbursement_brought_its_code_first() {
    let app = Loans::confirmed().await;
    app.tell(LOAN_RESULT, &loan_result(26)).await;
    assert_eq!((app.loan_status(), app.called_back().len(), app.refusals().len()), (26, 0, 0));
    told(&app, "refused", None).await;
    assert_eq!((app.loan_status(), app.called_back()), (26, vec!["loan 7003".to_owned()]));
    assert_eq!(app.refusals().len(), 4);
    let after = app.shown();
    told(&app, "refused", None).await;
    assert_eq!(app.shown(), after);
}

#[tokio::test(start_paused = true)]
async fn a_refusal_that_was_owed_is_told_with_whatever_code_and_the_loan_keeps_its_own() {
    for queue in [AUDIT_RESULT, LOAN_RESULT] {
        let app = Loans::confirmed().await;
        app.tell(LOAN_RESULT, &loan_result(26)).await;
        let members = json!({"result": "refused", "borrow_status": 27});
        app.tell(queue, &of("e-2", 1, &members)).await;
        assert_eq!((app.loan_status(), app.called_back()), (26, vec!["loan 7003".to_owned()]), "{queue}");
        assert_eq!(
            (app.outcome().as_str(), app.refusals().len(), app.dead_of(queue).len()),
            ("applied", 4, 0)
        );
        app.tell(queue, &of("e-3", 2, &members)).await;
        assert_eq!((app.called_back().len(), app.dead_of(queue)), (1, vec!["forbidden".to_owned()]), "once");
    }
}

#[tokio::test(start_paused = true)]
async fn a_refusal_with_a_code_that_is_not_listed_is_the_automatic_one() {
    for code in [25, 99, 65_535] {
        let app = Loans::confirmed().await;
        told(&app, "refused", Some(code)).await;
        assert_eq!((app.loan_status(), app.called_back()), (26, vec!["loan 7003".to_owned()]), "{code}");
        assert_eq!((app.refusals().len(), app.dead_of(AUDIT_RESULT).len()), (4, 0));
        let warned = app.logged("WARN");
        assert!(warned.len() == 1 && warned[0].to_string().contains(&code.to_string()), "{warned:?}");
    }
}

#[tokio::test(start_paused = true)]
async fn a_refusal_is_remembered_from_when_it_was_decided() {
    let app = Loans::confirmed().await;
    told(&app, "refused", None).await;
    let rows = app.refusals();
    let days: Vec<_> = rows.iter().map(|row| row["audit_refused_at"]["S"].as_str()).collect();
    assert_eq!(days, [Some("2018-08-08T07:00:00.000000000Z"); 4], "id number in both cases, phone, mask");
    assert!(rows.iter().all(|row| row.get("credit_refused_at").is_none()));
}

#[tokio::test(start_paused = true)]
async fn of_two_refusals_of_the_same_person_the_later_stands() {
    let app = Loans::confirmed().await;
    told(&app, "refused", None).await;
    let later = json!({"S": "2018-08-09T00:00:00.000000000Z"});
    let fresh = Loans::confirmed().await;
    for mut row in app.refusals() {
        row["audit_refused_at"] = later.clone();
        row["request_stamp"] = json!({"S": "another's"});
        fresh.world.put_item(suites::orders::CUSTOMERS, &row);
    }
    told(&fresh, "refused", None).await;
    assert_eq!(fresh.called_back(), ["loan 7003"]);
    assert!(fresh.refusals().iter().all(|row| row["audit_refused_at"] == later));
}

#[tokio::test(start_paused = true)]
async fn a_result_and_a_code_that_say_the_opposite_are_a_dead_letter() {
    for (result, code) in [("passed", 26), ("passed", 27), ("refused", 0), ("refused", 30), ("refused", 41)] {
        let app = Loans::confirmed().await;
        let before = app.shown();
        told(&app, result, Some(code)).await;
        assert_eq!((app.dead_of(AUDIT_RESULT), app.shown()), (vec!["contradictory".to_owned()], before));
    }
}

#[tokio::test(start_paused = true)]
async fn what_is_final_or_disbursed_is_not_audited_any_more() {
    for (status, forbidden) in [
        (26, ["passed 10", "refused 27"]),
        (27, ["passed 10", "refused 26"]),
        (30, ["passed 10", "refused 26"]),
        (40, ["passed 30", "refused 27"]),
        (41, ["passed 40", "refused 27"]),
    ] {
        for told_so in forbidden {
            let app = Loans::at(status).await;
            let before = app.shown();
            let (result, code) = told_so.split_once(' ').unwrap();
            told(&app, result, code.parse().ok()).await;
            assert_eq!((app.dead_of(AUDIT_RESULT), app.shown()), (vec!["forbidden".to_owned()], before));
            assert_eq!(app.counted("core_message_forbidden"), 1, "{status} {told_so}");
        }
    }
}

#[tokio::test(start_paused = true)]
async fn a_message_that_cannot_be_read_is_a_dead_letter_with_the_reason() {
    for (member, value, reason) in [
        ("result", json!("maybe"), "unknown_result"),
        ("result", Value::Null, "incomplete"),
        ("borrow_status", json!("27"), "unreadable"),
        ("borrow_status", json!(70_000), "bad_number"),
        ("borrow_status", json!(27.5), "bad_number"),
        ("occurred_at", json!("yesterday"), "bad_time"),
        ("event_id", Value::Null, "incomplete"),
        ("order_id", json!("1#2"), "bad_order"),
    ] {
        let app = Loans::confirmed().await;
        let mut message = audit("refused", Some(27));
        message[member] = value;
        app.tell(AUDIT_RESULT, &message).await;
        assert_eq!((app.dead_of(AUDIT_RESULT), app.loan_status()), (vec![reason.to_owned()], 0), "{member}");
    }
}
