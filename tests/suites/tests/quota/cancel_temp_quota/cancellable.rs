//! What may be cancelled is what is listed at the same instant (§2.1, §5 C1 and C3, §11).

use serde_json::Value;
use suites::quota::{FIRST_PAGE, granted, with};

use super::{ABSENT, CANCELLED, EXPIRY, NOW, lasting, stands, with_grants};

/// Asserts that at `now` the grant is both listed and cancellable, or neither, and unchanged if it is not.
async fn assert_cancellable(expected: bool, now: &str, grant: Value) {
    let (business_type, id) = (grant["business_type"].clone(), grant["business_id"].clone());
    let app = with_grants(now, std::slice::from_ref(&grant)).await;
    let listed = !app.query("p-1", FIRST_PAGE).await.body.contains(r#""tempQuotaList":[]"#);
    assert_eq!(listed, expected, "listed at {now}: {grant}");
    let before = stands(&app);
    let got = app.cancel("p-1", business_type.as_str().unwrap(), id.as_str().unwrap()).await;
    assert_eq!(got.brief(), if expected { CANCELLED } else { ABSENT }, "at {now}: {grant}");
    let after = if expected { ("3".into(), "0".into()) } else { before };
    assert_eq!(stands(&app), after, "at {now}: {grant}");
}

#[tokio::test(start_paused = true)]
async fn every_type_with_an_expiry_to_come_but_pledges() {
    for business_type in ["2101", "2103", "2104", "2201", "2202", "9999"] {
        assert_cancellable(true, NOW, lasting(business_type, "1")).await;
    }
    for business_type in ["2004", "2007"] {
        assert_cancellable(false, NOW, lasting(business_type, "1")).await;
    }
}

#[tokio::test(start_paused = true)]
async fn without_an_expiry_2101_and_2103_for_their_months_and_nothing_else() {
    for business_type in ["2004", "2007", "2104", "2201", "2202", "9999"] {
        assert_cancellable(false, NOW, granted("p-1", business_type, "1", "500")).await;
    }
    for (business_type, effective, now, expected) in [
        ("2101", "2019-06-20T10:00:00+08:00", "2019-07-20T09:59:59+08:00", true),
        ("2101", "2019-06-20T10:00:00+08:00", "2019-07-20T10:00:00+08:00", false),
        ("2103", "2019-06-20T10:00:00+08:00", "2019-09-20T09:59:59+08:00", true),
        ("2103", "2019-06-20T10:00:00+08:00", "2019-09-20T10:00:00+08:00", false),
        ("2101", "2019-08-31T00:00:00+08:00", "2019-09-30T12:00:00+08:00", true),
        ("2101", "2019-08-31T00:00:00+08:00", "2019-10-01T00:00:00+08:00", false),
    ] {
        let grant = with(granted("p-1", business_type, "1", "500"), "effective_time", effective);
        assert_cancellable(expected, now, grant).await;
    }
}

#[tokio::test(start_paused = true)]
async fn not_from_its_expiry_on() {
    assert_cancellable(true, "2019-12-26T23:59:59+08:00", lasting("2104", "1")).await;
    assert_cancellable(false, EXPIRY, lasting("2104", "1")).await;
    assert_cancellable(false, "2020-12-27T00:00:00+08:00", lasting("2104", "1")).await;
}

#[tokio::test(start_paused = true)]
async fn not_what_became_effective_by_the_first_of_april_2019_and_also_what_will_be_effective() {
    for (effective, expected) in [
        ("2019-04-01T00:00:00+08:00", false),
        ("2019-04-01T00:00:01+08:00", true),
        ("2019-12-01T00:00:00+08:00", true),
    ] {
        assert_cancellable(expected, NOW, with(lasting("2104", "1"), "effective_time", effective)).await;
    }
}

#[tokio::test(start_paused = true)]
async fn a_list_driven_grant_when_its_row_changed_after_the_26th_of_march_2019() {
    for business_type in ["2201", "2202"] {
        for (occurred_at, expected) in
            [("2019-03-26T00:00:00+08:00", false), ("2019-03-26T00:00:01+08:00", true)]
        {
            let grant = with(lasting(business_type, "1"), "occurred_at", occurred_at);
            assert_cancellable(expected, NOW, grant).await;
        }
    }
}

#[tokio::test(start_paused = true)]
async fn on_whatever_page_it_stands() {
    let grants: Vec<Value> = (0..60)
        .map(|number| {
            let effective = format!("2019-06-20T10:00:{number:02}+08:00");
            with(lasting("2104", &number.to_string()), "effective_time", effective)
        })
        .collect();
    let app = with_grants(NOW, &grants).await;
    assert!(!app.query("p-1", r#"{"page":1,"pageSize":50}"#).await.body.contains(r#""businessId":"0""#));
    assert_eq!(app.cancel("p-1", "2104", "0").await.brief(), CANCELLED);
    assert_eq!(app.total("p-1").as_deref(), Some("29500"));
}
