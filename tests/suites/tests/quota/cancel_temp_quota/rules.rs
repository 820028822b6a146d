//! The rules C1, C2, C3, C5 and C6 (§5).

use serde_json::json;
use suites::quota::{GRANTS, Quota, by, opened, with};
use world::{Fault, On};

use super::{ABSENT, CANCELLED, FAILED, NOW, app, lasting, stands, with_grants};
use crate::cancel_metrics::counted;

#[tokio::test(start_paused = true)]
async fn c1_a_grant_is_found_by_pin_and_type_and_id_together_and_exactly() {
    let app = with_grants(NOW, &[lasting("2201", "W1"), lasting("2202", "W2")]).await;
    for (pin, business_type, business_id) in [
        ("p-2", "2201", "W1"),
        ("P-1", "2201", "W1"),
        ("p-1 ", "2201", "W1"),
        ("p-1", "2202", "W1"),
        ("p-1", "2201", "W2"),
        ("p-1", "2201", "w1"),
        ("p-1", "2201", "W1 "),
        ("p-1", " 2201", "W1"),
        ("p-1", "2201", "W"),
        ("p-1", "9999", "W1"),
    ] {
        let got = app.cancel(pin, business_type, business_id).await;
        assert_eq!(got.brief(), ABSENT, "{pin} {business_type} {business_id}");
    }
    assert_eq!(stands(&app), ("2 2".into(), "1000".into()));
    assert_eq!(app.counted("internal_error"), 0);
}

#[tokio::test(start_paused = true)]
async fn c1_only_the_grant_that_is_named_is_cancelled() {
    let grants = [lasting("2104", "1"), lasting("2104", "2"), lasting("2201", "1")];
    let app = with_grants(NOW, &grants).await;
    app.take(&[opened("p-2"), with(with(lasting("2104", "1"), "pin", "p-2"), "apply_no", "a-2")]).await;
    assert_eq!(app.cancel("p-1", "2104", "1").await.brief(), CANCELLED);
    let of = |grant: &str, status: &str| (grant.to_owned(), status.to_owned());
    assert_eq!(app.statuses("p-1"), [of("2104#1", "3"), of("2104#2", "2"), of("2201#1", "2")]);
    assert_eq!(app.statuses("p-2"), [of("2104#1", "2")]);
    assert_eq!((app.total("p-1").as_deref(), app.total("p-2").as_deref()), (Some("1000"), Some("500")));
}

#[tokio::test(start_paused = true)]
async fn c2_a_pledge_is_1001_and_nothing_changes_whatever_its_expiry() {
    for business_type in ["2004", "2007"] {
        let app = with_grants(NOW, &[lasting(business_type, "1")]).await;
        let before = app.world.items(GRANTS);
        assert_eq!(app.cancel("p-1", business_type, "1").await.brief(), ABSENT);
        assert_eq!(app.world.items(GRANTS), before);
        assert_eq!(stands(&app), ("2".into(), "500".into()));
        let expected = [
            format!("CANCELTEMPREQ {business_type} REQUEST"),
            format!("CANCELTEMPFALIED {business_type} 1001"),
            format!("CANCELTEMPRANGE,NULL {business_type} 1001"),
        ];
        assert_eq!(counted(&app), expected);
    }
}

#[tokio::test(start_paused = true)]
async fn c3_another_pins_grant_cannot_be_told_from_one_that_is_not_there() {
    let app = app().await;
    app.take(&[opened("p-2")]).await;
    let (hers, spent) = app.world.measure(app.cancel("p-2", "2201", "W1")).await;
    let (none, spent_on_none) = app.world.measure(app.cancel("p-2", "2201", "W9")).await;
    let names = |got: &suites::gateway::Got| -> Vec<_> {
        got.headers.iter().filter(|(name, _)| name != "x-correlation-id").cloned().collect()
    };
    assert_eq!((hers.brief(), names(&hers)), (none.brief(), names(&none)));
    assert_eq!(hers.brief(), ABSENT);
    assert_eq!(spent, spent_on_none, "nor by its cost");
    let metrics = counted(&app);
    assert_eq!(metrics[..3], metrics[3..]);
}

