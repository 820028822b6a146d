//! Every operation that writes, stopped before and after each of its effects and begun again, ends as the clean run
//! does (design §11.5).

use std::collections::BTreeSet;
use std::time::Duration;

use platform::fingerprint;
use serde_json::{Value, json};
use suites::crm::{
    BACK_IDS, CLIENT_EVENTS, CLIENTS, Crm, INBOUND, SCAN, SHARDS, TASKS, client, column, created,
    example_client, push, reply, with, without,
};
use suites::host::OUTBOX;
use world::{CrashPoints, World};

use crate::furnished;

/// What differs between two runs that end in the same state.
const VOLATILE: [&str; 6] =
    ["request_stamp", "time_update", "event_id", "occurred_at", "correlation_id", "sent_at"];
const SINCE: &str = "2023-07-01T00:00:00+03:00";

suites::crash_points! {
    "client-events", client_events_ends_as_if_it_had_never_stopped: [
        client_events_of_each_type_as_the_first_and_as_one_more(),
        client_events_that_refuses_a_message(),
    ];
    "infor-inbound", infor_inbound_ends_as_if_it_had_never_stopped: [
        a_reply_that_creates_a_task(),
        a_reply_that_rejects(),
        a_reply_that_names_the_task(),
        a_push_that_ends_the_task_and_a_newer_one(),
        a_push_that_waits(),
        messages_that_are_refused(),
    ];
    "infor-request", infor_request_ends_as_if_it_had_never_stopped: [
        a_work_item_that_is_refused(),
        a_run_that_is_continued_is_killed_anywhere_and_started_again(),
        a_run_over_many_clients_is_killed_at_any_page_and_started_again_and_each_is_asked_about_once(),
    ];
    "infor-scan", infor_scan_ends_as_if_it_had_never_stopped: [
        the_opening_of_a_run(),
    ];
}

