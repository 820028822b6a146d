//! The ids of an account's latest messages, and totals.

use serde_json::{Value, json};
use suites::quota::{ACCOUNTS, DEAD_LETTERS, Quota, opened, with};

#[tokio::test(start_paused = true)]
async fn four_hundred_messages_of_one_instant_with_long_ids_all_count_and_none_twice() {
    let app = Box::pin(Quota::new()).await;
    let messages: Vec<Value> = (0..400)
        .map(|number| {
            let message = with(opened("p-1"), "event_id", format!("{number:0>1024}"));
            with(message, "temp_total", number.to_string())
        })
        .collect();
    app.take(&messages).await;
    assert_eq!(app.total("p-1").as_deref(), Some("399"));
    app.take(&messages[..10]).await;
    assert_eq!(app.total("p-1").as_deref(), Some("399"), "a repeat changes nothing");
    let row = app.world.items(ACCOUNTS).remove(0);
    let ids = row["event_ids"]["SS"].as_array().unwrap();
    assert_eq!(ids.len(), 400);
    let is_short = |id: &Value| id.as_str().unwrap().len() == 32;
    assert!(ids.iter().all(is_short));
    assert!(app.world.messages(DEAD_LETTERS).is_empty());
}

#[tokio::test(start_paused = true)]
async fn a_total_may_be_larger_than_any_grant_and_is_shown_with_all_its_digits() {
    let largest = "999999999999999999999999.9999";
    let app = Box::pin(Quota::new()).await;
    app.take(&[with(opened("p-1"), "temp_total", largest)]).await;
    let shown = app.query("p-1", suites::quota::FIRST_PAGE).await;
    assert!(shown.body.contains(r#""totalTempQuota":"999999999999999999999999.99""#), "{}", shown.body);
    for (number, total) in ["1000000000000000000000000", "500.00000", "-1"].into_iter().enumerate() {
        let message = with(with(opened("p-1"), "temp_total", total), "event_id", json!(number.to_string()));
        app.take(&[message]).await;
        assert_eq!(app.world.messages(DEAD_LETTERS).len(), number + 1, "{total}");
    }
}
