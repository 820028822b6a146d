//! operator-pull (item 5; §5, §11 Pulls): what comes, what is tried again, what is given up.

use std::time::Duration;

use serde_json::json;
use suites::marketplace::channels::{AES, PLATFORM};
use suites::orders::bodies::{push, with};
use suites::orders::{BUCKET, DATA, ORDER, ORDERS, Orders, PULL_LOG, Pulled, UID, data, opened};
use world::{Fault, On};

const MINUTES: [u64; 8] = [0, 1, 5, 15, 60, 60, 60, 60];

async fn pushed() -> Orders {
    let app = Orders::new().await;
    app.push(&push()).await;
    app
}

fn states(app: &Orders) -> String {
    app.pull_states(ORDER).concat()
}

async fn minutes(app: &Orders, minutes: u64) {
    app.world.pass(Duration::from_mins(minutes)).await;
}

#[tokio::test(start_paused = true)]
async fn all_that_is_ready_is_pulled_stored_as_it_came_and_the_order_is_to_be_parsed() {
    let app = Orders::new().await;
    app.with_all_data().await;
    assert_eq!((states(&app).as_str(), app.platform.pulls().len()), ("111", 3));
    let others = ["credit_card", "device", "id_back", "id_front", "living_image"];
    assert_eq!(app.items(ORDER)[..], [&others[..], &["operator_basic", "operator_report"]].concat()[..]);
    let steps = ["->0 push-order: pushed", "0>2 operator-pull: all data pulled"];
    assert_eq!(app.history(ORDER), steps);
    let row = app.row(ORDER).unwrap();
    assert!(row["work_shard"]["S"].as_str().unwrap().starts_with("parse#"));
    assert_eq!(app.pulls(ORDER).get("next_pull_at"), None, "nothing is due any more");
    for kind in ["operator", "creditCard", "device"] {
        let named = row["data_keys"]["M"][kind]["S"].as_str().unwrap();
        assert!(named.starts_with(&format!("840/{ORDER}/{kind}/")), "{named}");
        let object = app.world.objects(BUCKET).into_iter().find(|object| object.key == named).unwrap();
        assert_eq!(opened(&object), data(UID, kind).as_bytes(), "{kind}");
        let rows = app.world.items(DATA);
        let stored = rows.iter().find(|row| row["kind"]["S"] == kind).unwrap();
        assert_eq!(stored["object_key"]["S"], named);
    }
    assert!(app.callbacks(ORDER).is_empty());
}

#[tokio::test(start_paused = true)]
async fn each_kind_is_pulled_by_itself_and_what_is_there_is_not_pulled_again() {
    let app = pushed().await;
    app.platform.answers(UID, "device", Pulled::Data(data(UID, "device")));
    app.pull().await.unwrap();
    assert_eq!((app.status(ORDER), states(&app).as_str()), (Some(0), "001"));
    assert!(app.items(ORDER).contains(&"device".to_owned()), "the item is there at once");
    minutes(&app, 1).await;
    app.platform.answers(UID, "operator", Pulled::Data(data(UID, "operator")));
    app.pull().await.unwrap();
    assert_eq!(states(&app), "101");
    minutes(&app, 5).await;
    app.platform.has_all(UID);
    app.pull().await.unwrap();
    assert_eq!((app.status(ORDER), states(&app).as_str()), (Some(2), "111"));
    let times = ["operator", "creditCard", "device"].map(|kind| app.platform.times(kind));
    assert_eq!(times, [2, 3, 1]);
    assert_eq!(app.pulls(ORDER)["retry_count"]["N"], "3");
}

#[tokio::test(start_paused = true)]
async fn what_is_not_ready_is_tried_8_times_and_given_up_and_the_order_goes_on_without_it() {
    let app = pushed().await;
    for (place, wait) in MINUTES.into_iter().enumerate() {
        if wait > 0 {
            app.world.pass(Duration::from_millis(wait * 60_000 - 1)).await;
            app.pull().await.unwrap();
            assert_eq!(app.platform.times("device"), place, "not before its time");
            app.world.pass(Duration::from_millis(1)).await;
        }
        assert_eq!((app.status(ORDER), states(&app).as_str()), (Some(0), "000"));
        app.pull().await.unwrap();
        assert_eq!(app.platform.times("device"), place + 1);
    }
    assert_eq!((app.status(ORDER), states(&app).as_str()), (Some(2), "222"));
    assert_eq!(app.pulls(ORDER)["retry_count"]["N"], "24");
    assert_eq!(app.history(ORDER)[1], "0>2 operator-pull: given up: operator, creditCard, device");
    assert_eq!(app.counted("rongshu_pull_in_vain"), 24);
    minutes(&app, 60).await;
    app.pull().await.unwrap();
    assert_eq!(app.platform.times("device"), 8, "never again");
}