/// The rows of the tables, to begin with them anew.
struct Seed(Vec<(&'static str, Value)>);

impl Seed {
    fn of(app: &Crm) -> Self {
        let rows = [CLIENTS, BACK_IDS, TASKS]
            .map(|table| app.world.items(table).into_iter().map(move |row| (table, row)));
        Self(rows.into_iter().flatten().collect())
    }

    fn world(&self) -> World {
        let world = furnished();
        self.0.iter().for_each(|(table, row)| world.put_item(table, row));
        world
    }
}

/// Checks a message's crash points, and tells its effects.
async fn check(seed: &Seed, queue: &'static str, message: &str) -> usize {
    let setup = async || {
        let world = seed.world();
        world.send(queue, message, &[]);
        world
    };
    let run = async |world: &World| {
        let app = Crm::over(world.clone());
        app.deliver(queue).await;
        world.others_follow();
        app.relay().await;
    };
    let points = CrashPoints::new(setup, run).redelivered_after(Duration::from_mins(4)).volatile(&VOLATILE);
    points.check().await.len()
}

/// The tables when the example's client was asked about and these messages were taken, and the request's id.
async fn asked_and(taken: impl FnOnce(&str) -> Vec<Value>) -> (Seed, String) {
    let app = Crm::new();
    let id = app.asked().await;
    app.take(&taken(&id)).await;
    (Seed::of(&app), id)
}

async fn client_events_of_each_type_as_the_first_and_as_one_more() {
    let told = example_client(SINCE);
    let app = Crm::new();
    app.tell(&told).await;
    for message in told {
        let date = if message.get("change_date").is_some() { "change_date" } else { "occurred_at" };
        let newer = with(message.clone(), date, "2023-07-02T00:00:00Z");
        assert_eq!(check(&Seed(Vec::new()), CLIENT_EVENTS, &message.to_string()).await, 1);
        assert_eq!(check(&Seed::of(&app), CLIENT_EVENTS, &newer.to_string()).await, 1);
    }
}

async fn client_events_that_refuses_a_message() {
    assert_eq!(check(&Seed(Vec::new()), CLIENT_EVENTS, "garbage").await, 1);
}

async fn a_reply_that_creates_a_task() {
    let (seed, id) = asked_and(|_| vec![]).await;
    let effects = check(&seed, INBOUND, &created(&id).to_string()).await;
    assert_eq!(effects, 3, "the transaction, the event, the outbox's deletion");
    let (seed, id) = asked_and(|id| vec![reply(id, "1")]).await;
    assert_eq!(check(&seed, INBOUND, &created(&id).to_string()).await, 3, "after a rejection");
}

async fn a_reply_that_rejects() {
    let (seed, id) = asked_and(|_| vec![]).await;
    assert_eq!(check(&seed, INBOUND, &reply(&id, "2").to_string()).await, 1);
}

async fn a_reply_that_names_the_task() {
    let (seed, id) = asked_and(|id| vec![reply(id, "0")]).await;
    assert_eq!(check(&seed, INBOUND, &created(&id).to_string()).await, 1);
}

async fn a_push_that_ends_the_task_and_a_newer_one() {
    let (seed, _) = asked_and(|id| vec![created(id)]).await;
    assert_eq!(check(&seed, INBOUND, &push().to_string()).await, 3);
    let (seed, _) = asked_and(|id| vec![reply(id, "0")]).await;
    assert_eq!(check(&seed, INBOUND, &push().to_string()).await, 3, "one that names the task as well");
    let (seed, _) = asked_and(|id| vec![created(id), push()]).await;
    let newer = with(push(), "dt", "2023-07-29T00:00:00Z");
    assert_eq!(check(&seed, INBOUND, &newer.to_string()).await, 1);
}

async fn a_push_that_waits() {
    let (seed, _) = asked_and(|_| vec![]).await;
    let setup = async || {
        let world = seed.world();
        world.send(INBOUND, &push().to_string(), &[]);
        world
    };
    let run = async |world: &World| {
        Crm::over(world.clone()).deliver(INBOUND).await;
    };
    let points = CrashPoints::new(setup, run).redelivered_after(Duration::from_mins(4)).volatile(&VOLATILE);
    assert_eq!(points.check().await.len(), 1, "the change of its visibility");
}

async fn messages_that_are_refused() {
    let (seed, id) = asked_and(|id| vec![created(id)]).await;
    for message in [
        "garbage".to_owned(),
        created("nobody").to_string(),
        with(created(&id), "taskID", "1").to_string(),
        with(push(), "taskID", "1").to_string(),
    ] {
        assert_eq!(check(&seed, INBOUND, &message).await, 1, "{message}: the copy in the dead letters");
    }
}

async fn a_work_item_that_is_refused() {
    assert_eq!(check(&Seed(Vec::new()), SHARDS, "garbage").await, 1, "the copy in the dead letters");
}

async fn the_opening_of_a_run() {
    let run = async |world: &World| Crm::over(world.clone()).open(SCAN).await.expect("an open run");
    let points = CrashPoints::new(async || furnished(), run).volatile(&["x-correlation-id"]);
    assert_eq!(points.check().await.len(), 2, "sixteen work items, ten to a call");
}

/// Ids of organizations that all are in the shard of the first.
fn neighbours() -> impl Iterator<Item = String> {
    let shard = |id: &String| fingerprint(&[id]).chars().next();
    let first = shard(&"o-0".to_owned());
    (0..).map(|number| format!("o-{number}")).filter(move |id| shard(id) == first)
}

/// A shard with one client who is due on its first page and one on its second; whoever stands between them got a row
/// that day.
async fn two_pages() -> Seed {
    let app = Crm::new();
    let mut ids = neighbours();
    let (one, other) = (ids.next().unwrap(), ids.next().unwrap());
    app.tell(&client(&one, "m-1", "2023-07-01T00:00:00+03:00")).await;
    app.tell(&client(&other, "m-2", "2023-07-03T00:00:00+03:00")).await;
    let mut seed = Seed::of(&app);
    let row = with(seed.0[0].1.clone(), "waiting_since", json!({"S": "2023-07-01T12:00:00.000000000Z"}));
    let row = with(with(row, "requests", json!({"N": "1"})), "vtbc_request_id", json!({"S": "today"}));
    let row = with(row, "requested_at", json!({"S": "2023-07-27T00:00:00.000000000Z"}));
    for id in ids.take(60) {
        seed.0.push((CLIENTS, with(row.clone(), "organization_id", json!({"S": id}))));
    }
    seed
}

/// A day's run by processes that have little time, and what the relay does after it.
async fn day(world: &World) {
    let app = Crm::over(world.clone()).with_time_left(Duration::from_secs(10));
    app.open(SCAN).await.expect("an open run");
    app.work().await;
    world.others_follow();
    app.relay().await;
}

/// Checks that each of so many clients has one row and one request, and nothing is left.
fn asked_once(world: &World, clients: usize, point: &str) {
    let app = Crm::over(world.clone());
    let tasks = app.tasks();
    let of =
        |name: &str| tasks.iter().map(|row| column(row, name).unwrap().to_owned()).collect::<BTreeSet<_>>();
    assert_eq!((tasks.len(), of("organization_id").len()), (clients, clients), "{point}");
    let sent = app.requests();
    let ids: BTreeSet<_> = sent.iter().map(|sent| sent["requestID"].as_str().unwrap().to_owned()).collect();
    assert_eq!(ids, of("vtbc_request_id"), "{point}");
    assert!(app.world.items(OUTBOX).is_empty() && app.world.messages(SHARDS).is_empty(), "{point}");
    assert!(app.dead(SHARDS).is_empty(), "{point}");
}

/// Kills the day's run at every `step`th effect, begins it again, and tells how many effects a clean run has.
async fn killed(seed: &Seed, clients: usize, step: usize) -> Vec<String> {
    let world = seed.world();
    day(&world).await;
    world.note_tried();
    asked_once(&world, clients, "the clean run");
    assert_eq!(Crm::over(world.clone()).sent().len(), clients, "none went out twice");
    let effects = world.effects();
    for number in (1..=effects.len()).step_by(step) {
        for crash in [World::crash_before, World::crash_after] {
            let world = seed.world();
            crash(&world, number);
            assert!(world.run_until_crash(day(&world)).await.is_err(), "{number} is reached");
            world.pass(Duration::from_mins(4)).await;
            day(&world).await;
            asked_once(&world, clients, &effects[number - 1]);
        }
    }
    effects
}

async fn a_run_that_is_continued_is_killed_anywhere_and_started_again() {
    let effects = killed(&two_pages().await, 2, 1).await;
    let count = |what: &str| effects.iter().filter(|effect| effect.starts_with(what)).count();
    assert_eq!((count("TransactWriteItems"), count("SendMessageBatch infor-shards")), (2, 3), "{effects:#?}");
    assert_eq!(effects.len(), 11, "two to open; four for each client; the continuation: {effects:#?}");
}

async fn a_run_over_many_clients_is_killed_at_any_page_and_started_again_and_each_is_asked_about_once() {
    let app = Crm::new();
    app.tell(&client("o-0", "m-0", SINCE)).await;
    let mut seed = Seed::of(&app);
    let row = without(seed.0[0].1.clone(), "request_stamp");
    for id in neighbours().skip(1).take(69) {
        seed.0.push((CLIENTS, with(row.clone(), "organization_id", json!({"S": id}))));
    }
    let effects = killed(&seed, 70, 31).await;
    assert_eq!(effects.len(), 2 + 70 * 2 + 7 * 2 + 1, "one continuation");
}
