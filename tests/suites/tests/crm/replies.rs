//! Replies (§3.2, §8, §13).

use serde_json::{Value, json};
use suites::crm::{CLIENTS, Crm, INBOUND, MESSAGE, TASK, column, created, push, reply, with, without};
use suites::host::{BUS, OUTBOX};
use world::{Fault, On};

use crate::{counts, everything};

/// The client's row, without what is ours.
fn bank_columns(app: &Crm) -> Value {
    let [row] = app.world.items(CLIENTS).try_into().expect("one row");
    let ours = [
        "request_stamp",
        "version",
        "task_created",
        "rejected_request_ids",
        "waiting_since",
        "waiting_shard",
        "requested_at",
        "requests",
    ];
    ours.iter().fold(row, |row, name| without(row, name))
}

#[tokio::test(start_paused = true)]
async fn a_0_fills_the_columns_of_the_reply_and_no_other() {
    let app = Crm::new();
    let id = app.asked().await;
    let before = app.task();
    app.take(&[created(&id)]).await;
    let expected = [
        ("infor_response_id", json!({"S": id})),
        ("status_code", json!({"S": "0"})),
        ("task_id", json!({"S": TASK})),
        ("infor_message_id", json!({"S": MESSAGE})),
        ("time_update", json!({"S": "2023-07-27T03:00:00.000000000Z"})),
        ("version", json!({"N": "2"})),
    ];
    let expected = expected.into_iter().fold(before, |row, (name, value)| with(row, name, value));
    assert_eq!(without(app.task(), "request_stamp"), without(expected, "request_stamp"));
}

#[tokio::test(start_paused = true)]
async fn a_rejection_fills_the_columns_of_the_reply_and_counts_its_reason() {
    for (code, stored, reason) in [
        (json!("1"), "1", "client_not_found"),
        (json!(" 2 "), "2", "failed"),
        (json!(1), "1", "client_not_found"),
        (json!("17"), "17", "unknown"),
        (json!(-1), "-1", "unknown"),
        (json!("00"), "00", "unknown"),
    ] {
        let app = Crm::new();
        let id = app.asked().await;
        app.take(&[with(with(reply(&id, ""), "statusCode", code), "statusMsg", "не найден")]).await;
        let task = app.task();
        assert_eq!((column(&task, "status_code"), column(&task, "task_id")), (Some(stored), None));
        assert_eq!(column(&task, "infor_response_id"), Some(id.as_str()));
        assert_eq!(column(&task, "infor_message_id"), Some(MESSAGE));
        assert_eq!(column(&task, "status_msg"), Some("не найден"));
        assert_eq!(counts(&app, "infor.rejected", "reason"), [(reason.to_owned(), 1)]);
        assert!(app.world.events(BUS).is_empty());
    }
}

#[tokio::test(start_paused = true)]
async fn a_status_code_is_a_text_or_a_number_and_trimmed() {
    for code in [json!("0"), json!(0), json!(" 0\t")] {
        let app = Crm::new();
        let id = app.asked().await;
        app.take(&[with(created(&id), "statusCode", code)]).await;
        assert_eq!(column(&app.task(), "status_code"), Some("0"));
    }
}

#[tokio::test(start_paused = true)]
async fn both_spellings_of_the_tasks_id_are_taken_and_a_blank_one_is_none() {
    let app = Crm::new();
    let id = app.asked().await;
    app.take(&[with(with(reply(&id, "0"), "taskID", " "), "taskId", " 000123 ")]).await;
    assert_eq!(column(&app.task(), "task_id"), Some("000123"));
}

#[tokio::test(start_paused = true)]
async fn a_task_id_beside_a_rejection_is_not_stored() {
    let app = Crm::new();
    let id = app.asked().await;
    app.take(&[with(created(&id), "statusCode", "2")]).await;
    assert_eq!(column(&app.task(), "task_id"), None);
}

