//! getRepayPlan (1.13, item 18), whose answer is also what callback 1.4 says.

use serde_json::{Value, json};
use suites::marketplace::channels::PLAIN;
use suites::orders::ORDER;
use suites::repayments::{Repayments, period, planned};

const OP: &str = "getRepayPlan";
const ANSWER: &str = concat!(
    r#"{"status":9001,"bankName":"广发银行","bankCard":"5678","bankCode":"CGB","receiveAmount":14850.00,"#,
    r#""totalRepayAmount":15755.13,"repayPlan":"["#,
    r#"{\"periodNo\":1,\"payType\":4,\"amount\":5251.71,\"repayAmount\":5251.71,\"alreadyRepayAmount\":5251.71,"#,
    r#"\"overdueFee\":0.00,\"status\":2,\"dueTime\":1536364800000,\"canRepayTime\":1535760000000,"#,
    r#"\"successTime\":1536307200000},"#,
    r#"{\"periodNo\":2,\"payType\":4,\"amount\":5251.71,\"repayAmount\":5251.71,\"alreadyRepayAmount\":1000.00,"#,
    r#"\"overdueFee\":30.50,\"status\":3,\"dueTime\":1538956800000,\"canRepayTime\":1538352000000},"#,
    r#"{\"periodNo\":3,\"payType\":4,\"amount\":5251.71,\"repayAmount\":5251.71,\"alreadyRepayAmount\":0.00,"#,
    r#"\"overdueFee\":0.00,\"status\":1,\"dueTime\":1541635200000,\"canRepayTime\":1541030400000}]"}"#
);

#[tokio::test(start_paused = true)]
async fn the_plan_is_told_with_its_card_by_the_channels_code_and_its_periods_in_a_text() {
    let app = Repayments::of(&planned()).await;
    assert_eq!(app.call(OP, PLAIN, &json!({"orderId": ORDER}).to_string()).await.response, ANSWER);
    let app = app.configured(&json!({"bank_codes": {"GDB": "GF"}})).await;
    assert_eq!(app.ask(OP).await.said()["bankCode"], "GF");
}

#[tokio::test(start_paused = true)]
async fn each_period_has_its_own_fee() {
    let app = Repayments::of(&planned()).await;
    app.change_loan(|row| {
        row["plan"]["L"] = json!([
            period(1, "4876.71", "5251.71", "0.00", "61.00", "overdue"),
            period(2, "4998.63", "5251.71", "0.00", "0.00", "not_due"),
            period(3, "5124.66", "5251.71", "0.00", "30.50", "overdue"),
        ]);
    });
    let plan: Value = serde_json::from_str(app.ask(OP).await.said()["repayPlan"].as_str().unwrap()).unwrap();
    let fees: Vec<_> =
        plan.as_array().unwrap().iter().map(|period| period["overdueFee"].to_string()).collect();
    assert_eq!(fees.len(), 3);
    assert!(fees[0].starts_with("61") && fees[1].starts_with('0') && fees[2].starts_with("30.5"), "{fees:?}");
}

#[tokio::test(start_paused = true)]
async fn a_loan_that_has_no_card_yet_has_a_plan_without_one() {
    let app = Repayments::of(&planned()).await;
    app.change_loan(|row| {
        row.as_object_mut().unwrap().remove("card");
    });
    let said = app.ask(OP).await.said();
    assert_eq!((&said["status"], said.get("bankCard"), said.get("bankCode")), (&json!(9001), None, None));
}
