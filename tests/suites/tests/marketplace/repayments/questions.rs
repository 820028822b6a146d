//! What all questions about a loan have in common (§11, Channels).

use serde_json::json;
use suites::marketplace::channels::{AES, PLAIN};
use suites::orders::ORDER;
use suites::repayments::{Repayments, loan, planned};

const OPS: [&str; 4] = ["queryLoanResult", "repayTrial", "queryRepayResult", "getRepayPlan"];
/// Those about a plan.
const OF_PLAN: [&str; 3] = ["repayTrial", "queryRepayResult", "getRepayPlan"];

#[tokio::test(start_paused = true)]
async fn an_order_that_is_unknown_or_another_channels_is_10002() {
    let app = Repayments::of(&planned()).await;
    for (channel, order) in [(PLAIN, "120523"), (AES, ORDER)] {
        for op in OPS {
            let answer = app.call(op, channel, &json!({"orderId": order, "period": 1}).to_string()).await;
            assert_eq!((answer.code, answer.message.as_str()), (10_002, "orderId: unknown order"), "{op}");
        }
    }
}

#[tokio::test(start_paused = true)]
async fn without_a_plan_there_is_no_answer_about_one() {
    let app = Repayments::new().await;
    for _ in 0..2 {
        for op in OF_PLAN {
            let answer = app.ask_of(op, 1).await;
            assert_eq!((answer.code, answer.message.as_str()), (10_002, "no plan"), "{op}");
        }
        app.lend(&loan(30));
    }
}

#[tokio::test(start_paused = true)]
async fn an_order_must_be_named() {
    let app = Repayments::of(&planned()).await;
    for (text, problem) in [
        ("{}", "orderId: missing, or of a wrong kind"),
        (r#"{"orderId":null,"period":1}"#, "orderId: missing, or of a wrong kind"),
        (r#"{"orderId":"12 05"}"#, "orderId: a character that is no letter, digit, _ or -"),
        ("[]", "request: not a JSON object"),
    ] {
        for op in OPS {
            let answer = app.call(op, PLAIN, text).await;
            assert_eq!((answer.code, answer.message.as_str()), (10_002, problem), "{op} {text}");
        }
    }
}

#[tokio::test(start_paused = true)]
async fn a_period_is_minus_1_or_a_whole_number_from_1_as_a_number_or_a_text() {
    let app = Repayments::of(&planned()).await;
    for op in ["repayTrial", "queryRepayResult"] {
        for period in ["-1", "3", r#""-1""#, r#""3""#] {
            let text = format!(r#"{{"orderId":"{ORDER}","period":{period}}}"#);
            assert_eq!(app.call(op, PLAIN, &text).await.code, 0, "{op} {period}");
        }
        for period in [
            "0", "-2", "1.0", "1e0", "70000", "true", "[1]", r#""""#, r#""-""#, r#"" 1""#, r#""+1""#,
            r#""x""#,
        ] {
            let text = format!(r#"{{"orderId":"{ORDER}","period":{period}}}"#);
            let answer = app.call(op, PLAIN, &text).await;
            let problem = "period: neither -1 nor a whole number from 1";
            assert_eq!((answer.code, answer.message.as_str()), (10_002, problem), "{op} {period}");
        }
        let answer = app.ask_of(op, 4).await;
        assert_eq!((answer.code, answer.message.as_str()), (10_002, "period: unknown period"), "{op}");
    }
}

#[tokio::test(start_paused = true)]
async fn a_question_changes_nothing() {
    let app = Repayments::of(&planned()).await;
    let before = app.loan();
    for op in OPS {
        assert_eq!(app.ask_of(op, 2).await.code, 0, "{op}");
    }
    assert_eq!((app.loan(), app.commands().len(), app.callbacks(ORDER).len()), (before, 0, 0));
}

#[tokio::test(start_paused = true)]
async fn a_loan_that_cannot_be_read_is_10001() {
    for change in
        [json!({"plan": {"L": []}}), json!({"status": {"N": "65536"}}), json!({"loan_amount": {"N": "1"}})]
    {
        let app = Repayments::of(&planned()).await;
        app.change_loan(|row| {
            for (name, value) in change.as_object().unwrap() {
                row[name] = value.clone();
            }
        });
        for op in OPS {
            assert_eq!(app.ask_of(op, 1).await.code, 10_001, "{op} {change}");
        }
        assert_eq!(app.logged("ERROR").len(), OPS.len());
    }
}