#[tokio::test(start_paused = true)]
async fn a_failure_after_24_hours_is_the_last() {
    let app = pushed().await;
    app.platform.answers(UID, "operator", Pulled::Data(data(UID, "operator")));
    app.pull().await.unwrap();
    minutes(&app, 24 * 60 - 1).await;
    app.pull().await.unwrap();
    assert_eq!(states(&app), "100");
    minutes(&app, 5).await;
    app.pull().await.unwrap();
    assert_eq!((app.status(ORDER), states(&app).as_str()), (Some(2), "122"));
    assert_eq!(app.history(ORDER)[1], "0>2 operator-pull: given up: creditCard, device");
}

#[tokio::test(start_paused = true)]
async fn every_way_of_bringing_nothing_counts_alike() {
    for (pulled, kind) in [
        (Pulled::NotReady, "not_ready"),
        (Pulled::Refused, "refused"),
        (Pulled::Garbage, "unreadable"),
        (Pulled::Fails, "no_answer"),
        (Pulled::Redirect, "refused"),
        (Pulled::Hangs, "no_answer"),
    ] {
        let app = pushed().await;
        app.platform.has_all(UID);
        app.platform.answers(UID, "operator", pulled.clone());
        app.pull().await.unwrap();
        assert_eq!((app.status(ORDER), states(&app).as_str()), (Some(0), "011"), "{pulled:?}");
        let row = app.pulls(ORDER);
        let failures =
            ["operator_failures", "credit_card_failures", "device_failures"].map(|name| &row[name]["N"]);
        assert_eq!(failures, ["1", "0", "0"]);
        let counted =
            app.lines().into_iter().find(|line| line.get("rongshu_pull_in_vain").is_some()).unwrap();
        assert_eq!(counted["kind"], kind, "{pulled:?}");
        app.platform.has_all(UID);
        minutes(&app, 1).await;
        app.pull().await.unwrap();
        assert_eq!(app.status(ORDER), Some(2), "{pulled:?}");
    }
}

#[tokio::test(start_paused = true)]
async fn a_platform_that_is_gone_is_a_failure_and_ours_are_none() {
    let app = pushed().await;
    app.platform.has_all(UID);
    app.world.fail(On::call("POST").to(PLATFORM).times(3), Fault::Refused);
    app.pull().await.unwrap();
    assert_eq!(app.pulls(ORDER)["retry_count"]["N"], "3");
    minutes(&app, 1).await;
    app.world.fail(On::call("PutObject").times(3), Fault::InternalError);
    app.pull().await.unwrap();
    assert_eq!(app.pulls(ORDER)["retry_count"]["N"], "3", "what could not be put burns no attempt");
    assert_eq!(app.counted("operator_pull_failed"), 3);
    minutes(&app, 4).await;
    app.pull().await.unwrap();
    assert_eq!(app.status(ORDER), Some(0), "it waits as after a failure more");
    minutes(&app, 1).await;
    app.pull().await.unwrap();
    assert_eq!(app.status(ORDER), Some(2));
}

#[tokio::test(start_paused = true)]
async fn what_can_never_be_put_is_given_up_after_24_hours() {
    let app = pushed().await;
    app.platform.has_all(UID);
    app.world.fail(On::call("PutObject").always(), Fault::InternalError);
    for _ in 0..12 {
        app.pull().await.unwrap();
        minutes(&app, 1).await;
    }
    assert_eq!((states(&app).as_str(), app.platform.times("device")), ("000", 12));
    assert_eq!(app.pulls(ORDER)["retry_count"]["N"], "0");
    minutes(&app, 24 * 60).await;
    app.pull().await.unwrap();
    assert_eq!((app.status(ORDER), states(&app).as_str()), (Some(2), "222"));
}

#[tokio::test(start_paused = true)]
async fn a_run_is_for_its_time_where_that_is_later_than_the_clock() {
    let app = pushed().await;
    app.pull().await.unwrap();
    app.platform.has_all(UID);
    app.pull_for(&json!({"time": "2018-01-01T00:00:00Z"})).await.unwrap();
    assert_eq!(app.status(ORDER), Some(0), "nothing is due");
    app.pull_for(&json!({"time": "2018-08-08T06:39:00Z", "id": "run-1"})).await.unwrap();
    assert_eq!(app.status(ORDER), Some(2));
}

#[tokio::test(start_paused = true)]
async fn the_off_switch_of_a_channel_keeps_its_pulls_waiting_and_no_others() {
    let app = Orders::new().await;
    for channel in ["840", AES] {
        app.push_in(channel, &push()).await;
    }
    app.platform.has_all(UID);
    let off = app.configured(&json!({"disabled": true})).await;
    off.pull().await.unwrap();
    let statuses =
        || -> Vec<_> { app.world.items(ORDERS).iter().map(|row| row["status"]["N"].clone()).collect() };
    assert_eq!(statuses(), ["0", "2"]);
    assert_eq!((app.platform.pulls().len(), states(&app).as_str()), (3, "000"));
    assert_eq!(app.pulls(ORDER)["retry_count"]["N"], "0");
    minutes(&app, 90).await;
    off.pull().await.unwrap();
    let on = off.configured(&json!({})).await;
    on.pull().await.unwrap();
    assert_eq!(statuses(), ["2", "2"], "it goes on where it stood");
}

