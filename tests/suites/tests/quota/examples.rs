//! The acceptance examples of the specification (§9), byte for byte.

use serde_json::{Value, json};
use suites::quota::{FIRST_PAGE, Quota, granted, opened, with};

/// The three grants of the seed's example, whose sum is not the account's total.
fn online_example() -> Vec<Value> {
    let grant = |id: &str, limit: &str| {
        let grant = with(granted("p-1", "2104", id, limit), "effective_time", "2019-05-21T00:00:00+08:00");
        with(grant, "invalid_time", "2019-12-27T00:00:00+08:00")
    };
    let corrected = json!({
        "event_id": "e-total", "type": "account_changed", "pin": "p-1", "state": "open",
        "account_type": "NORMAL", "occurred_at": "2019-06-21T00:00:00+08:00", "temp_total": "920.0000",
    });
    vec![
        opened("p-1"),
        grant("201905281552276330004096", "80.0000"),
        grant("201905210953183410004097", "880.0000"),
        grant("201905281421145750004096", "80.0000"),
        corrected,
    ]
}

#[tokio::test(start_paused = true)]
async fn the_query_of_the_seed_answers_byte_for_byte() {
    let app = Quota::new().await;
    app.take(&online_example()).await;
    let got = app.query("p-1", FIRST_PAGE).await;
    let expected = r#"{"code":"1111","error_msg":"以下是您的临时额度明细，您可选择对应额度进行取消。","issuccess":1,"page":1,"pageNum":1,"pageSize":10,"tempQuotaList":[{"businessId":"201905210953183410004097","businessType":"2104","invalidTime":"2019-12-27","tempLimit":"880.00"},{"businessId":"201905281421145750004096","businessType":"2104","invalidTime":"2019-12-27","tempLimit":"80.00"},{"businessId":"201905281552276330004096","businessType":"2104","invalidTime":"2019-12-27","tempLimit":"80.00"}],"totalCount":3,"totalTempQuota":"920.00"}"#;
    assert_eq!(got.brief(), (200, expected));
}

#[tokio::test(start_paused = true)]
async fn the_cancel_of_the_seed_answers_byte_for_byte_and_its_repeat_too() {
    let app = Quota::new().await;
    let grant = granted("p-1", "2201", "W5673649234", "500.0000");
    app.take(&[opened("p-1"), with(grant, "invalid_time", "2019-12-27T00:00:00+08:00")]).await;
    let expected = r#"{"issuccess":1,"error_msg":"取消临时额度成功","code":"1111"}"#;
    assert_eq!(app.cancel("p-1", "2201", "W5673649234").await.brief(), (200, expected));
    assert_eq!(app.total("p-1").as_deref(), Some("0"));
    assert_eq!(app.cancel("p-1", "2201", "W5673649234").await.brief(), (200, expected));
    assert_eq!(app.total("p-1").as_deref(), Some("0"));
    assert_eq!(app.counted("CANCELTEMPREQ"), 2);
    assert_eq!(app.counted("CANCELTEMPSUCCESS"), 2);
    assert_eq!(app.counted("CANCELTEMPRANGE,500_1000"), 1);
}
