//! `temp_credit_granted`, by a business or from a list.

use serde_json::{Value, json};
use suites::quota::{APPLY_NUMBERS, DEAD_LETTERS, FIRST_PAGE, GRANTS, Quota, granted, opened, with};

use super::{account, changed};

const NEXT_YEAR: &str = "2020-01-01T00:00:00+08:00";
const TYPES: [&str; 8] = ["2004", "2007", "2101", "2103", "2104", "2201", "2202", "9999"];

/// A grant of `p-1` that lasts beyond today.
fn lasting(business_id: &str, change_limit: &str) -> Value {
    with(granted("p-1", "2104", business_id, change_limit), "invalid_time", NEXT_YEAR)
}

fn everything(app: &Quota) -> Value {
    app.world.state_without(&[])
}

#[tokio::test(start_paused = true)]
async fn a_grant_by_a_business_and_one_from_a_list_are_booked_alike() {
    for source in ["BUSINESS", "AUTOTASK"] {
        let app = Quota::new().await;
        app.take(&[
            opened("p-1"),
            with(lasting("201905210953183410004097", "880.0000"), "source_type", source),
        ])
        .await;
        let row = app.grant("p-1", "2104#201905210953183410004097").unwrap();
        for (attribute, value) in [
            ("source_type", source),
            ("status", "2"),
            ("credit_type", "TEMP"),
            ("change_way", "BOTH"),
            ("business_name", "临时提额"),
            ("effective_time", "2019-06-20T02:00:00.000000000Z"),
            ("invalid_time", "2019-12-31T16:00:00.000000000Z"),
            ("update_time", "2019-06-20T02:00:01.000000000Z"),
        ] {
            assert_eq!(row[attribute]["S"], value, "{attribute}");
        }
        assert_eq!(row["change_limit"], json!({"N": "880"}));
        assert_eq!(account(&app, "p-1"), ["open", "NORMAL", "880"]);
        assert_eq!((app.outcomes(), app.is_quiet()), (vec!["changed".into(), "booked".into()], true));
    }
}

