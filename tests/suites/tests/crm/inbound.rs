//! What replies and pushes have in common (§8, §13): how they are told apart, read and refused.

use serde_json::{Value, json};
use suites::crm::{Crm, INBOUND, MESSAGE, TASK, column, created, push, reply, with, without};

use crate::everything;

/// Has these bodies refused, and checks that nothing else came of them.
async fn refused(app: &Crm, bodies: &[String], reason: &str) {
    let tables = ["crm_clients", "infor_communication_task", "outbox"];
    let before = tables.map(|table| app.world.items(table));
    for body in bodies {
        app.world.send(INBOUND, body, &[("of TIBCO", "1")]);
        app.deliver(INBOUND).await;
    }
    let dead = app.world.messages("infor-inbound-dead");
    let refused = &dead[dead.len() - bodies.len()..];
    for (letter, body) in refused.iter().zip(bodies) {
        assert_eq!(&letter.body, body);
        assert_eq!(letter.attribute("dead_letter_reason"), Some(reason), "{body}");
        assert_eq!(letter.attribute("of TIBCO"), Some("1"));
    }
    assert_eq!(tables.map(|table| app.world.items(table)), before);
    assert!(app.world.messages(INBOUND).is_empty(), "the queue is not blocked");
}

#[tokio::test(start_paused = true)]
async fn what_is_no_json_object_is_a_dead_letter() {
    let bodies = ["garbage", "[]", "{\"replyUID\":", "\"0\"", "{} {}"].map(str::to_owned);
    refused(&Crm::new(), &bodies, "unreadable").await;
}

#[tokio::test(start_paused = true)]
async fn what_has_neither_a_reply_uid_nor_a_task_status_is_a_dead_letter() {
    let app = Crm::new();
    let id = app.asked().await;
    let mut bodies = vec!["{}".to_owned()];
    for nothing in [Value::Null, json!(""), json!(" ")] {
        bodies.push(with(created(&id), "replyUID", nothing.clone()).to_string());
        bodies.push(with(push(), "taskStatus", nothing).to_string());
    }
    refused(&app, &bodies, "neither_reply_nor_push").await;
}

#[tokio::test(start_paused = true)]
async fn what_has_both_is_a_reply() {
    let app = Crm::new();
    let id = app.asked().await;
    app.take(&[with(created(&id), "taskStatus", "3")]).await;
    assert_eq!(column(&app.task(), "task_status"), None);
    assert_eq!(app.outcomes().last().map(String::as_str), Some("created"));
}

#[tokio::test(start_paused = true)]
async fn a_blank_reply_uid_beside_a_task_status_is_a_push() {
    let app = Crm::new();
    let id = app.asked().await;
    app.take(&[created(&id), with(push(), "replyUID", " ")]).await;
    assert_eq!(column(&app.task(), "task_status"), Some("3"));
}

#[tokio::test(start_paused = true)]
async fn a_reply_is_correlated_by_reply_uid_and_never_by_request_id() {
    let app = Crm::new();
    let id = app.asked().await;
    let crossed = with(created("72a26ab9-b99e-40aa-9f7e-2247b3709394"), "requestID", id.as_str());
    refused(&app, &[crossed.to_string()], "unknown_request").await;
    app.take(&[created(&id)]).await;
    assert_eq!(column(&app.task(), "infor_message_id"), Some(MESSAGE));
}

#[tokio::test(start_paused = true)]
async fn a_reply_without_a_status_code_is_a_dead_letter() {
    let app = Crm::new();
    let id = app.asked().await;
    let nothing = [Value::Null, json!(""), json!(" ")].map(|it| with(created(&id), "statusCode", it));
    let bodies = nothing.into_iter().chain([without(created(&id), "statusCode")]);
    let bodies: Vec<_> = bodies.map(|it| it.to_string()).collect();
    refused(&app, &bodies, "no_status_code").await;
}

#[tokio::test(start_paused = true)]
async fn ids_over_200_characters_are_dead_letters_and_200_are_not() {
    let app = Crm::new();
    let id = app.asked().await;
    let long = "ж".repeat(201);
    for member in ["replyUID", "requestID", "taskID", "taskId"] {
        let body = with(without(created(&id), "taskID"), member, long.as_str());
        refused(&app, &[body.to_string()], "too_long").await;
    }
    for member in ["requestID", "taskID", "applicationID"] {
        refused(&app, &[with(push(), member, long.as_str()).to_string()], "too_long").await;
    }
    let just = "ж".repeat(200);
    app.take(&[with(created(&id), "taskID", just.as_str())]).await;
    assert_eq!(column(&app.task(), "task_id"), Some(just.as_str()));
}

