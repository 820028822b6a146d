//! Attempts without end do not make a loan grow without end: an item of DynamoDB may have 400 KB.

use serde_json::{Value, json};
use suites::repayments::{Repayments, attempts, period, planned};
use world::Units;

/// A loan of so many periods, for each of which, and for everything, there are as many attempts as are ever kept.
fn tried_again_and_again(periods: usize) -> Value {
    let mut loan = planned();
    loan["plan"]["L"] = (1..=periods)
        .map(|number| {
            let mut of = period(1, "1187.31", "1462.31", "1000.00", "12.34", "overdue");
            of["M"]["period_no"] = json!({"N": number.to_string()});
            of
        })
        .collect();
    for number in (1..=periods).map(|number| number.to_string()).chain(["-1".to_owned()]) {
        let mut of = attempts(1, &["failed"; 8], false)["M"]["1"].clone();
        of["M"]["closed_before"] = json!({"N": "992"});
        if loan.get("attempts").is_none() {
            loan["attempts"] = json!({"M": {}});
        }
        loan["attempts"]["M"][number] = of;
    }
    loan["schema_version"] = json!({"N": "2"});
    loan
}

#[tokio::test(start_paused = true)]
async fn a_loan_whose_every_period_was_tried_a_thousand_times_is_far_below_what_an_item_may_have() {
    // A unit is 4 KB; no plan has more than 360 periods.
    for (periods, most) in [(12, 1), (360, 50)] {
        let app = Repayments::of(&tried_again_and_again(periods)).await;
        let (answer, spent) = app.world.measure(app.ask_of("queryRepayResult", 2)).await;
        assert_eq!(answer.status(), 8003);
        assert!(spent.reads() <= Units::whole(most), "{periods} periods: {:?}", spent.reads());
        assert_eq!(app.repay(2).await.status(), 5001);
        assert_eq!(app.commanded(), ["2 attempt 1001"]);
    }
}
