//! The acceptance examples of the specification (§11), byte for byte.

use serde_json::json;
use suites::crm::{Crm, INBOUND, example_client};

const SCAN: &str = "2023-07-27T09:27:04.953+03:00";

#[tokio::test(start_paused = true)]
async fn the_request_of_the_seed_is_sent_byte_for_byte() {
    let app = Crm::new();
    app.tell(&example_client("2023-07-20T09:27:04.953+03:00")).await;
    app.scan(SCAN).await;
    let [task] = app.tasks().try_into().expect("one row");
    let id = task["vtbc_request_id"]["S"].as_str().unwrap();
    let [sent] = app.sent().try_into().expect("one message");
    let expected = format!(
        r#"{{"requestID":"{id}","dt":"2023-07-27T09:27:04.953+03:00","clientIdList":[{{"systemCode":"vtb_mdm_id","id":"123456"}},{{"systemCode":"IBSO","id":"354815252"}},{{"systemCode":"ehd_id","id":"354815252"}},{{"systemCode":"INFOR","id":"A6UJ9A00EEG"}}],"inn":"1200009193","ogrn":"1231200000844","kpp":"120001001","okpo":"02847208"}}"#
    );
    assert_eq!(sent.body, expected);
    assert_eq!(sent.attribute("requestID"), Some(id));
    assert_eq!(task["organization_id"]["S"], "354815252");
    assert_eq!(task["request_date"]["S"], SCAN);
    assert_eq!(task["send_state"]["S"], "SENT");
    assert_eq!(task.get("status_code"), None);
}

#[tokio::test(start_paused = true)]
async fn the_reply_and_the_push_of_the_seed_fill_their_columns() {
    let app = Crm::new();
    app.tell(&example_client("2023-07-01T00:00:00+03:00")).await;
    app.scan(SCAN).await;
    let id = app.tasks()[0]["vtbc_request_id"]["S"].as_str().unwrap().to_owned();
    let message = "72a26ab9-b99e-40aa-9f7e-2247b3709394";
    app.take(&[json!({
        "requestID": message, "replyUID": id, "dt": SCAN, "statusCode": "0", "taskID": "123456789",
    })])
    .await;
    let task = &app.tasks()[0];
    for (column, value) in [
        ("infor_response_id", id.as_str()),
        ("status_code", "0"),
        ("task_id", "123456789"),
        ("infor_message_id", message),
    ] {
        assert_eq!(task[column]["S"], value, "{column}");
    }
    app.take(&[json!({
        "requestID": message, "dt": "2023-07-27T12:00:00.000+03:00", "statusCode": "0", "taskID": "123456789",
        "taskStatus": "3", "taskCloseDate": "2023-07-27", "taskExecType": "Ручной", "taskExecDescr": "Обработано",
        "firstLevelClientReaction": "Дозвон - планирует миграцию",
        "secondLevelClientReaction": "Проконсультирован по миграции", "thirdLevelClientReaction": "",
    })])
    .await;
    let task = &app.tasks()[0];
    for (column, value) in [
        ("task_status", "3"),
        ("task_close_date", "2023-07-27"),
        ("task_execution_type", "Ручной"),
        ("task_execution_description", "Обработано"),
        ("first_level_client_reaction", "Дозвон - планирует миграцию"),
        ("second_level_client_reaction", "Проконсультирован по миграции"),
    ] {
        assert_eq!(task[column]["S"], value, "{column}");
    }
    assert_eq!(task.get("third_level_client_reaction"), None);
    assert!(app.world.messages(INBOUND).is_empty());
    let events: Vec<_> = app.world.events("tenor").into_iter().map(|event| event.detail_type).collect();
    assert_eq!(events, ["communication_task_created", "communication_task_finished"]);
    assert!(app.world.items("outbox").is_empty());
}