#[tokio::test(start_paused = true)]
async fn the_same_reply_twice_changes_nothing_the_second_time() {
    for code in ["0", "1", "2", "17"] {
        let app = Crm::new();
        let id = app.asked().await;
        let said = with(created(&id), "statusCode", code);
        app.take(std::slice::from_ref(&said)).await;
        let before = everything(&app);
        app.take(&[said]).await;
        assert_eq!(everything(&app), before, "{code}");
        assert_eq!(app.outcomes().last().map(String::as_str), Some("repeated"));
        assert!(app.logged("WARN").is_empty(), "{code}");
    }
}

#[tokio::test(start_paused = true)]
async fn a_0_beats_an_earlier_rejection() {
    for code in ["1", "2", "17"] {
        let app = Crm::new();
        let id = app.asked().await;
        app.take(&[with(reply(&id, code), "statusMsg", "не найден"), created(&id)]).await;
        let task = app.task();
        assert_eq!((column(&task, "status_code"), column(&task, "task_id")), (Some("0"), Some(TASK)));
        assert_eq!(column(&task, "status_msg"), None, "the reply that counts says nothing");
        assert_eq!(app.world.events(BUS).len(), 1);
        assert_eq!(app.world.items(CLIENTS)[0].get("waiting_since"), None);
    }
}

#[tokio::test(start_paused = true)]
async fn a_rejection_after_a_0_is_ignored_with_a_warning() {
    for code in ["1", "2", "17"] {
        let app = Crm::new();
        let id = app.asked().await;
        app.take(&[created(&id)]).await;
        let before = everything(&app);
        app.take(&[reply(&id, code)]).await;
        assert_eq!(everything(&app), before, "{code}");
        assert_eq!(app.outcomes().last().map(String::as_str), Some("contradicted"));
        assert_eq!(app.logged("WARN").len(), 1);
    }
}

#[tokio::test(start_paused = true)]
async fn of_two_different_rejections_the_first_stays() {
    for (first, second) in [("1", "2"), ("2", "1"), ("17", "2"), ("2", "17")] {
        let app = Crm::new();
        let id = app.asked().await;
        app.take(&[reply(&id, first)]).await;
        let before = everything(&app);
        app.take(&[reply(&id, second)]).await;
        assert_eq!(everything(&app), before, "{first} then {second}");
        assert_eq!(app.outcomes().last().map(String::as_str), Some("contradicted"));
    }
}

#[tokio::test(start_paused = true)]
async fn a_second_0_with_another_task_is_a_dead_letter_and_the_first_stays() {
    let app = Crm::new();
    let id = app.asked().await;
    app.take(&[created(&id)]).await;
    let before = app.task();
    let other = with(created(&id), "taskID", "987654321");
    app.take(std::slice::from_ref(&other)).await;
    assert_eq!(app.task(), before);
    assert_eq!(app.dead(INBOUND), ["other_task"]);
    assert_eq!(app.world.messages("infor-inbound-dead")[0].body, other.to_string());
    assert_eq!(app.world.events(BUS).len(), 1);
}

#[tokio::test(start_paused = true)]
async fn a_0_without_a_task_is_stored_with_an_alert_and_a_later_reply_names_the_task() {
    let app = Crm::new();
    let id = app.asked().await;
    app.take(&[reply(&id, "0")]).await;
    let task = app.task();
    assert_eq!((column(&task, "status_code"), column(&task, "task_id")), (Some("0"), None));
    assert_eq!((app.counted("infor.alert"), app.logged("ERROR").len()), (1, 1));
    app.scan("2023-08-10T06:00:00+03:00").await;
    assert_eq!(app.tasks().len(), 1, "a task was created, whatever it is called");
    app.take(&[reply(&id, "0")]).await;
    assert_eq!(app.outcomes().last().map(String::as_str), Some("repeated"));
    app.take(&[created(&id)]).await;
    assert_eq!(column(&app.task(), "task_id"), Some(TASK));
    assert_eq!(app.outcomes().last().map(String::as_str), Some("named"));
    app.take(&[with(created(&id), "taskID", "987654321")]).await;
    assert_eq!(app.dead(INBOUND), ["other_task"]);
    assert_eq!((app.counted("infor.alert"), app.world.events(BUS).len()), (1, 1));
}

