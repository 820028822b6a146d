//! A database that fails (§4.3, §11): 0000, since 1034 is no code of a cancel.

use std::time::Duration;

use serde_json::json;
use suites::quota::{GRANTS, Quota};
use world::{Fault, On};

use super::{CANCELLED, FAILED, app, edit_grant, stands};
use crate::cancel_metrics::counted;

const COUNTED: [&str; 3] =
    ["CANCELTEMPREQ 2201 REQUEST", "CANCELTEMPFALIED 2201 0000", "CANCELTEMPRANGE,NULL 2201 0000"];

/// Checks that a call which fails so is 0000, our fault and logged once, and that nothing came of it.
async fn assert_failure(on: On, fault: Fault) {
    let app = app().await;
    app.world.fail(on, fault);
    assert_eq!(app.cancel("p-1", "2201", "W1").await.brief(), FAILED, "{fault:?}");
    assert_eq!(stands(&app), ("2".into(), "500".into()), "{fault:?}");
    assert_eq!(app.counted("internal_error"), 1, "{fault:?}");
    assert_eq!(app.logged("ERROR").len(), 1, "{fault:?}");
    assert_eq!(counted(&app), COUNTED, "{fault:?}");
    assert_eq!(app.cancel("p-1", "2201", "W1").await.brief(), CANCELLED, "the next try succeeds");
    assert_eq!(stands(&app), ("3".into(), "0".into()));
    assert_eq!(counted(&app)[5], "CANCELTEMPRANGE,500_1000 2201 SUCCESS");
}

#[tokio::test(start_paused = true)]
async fn a_read_that_fails_or_has_no_answer_is_0000() {
    for fault in [
        Fault::Hang,
        Fault::Refused,
        Fault::Reset,
        Fault::ResetAfterEffect,
        Fault::HangAfterEffect,
        Fault::InternalError,
        Fault::Throttled,
    ] {
        assert_failure(On::call("GetItem").to(GRANTS), fault).await;
    }
}

#[tokio::test(start_paused = true)]
async fn a_transaction_that_fails_or_has_no_answer_is_0000() {
    for fault in [
        Fault::Hang,
        Fault::Refused,
        Fault::Reset,
        Fault::InternalError,
        Fault::Cancelled(&["ValidationError", "None"]),
        Fault::Cancelled(&["None", "ItemCollectionSizeLimitExceeded"]),
    ] {
        assert_failure(On::call("TransactWriteItems"), fault).await;
    }
}

#[tokio::test(start_paused = true)]
async fn a_fault_that_passes_is_not_seen_since_the_sdk_asks_again() {
    for operation in ["GetItem", "TransactWriteItems"] {
        for fault in [Fault::InternalError, Fault::Throttled, Fault::Reset, Fault::Refused, Fault::Hang] {
            let before = app().await;
            let app = Quota::over_with_sdk_retries(before.world.clone()).await;
            app.world.fail(On::call(operation), fault);
            assert_eq!(app.cancel("p-1", "2201", "W1").await.brief(), CANCELLED, "{operation} {fault:?}");
            assert_eq!(stands(&app), ("3".into(), "0".into()), "{operation} {fault:?}");
            assert_eq!(counted(&app).len(), 3);
        }
    }
}

#[tokio::test(start_paused = true)]
async fn a_database_that_hangs_for_good_is_0000_before_lambda_ends_the_invocation_and_keeps_its_type() {
    for operation in ["GetItem", "TransactWriteItems"] {
        let app = app().await.with_time_left(Duration::from_secs(2));
        app.world.fail(On::call(operation).always(), Fault::Hang);
        let started = app.world.time().now();
        assert_eq!(app.cancel("p-1", "2201", "W1").await.brief(), FAILED);
        assert!(app.world.time().now() < started + Duration::from_secs(2));
        assert_eq!(app.logged("WARN")[0]["refusal"], "timed out");
        assert_eq!(app.counted("internal_error"), 1);
        assert_eq!(counted(&app), COUNTED, "under the type that was asked for");
    }
}

#[tokio::test(start_paused = true)]
async fn a_grant_that_cannot_be_read_is_0000_and_stays_as_it_is() {
    for (attribute, value) in [
        ("change_limit", json!({"N": "-500"})),
        ("change_limit", json!({"S": "500"})),
        ("schema_version", json!({"N": "2"})),
        ("status", json!({"S": "7"})),
        ("update_time", json!(null)),
    ] {
        let app = app().await;
        edit_grant(&app.world, &[(attribute, value)]);
        let rows = app.world.items(GRANTS);
        assert_eq!(app.cancel("p-1", "2201", "W1").await.brief(), FAILED, "{attribute}");
        assert_eq!((app.world.items(GRANTS), app.total("p-1")), (rows, Some("500".into())));
        assert_eq!(counted(&app), COUNTED, "{attribute}");
        assert_eq!(app.counted("internal_error"), 1);
    }
}
