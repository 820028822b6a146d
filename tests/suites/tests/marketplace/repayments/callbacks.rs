//! What is called back of a repayment (§4, 1.3 and 1.4; §11 Wire).

use serde_json::Value;
use suites::orders::ORDER;
use suites::repayments::{Repayments, debited, planned};

const PAID: &str = concat!(
    r#"{"orderId":"120522","period":2,"status":8001,"alreadyRepayAmount":5282.21,"willRepayAmount":0.00,"#,
    r#""remark":"已还清","repayTime":1533710190000}"#
);
const PARTLY_PAID: &str = concat!(
    r#"{"orderId":"120522","period":2,"status":8002,"alreadyRepayAmount":2000.00,"willRepayAmount":3282.21,"#,
    r#""remark":"部分还款","repayTime":1533710190000}"#
);
const FAILED: &str = concat!(
    r#"{"orderId":"120522","period":2,"status":8003,"alreadyRepayAmount":1000.00,"willRepayAmount":4282.21,"#,
    r#""remark":"还款失败","repayTime":1533710190000}"#
);

#[tokio::test(start_paused = true)]
async fn a_result_is_told_and_behind_it_the_plan_unless_nothing_was_paid() {
    for (status, body, kinds) in [
        ("paid", PAID, &["repay", "plan"][..]),
        ("partly_paid", PARTLY_PAID, &["repay", "plan"]),
        ("failed", FAILED, &["repay"]),
    ] {
        let app = Repayments::of(&planned()).await;
        assert_eq!(app.repay(2).await.status(), 5001);
        app.result(&debited(1, status)).await;
        let callbacks = app.callbacks(ORDER);
        assert_eq!(callbacks[0].1, body, "{status}");
        assert_eq!(callbacks.iter().map(|(kind, _)| kind.as_str()).collect::<Vec<_>>(), kinds, "{status}");
    }
}

#[tokio::test(start_paused = true)]
async fn a_plan_is_called_back_as_it_is_answered() {
    let app = Repayments::of(&planned()).await;
    app.result(&debited(0, "paid")).await;
    let answered = app.ask("getRepayPlan").await.response;
    let told = app.callbacks(ORDER).pop().unwrap().1;
    assert_eq!(told, format!(r#"{{"orderId":"{ORDER}",{}"#, answered.strip_prefix('{').unwrap()));
    let plan: Value = serde_json::from_str(&told).unwrap();
    let periods: Value = serde_json::from_str(plan["repayPlan"].as_str().unwrap()).unwrap();
    assert_eq!((&plan["status"], &periods[1]["status"]), (&Value::from(9001), &Value::from(2)));
}