#[tokio::test(start_paused = true)]
async fn a_grant_for_a_pin_without_an_account_opens_one_that_a_later_message_completes() {
    let app = Quota::new().await;
    app.take(&[lasting("1", "80.25")]).await;
    assert_eq!(account(&app, "p-1"), ["not_opened", "NORMAL", "80.25"]);
    assert!(app.query("p-1", FIRST_PAGE).await.body.contains(r#""code":"1006""#));
    app.take(&[with(changed("e-1", "2001-01-01T00:00:00Z"), "account_type", "KDB")]).await;
    assert_eq!(account(&app, "p-1"), ["open", "KDB", "80.25"], "no message is older than none");
    app.take(&[changed("e-2", "2019-06-21T00:00:00Z")]).await;
    assert!(app.query("p-1", FIRST_PAGE).await.body.contains(r#""totalTempQuota":"80.25""#));
}

#[tokio::test(start_paused = true)]
async fn a_grant_is_booked_whatever_the_accounts_state_and_type_and_the_grants_type() {
    for state in ["open", "closed", "temporarily_closed", "not_opened"] {
        for kind in ["NORMAL", "KDB"] {
            let app = Quota::new().await;
            app.take(&[with(with(opened("p-1"), "state", state), "account_type", kind)]).await;
            app.take(&TYPES.map(|business_type| granted("p-1", business_type, "1", "1.5"))).await;
            assert_eq!(account(&app, "p-1"), [state, kind, "12"]);
            assert_eq!(app.statuses("p-1"), TYPES.map(|kind| (format!("{kind}#1"), "2".to_owned())));
        }
    }
}

#[tokio::test(start_paused = true)]
async fn totals_are_exact() {
    let app = Quota::new().await;
    app.take(&["0.1", "0.2", "0.0001", "99999999999999.9999"].map(|limit| lasting(limit, limit))).await;
    assert_eq!(app.total("p-1").as_deref(), Some("100000000000000.3"));
    app.cancel("p-1", "2104", "99999999999999.9999").await;
    assert_eq!(app.total("p-1").as_deref(), Some("0.3001"));
}

#[tokio::test(start_paused = true)]
async fn a_repeat_with_equal_content_is_dropped_without_a_word() {
    let app = Quota::new().await;
    let grant = lasting("1", "500.0000");
    app.take(&[opened("p-1"), grant.clone()]).await;
    let before = everything(&app);
    let repeats = [
        grant.clone(),
        with(grant.clone(), "event_id", "another"),
        with(grant.clone(), "occurred_at", "2019-06-24T00:00:00Z"),
        with(grant.clone(), "change_limit", "500"),
        with(grant.clone(), "effective_time", "2019-06-20T02:00:00.000Z"),
        with(grant, "invalid_time", "2019-12-31T16:00:00Z"),
    ];
    app.take(&repeats).await;
    assert_eq!(everything(&app), before);
    assert_eq!(app.outcomes()[2..], ["repeated"; 6]);
    assert_eq!((app.logged("WARN").len(), app.logged("ERROR").len()), (0, 0));
}

#[tokio::test(start_paused = true)]
async fn a_known_number_with_other_content_is_dropped_with_one_warning() {
    let app = Quota::new().await;
    let grant = lasting("1", "500.0000");
    app.take(&[opened("p-1"), grant.clone()]).await;
    let before = everything(&app);
    for (warnings, (member, value)) in [
        ("pin", json!("p-2")),
        ("business_type", json!("2101")),
        ("business_id", json!("2")),
        ("business_name", json!("其他")),
        ("change_limit", json!("500.0001")),
        ("effective_time", json!("2019-06-20T10:00:00.000000001+08:00")),
        ("invalid_time", json!("2020-01-02T00:00:00+08:00")),
        ("invalid_time", Value::Null),
        ("source_type", json!("AUTOTASK")),
    ]
    .into_iter()
    .enumerate()
    {
        app.take(&[with(grant.clone(), member, value)]).await;
        assert_eq!(everything(&app), before, "{member}");
        assert_eq!(app.outcomes().last().map(String::as_str), Some("contradicted"), "{member}");
        assert_eq!(app.logged("WARN").len(), warnings + 1, "{member}");
    }
}

#[tokio::test(start_paused = true)]
async fn a_second_grant_of_the_pin_under_the_same_type_and_id_is_dropped_with_a_warning_and_keeps_its_number()
{
    let app = Quota::new().await;
    let grant = lasting("1", "500");
    let other = with(grant.clone(), "apply_no", "a-2");
    app.take(&[grant, other.clone()]).await;
    assert_eq!((app.outcomes(), app.logged("WARN").len()), (vec!["booked".into(), "contradicted".into()], 1));
    assert_eq!(app.total("p-1").as_deref(), Some("500"));
    assert_eq!(app.world.items(APPLY_NUMBERS).len(), 1);
    app.take(&[with(other, "business_id", "2")]).await;
    assert_eq!(app.total("p-1").as_deref(), Some("1000"), "the number was not used up");
}

#[tokio::test(start_paused = true)]
async fn a_number_is_one_grants_over_all_pins_and_an_id_is_one_grants_of_its_pin_and_type() {
    let app = Quota::new().await;
    app.take(&[lasting("1", "500"), with(granted("p-2", "2104", "1", "500"), "apply_no", "a-p-1-2104-1")])
        .await;
    assert_eq!((app.total("p-2"), app.logged("WARN").len()), (None, 1));
    app.take(&[granted("p-2", "2104", "1", "7"), granted("p-1", "2101", "1", "1")]).await;
    assert_eq!((app.total("p-1").as_deref(), app.total("p-2").as_deref()), (Some("501"), Some("7")));
}

#[tokio::test(start_paused = true)]
async fn neither_a_repeat_nor_a_contradiction_revives_a_grant_that_was_cancelled_or_ran_out() {
    let app = Quota::new().await;
    let cancelled = lasting("1", "500");
    let expired = with(lasting("2", "80"), "invalid_time", "2019-06-25T00:00:00+08:00");
    app.take(&[cancelled.clone(), expired.clone()]).await;
    app.cancel("p-1", "2104", "1").await;
    app.expire("2019-06-25T00:10:00+08:00").await.unwrap();
    let before = everything(&app);
    for grant in [cancelled, expired] {
        app.take(&[
            grant.clone(),
            with(grant.clone(), "change_limit", "1"),
            with(grant.clone(), "apply_no", "a-new"),
            with(grant, "business_id", "3"),
        ])
        .await;
    }
    assert_eq!(everything(&app), before);
    assert_eq!(app.total("p-1").as_deref(), Some("0"));
    let told = ["repeated", "contradicted", "contradicted", "contradicted"];
    assert_eq!(app.outcomes()[2..], [told, told].concat());
}

#[tokio::test(start_paused = true)]
async fn the_update_time_is_the_messages_until_the_row_changes_and_then_the_moment_of_that() {
    let app = Quota::new().await;
    let expired = with(lasting("2", "80"), "invalid_time", "2019-06-24T00:00:00+08:00");
    app.take(&[with(lasting("1", "500"), "occurred_at", "2019-06-20T10:00:01.25+08:00"), expired]).await;
    let updated = |id: &str| app.grant("p-1", id).unwrap()["update_time"]["S"].as_str().unwrap().to_owned();
    assert_eq!(updated("2104#1"), "2019-06-20T02:00:01.250000000Z");
    app.cancel("p-1", "2104", "1").await;
    assert_eq!(updated("2104#1"), "2019-06-25T04:00:00.000000000Z");
    app.world.pass(std::time::Duration::from_secs(90)).await;
    app.expire("2019-06-25T00:10:00+08:00").await.unwrap();
    assert_eq!(updated("2104#2"), "2019-06-25T04:01:30.000000000Z", "the clock's, not the schedule's");
    app.cancel("p-1", "2104", "1").await;
    assert_eq!(updated("2104#1"), "2019-06-25T04:00:00.000000000Z", "a repeat changes nothing");
}

#[tokio::test(start_paused = true)]
async fn a_grant_stands_in_the_indexes_only_while_it_is_effective_and_in_that_of_the_due_only_if_it_runs_out()
{
    let app = Quota::new().await;
    app.take(&[lasting("1", "1"), granted("p-1", "2101", "1", "1"), granted("p-1", "2201", "1", "1")]).await;
    let has = |id: &str| {
        let row = app.grant("p-1", id).unwrap();
        ["live_since", "due_at", "due_shard"].map(|attribute| row.get(attribute).is_some())
    };
    assert_eq!((has("2104#1"), has("2201#1")), ([true; 3], [true, false, false]));
    assert_eq!(app.grant("p-1", "2101#1").unwrap()["due_at"]["S"], "2019-07-20T02:00:00.000000000Z");
    app.cancel("p-1", "2104", "1").await;
    app.expire("2019-07-20T10:00:00+08:00").await.unwrap();
    assert_eq!((has("2104#1"), has("2101#1")), ([false; 3], [false; 3]));
}

#[tokio::test(start_paused = true)]
async fn no_log_line_tells_who_the_user_is() {
    let app = Quota::new().await;
    let grant = with(granted("pin-4471", "2104", "1", "1"), "apply_no", "a-1");
    app.take(&[opened("pin-4471"), grant.clone(), grant.clone(), with(grant.clone(), "change_limit", "2")])
        .await;
    app.take(&[with(grant, "source_type", "pin-4471")]).await;
    assert_eq!((app.world.messages(DEAD_LETTERS).len(), app.world.items(GRANTS).len()), (1, 1));
    assert!(!app.output.text().contains("pin-4471"));
}
