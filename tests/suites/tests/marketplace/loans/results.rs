//! loan-result (item 16; §2.2, §7.4, §7.5): of all results only the refusal in the re-review is told.

use serde_json::json;
use suites::loans::{LOAN_RESULT, Loans, loan_result, of};
use suites::orders::ORDER;

#[tokio::test(start_paused = true)]
async fn only_27_is_told_and_remembered() {
    for code in [10, 13, 20, 26, 27, 30, 31, 40, 41, 25, 99] {
        let app = Loans::confirmed().await;
        app.tell(LOAN_RESULT, &loan_result(code)).await;
        assert_eq!((app.loan_status(), app.outcome().as_str()), (code, "applied"));
        assert_eq!(app.loan_history(), [format!("0>{code} loan-result: result of the disbursement")]);
        assert_eq!(app.loan_messages(), ["loan_result#e-1 result: applied"]);
        if code == 27 {
            let body = json!({"orderId": ORDER, "status": 7003, "remark": "拒单处理"});
            assert_eq!((app.loan_callbacks(), app.refusals().len()), (vec![("loan".to_owned(), body)], 4));
        } else {
            assert_eq!((app.called_back().len(), app.refusals().len()), (0, 0), "{code}");
        }
        assert_eq!(app.events().len(), 0, "a disbursement is told with its plan");
    }
}

#[tokio::test(start_paused = true)]
async fn a_disbursement_that_failed_may_be_tried_again_and_refused_after_that() {
    let app = Loans::confirmed().await;
    let codes = [31, 20, 31, 27];
    for (at, code) in codes.into_iter().enumerate() {
        let seconds = i64::try_from(at).unwrap();
        app.tell(LOAN_RESULT, &of(&format!("e-{at}"), seconds, &json!({"borrow_status": code}))).await;
        assert_eq!(app.loan_status(), code);
    }
    assert_eq!((app.called_back(), app.outcomes().len()), (vec!["loan 7003".to_owned()], 5));
}

#[tokio::test(start_paused = true)]
async fn a_disbursement_may_tell_what_was_paid_out_and_nothing_else_does() {
    for (code, kept) in [(30, Some("11800.00")), (31, None), (20, None)] {
        let app = Loans::confirmed().await;
        let members = json!({"borrow_status": code, "receive_amount": "11800.00"});
        app.tell(LOAN_RESULT, &of("e-1", 0, &members)).await;
        assert_eq!(app.loan().unwrap()["receive_amount"]["S"].as_str(), kept, "{code}");
    }
}

#[tokio::test(start_paused = true)]
async fn a_loan_moves_as_the_table_says_and_in_no_other_way() {
    for (from, to) in [(26, 27), (27, 26), (27, 30), (30, 27), (30, 31), (40, 30), (41, 40), (41, 27)] {
        let app = Loans::at(from).await;
        let before = app.shown();
        app.tell(LOAN_RESULT, &loan_result(to)).await;
        assert_eq!((app.dead_of(LOAN_RESULT), app.shown()), (vec!["forbidden".to_owned()], before));
    }
    for (from, to) in [(30, 40), (30, 41), (40, 41), (99, 27), (99, 30), (31, 31), (27, 27), (99, 99)] {
        let app = Loans::at(from).await;
        app.tell(LOAN_RESULT, &loan_result(to)).await;
        let outcome = if from == to { "unchanged" } else { "applied" };
        assert_eq!((app.loan_status(), app.outcome().as_str()), (to, outcome));
        assert_eq!(app.called_back().len(), usize::from((from, to) == (99, 27)));
    }
}

#[tokio::test(start_paused = true)]
async fn a_result_without_a_code_or_with_a_bad_amount_is_a_dead_letter() {
    for (members, reason) in [
        (json!({}), "incomplete"),
        (json!({"borrow_status": -1}), "bad_number"),
        (json!({"borrow_status": 30, "receive_amount": "1.005"}), "bad_terms"),
        (json!({"borrow_status": 30, "receive_amount": 11800.0}), "unreadable"),
    ] {
        let app = Loans::confirmed().await;
        app.tell(LOAN_RESULT, &of("e-1", 0, &members)).await;
        assert_eq!((app.dead_of(LOAN_RESULT), app.loan_status()), (vec![reason.to_owned()], 0), "{members}");
    }
}