#[tokio::test(start_paused = true)]
async fn c3_also_another_pins_cancelled_grant_is_none() {
    let app = app().await;
    assert_eq!(app.cancel("p-1", "2201", "W1").await.brief(), CANCELLED);
    assert_eq!(app.cancel("p-2", "2201", "W1").await.brief(), ABSENT);
}

#[tokio::test(start_paused = true)]
async fn c3_a_grant_that_the_job_expired_is_1001_and_comes_off_once() {
    let app =
        with_grants(NOW, &[with(lasting("2104", "1"), "invalid_time", "2019-06-25T13:00:00+08:00")]).await;
    app.expire("2019-06-25T13:00:00+08:00").await.unwrap();
    assert_eq!(stands(&app), ("4".into(), "0".into()));
    assert_eq!(app.cancel("p-1", "2104", "1").await.brief(), ABSENT, "although its time has not come here");
    assert_eq!(stands(&app), ("4".into(), "0".into()));
}

#[tokio::test(start_paused = true)]
async fn c5_status_and_total_change_together_or_not_at_all() {
    let app = app().await;
    app.world.fail(On::call("TransactWriteItems"), Fault::InternalError);
    assert_eq!(app.cancel("p-1", "2201", "W1").await.brief(), FAILED);
    assert_eq!(stands(&app), ("2".into(), "500".into()));
    let before = app.world.effects().len();
    assert_eq!(app.cancel("p-1", "2201", "W1").await.brief(), CANCELLED);
    assert_eq!(stands(&app), ("3".into(), "0".into()));
    assert_eq!(
        app.world.effects().len(),
        before + 3,
        "one transaction; then its event, and the outbox row goes"
    );
}

#[tokio::test(start_paused = true)]
async fn c5_a_cancelled_row_says_when_and_leaves_the_list_of_what_is_due() {
    let app = app().await;
    let booked = app.world.items(GRANTS)[0].clone();
    app.world.pass(std::time::Duration::from_secs(5)).await;
    app.cancel("p-1", "2201", "W1").await;
    let row = app.world.items(GRANTS)[0].clone();
    assert_eq!(row["status"], json!({"S": "3"}));
    assert_eq!(row["update_time"], json!({"S": "2019-06-25T04:00:05.000000000Z"}));
    for index_key in ["live_since", "due_at", "due_shard"] {
        assert!(row.get(index_key).is_none(), "{index_key}");
    }
    for kept in ["change_limit", "effective_time", "invalid_time", "apply_no", "created_at"] {
        assert_eq!(row[kept], booked[kept], "{kept}");
    }
}

#[tokio::test(start_paused = true)]
async fn c6_the_accounts_state_and_type_are_not_looked_at() {
    for state in ["open", "closed", "temporarily_closed", "not_opened"] {
        for account_type in ["NORMAL", "KDB"] {
            let app = Quota::new().await;
            let account = with(with(opened("p-1"), "state", state), "account_type", account_type);
            app.take(&[account, lasting("2104", "1")]).await;
            assert_eq!(app.cancel("p-1", "2104", "1").await.brief(), CANCELLED, "{state} {account_type}");
            assert_eq!(stands(&app), ("3".into(), "0".into()));
        }
    }
    let app = Quota::new().await;
    app.take(&[lasting("2104", "1")]).await;
    assert_eq!(app.cancel("p-1", "2104", "1").await.brief(), CANCELLED, "an account that a grant opened");
}

#[tokio::test(start_paused = true)]
async fn both_channels_are_one_function_and_the_pin_is_the_sessions() {
    for channel in ["na", "h5"] {
        let app = app().await;
        app.take(&[opened("p-2")]).await;
        let body = r#"{"pin":"p-1","businessType":"2201","businessId":"W1","page":1}"#;
        let route = format!("/gw/generic/bt/{channel}/m/cancelTempQuota");
        assert_eq!(app.send_cancel_event(by("p-2", body).event(&route)).await.brief(), ABSENT);
        assert_eq!(app.send_cancel_event(by("p-1", body).event(&route)).await.brief(), CANCELLED);
    }
}
