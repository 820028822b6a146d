//! What a push does to its row.

use serde_json::{Value, json};
use suites::crm::{Crm, MESSAGE, TASK, column, push, with, without};
use suites::host::{BUS, OUTBOX};
use world::{Fault, On};

use super::{latest, with_task};
use crate::everything;

const PUSH_COLUMNS: [&str; 9] = [
    "application_id",
    "first_level_client_reaction",
    "push_dt",
    "second_level_client_reaction",
    "task_close_date",
    "task_execution_description",
    "task_execution_type",
    "task_status",
    "third_level_client_reaction",
];

/// The columns of a push that are not NULL.
fn filled(app: &Crm) -> Vec<(&'static str, String)> {
    let task = app.task();
    let filled = PUSH_COLUMNS.into_iter().filter_map(|name| Some((name, column(&task, name)?.to_owned())));
    filled.collect()
}

/// The automatic example of §3.3.
fn automatic() -> Value {
    json!({
        "requestID": MESSAGE, "dt": "2023-07-28T12:00:00.000+03:00", "statusCode": "0", "applicationID": "A-1",
        "taskID": TASK, "taskStatus": "5", "taskCloseDate": "2023-07-27", "taskExecType": "Технический",
        "taskExecDescr": "Не обработано",
    })
}

fn finished(app: &Crm) -> usize {
    app.world.events(BUS).iter().filter(|event| event.detail_type == "communication_task_finished").count()
}

#[tokio::test(start_paused = true)]
async fn the_automatic_example_is_stored_with_its_application_and_without_reactions() {
    let (app, _) = with_task().await;
    app.take(&[automatic()]).await;
    let expected = [
        ("application_id", "A-1"),
        ("push_dt", "2023-07-28T09:00:00.000000000Z"),
        ("task_close_date", "2023-07-27"),
        ("task_execution_description", "Не обработано"),
        ("task_execution_type", "Технический"),
        ("task_status", "5"),
    ];
    assert_eq!(filled(&app), expected.map(|(name, value)| (name, value.to_owned())));
    assert_eq!(column(&app.task(), "push_state"), Some("ended"));
    assert_eq!(
        (finished(&app), app.counted("infor.alert"), app.counted("infor.unknown_reaction")),
        (1, 0, 0)
    );
}

#[tokio::test(start_paused = true)]
async fn a_newer_push_replaces_all_columns_and_what_it_does_not_say_is_null() {
    let (app, _) = with_task().await;
    app.take(&[with(push(), "applicationID", "A-1")]).await;
    assert_eq!(filled(&app).len(), 8);
    let bare =
        json!({"dt": "2023-07-28T12:00:00.001+03:00", "statusCode": "0", "taskID": TASK, "taskStatus": "5"});
    app.take(&[bare]).await;
    let shown = [("push_dt", "2023-07-28T09:00:00.001000000Z"), ("task_status", "5")];
    assert_eq!(filled(&app), shown.map(|(name, value)| (name, value.to_owned())));
    let task = app.task();
    for (name, value) in [("status_code", "0"), ("task_id", TASK), ("infor_message_id", MESSAGE)] {
        assert_eq!(column(&task, name), Some(value), "{name} is the reply's");
    }
    assert_eq!(finished(&app), 1, "the task ended once");
}

#[tokio::test(start_paused = true)]
async fn a_push_again_an_older_one_and_one_of_the_same_instant_change_nothing() {
    let (app, _) = with_task().await;
    app.take(&[push()]).await;
    let before = everything(&app);
    let other = with(with(push(), "taskStatus", "5"), "taskExecType", "Технический");
    for dt in [
        "2023-07-28T12:00:00.000+03:00",
        "2023-07-28T09:00:00Z",
        "2023-07-28T11:59:59.999+03:00",
        "2023-07-28T10:00:00+03:00",
    ] {
        app.take(&[with(other.clone(), "dt", dt)]).await;
        assert_eq!(everything(&app), before, "{dt}");
        assert_eq!(latest(&app), "repeated");
    }
    app.take(&[with(other, "dt", "2023-07-28T10:00:00.000+00:00")]).await;
    assert_eq!(column(&app.task(), "task_status"), Some("5"), "later as an instant");
}

