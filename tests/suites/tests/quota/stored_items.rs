//! Rows of every schema version ever written: golden files that are never changed, only added to.

use serde_json::{Value, json};
use suites::quota::{
    ACCOUNTS, APPLY_NUMBERS, FIRST_PAGE, GRANTS, ONLINE_TEXTS, Quota, granted, opened, with,
};

/// One golden file for each version: for each table, rows by a name that says what they are.
const VERSIONS: [&str; 1] = [include_str!("../../golden/quota/v1.json")];
const TONIGHT: &str = "2019-06-26T00:10:00+08:00";
/// What people write; the functions only read it.
const BY_HAND: [&str; 1] = [ONLINE_TEXTS];

/// A version's rows of a table.
fn rows(version: &str, table: &str) -> Vec<Value> {
    let golden: Value = serde_json::from_str(version).expect("JSON");
    golden[table].as_object().expect("rows by name").values().cloned().collect()
}

/// A pin's account with the messages that lead to every row of the newest golden version.
async fn lived_through() -> Quota {
    let app = Quota::new().await;
    let until = |id: &str, limit: &str, time: &str| {
        with(granted("p-1", "2104", id, limit), "invalid_time", format!("{time}+08:00"))
    };
    app.take(&[
        with(opened("p-1"), "temp_total", "920.0000"),
        until("effective", "80.5000", "2019-12-27T00:00:00"),
        until("cancelled", "500", "2019-12-27T00:00:00"),
        until("expired", "7.0001", "2019-06-26T00:00:00"),
        with(granted("p-1", "2101", "filled", "1"), "source_type", "AUTOTASK"),
        granted("p-1", "2201", "endless", "2"),
        granted("p-2", "2004", "opening", "99999999999999.9999"),
    ])
    .await;
    app.cancel("p-1", "2104", "cancelled").await;
    app.expire(TONIGHT).await.unwrap();
    app
}

fn without_stamp(mut row: Value) -> Value {
    let stamp = row.as_object_mut().and_then(|row| row.remove("request_stamp"));
    assert!(stamp.is_some_and(|stamp| stamp["S"].as_str().is_some_and(|text| text.len() == 32)));
    row
}

fn sorted(mut rows: Vec<Value>) -> Vec<Value> {
    rows.sort_by_cached_key(Value::to_string);
    rows
}

#[tokio::test(start_paused = true)]
async fn what_is_written_now_is_the_newest_golden_version() {
    let app = lived_through().await;
    for table in [ACCOUNTS, GRANTS, APPLY_NUMBERS] {
        let written = app.world.items(table).into_iter().map(without_stamp);
        assert_eq!(sorted(written.collect()), sorted(rows(VERSIONS[VERSIONS.len() - 1], table)), "{table}");
    }
}

/// A process over a world with a version's rows.
async fn over(version: &str) -> Quota {
    let app = Quota::new().await;
    for table in [ACCOUNTS, GRANTS, APPLY_NUMBERS].into_iter().chain(BY_HAND) {
        for row in rows(version, table) {
            app.world.put_item(table, &row);
        }
    }
    let world = app.world.clone();
    drop(app);
    Quota::over(world).await
}

#[tokio::test(start_paused = true)]
async fn every_golden_version_is_shown() {
    for version in VERSIONS {
        let app = over(version).await;
        let got: Value = serde_json::from_str(&app.query("p-1", FIRST_PAGE).await.body).unwrap();
        assert_eq!((&got["code"], &got["totalTempQuota"]), (&json!("1111"), &json!("1003.50")), "{got}");
        assert_eq!(
            got["tempQuotaList"],
            json!([
                {"businessId": "effective", "businessType": "2104", "invalidTime": "2019-12-27", "tempLimit": "80.50"},
                {"businessId": "filled", "businessType": "2101", "invalidTime": "2019-07-20", "tempLimit": "1.00"},
            ])
        );
        let refused = app.query("p-2", FIRST_PAGE).await;
        assert!(
            refused.body.contains(r#""code":"1006""#) && refused.body.contains("尚未开通白条"),
            "{}",
            refused.body
        );
    }
}

#[tokio::test(start_paused = true)]
async fn every_golden_version_is_cancelled_and_runs_out() {
    for version in VERSIONS {
        let app = over(version).await;
        for (id, code) in [("effective", "1111"), ("cancelled", "1111"), ("expired", "1001")] {
            let got = app.cancel("p-1", "2104", id).await;
            assert!(got.body.contains(&format!(r#""code":"{code}""#)), "{id}: {}", got.body);
        }
        assert_eq!(app.total("p-1").as_deref(), Some("923"));
        app.expire("2019-07-20T10:00:00+08:00").await.unwrap();
        assert_eq!((app.total("p-1").as_deref(), app.counted("temp_credit_expired")), (Some("922"), 1));
    }
}

#[tokio::test(start_paused = true)]
async fn every_golden_version_is_changed_and_its_numbers_and_messages_are_known() {
    for version in VERSIONS {
        let app = over(version).await;
        let repeat = with(granted("p-1", "2101", "filled", "1.0000"), "source_type", "AUTOTASK");
        let earlier = with(opened("p-1"), "occurred_at", "2019-04-30T00:00:00+08:00");
        app.take(&[repeat.clone(), with(repeat, "change_limit", "2"), opened("p-1"), earlier]).await;
        app.take(&[with(opened("p-1"), "event_id", "e-2"), granted("p-1", "2201", "new", "0.5")]).await;
        app.take(&[opened("p-2")]).await;
        assert_eq!(
            app.outcomes(),
            ["repeated", "contradicted", "repeated", "late", "changed", "booked", "changed"]
        );
        assert_eq!(app.total("p-1").as_deref(), Some("1004"));
        assert_eq!(app.account("p-2").unwrap()["state"]["S"], "open");
    }
}