#[tokio::test(start_paused = true)]
async fn pulls_in_aes_mode_are_encrypted_and_what_they_bring_is_stored_as_it_came() {
    let app = Orders::new().await;
    app.push_in(AES, &push()).await;
    app.platform.has_all(UID);
    app.pull().await.unwrap();
    assert_eq!(app.world.items(ORDERS)[0]["status"]["N"], "2");
    let stored = app.world.objects(BUCKET);
    assert!(stored.iter().any(|object| opened(object) == data(UID, "device").as_bytes()));
}

#[tokio::test(start_paused = true)]
async fn a_late_pull_changes_nothing_of_an_order_that_has_moved_on() {
    let app = pushed().await;
    app.platform.has_all(UID);
    for status in [1, 2, 3, 4, 5, 10, 11, 12, 13] {
        let order = format!("{status}");
        app.push(&with(push(), "orderId", json!(order))).await;
        app.change(&order, |row| row["status"] = json!({"N": order}));
        let (before, steps) = (app.row(&order), app.history(&order));
        app.pull().await.unwrap();
        assert_eq!((app.row(&order), app.history(&order)), (before, steps), "{status}");
        assert_eq!(app.pull_states(&order).concat(), "111", "and it is not pulled for ever");
    }
}

#[tokio::test(start_paused = true)]
async fn a_row_that_cannot_be_read_holds_no_other_up() {
    let app = pushed().await;
    app.push(&with(push(), "orderId", json!("120523"))).await;
    app.platform.has_all(UID);
    let mut row = app.pulls(ORDER);
    row["schema_version"] = json!({"N": "2"});
    row["due_shard"] = app.pulls("120523")["due_shard"].clone();
    app.world.put_item(PULL_LOG, &row);
    app.pull().await.unwrap();
    assert_eq!((app.status(ORDER), app.status("120523")), (Some(0), Some(2)));
    assert_eq!(app.pulls(ORDER), row, "a version that is not known is not overwritten");
    assert_eq!(app.counted("operator_pull_failed"), 1);
}

#[tokio::test(start_paused = true)]
async fn a_shard_that_cannot_be_read_fails_the_run_after_the_others() {
    let app = pushed().await;
    for number in 1..=8 {
        app.push(&with(push(), "orderId", json!(number))).await;
    }
    app.platform.has_all(UID);
    app.world.fail(On::call("Query"), Fault::InternalError);
    app.pull().await.unwrap_err();
    let left = |app: &Orders| app.world.items(ORDERS).iter().filter(|row| row["status"]["N"] == "0").count();
    assert!((1..=8).contains(&left(&app)), "{}", left(&app));
    assert_eq!(app.counted("job_done"), 0);
    app.pull().await.unwrap();
    assert_eq!((left(&app), app.counted("job_done")), (0, 1));
}

#[tokio::test(start_paused = true)]
async fn many_orders_are_pulled_a_few_at_a_time_and_a_run_stops_in_time() {
    let app = Orders::new().await;
    for number in 1..=60 {
        app.push(&with(push(), "orderId", json!(number))).await;
    }
    app.platform.has_all(UID);
    // A call of 8 s, an object of 10, three calls of DynamoDB of 5.
    app.pull_within(Duration::from_millis(8_000 + 10_000 + 3 * 5_000 - 1)).await.unwrap();
    assert!(app.platform.pulls().is_empty(), "nothing is begun that may not end");
    app.pull().await.unwrap();
    assert!(app.world.items(ORDERS).iter().all(|row| row["status"]["N"] == "2"));
    assert_eq!(app.platform.pulls().len(), 180);
}

#[tokio::test(start_paused = true)]
async fn a_platform_that_hangs_takes_a_run_no_longer_than_it_has() {
    let app = Orders::new().await;
    for number in 1..=60 {
        app.push(&with(push(), "orderId", json!(number))).await;
    }
    app.world.fail(On::call("POST").to(PLATFORM).always(), Fault::Hang);
    let began = app.world.time().now();
    app.pull().await.unwrap();
    assert!(app.world.time().now().duration_since(began).as_secs() < 50);
    let tried = app.world.items(PULL_LOG).iter().filter(|row| row["retry_count"]["N"] == "3").count();
    assert!((4..60).contains(&tried), "{tried}");
    assert!(app.world.items(PULL_LOG).iter().all(|row| row.get("lease_until").is_none()));
}
