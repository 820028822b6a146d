//! The bank tells of many clients at once, a day's work items are handed out twice, and `InforCRM` answers all at once.

use std::collections::BTreeSet;

use serde_json::Value;
use suites::crm::{
    BACK_IDS, CLIENT_EVENTS, CLIENTS, Crm, INBOUND, MESSAGE, SCAN, SHARDS, TASK, TASKS, client, column,
    created, push, without,
};
use suites::host::{BUS, OUTBOX};

use crate::burst::{Burst, Taken, copy_rows, lasting, messages, renamed};

/// Since when every client waits.
const SINCE: &str = "2023-07-01T00:00:00+03:00";
/// How many messages the bank sends of a client.
const OF_A_CLIENT: usize = 5;

/// The rows of all clients, without what depends on when a message came.
fn rows(app: &Crm) -> BTreeSet<String> {
    let rows = app.world.items(CLIENTS).into_iter().chain(app.world.items(BACK_IDS));
    rows.map(|row| without(lasting(row), "version").to_string()).collect()
}

/// What [`rows`] are when a client's messages are told alone and in order, for so many clients.
async fn told_in_order(clients: usize) -> BTreeSet<String> {
    let app = Crm::new();
    app.tell(&client("o-0", "m-0", SINCE)).await;
    let one = rows(&app);
    let of = |number: usize| {
        let names = [("o-0", format!("o-{number}")), ("m-0", format!("m-{number}"))];
        one.iter().map(move |row| renamed(row, &names).to_string()).collect::<Vec<_>>()
    };
    (0..clients).flat_map(of).collect()
}

pub(crate) async fn every_client_stands_as_if_told_alone_and_in_order() -> Taken {
    let clients = messages() / OF_A_CLIENT;
    let app = Crm::new();
    let told = (0..clients).flat_map(|number| client(&format!("o-{number}"), &format!("m-{number}"), SINCE));
    let burst = Burst {
        world: &app.world,
        function: CLIENT_EVENTS,
        messages: told.map(|message| message.to_string()).collect(),
    };
    let start = async || Crm::over(app.world.clone());
    let taken = burst.take(start, async |app: &Crm| app.deliver(CLIENT_EVENTS).await).await;
    assert_eq!(rows(&app), told_in_order(clients).await);
    taken.tell(rows(&app).len())
}

pub(crate) async fn every_client_who_is_due_is_asked_about_once() -> Taken {
    let clients = messages() / OF_A_CLIENT;
    let app = Crm::new();
    for number in 0..clients {
        app.tell(&client(&format!("o-{number}"), &format!("m-{number}"), SINCE)).await;
    }
    app.open(SCAN).await.expect("an open run");
    let items = app.world.drain(SHARDS);
    let burst = Burst {
        world: &app.world,
        function: "infor-request",
        messages: items.into_iter().map(|message| message.body).collect(),
    };
    let start = async || Crm::over(app.world.clone());
    let taken = burst.take(start, async |app: &Crm| app.deliver(SHARDS).await).await;
    app.relay().await;
    let ids = |rows: &[Value], name: &str| -> BTreeSet<_> {
        rows.iter().filter_map(|row| column(row, name).map(str::to_owned)).collect()
    };
    let (tasks, sent) = (app.tasks(), app.requests());
    taken.hold_repeats(clients, sent.len());
    let sent: BTreeSet<_> =
        sent.iter().filter_map(|sent| sent["requestID"].as_str().map(str::to_owned)).collect();
    assert_eq!((tasks.len(), ids(&tasks, "organization_id").len()), (clients, clients));
    assert_eq!(ids(&tasks, "vtbc_request_id"), sent);
    assert!(app.world.items(OUTBOX).is_empty());
    taken.tell(sent.len())
}

/// A reply and a push of each request, whose ids all end in its number.
fn answers(requests: usize) -> Vec<String> {
    let of = |number: usize| {
        let names = [(MESSAGE, format!("m-{number}")), (TASK, format!("t-{number}"))];
        [created(&format!("r-{number}")), push()]
            .map(|message| renamed(&message.to_string(), &names).to_string())
    };
    (0..requests).flat_map(of).collect()
}

pub(crate) async fn every_request_has_its_reply_and_its_push_and_each_is_told_of_once() -> Taken {
    let requests = messages() / 2;
    let app = Crm::new();
    let asked = app.asked().await;
    copy_rows(&app.world, &[CLIENTS, TASKS], requests, |number| {
        vec![(asked.as_str(), format!("r-{number}")), ("354815252", format!("o-{number}"))]
    });
    let burst = Burst { world: &app.world, function: INBOUND, messages: answers(requests) };
    let start = async || Crm::over(app.world.clone());
    let taken = burst.take(start, async |app: &Crm| app.deliver(INBOUND).await).await;
    app.relay().await;
    let mut tasks = app.tasks();
    tasks.retain(|row| column(row, "vtbc_request_id") != Some(&asked));
    assert_eq!(tasks.len(), requests);
    for row in &tasks {
        let of = |name: &str| column(row, name).and_then(|id| id.split_once('-')).map(|(_, number)| number);
        let numbers = ["vtbc_request_id", "organization_id", "task_id", "infor_message_id"].map(of);
        assert!(numbers[0].is_some() && numbers.iter().all(|number| *number == numbers[0]), "{row}");
        assert_eq!((column(row, "status_code"), column(row, "task_status")), (Some("0"), Some("3")));
    }
    let events: BTreeSet<_> =
        app.world.events(BUS).iter().map(|event| event.detail["event_id"].to_string()).collect();
    let of_tasks: BTreeSet<_> = app
        .world
        .events(BUS)
        .iter()
        .map(|event| format!("{} {}", event.detail_type, event.detail["task_id"]))
        .collect();
    assert_eq!((events.len(), of_tasks.len()), (2 * requests, 2 * requests), "a creation and an end each");
    taken.hold_repeats(2 * requests, app.world.events(BUS).len());
    assert!(app.world.items(OUTBOX).is_empty());
    taken.tell(tasks.len() + events.len())
}
