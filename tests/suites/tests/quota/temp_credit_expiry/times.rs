//! What has run out, and when the run believes it is.

use serde_json::{Value, json};
use suites::quota::{Quota, granted, opened, with};

use super::{MIDNIGHT, TONIGHT, ending, in_statuses};

/// Whether a grant of this type with this expiry, effective 2019-08-31 at 00:00, has run out for a run at `time`.
async fn runs_out(business_type: &str, invalid_time: Option<&str>, time: &str) -> bool {
    let app = Quota::new().await;
    let grant = with(granted("p-1", business_type, "1", "80"), "effective_time", "2019-08-31T00:00:00+08:00");
    app.take(&[with(grant, "invalid_time", invalid_time)]).await;
    app.expire(time).await.unwrap();
    let status = app.grant("p-1", &format!("{business_type}#1")).unwrap()["status"]["S"].clone();
    let total = app.total("p-1");
    assert_eq!(total.as_deref(), Some(if status == "4" { "0" } else { "80" }));
    status == "4"
}

#[tokio::test(start_paused = true)]
async fn a_stored_expiry_has_passed_from_its_very_instant_on() {
    for business_type in ["2004", "2007", "2101", "2103", "2104", "2201", "2202", "9999"] {
        let at = async |time| runs_out(business_type, Some("2019-09-10T10:00:00+08:00"), time).await;
        assert!(!at("2019-09-10T09:59:59+08:00").await, "{business_type}");
        assert!(at("2019-09-10T10:00:00+08:00").await, "{business_type}");
        assert!(at("2019-09-10T02:00:00Z").await, "{business_type}");
        assert!(at("2019-09-10T10:00:01+08:00").await, "{business_type}");
    }
}

#[tokio::test(start_paused = true)]
async fn a_fraction_of_a_second_counts() {
    let at = async |time| runs_out("2104", Some("2019-09-10T10:00:00.5+08:00"), time).await;
    assert!(!at("2019-09-10T10:00:00+08:00").await);
    assert!(!at("2019-09-10T10:00:00.499999999+08:00").await);
    assert!(at("2019-09-10T10:00:00.500000000+08:00").await);
}

#[tokio::test(start_paused = true)]
async fn a_filled_expiry_is_one_or_three_months_on_clamped_to_the_months_end() {
    assert!(!runs_out("2101", None, "2019-09-29T23:59:59+08:00").await);
    assert!(runs_out("2101", None, "2019-09-30T00:00:00+08:00").await);
    assert!(!runs_out("2103", None, "2019-11-29T23:59:59+08:00").await);
    assert!(runs_out("2103", None, "2019-11-30T00:00:00+08:00").await);
}

#[tokio::test(start_paused = true)]
async fn a_stored_expiry_is_not_filled_over() {
    let at = async |time| runs_out("2101", Some("2020-08-31T00:00:00+08:00"), time).await;
    assert!(!at("2020-08-30T23:59:59+08:00").await);
    assert!(at("2020-08-31T00:00:00+08:00").await);
}

#[tokio::test(start_paused = true)]
async fn a_grant_that_has_no_expiry_never_runs_out() {
    for business_type in ["2004", "2007", "2104", "2201", "2202", "9999"] {
        assert!(!runs_out(business_type, None, "9999-01-01T00:00:00+08:00").await, "{business_type}");
    }
}

#[tokio::test(start_paused = true)]
async fn every_grant_that_ran_out_is_taken_off_the_total_and_no_other() {
    let app = Quota::new().await;
    let until =
        |pin: &str, id: &str, limit: &str, time: &str| with(ending(pin, id, limit), "invalid_time", time);
    app.take(&[
        opened("p-1"),
        until("p-1", "1", "0.0001", "2019-05-01T00:00:00+08:00"),
        until("p-1", "2", "80.5", MIDNIGHT),
        until("p-1", "3", "500", "2019-06-26T00:10:01+08:00"),
        granted("p-1", "2201", "4", "7"),
        until("p-2", "5", "20", MIDNIGHT),
        until("p-3", "6", "3", "2019-12-27T00:00:00+08:00"),
    ])
    .await;
    app.expire(TONIGHT).await.unwrap();
    assert_eq!(["p-1", "p-2", "p-3"].map(|pin| app.total(pin).unwrap()), ["507", "0", "3"]);
    let ids = |status: &str| {
        let rows = ["p-1", "p-2", "p-3"].into_iter().flat_map(|pin| app.statuses(pin));
        rows.filter(|(_, found)| found == status).map(|(id, _)| id).collect::<Vec<_>>()
    };
    assert_eq!(ids("4"), ["2104#1", "2104#2", "2104#5"]);
    assert_eq!(ids("2"), ["2104#3", "2201#4", "2104#6"]);
    assert_eq!((app.counted("temp_credit_expired"), app.counted("job_done")), (3, 1));
}

