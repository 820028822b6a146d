//! C4: what was cancelled is cancelled, for ever, and counts once (§5, §6, §11).

use std::time::Duration;

use serde_json::json;
use suites::quota::{GRANTS, Quota, opened, with};
use world::{Fault, On, Units};

use super::{ABSENT, CANCELLED, FAILED, app, edit_grant, lasting, stands, with_grants};
use crate::cancel_metrics::counted;

async fn assert_repeat(app: &Quota) {
    let rows = app.world.items(GRANTS);
    let before = counted(app).len();
    let (got, spent) = app.world.measure(app.cancel("p-1", "2201", "W1")).await;
    assert_eq!(got.brief(), CANCELLED);
    let spent = (spent.on(GRANTS).reads(), spent.writes());
    assert_eq!(spent, (Units::whole(1), Units::default()), "it reads only");
    assert_eq!(app.world.items(GRANTS), rows);
    assert_eq!(app.total("p-1").as_deref(), Some("0"));
    assert_eq!(counted(app)[before..], ["CANCELTEMPREQ 2201 REQUEST", "CANCELTEMPSUCCESS 2201 SUCCESS"]);
}

async fn cancelled() -> Quota {
    let app = app().await;
    assert_eq!(app.cancel("p-1", "2201", "W1").await.brief(), CANCELLED);
    app
}

#[tokio::test(start_paused = true)]
async fn a_repeat_answers_byte_for_byte_the_same_and_takes_nothing_off() {
    let app = cancelled().await;
    for _ in 0..3 {
        assert_repeat(&app).await;
    }
}

#[tokio::test(start_paused = true)]
async fn a_repeat_after_the_expiry_is_a_success_too() {
    let app = cancelled().await;
    for now in ["2019-12-27T00:00:00+08:00", "2025-01-01T00:00:00+08:00"] {
        app.world.time().set(now.parse().unwrap());
        assert_repeat(&app).await;
    }
}

#[tokio::test(start_paused = true)]
async fn a_repeat_is_a_success_whatever_the_list_predicate_says_of_the_row() {
    for changes in [
        [("effective_time", json!({"S": "2018-01-01T00:00:00.000000000Z"})), ("invalid_time", json!(null))],
        [
            ("invalid_time", json!({"S": "2018-01-01T00:00:00.000000000Z"})),
            ("update_time", json!({"S": "2018-01-01T00:00:00.000000000Z"})),
        ],
    ] {
        let app = cancelled().await;
        edit_grant(&app.world, &changes);
        assert_repeat(&app).await;
    }
}

#[tokio::test(start_paused = true)]
async fn a_repeat_finds_its_grant_after_a_restart_and_after_the_account_closed() {
    let app = cancelled().await;
    let closed = with(with(opened("p-1"), "state", "closed"), "event_id", "closed");
    app.take(&[with(closed, "occurred_at", "2019-06-26T00:00:00+08:00")]).await;
    assert_repeat(&app).await;
    let restarted = Quota::over(app.world.clone()).await;
    assert_repeat(&restarted).await;
}

#[tokio::test(start_paused = true)]
async fn the_job_leaves_a_cancelled_grant_alone_and_the_repeat_stays_a_success() {
    let app = cancelled().await;
    app.take(&[with(lasting("2104", "2"), "invalid_time", json!(null))]).await;
    app.expire("2020-01-01T00:10:00+08:00").await.unwrap();
    assert_eq!(stands(&app), ("2 3".into(), "500".into()), "taken off once");
    assert_eq!(app.cancel("p-1", "2201", "W1").await.brief(), CANCELLED);
}

#[tokio::test(start_paused = true)]
async fn a_grant_that_expired_first_stays_expired() {
    let app = app().await;
    app.world.time().set("2019-12-27T00:10:00+08:00".parse().unwrap());
    app.expire("2019-12-27T00:10:00+08:00").await.unwrap();
    for _ in 0..2 {
        assert_eq!(app.cancel("p-1", "2201", "W1").await.brief(), ABSENT);
    }
    assert_eq!(stands(&app), ("4".into(), "0".into()));
}

#[tokio::test(start_paused = true)]
async fn a_time_out_after_the_commit_is_a_failure_that_the_users_next_try_turns_into_a_success() {
    for fault in [Fault::HangAfterEffect, Fault::ResetAfterEffect, Fault::InternalErrorAfterEffect] {
        let app = app().await;
        app.world.fail(On::call("TransactWriteItems"), fault);
        assert_eq!(app.cancel("p-1", "2201", "W1").await.brief(), FAILED, "unknown is not success");
        assert_eq!(stands(&app), ("3".into(), "0".into()));
        app.world.pass(Duration::from_secs(1)).await;
        assert_repeat(&app).await;
        assert_eq!(stands(&app), ("3".into(), "0".into()), "no second reduction");
    }
}

#[tokio::test(start_paused = true)]
async fn a_lost_answer_stays_the_success_that_it_was_when_the_sdk_asks_again() {
    for fault in [Fault::HangAfterEffect, Fault::ResetAfterEffect, Fault::InternalErrorAfterEffect] {
        let before = with_grants(super::NOW, &[lasting("2201", "W1"), lasting("2104", "2")]).await;
        let app = Quota::over_with_sdk_retries(before.world.clone()).await;
        app.world.fail(On::call("TransactWriteItems"), fault);
        assert_eq!(app.cancel("p-1", "2201", "W1").await.brief(), CANCELLED, "{fault:?}");
        assert_eq!(stands(&app), ("2 3".into(), "500".into()), "{fault:?}");
        let expected = [
            "CANCELTEMPREQ 2201 REQUEST",
            "CANCELTEMPSUCCESS 2201 SUCCESS",
            "CANCELTEMPRANGE,500_1000 2201 SUCCESS",
        ];
        assert_eq!(counted(&app), expected, "{fault:?}: no repeat");
    }
}
