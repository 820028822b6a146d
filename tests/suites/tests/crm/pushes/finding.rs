//! Which row a push is about.

use serde_json::json;
use suites::crm::{Crm, INBOUND, MESSAGE, TASK, column, created, example_client, push, reply, with, without};

use super::{latest, with_task};

#[tokio::test(start_paused = true)]
async fn a_push_is_found_by_its_task_whatever_its_request_id_is() {
    let (app, _) = with_task().await;
    app.take(&[with(push(), "requestID", "another")]).await;
    let task = app.task();
    assert_eq!(column(&task, "task_status"), Some("3"));
    assert_eq!(column(&task, "infor_message_id"), Some(MESSAGE), "the reply's stays");
}

#[tokio::test(start_paused = true)]
async fn both_spellings_of_the_tasks_id_find_it() {
    let (app, _) = with_task().await;
    let push = without(without(push(), "taskID"), "requestID");
    app.take(&[with(push, "taskId", 123_456_789)]).await;
    assert_eq!(column(&app.task(), "task_status"), Some("3"));
}

#[tokio::test(start_paused = true)]
async fn a_push_that_names_no_task_is_found_by_the_replys_id() {
    let (app, id) = with_task().await;
    app.take(&[without(push(), "taskID")]).await;
    let task = app.task();
    assert_eq!((column(&task, "task_status"), column(&task, "task_id")), (Some("3"), Some(TASK)));
    let event = app.world.events("tenor").pop().unwrap();
    assert_eq!((&event.detail["task_id"], &event.detail["request_id"]), (&json!(TASK), &json!(id)));
}

#[tokio::test(start_paused = true)]
async fn a_push_is_never_looked_up_among_our_own_requests() {
    let app = Crm::new();
    let id = app.asked().await;
    app.take(&[without(reply(&id, "0"), "requestID")]).await;
    app.take(&[with(push(), "requestID", id.as_str())]).await;
    assert_eq!((latest(&app), column(&app.task(), "task_status")), ("waits".to_owned(), None));
}

#[tokio::test(start_paused = true)]
async fn a_push_of_another_task_than_its_rows_is_a_dead_letter() {
    let (app, _) = with_task().await;
    let before = app.task();
    let other = with(push(), "taskID", "987654321");
    app.take(std::slice::from_ref(&other)).await;
    assert_eq!(app.dead(INBOUND), ["task_mismatch"]);
    assert_eq!(app.world.messages("infor-inbound-dead")[0].body, other.to_string());
    assert_eq!(app.task(), before);
}

#[tokio::test(start_paused = true)]
async fn of_several_rows_of_an_organization_the_one_with_the_task_is_filled() {
    let app = Crm::new();
    app.tell(&example_client("2023-07-01T00:00:00+03:00")).await;
    for day in ["2023-07-20", "2023-07-23", "2023-07-26"] {
        app.scan(&format!("{day}T06:00:00+03:00")).await;
    }
    let rows = app.tasks();
    let second =
        rows.iter().find(|row| column(row, "request_date").unwrap().starts_with("2023-07-23")).unwrap();
    let id = column(second, "vtbc_request_id").unwrap();
    app.take(&[created(id), push()]).await;
    for row in app.tasks() {
        let is_it = column(&row, "vtbc_request_id") == Some(id);
        assert_eq!(column(&row, "task_status").is_some(), is_it);
    }
}
