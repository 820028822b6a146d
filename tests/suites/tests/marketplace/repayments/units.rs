//! What questions about loans and wishes to repay cost in request units (design §12), exactly.

use serde_json::Value;
use suites::costs::assert_priced;
use suites::orders::ORDER;
use suites::repayments::{Repayments, loan, period, planned};
use world::{Spent, Units};

fn cost(spent: &Spent) -> (Units, Units) {
    (spent.reads(), spent.writes())
}

fn whole(reads: u64, writes: u64) -> (Units, Units) {
    (Units::whole(reads), Units::whole(writes))
}

/// A loan over twelve months.
fn of_a_year() -> Value {
    let mut loan = planned();
    let later = (4..=12).map(|number| period(number, "1187.31", "1462.31", "0.00", "0.00", "not_due"));
    loan["plan"]["L"].as_array_mut().unwrap().extend(later);
    loan
}

#[tokio::test(start_paused = true)]
async fn a_question_is_one_read_and_two_where_there_is_no_loan() {
    let app = Repayments::of(&of_a_year()).await;
    for op in ["queryLoanResult", "repayTrial", "queryRepayResult", "getRepayPlan"] {
        let (answer, spent) = app.world.measure(app.ask_of(op, 2)).await;
        assert_eq!((answer.code, cost(&spent)), (0, whole(1, 0)), "{op}");
        match op {
            "queryLoanResult" => assert_priced("loan-result-query", "an answer", &spent),
            "repayTrial" => assert_priced("repay-trial", "an answer", &spent),
            "queryRepayResult" => assert_priced("repay-result-query", "an answer", &spent),
            _ => assert_priced("repay-plan-query", "an answer", &spent),
        }
    }
    let app = Repayments::new().await;
    for op in ["queryLoanResult", "repayTrial", "queryRepayResult", "getRepayPlan"] {
        let (_, spent) = app.world.measure(app.ask_of(op, 2)).await;
        assert_eq!(cost(&spent), whole(2, 0), "without a loan the order is looked at: {op}");
    }
}

#[tokio::test(start_paused = true)]
async fn a_wish_is_one_read_and_one_transaction() {
    let app = Repayments::of(&of_a_year()).await;
    let (answer, spent) = app.world.measure(app.repay(2)).await;
    assert_eq!(answer.status(), 5001);
    // The loan, which weighs 3 KB with its plan, history and the outbox's row; then that row's end.
    assert_eq!(cost(&spent), whole(1, 3 * 2 + 2 + 2 + 1));
    assert_priced("repay", "a wish, of a year's plan", &spent);
    let (_, repeat) = app.world.measure(app.repay(2)).await;
    assert_eq!(cost(&repeat), whole(1, 0));
    let (_, refused) = app.world.measure(app.repay(-1)).await;
    assert_eq!(cost(&refused), whole(1, 0));
    assert_eq!(app.history(ORDER).len(), 2);
}

#[tokio::test(start_paused = true)]
async fn a_wish_too_early_is_one_read_or_two() {
    let app = Repayments::new().await;
    let (_, without_loan) = app.world.measure(app.repay(1)).await;
    app.lend(&loan(20));
    let (_, without_plan) = app.world.measure(app.repay(1)).await;
    assert_eq!((cost(&without_loan), cost(&without_plan)), (whole(2, 0), whole(1, 0)));
}