#[tokio::test(start_paused = true)]
async fn a_0_without_a_task_is_named_by_the_push() {
    let app = Crm::new();
    let id = app.asked().await;
    app.take(&[reply(&id, "0"), push()]).await;
    let task = app.task();
    assert_eq!((column(&task, "task_id"), column(&task, "task_status")), (Some(TASK), Some("3")));
    app.take(&[with(push(), "requestID", "another"), created(&id)]).await;
    let outcomes = app.outcomes();
    assert_eq!(outcomes[outcomes.len() - 2..], ["repeated", "repeated"], "the task's name finds it now");
}

#[tokio::test(start_paused = true)]
async fn a_reply_without_an_id_of_its_own_is_stored_all_the_same() {
    let app = Crm::new();
    let id = app.asked().await;
    app.take(&[without(created(&id), "requestID")]).await;
    assert_eq!(column(&app.task(), "infor_message_id"), None);
    assert_eq!(column(&app.task(), "infor_response_id"), Some(id.as_str()), "our own, as the seed has it");
}

#[tokio::test(start_paused = true)]
async fn the_result_touches_neither_the_migrations_status_nor_the_wizards() {
    for code in ["0", "1"] {
        let app = Crm::new();
        let id = app.asked().await;
        let before = bank_columns(&app);
        app.take(&[with(created(&id), "statusCode", code)]).await;
        assert_eq!(bank_columns(&app), before);
        if code == "0" {
            app.take(&[push()]).await;
            assert_eq!(bank_columns(&app), before);
        }
    }
}

#[tokio::test(start_paused = true)]
async fn a_created_task_is_told_once_with_its_ids() {
    let app = Crm::new();
    let id = app.asked().await;
    app.world.send(INBOUND, &created(&id).to_string(), &[("x-correlation-id", "c-1")]);
    app.deliver(INBOUND).await;
    let [event] = app.world.events(BUS).try_into().expect("one event");
    assert_eq!(
        (event.source.as_str(), event.detail_type.as_str()),
        ("tenor.crm", "communication_task_created")
    );
    let expected = json!({
        "event": "communication_task_created", "version": 1, "occurred_at": "2023-07-27T03:00:00Z",
        "correlation_id": "c-1", "organization_id": "354815252", "request_id": id, "task_id": TASK,
    });
    assert_eq!(without(event.detail.clone(), "event_id"), expected);
    assert!(event.detail["event_id"].as_str().is_some_and(|event_id| event_id.len() == 32));
    assert!(app.world.items(OUTBOX).is_empty());
    assert_eq!(app.world.effects().iter().filter(|effect| effect.starts_with("PutEvents")).count(), 1);
}

#[tokio::test(start_paused = true)]
async fn a_task_without_a_name_is_told_without_one() {
    let app = Crm::new();
    let id = app.asked().await;
    app.take(&[reply(&id, "0")]).await;
    assert_eq!(app.world.events(BUS)[0].detail.get("task_id"), None);
}

#[tokio::test(start_paused = true)]
async fn with_the_bus_down_the_reply_is_stored_and_the_event_stays_in_the_outbox() {
    let app = Crm::new();
    let id = app.asked().await;
    app.world.fail(On::call("PutEvents"), Fault::InternalError);
    app.take(&[created(&id)]).await;
    assert_eq!(column(&app.task(), "task_id"), Some(TASK));
    assert_eq!(app.outcomes().last().map(String::as_str), Some("created"));
    assert_eq!((app.world.items(OUTBOX).len(), app.world.events(BUS).len()), (1, 0));
    assert_eq!(app.counted("outbox_left"), 1);
    app.relay().await;
    assert_eq!((app.world.items(OUTBOX).len(), app.world.events(BUS).len()), (0, 1));
}
