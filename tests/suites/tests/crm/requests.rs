//! The requests themselves: the bytes that TIBCO gets, the row that goes with them, warnings, and the outbox (§3.1,
//! §4, §9, §13).

use std::collections::BTreeSet;

use serde_json::{Value, json};
use suites::crm::{Crm, OUTBOUND, SCAN, SHARDS, client, column, example_client, with, without};
use suites::host::OUTBOX;
use world::{Fault, On};

use crate::counts;

const SINCE: &str = "2023-07-01T00:00:00+03:00";

/// The body of the only request about the client of whom this is told, without its id.
async fn body_of(told: &[Value]) -> String {
    body_at(told, SCAN).await
}

async fn body_at(told: &[Value], time: &str) -> String {
    let app = Crm::new();
    app.tell(told).await;
    app.scan(time).await;
    let [sent] = app.sent().try_into().expect("one message");
    let id = format!(r#"{{"requestID":"{}","#, column(&app.task(), "vtbc_request_id").expect("an id"));
    sent.body.strip_prefix(&id).expect("the id comes first").to_owned()
}

/// What is told of the example's client, the snapshot changed.
fn with_snapshot(edit: impl FnOnce(Value) -> Value) -> Vec<Value> {
    let mut told = example_client(SINCE);
    told[4] = edit(told[4].clone());
    told
}

fn back_id(event_id: &str, name: &str, id: &str, occurred_at: &str) -> Value {
    json!({
        "event_id": event_id, "type": "back_system_id", "mdm_id": "123456", "back_system_name": name,
        "back_system_id": id, "occurred_at": occurred_at,
    })
}

#[tokio::test(start_paused = true)]
async fn the_ids_stand_in_the_order_of_the_example_whatever_order_they_were_told_in() {
    let list = r#""clientIdList":[{"systemCode":"vtb_mdm_id","id":"123456"},{"systemCode":"IBSO","id":"354815252"},{"systemCode":"ehd_id","id":"354815252"},{"systemCode":"INFOR","id":"A6UJ9A00EEG"}]"#;
    let mut told = example_client(SINCE);
    assert!(body_of(&told).await.contains(list));
    told.reverse();
    assert!(body_of(&told).await.contains(list));
}

#[tokio::test(start_paused = true)]
async fn a_back_system_without_an_id_is_left_out() {
    let told = example_client(SINCE);
    let but = |left_out: &[usize]| -> Vec<Value> {
        (0..5).filter(|place| !left_out.contains(place)).map(|place| told[place].clone()).collect()
    };
    let (vtb, ibso) =
        (r#"{"systemCode":"vtb_mdm_id","id":"123456"}"#, r#"{"systemCode":"IBSO","id":"354815252"}"#);
    let (ehd, infor) =
        (r#"{"systemCode":"ehd_id","id":"354815252"}"#, r#"{"systemCode":"INFOR","id":"A6UJ9A00EEG"}"#);
    for (left_out, ids) in [
        (vec![2], [vtb, ehd, infor].join(",")),
        (vec![3], [vtb, ibso, ehd].join(",")),
        (vec![2, 3], [vtb, ehd].join(",")),
    ] {
        let list = format!(r#""clientIdList":[{ids}],"inn""#);
        assert!(body_of(&but(&left_out)).await.contains(&list), "{left_out:?}");
    }
}

#[tokio::test(start_paused = true)]
async fn the_newest_of_several_ids_in_a_back_system_is_sent() {
    let mut told = example_client(SINCE);
    told.push(back_id("e-1", "ibso", "newest", "2023-07-03T00:00:00+03:00"));
    told.push(back_id("e-2", "ibso", "older", "2023-07-02T00:00:00+03:00"));
    told.push(back_id("e-0", "ibso", "as new with a smaller event", "2023-07-02T21:00:00Z"));
    let body = body_of(&told).await;
    assert!(body.contains(r#"{"systemCode":"IBSO","id":"newest"}"#), "{body}");
}

#[tokio::test(start_paused = true)]
async fn an_absent_okpo_has_no_key() {
    for nothing in [Value::Null, json!(""), json!("  ")] {
        let body = body_of(&with_snapshot(|snapshot| with(snapshot, "okpo", nothing))).await;
        assert!(body.ends_with(r#""kpp":"120001001"}"#), "{body}");
    }
    let body = body_of(&with_snapshot(|snapshot| without(snapshot, "okpo"))).await;
    assert!(body.ends_with(r#""kpp":"120001001"}"#), "{body}");
}

#[tokio::test(start_paused = true)]
async fn leading_zeros_are_kept_and_what_surrounds_a_value_is_not() {
    let mut told = with_snapshot(|snapshot| {
        let snapshot = with(with(snapshot, "tin", " 0012000091 "), "registry_number", "\t0001231200000\n");
        with(with(snapshot, "kpp", " 001001001"), "okpo", "00847208 ")
    });
    told[2] = with(told[2].clone(), "back_system_id", " 000354815252 ");
    let body = body_of(&told).await;
    assert!(body.contains(r#"{"systemCode":"IBSO","id":"000354815252"}"#), "{body}");
    assert!(
        body.ends_with(r#""inn":"0012000091","ogrn":"0001231200000","kpp":"001001001","okpo":"00847208"}"#)
    );
}

#[tokio::test(start_paused = true)]
async fn what_is_not_ascii_and_what_json_escapes_is_sent_compact() {
    let mut told = example_client(SINCE);
    told[3] = with(told[3].clone(), "back_system_id", "Ж\"1\\");
    let body = body_of(&told).await;
    assert!(body.contains(r#"{"systemCode":"INFOR","id":"Ж\"1\\"}"#), "{body}");
    assert!(!body.contains(' '));
}

#[tokio::test(start_paused = true)]
async fn dt_is_the_runs_time_in_moscow_with_three_decimals_that_are_cut() {
    for (time, dt) in [
        ("2023-07-27T03:00:00Z", "2023-07-27T06:00:00.000+03:00"),
        ("2023-07-27T06:27:04.9539999Z", "2023-07-27T09:27:04.953+03:00"),
        ("2023-12-31T22:00:00.001-01:00", "2024-01-01T02:00:00.001+03:00"),
    ] {
        let body = body_at(&example_client(SINCE), time).await;
        assert!(body.starts_with(&format!(r#""dt":"{dt}","clientIdList":["#)), "{body}");
    }
}

#[tokio::test(start_paused = true)]
async fn the_request_is_named_in_an_attribute_and_carries_the_runs_correlation_id() {
    let app = Crm::new();
    app.tell(&example_client(SINCE)).await;
    app.open(SCAN).await.unwrap();
    let opened = app.world.messages("infor-shards")[0].attribute("x-correlation-id").unwrap().to_owned();
    app.work().await;
    let [sent] = app.sent().try_into().expect("one message");
    assert_eq!(sent.attribute("requestID"), app.requests()[0]["requestID"].as_str());
    assert_eq!(sent.attribute("x-correlation-id"), Some(opened.as_str()));
    assert_eq!(sent.attributes.len(), 2);
}

#[tokio::test(start_paused = true)]
async fn a_request_id_is_a_uuid_of_version_4_and_each_clients_own() {
    let app = Crm::new();
    for number in 0..40 {
        app.tell(&client(&format!("o-{number}"), &format!("m-{number}"), SINCE)).await;
    }
    app.scan(SCAN).await;
    let ids: BTreeSet<String> =
        app.tasks().iter().map(|task| column(task, "vtbc_request_id").unwrap().to_owned()).collect();
    let row_ids: BTreeSet<String> =
        app.tasks().iter().map(|task| column(task, "id").unwrap().to_owned()).collect();
    assert_eq!((ids.len(), row_ids.len(), ids.intersection(&row_ids).count()), (40, 40, 0));
    for id in ids {
        let shape: String = id.chars().map(|digit| if digit == '-' { '-' } else { 'x' }).collect();
        assert_eq!(shape, "xxxxxxxx-xxxx-xxxx-xxxx-xxxxxxxxxxxx");
        assert!(id.chars().all(|digit| digit == '-' || matches!(digit, '0'..='9' | 'a'..='f')), "{id}");
        assert!(id[14..].starts_with('4') && ["8", "9", "a", "b"].contains(&&id[19..20]), "{id}");
    }
}

#[tokio::test(start_paused = true)]
async fn the_row_has_the_columns_of_sending_and_no_other() {
    let app = Crm::new();
    app.asked().await;
    let row = without(without(without(app.task(), "id"), "vtbc_request_id"), "request_stamp");
    let expected = json!({
        "organization_id": {"S": "354815252"}, "request_date": {"S": "2023-07-27T06:00:00.000+03:00"},
        "send_state": {"S": "SENT"}, "time_create": {"S": "2023-07-27T03:00:00.000000000Z"},
        "version": {"N": "1"}, "schema_version": {"N": "1"},
    });
    assert_eq!(row, expected);
}

#[tokio::test(start_paused = true)]
async fn numbers_that_fail_their_check_are_sent_and_counted() {
    let app = Crm::new();
    app.asked().await;
    assert_eq!(counts(&app, "infor.warning", "field"), [("okpo".to_owned(), 1)], "the seed's own");
    let app = Crm::new();
    let wrong = with_snapshot(|snapshot| {
        let snapshot = with(with(snapshot, "tin", "1200009194"), "registry_number", "1");
        with(with(snapshot, "kpp", "12000100"), "okpo", "02847203")
    });
    app.tell(&wrong).await;
    app.scan(SCAN).await;
    assert_eq!(app.sent().len(), 1);
    let fields = ["inn", "ogrn", "kpp"].map(|field| (field.to_owned(), 1));
    assert_eq!(counts(&app, "infor.warning", "field"), fields);
}

#[tokio::test(start_paused = true)]
async fn no_log_line_shows_an_inn_or_an_ogrn() {
    let app = Crm::new();
    app.asked().await;
    let text = app.output.text();
    assert!(!text.contains("1200009193") && !text.contains("1231200000844"));
}

#[tokio::test(start_paused = true)]
async fn a_queue_that_is_down_leaves_the_row_new_and_the_relay_sends_the_same_request() {
    for fault in [Fault::InternalError, Fault::Hang, Fault::InternalErrorAfterEffect] {
        let app = Crm::new();
        app.world.fail(On::call("SendMessageBatch").to(OUTBOUND), fault);
        let id = app.asked().await;
        assert_eq!(column(&app.task(), "send_state"), Some("NEW"), "{fault:?}");
        assert_eq!(app.world.items(OUTBOX).len(), 1);
        app.scan(SCAN).await;
        assert_eq!(app.tasks().len(), 1, "no second row");
        app.relay().await;
        let ids: BTreeSet<_> = app.requests().iter().map(|sent| sent["requestID"].to_string()).collect();
        assert_eq!(ids, BTreeSet::from([json!(id).to_string()]), "{fault:?}");
        assert_eq!(app.sent().last().unwrap().attribute("requestID"), Some(id.as_str()));
        assert!(app.world.items(OUTBOX).is_empty());
    }
}

#[tokio::test(start_paused = true)]
async fn one_message_that_the_queue_does_not_take_holds_up_no_other() {
    let app = Crm::new();
    for number in 0..30 {
        app.tell(&client(&format!("o-{number}"), &format!("m-{number}"), SINCE)).await;
    }
    app.world.fail(On::call("SendMessageBatch").to(OUTBOUND).always(), Fault::SomeEntries(&[0]));
    app.scan(SCAN).await;
    let left = app.world.items(OUTBOX).len();
    assert!((1..=16).contains(&left), "the first of each shard's: {left}");
    assert_eq!((app.tasks().len(), app.sent().len()), (30, 30 - left));
    let ids: BTreeSet<_> = app.requests().iter().map(|sent| sent["requestID"].to_string()).collect();
    assert_eq!(ids.len(), 30 - left);
}

#[tokio::test(start_paused = true)]
async fn a_reply_finds_the_row_whose_request_has_only_just_been_written() {
    let app = Crm::new();
    app.world.fail(On::call("SendMessageBatch").to(OUTBOUND), Fault::Hang);
    let id = app.asked().await;
    app.take(&[suites::crm::created(&id)]).await;
    let task = app.task();
    assert_eq!((column(&task, "status_code"), column(&task, "task_id")), (Some("0"), Some("123456789")));
}

#[tokio::test(start_paused = true)]
async fn the_rest_of_a_shard_from_when_fewer_days_were_enough_is_done_and_asks_about_nobody() {
    let app = Crm::new();
    app.tell(&example_client(SINCE)).await;
    let after = json!({"waiting_since": "2023-07-26T00:00:00.000000000Z", "organization_id": "1"});
    for shard in 0..16 {
        app.world.send(SHARDS, &json!({"time": SCAN, "shard": shard, "after": after}).to_string(), &[]);
    }
    app.work().await;
    assert_eq!((app.world.messages(SHARDS).len(), app.sent().len()), (0, 0));
    assert_eq!(app.outcomes()[app.outcomes().len() - 16..], ["complete"; 16]);
}