#[tokio::test(start_paused = true)]
async fn the_schedules_time_decides_and_not_the_clocks() {
    let app = Quota::at("2019-07-09T12:00:00+08:00").await;
    app.take(&[ending("p-1", "1", "80"), with(ending("p-1", "2", "7"), "invalid_time", TONIGHT)]).await;
    app.expire("2019-06-26T00:09:59+08:00").await.unwrap();
    assert_eq!(app.total("p-1").as_deref(), Some("7"), "a run of two weeks ago");
    app.expire(TONIGHT).await.unwrap();
    assert_eq!(app.total("p-1").as_deref(), Some("0"));
}

#[tokio::test(start_paused = true)]
async fn a_time_that_is_missing_or_a_placeholder_is_the_clocks() {
    let placeholders =
        json!({"time": "<aws.scheduler.scheduled-time>", "id": "<aws.scheduler.execution-id>"});
    for event in [json!({}), placeholders] {
        let app = Quota::at("2019-06-25T23:59:59+08:00").await;
        app.take(&[ending("p-1", "1", "80")]).await;
        app.expire_with(&event).await.unwrap();
        assert_eq!(app.total("p-1").as_deref(), Some("80"), "{event}");
        app.world.pass(std::time::Duration::from_secs(1)).await;
        app.expire_with(&event).await.unwrap();
        assert_eq!(app.total("p-1").as_deref(), Some("0"), "{event}");
    }
}

#[tokio::test(start_paused = true)]
async fn a_time_that_is_none_fails_and_does_nothing() {
    for time in [
        json!(""),
        Value::Null,
        json!(1_561_478_400),
        json!("tonight"),
        json!("2019-06-26"),
        json!("2019-06-26T00:10:00"),
        json!("2019-06-31T00:10:00+08:00"),
    ] {
        let app = Quota::at("2019-07-09T12:00:00+08:00").await;
        app.take(&[ending("p-1", "1", "80")]).await;
        let (result, spent) = app.world.measure(app.expire_with(&json!({"time": time}))).await;
        result.unwrap_err();
        assert_eq!((in_statuses(&app), app.counted("job_done")), ([1, 0, 0], 0), "{time}");
        assert_eq!(spent, world::Spent::default(), "nothing is read either: {time}");
    }
}

#[tokio::test(start_paused = true)]
async fn a_run_after_days_of_pause_takes_everything_off_that_ran_out_meanwhile() {
    let app = Quota::new().await;
    for day in 1..=9 {
        let time = format!("2019-07-{day:02}T15:00:00+08:00");
        app.take(&[with(ending("p-1", &day.to_string(), "10"), "invalid_time", time)]).await;
    }
    app.expire("2019-07-02T00:10:00+08:00").await.unwrap();
    assert_eq!(app.total("p-1").as_deref(), Some("80"));
    app.expire("2019-07-09T00:10:00+08:00").await.unwrap();
    assert_eq!(app.total("p-1").as_deref(), Some("10"));
    assert_eq!(in_statuses(&app), [1, 0, 8]);
}

#[tokio::test(start_paused = true)]
async fn a_second_run_changes_nothing() {
    let app = Quota::new().await;
    app.take(&[ending("p-1", "1", "80"), ending("p-2", "1", "80")]).await;
    app.expire(TONIGHT).await.unwrap();
    let before = app.world.state_without(&[]);
    app.expire(TONIGHT).await.unwrap();
    app.expire("2019-06-29T00:10:00+08:00").await.unwrap();
    assert_eq!(app.world.state_without(&[]), before);
    assert_eq!((app.counted("temp_credit_expired"), app.counted("job_done")), (2, 3));
}

#[tokio::test(start_paused = true)]
async fn a_cancelled_grant_is_never_taken_off_again() {
    let app = Quota::new().await;
    app.take(&[ending("p-1", "1", "80"), ending("p-1", "2", "7")]).await;
    app.cancel("p-1", "2104", "1").await;
    app.expire(TONIGHT).await.unwrap();
    assert_eq!((app.total("p-1").as_deref(), in_statuses(&app)), (Some("0"), [0, 1, 1]));
    assert_eq!(app.counted("temp_credit_expired"), 1);
}

#[tokio::test(start_paused = true)]
async fn the_configured_text_stands_in_the_column_status() {
    let before = Quota::new().await;
    before.take(&[ending("p-1", "1", "80")]).await;
    let environment = [("CANCELLED_STATUS", "7"), ("EXPIRED_STATUS", "8")];
    let texts = platform::config::Environment::of(environment).load(quota::store::StatusTexts::read).unwrap();
    let app = Quota::over_with_statuses(before.world.clone(), texts).await;
    app.expire(TONIGHT).await.unwrap();
    assert_eq!(app.statuses("p-1"), [("2104#1".to_owned(), "8".to_owned())]);
    app.expire(TONIGHT).await.unwrap();
    assert_eq!(app.total("p-1").as_deref(), Some("0"));
}
