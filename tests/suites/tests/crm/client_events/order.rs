//! Messages in any order: what is newer is shown in the end.

use serde_json::{Value, json};
use suites::crm::{BACK_IDS, CLIENTS, Crm, SCAN, example_client, with};

/// Two messages of each type about one thing: a member, the older value and the newer one.
fn pairs(older_at: &str, newer_at: &str, events: [&str; 2]) -> Vec<(&'static str, [Value; 2])> {
    let told = example_client("2023-07-01T00:00:00+03:00");
    let places = [
        (0, "wizard_status", "occurred_at"),
        (1, "wizard_status", "change_date"),
        (2, "back_system_id", "occurred_at"),
        (4, "kpp", "occurred_at"),
    ];
    let pair = |(place, member, date): (usize, &'static str, &str)| {
        let message = |value: &str, at: &str, event: &str| {
            with(with(with(told[place].clone(), member, value), date, at), "event_id", event)
        };
        (member, [message("OLDER", older_at, events[0]), message("NEWER", newer_at, events[1])])
    };
    places.map(pair).into()
}

/// What the tables show of the older and the newer one.
fn shown(app: &Crm) -> Vec<String> {
    let rows = app.world.items(CLIENTS).into_iter().chain(app.world.items(BACK_IDS));
    let values = rows.flat_map(|row| row.as_object().unwrap().values().cloned().collect::<Vec<_>>());
    let texts = values.filter_map(|value| value["S"].as_str().map(str::to_owned));
    texts.filter(|text| text.ends_with("ER") && text.len() == 5).collect()
}

async fn newer_wins(pairs: Vec<(&str, [Value; 2])>) {
    for (member, [older, newer]) in pairs {
        for (order, outcomes) in
            [([&older, &newer], ["applied", "applied"]), ([&newer, &older], ["applied", "not_newer"])]
        {
            let app = Crm::new();
            app.tell(&order.map(Clone::clone)).await;
            assert_eq!(shown(&app), ["NEWER"], "{member}");
            assert_eq!(app.outcomes(), outcomes, "{member}");
        }
    }
}

#[tokio::test(start_paused = true)]
async fn a_late_message_changes_nothing_that_is_newer() {
    newer_wins(pairs("2023-07-02T00:00:00+03:00", "2023-07-02T00:00:00.000000001+03:00", ["e-2", "e-1"]))
        .await;
}

#[tokio::test(start_paused = true)]
async fn dates_are_compared_as_instants() {
    newer_wins(pairs("2023-07-02T03:00:00+03:00", "2023-07-01T23:00:00-02:00", ["e-2", "e-1"])).await;
}

#[tokio::test(start_paused = true)]
async fn of_two_messages_of_one_instant_the_greater_event_id_wins() {
    let at = ["2023-07-02T00:00:00+03:00", "2023-07-01T21:00:00Z"];
    newer_wins(pairs(at[0], at[1], ["e-1", "e-2"])).await;
    newer_wins(pairs(at[1], at[0], ["e-10", "e-9"])).await;
}

#[tokio::test(start_paused = true)]
async fn the_parts_of_a_client_may_come_in_any_order_and_none_is_lost() {
    let told = example_client("2023-07-01T00:00:00+03:00");
    let mut bodies = Vec::new();
    for first in 0..told.len() {
        let mut order = told.clone();
        order.rotate_left(first);
        for order in [order.clone(), order.into_iter().rev().collect()] {
            let app = Crm::new();
            for message in &order {
                app.tell(std::slice::from_ref(message)).await;
            }
            app.scan(SCAN).await;
            let mut request = app.requests().remove(0);
            request["requestID"] = Value::Null;
            bodies.push(request);
        }
    }
    assert_eq!(bodies.len(), 10);
    bodies.dedup();
    assert_eq!(bodies.len(), 1, "the same request each time");
}

#[tokio::test(start_paused = true)]
async fn ids_in_the_back_systems_wait_for_the_client_whose_mdm_id_they_hang_on() {
    let app = Crm::new();
    let told = example_client("2023-07-01T00:00:00+03:00");
    app.tell(&told[2..4]).await;
    assert!(app.world.items(CLIENTS).is_empty());
    app.tell(&[told[4].clone(), told[1].clone(), told[0].clone()]).await;
    app.scan(SCAN).await;
    assert_eq!(app.requests()[0]["clientIdList"].as_array().map(Vec::len), Some(4));
}

#[tokio::test(start_paused = true)]
async fn a_client_whose_mdm_id_changes_is_sent_with_the_ids_of_the_new_one() {
    let app = Crm::new();
    let told = example_client("2023-07-01T00:00:00+03:00");
    app.tell(&told).await;
    let other = |message: &Value, event: &str| with(with(message.clone(), "mdm_id", "9"), "event_id", event);
    let moved = with(other(&told[0], "e-2"), "occurred_at", "2023-07-02T00:00:00+03:00");
    app.tell(&[moved, with(other(&told[2], "e-3"), "back_system_id", "of 9")]).await;
    app.scan(SCAN).await;
    let expected = json!([
        {"systemCode": "vtb_mdm_id", "id": "9"}, {"systemCode": "IBSO", "id": "of 9"},
        {"systemCode": "ehd_id", "id": "354815252"},
    ]);
    assert_eq!(app.requests()[0]["clientIdList"], expected);
}
