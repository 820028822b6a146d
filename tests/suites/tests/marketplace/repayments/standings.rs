//! queryRepayResult (1.12, item 24).

use suites::repayments::{Repayments, attempts, planned};

const OP: &str = "queryRepayResult";

fn answer(status: u16, already: &str, will: &str, period: i32, remark: &str) -> String {
    format!(
        concat!(
            r#"{{"status":{},"alreadyRepayAmount":{},"willRepayAmount":{},"repayPeriod":{},"remark":"{}"}}"#
        ),
        status, already, will, period, remark
    )
}

#[tokio::test(start_paused = true)]
async fn a_period_is_cleared_partly_paid_or_unpaid() {
    let app = Repayments::of(&planned()).await;
    for (period, expected) in [
        (1, answer(8001, "5251.71", "0.00", 1, "已还清")),
        (2, answer(8002, "1000.00", "4282.21", 2, "部分还款")),
        (3, answer(8006, "0.00", "5251.71", 3, "未还款")),
        (-1, answer(8002, "6251.71", "9533.92", -1, "部分还款")),
    ] {
        let got = app.ask_of(OP, period).await;
        assert_eq!((got.code, got.response), (0, expected), "{period}");
    }
}

#[tokio::test(start_paused = true)]
async fn where_no_period_is_named_the_first_is_meant() {
    let app = Repayments::of(&planned()).await;
    assert_eq!(app.ask(OP).await.response, answer(8001, "5251.71", "0.00", 1, "已还清"));
}

#[tokio::test(start_paused = true)]
async fn a_last_attempt_that_failed_is_told_until_the_next_begins() {
    for period in [2, 3, -1] {
        let app = Repayments::of(&planned()).await;
        app.change_loan(|row| row["attempts"] = attempts(period, &["partly_paid", "failed"], false));
        let got = app.ask_of(OP, period).await.said();
        assert_eq!(
            (got["status"].as_u64(), got["remark"].as_str()),
            (Some(8003), Some("还款失败")),
            "{period}"
        );
        app.change_loan(|row| row["attempts"] = attempts(period, &["partly_paid", "failed"], true));
        assert_ne!(app.ask_of(OP, period).await.status(), 8003, "{period}");
    }
}

#[tokio::test(start_paused = true)]
async fn what_is_paid_stays_cleared_whatever_came_of_attempts() {
    let app = Repayments::of(&planned()).await;
    app.change_loan(|row| row["attempts"] = attempts(1, &["failed"], false));
    assert_eq!(app.ask_of(OP, 1).await.status(), 8001);
}