#[tokio::test(start_paused = true)]
async fn an_unreadable_dt_is_stored_only_where_no_push_is() {
    for dt in [json!("soon"), json!("2023-07-28T12:00:00"), json!(""), Value::Null, json!(1)] {
        let (app, _) = with_task().await;
        let undated = with(with(push(), "dt", dt.clone()), "taskStatus", "5");
        app.take(std::slice::from_ref(&undated)).await;
        let task = app.task();
        assert_eq!((column(&task, "task_status"), column(&task, "push_dt")), (Some("5"), None), "{dt}");
        let before = everything(&app);
        app.take(&[with(undated.clone(), "taskStatus", "3")]).await;
        assert_eq!(everything(&app), before, "{dt}");
        app.take(&[push()]).await;
        assert_eq!(column(&app.task(), "task_status"), Some("3"), "a readable one replaces it");
        app.take(&[undated]).await;
        assert_eq!((latest(&app).as_str(), column(&app.task(), "task_status")), ("contradicted", Some("3")));
        assert_eq!((finished(&app), app.logged("WARN").len()), (1, 2));
    }
}

#[tokio::test(start_paused = true)]
async fn a_push_whose_status_code_is_not_0_is_stored_with_an_alert_and_ends_nothing() {
    for code in [json!("1"), json!(2), json!("17"), Value::Null] {
        let (app, _) = with_task().await;
        app.take(&[with(push(), "statusCode", code.clone())]).await;
        let task = app.task();
        assert_eq!((column(&task, "task_status"), column(&task, "push_state")), (Some("3"), Some("open")));
        assert_eq!(column(&task, "status_code"), Some("0"), "the reply's stays");
        assert_eq!(
            (finished(&app), app.counted("infor.alert"), app.logged("ERROR").len()),
            (0, 1, 1),
            "{code}"
        );
        app.take(&[with(push(), "dt", "2023-07-29T00:00:00Z")]).await;
        assert_eq!((finished(&app), column(&app.task(), "push_state")), (1, Some("ended")));
        app.take(&[with(with(push(), "dt", "2023-07-30T00:00:00Z"), "statusCode", code)]).await;
        assert_eq!(column(&app.task(), "push_state"), Some("ended"), "what is over stays so");
    }
}

#[tokio::test(start_paused = true)]
async fn a_status_code_of_a_push_is_a_text_or_a_number_and_trimmed() {
    for code in [json!(0), json!(" 0 ")] {
        let (app, _) = with_task().await;
        app.take(&[with(push(), "statusCode", code)]).await;
        assert_eq!((finished(&app), app.counted("infor.alert")), (1, 0));
    }
}

#[tokio::test(start_paused = true)]
async fn an_unknown_task_status_is_stored_with_an_alert_and_ends_nothing() {
    let (app, _) = with_task().await;
    app.take(&[with(push(), "taskStatus", 4)]).await;
    assert_eq!((column(&app.task(), "task_status"), finished(&app)), (Some("4"), 0));
    assert_eq!(app.counted("infor.alert"), 1);
}

#[tokio::test(start_paused = true)]
async fn a_finished_task_is_told_once_with_its_ids() {
    let (app, id) = with_task().await;
    for dt in
        ["2023-07-28T12:00:00.000+03:00", "2023-07-28T12:00:00.000+03:00", "2023-07-29T12:00:00.000+03:00"]
    {
        app.take(&[with(push(), "dt", dt)]).await;
    }
    assert_eq!(finished(&app), 1);
    let event = app.world.events(BUS).pop().unwrap();
    assert_eq!(event.source, "tenor.crm");
    let detail = without(without(event.detail, "event_id"), "correlation_id");
    let expected = json!({
        "event": "communication_task_finished", "version": 1, "occurred_at": "2023-07-27T03:00:00Z",
        "organization_id": "354815252", "request_id": id, "task_id": TASK, "task_status": "3",
        "pushed_at": "2023-07-28T09:00:00.000000000Z",
    });
    assert_eq!(detail, expected);
    assert!(app.world.items(OUTBOX).is_empty());
}

#[tokio::test(start_paused = true)]
async fn with_the_bus_down_the_push_is_stored_and_the_event_stays_in_the_outbox() {
    let (app, _) = with_task().await;
    app.world.fail(On::call("PutEvents"), Fault::Hang);
    app.take(&[push()]).await;
    assert_eq!((latest(&app).as_str(), column(&app.task(), "task_status")), ("pushed", Some("3")));
    assert_eq!((app.world.items(OUTBOX).len(), finished(&app)), (1, 0));
    app.relay().await;
    assert_eq!((app.world.items(OUTBOX).len(), finished(&app)), (0, 1));
}

#[tokio::test(start_paused = true)]
async fn the_row_is_changed_at_the_clocks_time() {
    let (app, _) = with_task().await;
    app.world.pass(std::time::Duration::from_secs(90)).await;
    app.take(&[push()]).await;
    assert_eq!(column(&app.task(), "time_update"), Some("2023-07-27T03:01:30.000000000Z"));
    assert_eq!(column(&app.task(), "time_create"), Some("2023-07-27T03:00:00.000000000Z"));
}
