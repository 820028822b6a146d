//! credit-application (item 7; §2.1, §10): who is applied for, what the core is sent, and who is refused before it.

use std::time::Duration;

use futures_util::join;
use serde_json::{Value, json};
use suites::marketplace::channels::{AES, PLAIN};
use suites::orders::bodies::{PERSONAL, push, with};
use suites::orders::{CALLBACKS, CORE_COMMANDS, CUSTOMERS, HISTORY, ORDER, ORDERS, Orders, UID};
use world::{Fault, On};

/// The id of the command of [`ORDER`] in channel 840, for ever.
const COMMAND_ID: &str = "822e9bc4346853184443c97a3b6e7f6c";
const REFUSED: &str = r#"{"orderId":"120522","status":6004,"remark":"资质不符"}"#;

async fn waiting() -> Orders {
    let app = Orders::new().await;
    app.waiting_for_credit().await;
    app
}

fn refused(app: &Orders, rule: &str) {
    assert_eq!((app.status(ORDER), app.commands().len()), (Some(4), 0), "{rule}");
    assert_eq!(app.history(ORDER)[4], format!("10>4 credit-application: may not borrow: {rule}"));
    assert_eq!(app.callbacks(ORDER), [("audit".to_owned(), REFUSED.to_owned())]);
    assert_eq!(app.woken(), [r#"{"order":"840#120522"}"#], "once, after the commit");
    assert_eq!(app.row(ORDER).unwrap().get("work_shard"), None, "no job has anything to do");
}

#[tokio::test(start_paused = true)]
async fn an_order_that_waits_is_applied_for_and_the_core_is_told_everything() {
    let app = waiting().await;
    let data_key = app.row(ORDER).unwrap()["data_keys"]["M"]["push"]["S"].clone();
    app.apply().await.unwrap();
    assert_eq!(
        (app.status(ORDER), &*app.history(ORDER)[4]),
        (Some(11), "10>11 credit-application: credit applied for")
    );
    let expected = format!(
        r#"{{"command_id":"{COMMAND_ID}","type":"credit_application","channel_id":"840","order_id":"120522","uid":"{UID}","loan_amount":"15000.00","period":12,"period_unit":2,"data_key":{data_key}}}"#
    );
    let sent = app.world.messages(CORE_COMMANDS);
    assert_eq!(sent.iter().map(|message| message.body.as_str()).collect::<Vec<_>>(), [expected.as_str()]);
    assert!(sent[0].attributes.contains_key("x-correlation-id"));
    assert!(app.world.items(suites::host::OUTBOX).is_empty(), "what was sent is deleted");
    assert!(app.world.items(CALLBACKS).is_empty() && app.woken().is_empty());
    assert_eq!(app.row(ORDER).unwrap().get("work_shard"), None);
    assert_eq!(app.audit(ORDER).await.status(), 6003);
    let after = (app.row(ORDER), app.history(ORDER));
    app.apply().await.unwrap();
    assert_eq!((app.row(ORDER), app.history(ORDER), app.commands().len()), (after.0, after.1, 1));
    assert!(PERSONAL.iter().all(|text| !app.output.text().contains(text) && !expected.contains(text)));
}

#[tokio::test(start_paused = true)]
async fn a_push_that_does_not_say_what_a_period_is_means_months() {
    for (unit, expected) in [(Value::Null, 2), (json!(2), 2), (json!(1), 1)] {
        let app = Orders::new().await;
        app.platform.has_all(UID);
        app.push(&with(push(), "periodUnit", unit)).await;
        app.pull().await.unwrap();
        app.parse().await.unwrap();
        app.apply().await.unwrap();
        assert_eq!(app.commands()[0]["period_unit"], expected);
    }
}

#[tokio::test(start_paused = true)]
async fn a_run_judges_as_of_its_time_where_that_is_later_than_the_clock() {
    for (time, status) in
        [("2018-08-09T00:00:00Z", 11), ("2018-08-08T06:39:00Z", 4), ("2018-01-01T00:00:00Z", 4)]
    {
        let app = waiting().await;
        app.knows("id_number_digest", &json!({"birthday": {"S": "1998-08-09"}}));
        app.apply_for(&json!({"time": time, "id": "run-1"})).await.unwrap();
        assert_eq!(app.status(ORDER), Some(status), "twenty years old on the 9th: {time}");
    }
}

#[tokio::test(start_paused = true)]
async fn who_may_not_borrow_any_more_is_refused_before_the_application() {
    for (facts, rule) in [
        (json!({"is_customer": {"BOOL": true}}), "old_user"),
        (json!({"birthday": {"S": "2000-01-01"}}), "age"),
        (json!({"blacklisted": {"BOOL": true}}), "blacklist"),
        (json!({"loan_in_progress": {"BOOL": true}}), "loan_in_progress"),
        (json!({"refused_at": {"S": "2018-07-20T00:00:00.000000000Z"}}), "recently_refused"),
    ] {
        let app = waiting().await;
        app.knows("id_number_digest", &facts);
        app.apply().await.unwrap();
        refused(&app, rule);
        assert_eq!(app.audit(ORDER).await.response, r#"{"status":6004,"remark":"资质不符"}"#);
        assert!(app.refusals().is_empty(), "it was not credit that was refused");
        app.apply().await.unwrap();
        refused(&app, rule);
    }
}

#[tokio::test(start_paused = true)]
async fn whom_nobody_knows_has_the_age_of_the_id_number() {
    // Born on 1990-03-07; the rule has changed since the order was parsed.
    let app = waiting().await.configured(&json!({"admission": {"youngest_years": 29}})).await;
    app.apply().await.unwrap();
    refused(&app, "age");
}

#[tokio::test(start_paused = true)]
async fn orders_of_all_channels_are_applied_for_by_their_channels_rules() {
    let app = Orders::new().await;
    app.platform.has_all(UID);
    for channel in [PLAIN, AES] {
        app.push_in(channel, &push()).await;
    }
    app.pull().await.unwrap();
    app.parse().await.unwrap();
    let app = app.configured(&json!({"admission": {"youngest_years": 40}})).await;
    app.apply().await.unwrap();
    let statuses: Vec<_> = app.world.items(ORDERS).iter().map(|row| row["status"]["N"].clone()).collect();
    assert_eq!(statuses, ["4", "11"]);
    let [command] = &app.commands()[..] else { panic!("one command") };
    assert_eq!((&command["channel_id"], &command["order_id"]), (&json!(AES), &json!(ORDER)));
    assert_ne!(command["command_id"], COMMAND_ID, "an order of another channel is another");
}

#[tokio::test(start_paused = true)]
async fn only_who_waits_for_credit_is_applied_for() {
    for status in ["0", "1", "2", "3", "4", "5", "11", "12", "13"] {
        let app = waiting().await;
        app.change(ORDER, |row| row["status"] = json!({"N": status}));
        let before = app.row(ORDER);
        app.apply().await.unwrap();
        assert_eq!((app.row(ORDER), app.commands().len()), (before, 0), "{status}");
    }
}

#[tokio::test(start_paused = true)]
async fn a_failure_of_ours_leaves_the_order_waiting() {
    for (on, fault) in [
        (On::call("GetItem").to(ORDERS), Fault::InternalError),
        (On::call("Query").to(CUSTOMERS), Fault::InternalError),
        (On::call("TransactWriteItems"), Fault::InternalError),
    ] {
        let app = waiting().await;
        app.world.fail(on, fault);
        app.apply().await.unwrap();
        assert_eq!((app.status(ORDER), app.commands().len()), (Some(10), 0));
        assert_eq!(app.counted("credit_application_failed"), 1);
        app.apply().await.unwrap();
        assert_eq!((app.status(ORDER), app.commands().len()), (Some(11), 1));
    }
}

#[tokio::test(start_paused = true)]
async fn an_order_that_lacks_something_of_ours_is_told_and_holds_nobody_up() {
    let app = Orders::new().await;
    app.platform.has_all(UID);
    for order in ["1", "2", "3"] {
        app.push(&with(push(), "orderId", json!(order))).await;
    }
    app.pull().await.unwrap();
    app.parse().await.unwrap();
    app.change("1", |row| row["person_key_id"] = json!({"S": "gone"}));
    app.change("2", |row| {
        row["data_keys"]["M"].as_object_mut().unwrap().remove("push");
    });
    app.apply().await.unwrap();
    assert_eq!(["1", "2", "3"].map(|order| app.status(order)), [Some(10), Some(10), Some(11)]);
    assert_eq!((app.logged("ERROR").len(), app.counted("credit_application_failed")), (2, 2));
}

#[tokio::test(start_paused = true)]
async fn a_shard_that_cannot_be_read_fails_the_run_and_not_the_others() {
    let app = waiting().await;
    app.world.fail(On::call("Query").to(ORDERS), Fault::InternalError);
    let run = app.apply().await;
    assert!(run.is_err(), "the alarm is to see it");
    app.apply().await.unwrap();
    assert_eq!(app.status(ORDER), Some(11));
}

#[tokio::test(start_paused = true)]
async fn two_runs_at_once_apply_once() {
    for facts in [json!({}), json!({"blacklisted": {"BOOL": true}})] {
        let app = waiting().await;
        app.knows("id_number_digest", &facts);
        let other = app.another().await;
        app.world.meet(On::call("TransactWriteItems"), 2);
        let (one, two) = join!(app.apply(), other.apply());
        assert!(one.is_ok() && two.is_ok(), "{one:?} {two:?}");
        assert_eq!(app.world.items(HISTORY).len(), 5);
        assert_eq!(app.commands().len() + app.callbacks(ORDER).len(), 1, "{facts}");
    }
}

#[tokio::test(start_paused = true)]
async fn what_the_queue_does_not_take_the_relay_sends_and_a_repeat_has_the_same_id() {
    for fault in [Fault::InternalError, Fault::ResetAfterEffect] {
        let app = waiting().await;
        app.world.fail(On::call("SendMessageBatch"), fault);
        app.apply().await.unwrap();
        assert_eq!((app.status(ORDER), app.world.items(suites::host::OUTBOX).len()), (Some(11), 1));
        app.relay().await.unwrap();
        let commands = app.commands();
        assert_eq!(commands.len(), if fault == Fault::InternalError { 1 } else { 2 });
        assert!(commands.iter().all(|command| command["command_id"] == COMMAND_ID));
        assert_eq!((app.status(ORDER), app.world.items(suites::host::OUTBOX).len()), (Some(11), 0));
    }
}

#[tokio::test(start_paused = true)]
async fn an_answer_that_is_lost_is_no_second_application() {
    let app = waiting().await.with_sdk_retries().await;
    app.world.fail(On::call("TransactWriteItems"), Fault::ResetAfterEffect);
    app.apply().await.unwrap();
    assert_eq!((app.status(ORDER), app.commands().len(), app.history(ORDER).len()), (Some(11), 1, 5));
}

#[tokio::test(start_paused = true)]
async fn many_orders_are_applied_for_and_a_run_stops_in_time() {
    let app = Orders::new().await;
    app.platform.has_all(UID);
    for number in 1..=40 {
        app.push(&with(push(), "orderId", json!(number))).await;
    }
    app.pull().await.unwrap();
    app.parse().await.unwrap();
    app.apply_within(Duration::from_secs(16)).await.unwrap();
    let at = |status: &str| app.world.items(ORDERS).iter().filter(|row| row["status"]["N"] == status).count();
    assert_eq!(at("10"), 40);
    app.apply().await.unwrap();
    assert_eq!((at("10"), at("11"), app.commands().len()), (0, 40, 40));
}
