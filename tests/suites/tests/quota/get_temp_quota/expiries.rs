//! Expiries that are not stored, and the day that is shown (§2.1, §2.2, §9).

use serde_json::Value;
use suites::quota::{granted, with};

use super::{lasting, shown};

/// Which day is shown of a grant without a stored expiry, at some instants.
async fn assert_shown(business_type: &str, effective: &str, expected: &[(&str, Option<&str>)]) {
    for (now, day) in expected {
        let grant = with(granted("p-1", business_type, "1", "80.0000"), "effective_time", effective);
        assert_eq!(shown(now, grant).await.as_deref(), *day, "{business_type} of {effective} at {now}");
    }
}

#[tokio::test(start_paused = true)]
async fn a_2101_without_expiry_is_shown_for_a_calendar_month_to_the_second() {
    let day = Some("2019-07-20");
    assert_shown(
        "2101",
        "2019-06-20T10:00:00+08:00",
        &[
            ("2019-06-20T09:00:00+08:00", day),
            ("2019-07-20T09:59:00+08:00", day),
            ("2019-07-20T09:59:59+08:00", day),
            ("2019-07-20T09:59:59.999999+08:00", day),
            ("2019-07-20T10:00:00+08:00", None),
            ("2019-07-20T02:00:00Z", None),
            ("2019-07-20T10:00:01+08:00", None),
        ],
    )
    .await;
}

#[tokio::test(start_paused = true)]
async fn a_2103_without_expiry_is_shown_for_three_calendar_months_to_the_second() {
    let day = Some("2019-09-20");
    assert_shown(
        "2103",
        "2019-06-20T10:00:00+08:00",
        &[
            ("2019-07-20T10:00:00+08:00", day),
            ("2019-09-20T09:59:59+08:00", day),
            ("2019-09-20T10:00:00+08:00", None),
        ],
    )
    .await;
}

#[tokio::test(start_paused = true)]
async fn at_a_month_end_the_filled_expiry_is_shown_although_it_has_passed() {
    let day = Some("2019-09-30");
    assert_shown(
        "2101",
        "2019-08-31T00:00:00+08:00",
        &[
            ("2019-09-30T00:00:00+08:00", day),
            ("2019-09-30T12:00:00+08:00", day),
            ("2019-09-30T23:59:59+08:00", day),
            ("2019-10-01T00:00:00+08:00", None),
        ],
    )
    .await;
    let day = Some("2020-02-29");
    assert_shown(
        "2103",
        "2019-11-30T10:00:00+08:00",
        &[
            ("2020-02-29T09:59:59+08:00", day),
            ("2020-02-29T12:00:00+08:00", day),
            ("2020-03-01T00:00:00+08:00", None),
        ],
    )
    .await;
}

#[tokio::test(start_paused = true)]
async fn months_end_where_shanghais_end_and_a_shorter_month_clamps_the_day() {
    for (business_type, effective, now, day) in [
        ("2101", "2019-05-31T08:00:00+08:00", "2019-06-10T00:00:00+08:00", "2019-06-30"),
        ("2101", "2020-01-31T08:00:00+08:00", "2020-02-10T00:00:00+08:00", "2020-02-29"),
        ("2101", "2021-01-31T08:00:00+08:00", "2021-02-10T00:00:00+08:00", "2021-02-28"),
        ("2101", "2020-02-29T10:00:00+08:00", "2020-03-29T09:59:59+08:00", "2020-03-29"),
        ("2101", "2019-12-31T23:59:59+08:00", "2020-01-31T23:59:58+08:00", "2020-01-31"),
        ("2101", "2019-06-19T16:30:00Z", "2019-06-25T00:00:00Z", "2019-07-20"),
        ("2101", "2019-08-30T16:00:00Z", "2019-09-10T00:00:00Z", "2019-09-30"),
        ("2103", "2019-10-31T16:00:00Z", "2019-11-10T00:00:00Z", "2020-02-01"),
        ("2103", "2019-11-29T16:00:00Z", "2019-12-10T00:00:00Z", "2020-02-29"),
    ] {
        assert_shown(business_type, effective, &[(now, Some(day))]).await;
    }
}

#[tokio::test(start_paused = true)]
async fn a_stored_expiry_wins_over_the_months_of_2101_and_2103() {
    for business_type in ["2101", "2103"] {
        assert_eq!(
            shown("2019-12-26T00:00:00+08:00", lasting(business_type, "1")).await.as_deref(),
            Some("2019-12-27"),
            "months after effective plus months"
        );
        let short = with(lasting(business_type, "1"), "invalid_time", "2019-06-21T00:00:00+08:00");
        assert_eq!(shown("2019-06-21T00:00:00+08:00", short).await, None);
    }
}

#[tokio::test(start_paused = true)]
async fn a_stored_expiry_is_shown_as_the_day_of_shanghai() {
    let until = |invalid_time: &str| -> Value { with(lasting("2104", "1"), "invalid_time", invalid_time) };
    for (invalid_time, day) in [
        ("2019-12-26T15:59:59Z", "2019-12-26"),
        ("2019-12-26T16:00:00Z", "2019-12-27"),
        ("2019-12-26T23:00:00-09:00", "2019-12-27"),
        ("2019-12-27T23:59:59.999+08:00", "2019-12-27"),
        ("2019-12-31T16:00:00Z", "2020-01-01"),
        ("9999-12-30T23:59:59+08:00", "9999-12-30"),
    ] {
        let shown = shown("2019-06-25T12:00:00+08:00", until(invalid_time)).await;
        assert_eq!(shown.as_deref(), Some(day), "{invalid_time}");
    }
}