#[tokio::test(start_paused = true)]
async fn numbers_are_taken_for_texts_in_every_field_and_digits_are_never_lost() {
    let app = Crm::new();
    let id = app.asked().await;
    let reply = format!(
        r#"{{"requestID":98765432109876543210987654321,"replyUID":"{id}","dt":1,"statusCode":0,"taskID":123456789012345678901234567890,"statusMsg":7}}"#
    );
    let push = r#"{"requestID":98765432109876543210987654321,"dt":20230727,"statusCode":0,"taskID":123456789012345678901234567890,"taskStatus":3,"taskCloseDate":20230727,"taskExecType":1,"taskExecDescr":2,"firstLevelClientReaction":3,"secondLevelClientReaction":4.50,"thirdLevelClientReaction":-5,"applicationID":18446744073709551616}"#;
    for body in [&reply, push] {
        app.world.send(INBOUND, body, &[]);
        app.deliver(INBOUND).await;
    }
    assert_eq!(app.dead(INBOUND), [""; 0]);
    let task = app.task();
    for (name, value) in [
        ("infor_message_id", "98765432109876543210987654321"),
        ("status_code", "0"),
        ("task_id", "123456789012345678901234567890"),
        ("status_msg", "7"),
        ("task_status", "3"),
        ("task_close_date", "20230727"),
        ("task_execution_type", "1"),
        ("task_execution_description", "2"),
        ("first_level_client_reaction", "3"),
        ("second_level_client_reaction", "4.50"),
        ("third_level_client_reaction", "-5"),
        ("application_id", "18446744073709551616"),
    ] {
        assert_eq!(column(&task, name), Some(value), "{name}");
    }
    assert_eq!(column(&task, "push_dt"), None, "a number is no instant");
}

#[tokio::test(start_paused = true)]
async fn a_reply_uid_may_be_a_number() {
    let app = Crm::new();
    refused(&app, &[with(created(""), "replyUID", 17).to_string()], "unknown_request").await;
}

#[tokio::test(start_paused = true)]
async fn what_is_neither_a_text_nor_a_number_is_a_dead_letter() {
    let app = Crm::new();
    let id = app.asked().await;
    for value in [json!(true), json!(["0"]), json!({"code": "0"})] {
        for member in ["replyUID", "statusCode", "requestID", "taskID", "statusMsg"] {
            let body = with(created(&id), member, value.clone()).to_string();
            refused(&app, &[body], "unreadable").await;
        }
        for member in ["taskStatus", "dt", "taskCloseDate", "thirdLevelClientReaction"] {
            refused(&app, &[with(push(), member, value.clone()).to_string()], "unreadable").await;
        }
    }
}

#[tokio::test(start_paused = true)]
async fn members_that_nobody_knows_are_passed_over_whatever_they_hold() {
    let app = Crm::new();
    let id = app.asked().await;
    app.take(&[with(created(&id), "more", json!({"of": [true, null]}))]).await;
    assert_eq!(column(&app.task(), "task_id"), Some(TASK));
}

#[tokio::test(start_paused = true)]
async fn free_texts_are_cut_at_200_characters_and_that_is_logged() {
    let (long, cut) = ("ж".repeat(201), "ж".repeat(200));
    let app = Crm::new();
    let id = app.asked().await;
    app.take(&[with(created(&id), "statusMsg", long.as_str())]).await;
    assert_eq!(app.logged("WARN").len(), 1);
    let members = [
        ("taskStatus", "task_status"),
        ("taskCloseDate", "task_close_date"),
        ("taskExecType", "task_execution_type"),
        ("taskExecDescr", "task_execution_description"),
        ("firstLevelClientReaction", "first_level_client_reaction"),
        ("secondLevelClientReaction", "second_level_client_reaction"),
        ("thirdLevelClientReaction", "third_level_client_reaction"),
    ];
    app.take(&[members.iter().fold(push(), |push, (member, _)| with(push, member, long.as_str()))]).await;
    let task = app.task();
    for (_, column_name) in members.iter().chain([&("statusMsg", "status_msg")]) {
        assert_eq!(column(&task, column_name), Some(cut.as_str()), "{column_name}");
    }
    assert_eq!(app.logged("WARN").len(), 2);
    assert_eq!(app.dead(INBOUND), [""; 0]);
}

#[tokio::test(start_paused = true)]
async fn no_log_line_shows_what_infor_says_of_a_client() {
    let app = Crm::new();
    let id = app.asked().await;
    let said = "Клиент Иванов не найден";
    app.take(&[with(reply(&id, "1"), "statusMsg", said), with(reply(&id, "2"), "statusMsg", said)]).await;
    app.take(&[with(reply("nobody", "1"), "statusMsg", said)]).await;
    assert_eq!(column(&app.task(), "status_msg"), Some(said));
    assert!(!app.output.text().contains("Иванов"));
}

#[tokio::test(start_paused = true)]
async fn messages_that_come_twice_in_one_batch_are_taken_once() {
    let app = Crm::new();
    let id = app.asked().await;
    for message in [created(&id), created(&id), push(), push()] {
        app.answer(&message);
    }
    app.deliver(INBOUND).await;
    assert_eq!(
        app.outcomes().split_off(app.outcomes().len() - 4),
        ["created", "repeated", "pushed", "repeated"]
    );
    let once = everything(&app);
    app.take(&[push(), created(&id)]).await;
    assert_eq!(everything(&app), once);
    assert_eq!(app.world.events("tenor").len(), 2);
}
