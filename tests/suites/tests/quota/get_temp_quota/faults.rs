//! A database that fails (§3.3, §4.3, §11): no answer is 1034, everything else 0000.

use std::time::Duration;

use serde_json::{Value, json};
use suites::quota::{ACCOUNTS, FIRST_PAGE, GRANTS, Quota, opened, with};
use world::{Fault, On};

use super::{failure, ids, lasting, with_grants};

async fn app() -> Quota {
    with_grants("2019-06-25T12:00:00+08:00", &[lasting("2104", "1")]).await
}

/// The two reads.
fn reads() -> [On; 2] {
    [On::call("GetItem").to(ACCOUNTS), On::call("Query").to(GRANTS)]
}

/// Checks that a read which fails so is this code, our fault, and logged once.
async fn assert_failure(fault: Fault, code: &str) {
    for on in reads() {
        let app = app().await;
        app.world.fail(on, fault);
        assert_eq!(app.query("p-1", FIRST_PAGE).await.brief(), (200, failure(code).as_str()), "{fault:?}");
        assert_eq!(app.counted("internal_error"), 1, "{fault:?}");
        assert_eq!(app.logged("ERROR").len(), 1, "{fault:?}");
        assert_eq!(ids(&app).await, ["1"], "the next call answers");
    }
}

#[tokio::test(start_paused = true)]
async fn a_read_without_an_answer_is_1034() {
    for fault in [Fault::Hang, Fault::Refused, Fault::Reset, Fault::HangAfterEffect, Fault::ResetAfterEffect]
    {
        assert_failure(fault, "1034").await;
    }
}

#[tokio::test(start_paused = true)]
async fn a_read_that_dynamodb_refuses_is_0000() {
    for fault in [Fault::InternalError, Fault::InternalErrorAfterEffect, Fault::Throttled] {
        assert_failure(fault, "0000").await;
    }
}

#[tokio::test(start_paused = true)]
async fn a_fault_that_passes_is_not_seen_since_the_sdk_asks_again() {
    for fault in [Fault::InternalError, Fault::Throttled, Fault::Reset, Fault::Refused, Fault::Hang] {
        for on in reads() {
            let before = app().await;
            let app = Quota::over_with_sdk_retries(before.world.clone()).await;
            app.world.fail(on, fault);
            assert_eq!(ids(&app).await, ["1"], "{fault:?}");
        }
    }
}

#[tokio::test(start_paused = true)]
async fn a_database_that_hangs_for_good_is_1034_before_lambda_ends_the_invocation() {
    let time_left = Duration::from_secs(2);
    let app = app().await.with_time_left(time_left);
    app.world.fail(On::call("Query").always(), Fault::Hang);
    let started = app.world.time().now();
    assert_eq!(app.query("p-1", FIRST_PAGE).await.brief(), (200, failure("1034").as_str()));
    assert!(app.world.time().now() < started + time_left);
    assert_eq!(app.counted("internal_error"), 1);
    assert_eq!(app.logged("WARN")[0]["refusal"], "timed out");
}

#[tokio::test(start_paused = true)]
async fn the_account_is_judged_before_the_list_also_when_the_list_fails() {
    for (account, code) in [
        (with(opened("p-1"), "account_type", "KDB"), "10012"),
        (with(opened("p-1"), "state", "closed"), "1110"),
    ] {
        let app = Quota::new().await;
        app.take(&[account]).await;
        app.world.fail(On::call("Query"), Fault::InternalError);
        assert_eq!(app.query("p-1", FIRST_PAGE).await.brief(), (200, failure(code).as_str()));
    }
}

#[tokio::test(start_paused = true)]
async fn a_row_that_cannot_be_read_is_0000_and_stays_as_it_is() {
    let broken: [(&str, &str, Value); 6] = [
        (GRANTS, "change_limit", json!({"N": "-1"})),
        (GRANTS, "schema_version", json!({"N": "2"})),
        (GRANTS, "invalid_time", json!({"S": "soon"})),
        (ACCOUNTS, "temp_total", json!({"N": "-0.0001"})),
        (ACCOUNTS, "state", json!({"S": "half open"})),
        (ACCOUNTS, "account_type", json!({"S": "normal"})),
    ];
    for (table, attribute, value) in broken {
        let app = app().await;
        let row = with(app.world.items(table)[0].clone(), attribute, value);
        app.world.put_item(table, &row);
        assert_eq!(
            app.query("p-1", FIRST_PAGE).await.brief(),
            (200, failure("0000").as_str()),
            "{attribute}"
        );
        assert_eq!(app.counted("internal_error"), 1, "{attribute}");
        let errors = app.logged("ERROR");
        assert!(errors[0]["failure"].as_str().unwrap().contains(attribute), "{errors:?}");
        assert_eq!(app.world.items(table), [row]);
    }
}
