//! Which grants are listed, and in which order (§2.1).

use serde_json::Value;
use suites::quota::{FIRST_PAGE, granted, with};

use super::{EXPIRY, ids, lasting, shown, with_grants};

const NOW: &str = "2019-06-25T12:00:00+08:00";

#[tokio::test(start_paused = true)]
async fn every_type_with_an_expiry_to_come_is_shown_but_pledges() {
    for business_type in ["2101", "2103", "2104", "2201", "2202", "9999", "x"] {
        let day = shown(NOW, lasting(business_type, "1")).await;
        assert_eq!(day.as_deref(), Some("2019-12-27"), "{business_type}");
    }
    for business_type in ["2004", "2007"] {
        assert_eq!(shown(NOW, lasting(business_type, "1")).await, None, "{business_type}");
    }
}

#[tokio::test(start_paused = true)]
async fn without_an_expiry_only_2101_and_2103_are_shown() {
    for business_type in ["2004", "2007", "2104", "2201", "2202", "9999"] {
        let grant = granted("p-1", business_type, "1", "80.0000");
        assert_eq!(shown(NOW, grant).await, None, "{business_type}");
    }
    for (business_type, day) in [("2101", "2019-07-20"), ("2103", "2019-09-20")] {
        let grant = granted("p-1", business_type, "1", "80.0000");
        assert_eq!(shown(NOW, grant).await.as_deref(), Some(day), "{business_type}");
    }
}

#[tokio::test(start_paused = true)]
async fn what_became_effective_on_the_first_of_april_2019_at_midnight_in_shanghai_is_not_shown_and_a_second_later_it_is()
 {
    for (effective, expected) in [
        ("2019-03-31T23:59:59+08:00", None),
        ("2019-04-01T00:00:00+08:00", None),
        ("2019-03-31T16:00:00Z", None),
        ("2019-04-01T00:00:00.000001+08:00", Some("2019-12-27")),
        ("2019-04-01T00:00:01+08:00", Some("2019-12-27")),
        ("2019-03-31T16:00:01Z", Some("2019-12-27")),
        ("2019-04-01T00:00:00Z", Some("2019-12-27")),
    ] {
        let grant = with(lasting("2104", "1"), "effective_time", effective);
        assert_eq!(shown(NOW, grant).await.as_deref(), expected, "{effective}");
    }
}

#[tokio::test(start_paused = true)]
async fn a_list_driven_grant_is_shown_when_its_row_changed_after_the_26th_of_march_2019() {
    for (occurred_at, expected) in [
        ("2019-03-25T00:00:00+08:00", false),
        ("2019-03-26T00:00:00+08:00", false),
        ("2019-03-26T00:00:01+08:00", true),
        ("2019-03-25T16:00:01Z", true),
    ] {
        for business_type in ["2201", "2202"] {
            let grant = with(lasting(business_type, "1"), "occurred_at", occurred_at);
            assert_eq!(shown(NOW, grant).await.is_some(), expected, "{business_type} {occurred_at}");
        }
        for business_type in ["2101", "2103", "2104", "9999"] {
            let grant = with(lasting(business_type, "1"), "occurred_at", occurred_at);
            assert!(shown(NOW, grant).await.is_some(), "only list-driven grants: {business_type}");
        }
    }
}

#[tokio::test(start_paused = true)]
async fn what_becomes_effective_in_the_future_is_shown_as_in_the_seed() {
    let grant = with(lasting("2104", "1"), "effective_time", "2019-12-01T00:00:00+08:00");
    assert_eq!(shown(NOW, grant).await.as_deref(), Some("2019-12-27"));
    let grant = with(granted("p-1", "2101", "1", "80.0000"), "effective_time", "2019-12-01T00:00:00+08:00");
    assert_eq!(shown(NOW, grant).await.as_deref(), Some("2020-01-01"));
}

#[tokio::test(start_paused = true)]
async fn what_was_cancelled_or_has_expired_is_not_shown() {
    let short = with(lasting("2104", "short"), "invalid_time", "2019-06-25T13:00:00+08:00");
    let app = with_grants(NOW, &[lasting("2104", "kept"), lasting("2104", "cancelled"), short]).await;
    assert_eq!(ids(&app).await, ["cancelled", "kept", "short"]);
    app.cancel("p-1", "2104", "cancelled").await;
    assert_eq!(ids(&app).await, ["kept", "short"]);
    app.expire("2019-06-25T13:00:00+08:00").await.unwrap();
    assert_eq!(ids(&app).await, ["kept"], "also when the clock is behind the job's");
}

#[tokio::test(start_paused = true)]
async fn grants_of_other_pins_are_not_shown() {
    let app = with_grants(NOW, &[lasting("2104", "mine")]).await;
    app.take(&[with(lasting("2104", "hers"), "pin", "p-2"), with(lasting("2104", "x"), "pin", "p-1 ")]).await;
    assert_eq!(ids(&app).await, ["mine"]);
}

#[tokio::test(start_paused = true)]
async fn the_latest_effective_time_comes_first_and_equal_ones_are_in_the_order_of_their_business_ids() {
    let at = |id: &str, effective: &str| with(lasting("2104", id), "effective_time", effective);
    let app = with_grants(
        NOW,
        &[
            at("W1", "2019-05-21T00:00:00+08:00"),
            at("201905281552276330004096", "2019-05-20T16:00:00Z"),
            at("oldest", "2019-05-20T23:59:59+08:00"),
            at("201905210953183410004097", "2019-05-21T00:00:00.000+08:00"),
            at("newest", "2019-05-21T00:00:00.001+08:00"),
            at("201905281421145750004096", "2019-05-21T00:00:00+08:00"),
        ],
    )
    .await;
    let expected = [
        "newest",
        "201905210953183410004097",
        "201905281421145750004096",
        "201905281552276330004096",
        "W1",
        "oldest",
    ];
    assert_eq!(ids(&app).await, expected);
}

#[tokio::test(start_paused = true)]
async fn grants_that_differ_only_in_their_type_stand_in_one_order_too() {
    let types = ["9999", "2202", "2104", "2201", "2101"];
    let grants: Vec<Value> = types.iter().map(|business_type| lasting(business_type, "1")).collect();
    let app = with_grants(NOW, &grants).await;
    let body: Value = serde_json::from_str(&app.query("p-1", FIRST_PAGE).await.body).unwrap();
    let listed: Vec<_> =
        body["tempQuotaList"].as_array().unwrap().iter().map(|grant| &grant["businessType"]).collect();
    assert_eq!(listed, ["2101", "2104", "2201", "2202", "9999"]);
}

#[tokio::test(start_paused = true)]
async fn a_business_id_is_a_text_that_comes_back_unchanged() {
    let odd =
        ["201905210953183410004097", "W546231994", "0", "007", "1#2", "a\"b\\c", "额度", "😀", " ", "1e3"];
    for id in odd {
        let app = with_grants(NOW, &[lasting("2104", id)]).await;
        assert_eq!(ids(&app).await, [id]);
        assert!(app.cancel("p-1", "2104", id).await.body.contains("\"1111\""), "{id}");
        assert!(ids(&app).await.is_empty());
    }
}

#[tokio::test(start_paused = true)]
async fn an_expiry_exactly_now_has_passed() {
    let grant = || lasting("2104", "1");
    assert!(shown("2019-12-26T23:59:59.999999+08:00", grant()).await.is_some());
    assert!(shown(EXPIRY, grant()).await.is_none());
    assert!(shown("2019-12-27T00:00:01+08:00", grant()).await.is_none());
}
