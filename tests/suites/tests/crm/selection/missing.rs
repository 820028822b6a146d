//! Clients whose data do not make a request: skipped, counted by reason, and tried again (§9, §13).

use domain::crm::Rules;
use serde_json::{Value, json};
use suites::crm::{Crm, SCAN, client, example_client, reply, with, without};

use crate::{counts, furnished, migration};

/// The example's client with another snapshot.
fn with_snapshot(edit: impl FnOnce(Value) -> Value) -> Vec<Value> {
    let mut told = example_client("2023-07-01T00:00:00+03:00");
    told[4] = edit(told[4].clone());
    told
}

#[tokio::test(start_paused = true)]
async fn a_client_without_kpp_inn_or_ogrn_is_skipped_and_counted_by_its_reason() {
    for (member, reason) in
        [("kpp", "missing_kpp"), ("tin", "missing_inn"), ("registry_number", "missing_ogrn")]
    {
        for nothing in [Value::Null, json!(""), json!(" ")] {
            let app = Crm::new();
            app.tell(&with_snapshot(|snapshot| with(snapshot, member, nothing.clone()))).await;
            app.scan(SCAN).await;
            assert_eq!((app.sent().len(), app.tasks().len()), (0, 0), "{member} {nothing}");
            assert_eq!(counts(&app, "infor.skip", "reason"), [(reason.to_owned(), 1)], "{member}");
        }
    }
}

#[tokio::test(start_paused = true)]
async fn a_client_of_whom_no_snapshot_came_is_skipped() {
    let app = Crm::new();
    app.tell(&example_client("2023-07-01T00:00:00+03:00")[..4]).await;
    app.scan(SCAN).await;
    assert!(app.sent().is_empty());
    assert_eq!(counts(&app, "infor.skip", "reason"), [("missing_inn".to_owned(), 1)]);
}

#[tokio::test(start_paused = true)]
async fn a_migration_client_without_an_mdm_id_is_kept_and_skipped_until_it_has_one() {
    let app = Crm::new();
    let mut told = example_client("2023-07-01T00:00:00+03:00");
    told[0] = without(told[0].clone(), "mdm_id");
    app.tell(&told).await;
    app.scan(SCAN).await;
    assert!(app.sent().is_empty());
    assert_eq!(counts(&app, "infor.skip", "reason"), [("missing_mdm_id".to_owned(), 1)]);
    app.tell(&[migration("e-2", "OK", "2023-07-02T00:00:00+03:00")]).await;
    app.scan(SCAN).await;
    assert_eq!(app.requests()[0]["clientIdList"][0], json!({"systemCode": "vtb_mdm_id", "id": "123456"}));
}

#[tokio::test(start_paused = true)]
async fn a_skipped_client_is_tried_again_on_the_same_day() {
    let app = Crm::new();
    app.tell(&with_snapshot(|snapshot| without(snapshot, "kpp"))).await;
    app.scan(SCAN).await;
    app.scan(SCAN).await;
    assert_eq!(app.counted("infor.skip"), 2, "counted at every run");
    let snapshot = example_client("")[4].clone();
    let later = with(with(snapshot, "event_id", "e-2"), "occurred_at", "2023-07-02T00:00:00+03:00");
    app.tell(&[later]).await;
    app.scan(SCAN).await;
    assert_eq!(app.sent().len(), 1);
}

#[tokio::test(start_paused = true)]
async fn skipped_clients_hold_up_no_other_and_only_those_who_would_be_asked_about_are_counted() {
    let app = Crm::new();
    for number in 0..5 {
        let mut told = client(&format!("o-{number}"), &format!("m-{number}"), "2023-07-01T00:00:00+03:00");
        if number % 2 == 0 {
            told[4] = without(told[4].clone(), "kpp");
        }
        app.tell(&told).await;
    }
    app.tell(&[with(with_snapshot(|it| it)[4].clone(), "kpp", "")]).await;
    app.scan(SCAN).await;
    assert_eq!((app.sent().len(), app.counted("infor.skip")), (2, 3));
}

#[tokio::test(start_paused = true)]
async fn an_entrepreneur_is_sent_with_an_empty_kpp_where_that_is_allowed() {
    let rules = Rules { send_empty_kpp: true, ..Rules::default() };
    let app = Crm::over_with_rules(furnished(), rules);
    app.tell(&with_snapshot(|snapshot| without(with(snapshot, "tin", "500100732259"), "kpp"))).await;
    app.scan(SCAN).await;
    assert!(
        app.sent()[0]
            .body
            .ends_with(r#""inn":"500100732259","ogrn":"1231200000844","kpp":"","okpo":"02847208"}"#)
    );
    assert_eq!(app.counted("infor.skip"), 0);
}

#[tokio::test(start_paused = true)]
async fn a_client_who_was_rejected_and_then_lost_a_number_is_skipped() {
    let app = Crm::new();
    let id = app.asked().await;
    app.take(&[reply(&id, "1")]).await;
    let lost = with_snapshot(|snapshot| without(with(snapshot, "event_id", "e-9"), "tin"));
    app.tell(&[with(lost[4].clone(), "occurred_at", "2023-07-27T12:00:00Z")]).await;
    app.scan("2023-07-28T06:00:00+03:00").await;
    assert_eq!((app.tasks().len(), app.counted("infor.skip")), (1, 1));
}
