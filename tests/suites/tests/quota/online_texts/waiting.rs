//! The online texts never hold a request up.

use std::time::Duration;

use serde_json::json;
use suites::quota::{FIRST_PAGE, ONLINE_TEXTS};
use world::{Fault, On};

use crate::one_grant::app;

const LONGEST: Duration = Duration::from_millis(300);
const MINUTE: Duration = Duration::from_mins(1);

#[tokio::test(start_paused = true)]
async fn a_request_waits_for_the_texts_no_longer_than_300_ms() {
    let app = app().await;
    app.query("p-1", FIRST_PAGE).await;
    app.cancel("p-1", "2201", "none").await;
    app.world.pass(MINUTE).await;
    app.world.fail(On::call("GetItem").to(ONLINE_TEXTS).always(), Fault::Hang);
    let started = app.world.time().now();
    let got = app.cancel("p-1", "2201", "W1").await;
    assert!(got.body.contains(r#""code":"1111""#), "{}", got.body);
    let taken = app.world.time().now().duration_since(started).unsigned_abs();
    assert!(taken <= LONGEST, "{taken:?}");
    let started = app.world.time().now();
    assert!(app.query("p-1", FIRST_PAGE).await.body.contains(r#""code":"1111""#));
    assert!(app.world.time().now().duration_since(started).unsigned_abs() <= LONGEST);
    let warnings = app.logged("WARN");
    assert_eq!(warnings.len(), 2, "{warnings:?}");
    assert_eq!(warnings[0]["message"], "the online texts stay as they were");
    assert_eq!((app.counted("online_texts_unreadable"), app.counted("internal_error")), (0, 0));
}

#[tokio::test(start_paused = true)]
async fn texts_that_are_none_are_counted() {
    let app = app().await;
    app.query("p-1", FIRST_PAGE).await;
    app.world.put_item(ONLINE_TEXTS, &json!({"context": {"S": "quota"}, "texts": {"S": "{"}}));
    app.world.pass(MINUTE).await;
    app.query("p-1", FIRST_PAGE).await;
    assert_eq!(app.counted("online_texts_unreadable"), 1);
}
