//! What a run costs: by what is due, and never by what there is.

use serde_json::json;
use suites::quota::{GRANTS, Quota};
use world::{Spent, Units};

use super::{TONIGHT, due_row, in_statuses, put_account};

const DUE: &str = "2019-06-25T16:00:00.000000000Z";
const NEXT_YEAR: &str = "2020-06-25T16:00:00.000000000Z";
/// Nearly the longest pin and id that there are: about 340 such rows fill the megabyte of an answer.
const LONG_PIN: usize = 2_000;
const LONG_ID: usize = 1_000;

/// Ten grants that ran out among `all`, of which every third has no expiry at all.
async fn ten_due_among(all: usize) -> Quota {
    let app = Quota::new().await;
    for number in 0..all {
        let pin = format!("p-{number}");
        let due_at = if number < 10 { DUE } else { NEXT_YEAR };
        let mut row = due_row(&pin, "2104#1", number % 4, due_at);
        if number >= 10 && number % 3 == 0 {
            row.as_object_mut()
                .unwrap()
                .retain(|name, _| !["invalid_time", "due_at", "due_shard"].contains(&name.as_str()));
        }
        app.world.put_item(GRANTS, &row);
        if number < 10 {
            put_account(&app, &pin, &json!({"N": "1.5"}));
        }
    }
    app
}

async fn run(app: &Quota) -> Spent {
    let (result, spent) = app.world.measure(app.expire(TONIGHT)).await;
    result.unwrap();
    spent
}

#[tokio::test(start_paused = true)]
async fn ten_due_grants_cost_the_same_among_ten_as_among_two_thousand() {
    for all in [10, 2_000] {
        let app = ten_due_among(all).await;
        let spent = run(&app).await;
        assert_eq!(in_statuses(&app), [all - 10, 0, 10]);
        assert_eq!(spent.by("Query").reads(), Units::whole(2), "half a unit for each of four shards");
        assert_eq!(spent.reads(), Units::whole(2), "and nothing else is read");
        // Grant and account, two units each in a transaction, and one for each index that the grant leaves.
        assert_eq!(spent.by("TransactWriteItems").writes(), Units::whole(10 * 6));
        assert_eq!(spent.writes(), Units::whole(10 * 6));
        assert_eq!(app.world.effects().len(), 10, "one transaction for each");
        assert!(app.world.effects().iter().all(|effect| effect.matches("Update ").count() == 2));
    }
}

#[tokio::test(start_paused = true)]
async fn a_run_with_nothing_due_costs_one_query_for_each_shard() {
    let app = ten_due_among(200).await;
    run(&app).await;
    let spent = run(&app).await;
    assert_eq!((spent.reads(), spent.writes()), (Units::whole(2), Units::whole(0)));
}

#[tokio::test(start_paused = true)]
async fn a_grant_of_more_than_the_total_holds_costs_one_transaction_more() {
    let app = Quota::new().await;
    app.world.put_item(GRANTS, &due_row("p-1", "2104#1", 0, DUE));
    put_account(&app, "p-1", &json!({"N": "1.4999"}));
    let spent = run(&app).await;
    assert_eq!((app.total("p-1").as_deref(), app.world.effects().len()), (Some("0"), 2));
    assert_eq!(spent.writes(), Units::whole(4 + 6), "the one that fails costs its two items");
}

#[tokio::test(start_paused = true)]
async fn more_than_one_answer_holds_is_read_page_by_page_and_all_taken_off() {
    let app = Quota::new().await;
    let pin = "p".repeat(LONG_PIN);
    put_account(&app, &pin, &json!({"N": "1000"}));
    for number in 0..500 {
        let id = format!("2104#{number:0LONG_ID$}");
        app.world.put_item(GRANTS, &due_row(&pin, &id, 3, DUE));
    }
    let spent = run(&app).await;
    assert_eq!((in_statuses(&app), app.total(&pin).as_deref()), ([0, 0, 500], Some("250")));
    assert_eq!(app.counted("temp_credit_expired"), 500);
    // Two answers, the first of a megabyte at half a unit for 4 KB, and three empty shards.
    let reads = spent.reads();
    assert!(reads > Units::whole(128 + 1) && reads < Units::whole(200), "{reads:?}");
}
