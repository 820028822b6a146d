//! repayTrial (1.10, item 21; §11 Wire).

use suites::marketplace::channels::PLAIN;
use suites::orders::ORDER;
use suites::repayments::{Repayments, planned};

const OP: &str = "repayTrial";

fn answer(loan_amount: &str, repay_amount: &str, overdue_fee: &str) -> String {
    format!(
        r#"{{"loanAmount":{loan_amount},"repayAmount":{repay_amount},"overdueFee":{overdue_fee},"remark":"试算成功"}}"#
    )
}

#[tokio::test(start_paused = true)]
async fn a_trial_is_looked_up_in_the_plan() {
    let app = Repayments::of(&planned()).await;
    for (period, expected) in [
        // Paid: nothing is to be repaid.
        (1, answer("4876.71", "0.00", "0.00")),
        // Overdue, and repaid in part: 5251.71 + 30.50 − 1000.00.
        (2, answer("4998.63", "4282.21", "30.50")),
        (3, answer("5124.66", "5251.71", "0.00")),
        // Everything that is unpaid.
        (-1, answer("10123.29", "9533.92", "30.50")),
    ] {
        let got = app.ask_of(OP, period).await;
        assert_eq!((got.code, got.response), (0, expected), "{period}");
    }
}

#[tokio::test(start_paused = true)]
async fn a_trial_must_say_of_what() {
    let app = Repayments::of(&planned()).await;
    for text in [format!(r#"{{"orderId":"{ORDER}"}}"#), format!(r#"{{"orderId":"{ORDER}","period":null}}"#)] {
        let got = app.call(OP, PLAIN, &text).await;
        assert_eq!((got.code, got.message.as_str()), (10_002, "period: missing"));
    }
}
