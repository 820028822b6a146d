//! queryLoanResult (1.9, item 17; §2.2, §8).

use serde_json::json;
use suites::marketplace::channels::PLAIN;
use suites::orders::{ORDER, ORDERS};
use suites::repayments::{Repayments, loan, planned};
use world::On;

const OP: &str = "queryLoanResult";
const IN_PROGRESS: &str = r#"{"status":7002,"remark":"处理中"}"#;
const REFUSED: &str = r#"{"status":7003,"remark":"拒单处理"}"#;
const WITHOUT_PLAN: &str = r#"{"status":7001,"remark":"放款成功","loanAmount":15000.00}"#;
const WITH_PLAN: &str = concat!(
    r#"{"status":7001,"remark":"放款成功","contractId":"C-20180808-1","loanAmount":15000.00,"#,
    r#""receiveAmount":14850.00,"repayAmount":15755.13,"repayPlan":"["#,
    r#"{\"periodNo\":1,\"payType\":4,\"amount\":5251.71,\"repayAmount\":5251.71,\"alreadyRepayAmount\":5251.71,"#,
    r#"\"overdueFee\":0.00,\"status\":2,\"dueTime\":1536364800000,\"canRepayTime\":1535760000000,"#,
    r#"\"successTime\":1536307200000},"#,
    r#"{\"periodNo\":2,\"payType\":4,\"amount\":5251.71,\"repayAmount\":5251.71,\"alreadyRepayAmount\":1000.00,"#,
    r#"\"overdueFee\":30.50,\"status\":3,\"dueTime\":1538956800000,\"canRepayTime\":1538352000000},"#,
    r#"{\"periodNo\":3,\"payType\":4,\"amount\":5251.71,\"repayAmount\":5251.71,\"alreadyRepayAmount\":0.00,"#,
    r#"\"overdueFee\":0.00,\"status\":1,\"dueTime\":1541635200000,\"canRepayTime\":1541030400000}]"}"#
);

#[tokio::test(start_paused = true)]
async fn every_code_of_a_loan_has_its_answer() {
    let app = Repayments::of(&loan(0)).await;
    for (codes, answer) in
        [(&[0, 10, 13, 20, 31][..], IN_PROGRESS), (&[26, 27], REFUSED), (&[30, 40, 41], WITHOUT_PLAN)]
    {
        for code in codes {
            app.change_loan(|row| row["status"] = json!({"N": code.to_string()}));
            let got = app.ask(OP).await;
            assert_eq!((got.code, got.response.as_str()), (0, answer), "{code}");
        }
    }
    assert_eq!(app.counted("loan_status_unlisted"), 0);
}

#[tokio::test(start_paused = true)]
async fn a_code_that_is_not_listed_is_10001_and_somebody_is_told() {
    for code in [1, 25, 28, 42, 99, 65_535] {
        let app = Repayments::of(&loan(code)).await;
        let got = app.ask(OP).await;
        assert_eq!((got.code, got.message.as_str()), (10_001, "internal error"), "{code}");
        assert_eq!((app.counted("loan_status_unlisted"), app.logged("ERROR").len()), (1, 1), "{code}");
    }
}

#[tokio::test(start_paused = true)]
async fn before_there_is_a_loan_the_order_answers() {
    let app = Repayments::new().await;
    for (statuses, answer) in [(&[0, 2, 3, 10, 11, 12, 13][..], IN_PROGRESS), (&[4, 5], REFUSED)] {
        for status in statuses {
            app.change(ORDER, |row| row["status"] = json!({"N": status.to_string()}));
            let got = app.ask(OP).await;
            assert_eq!((got.code, got.response.as_str()), (0, answer), "{status}");
        }
    }
    app.change(ORDER, |row| row["status"] = json!({"N": "1"}));
    assert_eq!(
        (app.ask(OP).await.code, app.counted("loan_status_unlisted")),
        (10_001, 1),
        "it must have one"
    );
}

#[tokio::test(start_paused = true)]
async fn a_confirmation_between_the_two_reads_is_no_fault() {
    let app = Repayments::new().await;
    app.change(ORDER, |row| row["status"] = json!({"N": "12"}));
    let other = app.another().await;
    app.world.before(On::call("GetItem").to(ORDERS), async move || {
        other.change(ORDER, |row| row["status"] = json!({"N": "1"}));
        other.lend(&loan(27));
    });
    let got = app.ask(OP).await;
    assert_eq!((got.code, got.response.as_str()), (0, REFUSED), "the loan answers");
    assert_eq!(app.counted("loan_status_unlisted"), 0);
}

#[tokio::test(start_paused = true)]
async fn what_is_known_of_a_disbursed_loan_is_told_with_two_decimals_and_its_plan_in_a_text() {
    let app = Repayments::of(&planned()).await;
    assert_eq!(app.ask(OP).await.response, WITH_PLAN);
    // Disbursed, and the plan is still to come (§7.4).
    app.lend(&loan(30));
    app.change_loan(|row| row["receive_amount"] = json!({"S": "14850.00"}));
    let expected = r#"{"status":7001,"remark":"放款成功","loanAmount":15000.00,"receiveAmount":14850.00}"#;
    assert_eq!(app.ask(OP).await.response, expected);
}

#[tokio::test(start_paused = true)]
async fn an_automatic_refusal_has_the_code_that_is_configured() {
    // Unless there is another in the configuration, it is 26 (§2.2).
    let app = Repayments::of(&loan(26)).await;
    assert_eq!(app.call(OP, PLAIN, r#"{"orderId":120522}"#).await.response, REFUSED);
}
