//! What on-call needs to find a row, and never a pin.

use serde_json::{Value, json};
use suites::gateway::Post;
use suites::quota::{ACCOUNTS, FIRST_PAGE, GRANTS, Quota, with};
use world::{Fault, On};

use crate::one_grant::{LATER, app, cancel_of_w1, edit, lasting};

/// The pin's as on-call computes it.
fn fingerprint() -> String {
    platform::fingerprint(&["p-1"])[..12].to_owned()
}

/// The only line of this level that is not the entry point's; no line has the pin.
fn line(app: &Quota, level: &str) -> Value {
    let lines: Vec<Value> =
        app.logged(level).into_iter().filter(|line| line["message"] != "the job did not end well").collect();
    assert_eq!(lines.len(), 1, "{lines:?}");
    assert!(!app.output.text().contains("p-1\""), "{}", app.output.text());
    lines[0].clone()
}

#[tokio::test(start_paused = true)]
async fn a_contradiction_names_its_application_and_its_grant_and_is_counted() {
    let app = app().await;
    app.take(&[with(lasting("p-1", "W1"), "change_limit", "1")]).await;
    let line = line_with_apply_no(&app);
    assert_eq!(line["business_type"], "2201");
    assert_eq!(line["business_id"], "W1");
    assert_eq!(line["pin_fingerprint"], fingerprint());
    assert_eq!(app.counted("grant_contradicted"), 1);
}

/// The test messages' numbers have the pin in them, as no real ones do.
fn line_with_apply_no(app: &Quota) -> Value {
    let lines = app.logged("WARN");
    assert_eq!(lines.len(), 1, "{lines:?}");
    assert_eq!(lines[0]["apply_no"], "a-p-1-2201-W1");
    assert!(!app.output.text().contains(r#""p-1""#));
    lines[0].clone()
}

#[tokio::test(start_paused = true)]
async fn a_cancel_that_fails_names_its_grant_on_both_wires() {
    for gateway in [true, false] {
        let app = app().await;
        app.world.fail(On::call("TransactWriteItems"), Fault::InternalError);
        if gateway {
            app.cancel("p-1", "2201", "W1").await;
        } else {
            app.credit_man_cancel(&Post::signed(cancel_of_w1())).await;
        }
        let line = line(&app, "ERROR");
        assert_eq!(line["business_type"], "2201");
        assert_eq!(line["business_id"], "W1");
        assert_eq!(line["pin_fingerprint"], fingerprint());
    }
}

#[tokio::test(start_paused = true)]
async fn a_page_with_a_row_that_cannot_be_read_names_the_row() {
    let app = app().await;
    edit(&app.world, GRANTS, "change_limit", json!({"N": "-1"}));
    app.query("p-1", FIRST_PAGE).await;
    let line = line(&app, "ERROR");
    let failure = line["failure"].as_str().unwrap();
    assert!(failure.contains("change_limit") && failure.contains("grant 2201#W1"), "{failure}");
    assert_eq!(line["pin_fingerprint"], fingerprint());
}

#[tokio::test(start_paused = true)]
async fn an_expiry_that_fails_names_the_grant_and_its_shard_and_is_counted() {
    for (table, attribute) in [(GRANTS, "change_limit"), (ACCOUNTS, "temp_total")] {
        let app = app().await;
        edit(&app.world, table, attribute, json!({"S": "none"}));
        app.expire(LATER).await.unwrap_err();
        let line = line(&app, "ERROR");
        assert_eq!(line["grant_id"], "2201#W1", "{attribute}");
        assert_eq!(line["shard"], 3, "{attribute}");
        assert_eq!(line["pin_fingerprint"], fingerprint());
        assert_eq!(app.counted("temp_credit_expiry_failed"), 1);
    }
}
