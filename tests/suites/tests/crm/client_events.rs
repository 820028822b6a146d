//! The queue `client-events` (§12, §13): the projection that comes of it, whatever order its messages come in.

mod order;
mod refusals;

use serde_json::{Value, json};
use suites::crm::{BACK_IDS, CLIENTS, Crm, example_client, with, without};

use crate::everything;

/// A row of a table, without what says how it came to be.
fn row(app: &Crm, table: &str) -> Value {
    let [row] = app.world.items(table).try_into().expect("one row");
    ["request_stamp", "version", "schema_version"].iter().fold(row, |row, name| without(row, name))
}

#[tokio::test(start_paused = true)]
async fn every_type_of_message_is_kept_in_the_projection() {
    let app = Crm::new();
    app.tell(&example_client("2023-07-20T09:27:04.953+03:00")).await;
    assert_eq!(app.outcomes(), ["applied"; 5]);
    let mut client = row(&app, CLIENTS);
    assert!(client.as_object_mut().unwrap().remove("waiting_shard").is_some_and(|it| it["N"].is_string()));
    let text = |text: &str| json!({"S": text});
    let expected = json!({
        "organization_id": text("354815252"), "mdm_id": text("123456"), "status": text("in_wizard"),
        "wizard_status": text("OK"), "migration_occurred_at": text("2023-06-30T21:00:00.000000000Z"),
        "migration_event_id": text("e-migration-354815252"), "changed_wizard_status": text("TO_SIGN"),
        "change_date": text("2023-07-20T06:27:04.953000000Z"), "change_event_id": text("e-wizard-354815252"),
        "tin": text("1200009193"), "registry_number": text("1231200000844"), "kpp": text("120001001"),
        "okpo": text("02847208"), "snapshot_occurred_at": text("2023-06-30T21:00:00.000000000Z"),
        "snapshot_event_id": text("e-snapshot-354815252"),
        "waiting_since": text("2023-07-20T06:27:04.953000000Z"),
    });
    assert_eq!(client, expected);
    let back_ids = app.world.items(BACK_IDS);
    let shown =
        back_ids.iter().map(|it| (it["back_system_name"]["S"].as_str(), it["back_system_id"]["S"].as_str()));
    assert_eq!(
        shown.collect::<Vec<_>>(),
        [(Some("ibso"), Some("354815252")), (Some("infor"), Some("A6UJ9A00EEG"))]
    );
}

#[tokio::test(start_paused = true)]
async fn an_unknown_back_system_is_ignored() {
    let app = Crm::new();
    let told = example_client("2023-07-01T00:00:00+03:00")[2].clone();
    for name in ["IBSO", "Infor", "abs"] {
        app.tell(&[with(told.clone(), "back_system_name", name)]).await;
    }
    assert_eq!(app.outcomes(), ["ignored"; 3]);
    assert!(app.world.items(BACK_IDS).is_empty() && app.dead("client-events").is_empty());
}

#[tokio::test(start_paused = true)]
async fn null_empty_and_blank_are_absent_and_replace_what_was_there() {
    for nothing in [Value::Null, json!(""), json!(" \t")] {
        let app = Crm::new();
        app.tell(&example_client("2023-07-20T09:27:04.953+03:00")).await;
        let mut told = example_client("2023-07-21T00:00:00+03:00");
        for (place, members) in [
            (0, vec!["mdm_id", "status", "wizard_status"]),
            (1, vec!["wizard_status"]),
            (4, vec!["tin", "registry_number", "kpp", "okpo"]),
        ] {
            let date = if place == 1 { "change_date" } else { "occurred_at" };
            let later = with(told[place].clone(), date, "2023-07-22T00:00:00+03:00");
            told[place] =
                members.iter().fold(later, |message, member| with(message, member, nothing.clone()));
        }
        app.tell(&[told[0].clone(), told[1].clone(), told[4].clone()]).await;
        assert_eq!(app.outcomes(), ["applied"; 8]);
        let row = row(&app, CLIENTS);
        let names: Vec<_> = row.as_object().unwrap().keys().map(String::as_str).collect();
        assert_eq!(
            names,
            [
                "change_date",
                "change_event_id",
                "migration_event_id",
                "migration_occurred_at",
                "organization_id",
                "snapshot_event_id",
                "snapshot_occurred_at",
            ],
            "{nothing}"
        );
    }
}

#[tokio::test(start_paused = true)]
async fn ids_and_statuses_are_kept_without_what_surrounds_them() {
    let app = Crm::new();
    let told = example_client("2023-07-20T00:00:00+03:00").into_iter().map(|message| {
        let padded = message.as_object().unwrap().iter().map(|(name, value)| {
            let padded = value.as_str().map(|value| format!(" {value}\t"));
            (name.clone(), json!(padded))
        });
        Value::Object(padded.collect())
    });
    app.tell(&told.collect::<Vec<_>>()).await;
    let clean = Crm::new();
    clean.tell(&example_client("2023-07-20T00:00:00+03:00")).await;
    let stamps = ["request_stamp"];
    assert_eq!(app.world.state_without(&stamps), clean.world.state_without(&stamps));
}

#[tokio::test(start_paused = true)]
async fn a_repeat_changes_nothing() {
    let app = Crm::new();
    let told = example_client("2023-07-20T00:00:00+03:00");
    app.tell(&told).await;
    let before = everything(&app);
    app.tell(&told).await;
    assert_eq!(everything(&app), before);
    assert_eq!(app.outcomes()[5..], ["not_newer"; 5]);
}

#[tokio::test(start_paused = true)]
async fn what_is_told_of_a_client_leaves_the_requests_about_it_alone() {
    let app = Crm::new();
    let id = app.asked().await;
    let later = example_client("2023-07-20T00:00:00+03:00").into_iter().map(|message| {
        let date = if message.get("change_date").is_some() { "change_date" } else { "occurred_at" };
        with(with(message, "event_id", "e-9"), date, "2023-07-28T00:00:00+03:00")
    });
    app.tell(&later.collect::<Vec<_>>()).await;
    let row = row(&app, CLIENTS);
    assert_eq!(row["vtbc_request_id"]["S"], id);
    assert_eq!((&row["requests"]["N"], row["requested_at"]["S"].is_string()), (&json!("1"), true));
}
