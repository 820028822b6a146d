//! Rows of every schema version ever written: golden files that are never changed, only added to.

use serde_json::{Map, Value, json};
use suites::crm::{
    BACK_IDS, CLIENTS, Crm, INBOUND, MESSAGE, SCAN, TASKS, client, column, created, push, reply, with,
    without,
};

/// One golden file for each version.
const VERSIONS: [&str; 1] = [include_str!("../../golden/crm/v1.json")];
const TABLES: [&str; 3] = [CLIENTS, BACK_IDS, TASKS];

/// The request about an organization.
fn request_of(app: &Crm, organization_id: &str) -> String {
    let rows = app.tasks();
    let row = rows.iter().find(|row| row["organization_id"]["S"] == organization_id).expect("a row");
    column(row, "vtbc_request_id").expect("an id").to_owned()
}

/// A context in which every attribute has been written: the first client was rejected, the second one's task is over,
/// the third one waits, of the fourth the reply named no task and the push is none that ends it.
async fn lived_through() -> Crm {
    let app = Crm::new();
    for (number, since) in [(1, 1), (2, 2), (3, 26), (4, 4)] {
        let (organization_id, mdm_id) = (format!("o-{number}"), format!("m-{number}"));
        app.tell(&client(&organization_id, &mdm_id, &format!("2023-07-{since:02}T00:00:00+03:00"))).await;
    }
    app.scan(SCAN).await;
    let [first, second, fourth] = ["o-1", "o-2", "o-4"].map(|organization| request_of(&app, organization));
    app.take(&[
        with(reply(&first, "1"), "statusMsg", "не найден"),
        created(&second),
        with(with(push(), "applicationID", "A-1"), "thirdLevelClientReaction", "третий"),
        with(reply(&fourth, "0"), "requestID", "message-4"),
        json!({"requestID": "message-4", "statusCode": "1", "taskStatus": "4"}),
    ])
    .await;
    app
}

/// The rows of a table, with names in the place of ids that are drawn.
fn rows(app: &Crm, table: &str) -> Value {
    let named = |row: Value| {
        let mut text = without(row, "request_stamp").to_string();
        for task in app.tasks() {
            let organization = column(&task, "organization_id").unwrap();
            for (name, of) in [("vtbc_request_id", "request"), ("id", "row")] {
                text = text.replace(column(&task, name).unwrap(), &format!("{of} of {organization}"));
            }
        }
        text
    };
    let mut texts: Vec<_> = app.world.items(table).into_iter().map(named).collect();
    texts.sort();
    texts.iter().map(|text| serde_json::from_str::<Value>(text).unwrap()).collect()
}

/// A context whose tables have the rows of a golden version.
fn with_golden(version: &str) -> Crm {
    let golden: Map<String, Value> = serde_json::from_str(version).unwrap();
    let app = Crm::new();
    for (table, rows) in &golden {
        rows.as_array().unwrap().iter().for_each(|row| app.world.put_item(table, row));
    }
    app
}

#[tokio::test(start_paused = true)]
async fn what_is_written_now_is_the_newest_golden_version() {
    let app = lived_through().await;
    let golden: Value = serde_json::from_str(VERSIONS[VERSIONS.len() - 1]).unwrap();
    for table in TABLES {
        assert_eq!(rows(&app, table), golden[table], "{table}");
    }
}

#[tokio::test(start_paused = true)]
async fn every_golden_version_is_read_by_the_scan() {
    for version in VERSIONS {
        let app = with_golden(version);
        app.scan("2023-08-02T06:00:00+03:00").await;
        let mut asked: Vec<_> =
            app.requests().iter().map(|sent| sent["clientIdList"][2]["id"].to_string()).collect();
        asked.sort();
        assert_eq!(asked, ["\"o-1\"", "\"o-3\""], "the rejected one and the one that waits");
        assert_eq!(app.requests()[0]["clientIdList"].as_array().map(Vec::len), Some(4));
    }
}

#[tokio::test(start_paused = true)]
async fn every_golden_version_is_changed_by_messages() {
    for version in VERSIONS {
        let app = with_golden(version);
        for number in 1..=4 {
            let told = client(&format!("o-{number}"), &format!("m-{number}"), "2023-07-28T00:00:00+03:00");
            app.tell(&told).await;
        }
        let applied = app.outcomes().iter().filter(|outcome| *outcome == "applied").count();
        assert_eq!((applied, app.outcomes().len()), (4, 20), "the new entries in the log, and nothing else");
        let later = |push: Value| with(push, "dt", "2023-07-29T00:00:00Z");
        app.take(&[
            with(with(created("request of o-1"), "requestID", "message-1"), "taskID", "task-1"),
            with(later(push()), "taskStatus", "5"),
            later(with(with(push(), "requestID", "message-4"), "taskID", "task-4")),
            reply("request of o-2", "1"),
        ])
        .await;
        assert_eq!(app.outcomes()[20..], ["created", "pushed", "pushed", "contradicted"]);
        assert!(app.dead(INBOUND).is_empty());
        let tasks = app.tasks();
        let second = tasks.iter().find(|row| row["organization_id"]["S"] == "o-2").unwrap();
        assert_eq!(
            (column(second, "task_status"), column(second, "infor_message_id")),
            (Some("5"), Some(MESSAGE))
        );
        let fourth = tasks.iter().find(|row| row["organization_id"]["S"] == "o-4").unwrap();
        assert_eq!((column(fourth, "task_id"), column(fourth, "task_status")), (Some("task-4"), Some("3")));
    }
}
