//! Each function over loans may call exactly what it calls (design §9).

use std::collections::BTreeSet;

use suites::marketplace::channels::PREFIX;
use suites::repayments::{Repayments, planned, start};
use suites::roles::allowed;

/// What `run` calls in the process of a function that has just begun.
async fn called(app: &Repayments, function: &str, run: impl AsyncFn(&Repayments)) -> BTreeSet<String> {
    let alone = app.another().await;
    alone.world.forget_permissions();
    start(&alone.world, function).await;
    run(&alone).await;
    alone.world.permissions().into_iter().map(|call| call.replace(PREFIX, "/tenor/rongshu")).collect()
}

#[tokio::test(start_paused = true)]
async fn the_questions_may_do_what_they_do() {
    for (function, op) in [
        ("loan-result-query", "queryLoanResult"),
        ("repay-trial", "repayTrial"),
        ("repay-result-query", "queryRepayResult"),
        ("repay-plan-query", "getRepayPlan"),
    ] {
        let early = Repayments::new().await;
        let ask = async |app: &Repayments| {
            app.ask_of(op, 2).await;
        };
        let too_early = called(&early, function, ask).await;
        let app = Repayments::of(&planned()).await;
        let run = async |app: &Repayments| assert_eq!(app.ask_of(op, 2).await.code, 0);
        let all = &too_early | &called(&app, function, run).await;
        assert_eq!(all, allowed("marketplace", function), "{function}");
    }
}

#[tokio::test(start_paused = true)]
async fn repay_may_do_what_it_does() {
    let app = Repayments::new().await;
    let too_early = called(&app, "repay", async |app| assert_eq!(app.repay(2).await.status(), 5003)).await;
    app.lend(&planned());
    let taken = called(&app, "repay", async |app| assert_eq!(app.repay(2).await.status(), 5001)).await;
    assert_eq!(&too_early | &taken, allowed("marketplace", "repay"));
}
