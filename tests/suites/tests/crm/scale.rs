//! The daily run over many clients: what it costs is what is due (§12; design §12). The sizes are `TENOR_SCALE_CLIENTS`
//! and `TENOR_SCALE_DUE`; with `--nocapture` the test tells what it measured.

use std::collections::BTreeSet;
use std::time::{Duration, Instant};

use futures_util::future::join_all;
use platform::fingerprint;
use serde_json::{Value, json};
use suites::crm::{BACK_IDS, CLIENTS, Crm, OUTBOUND, SCAN, SHARDS, column, example_client, with};
use suites::host::OUTBOX;
use suites::load::{kilobytes, size, tell};
use world::{Fault, On, Spent, Units, World};

use crate::furnished;

/// How many clients there are, and how many of them are due, unless the environment says otherwise.
const CLIENTS_IN_THE_GATE: usize = 3_000;
const DUE_IN_THE_GATE: usize = 300;
/// How many functions work at once.
const WORKERS: usize = 4;
/// How many clients a function reads at once.
const PAGE: usize = 50;

/// The example's rows, to make others of.
struct Rows {
    client: Value,
    back_ids: Vec<Value>,
}

impl Rows {
    async fn example() -> Self {
        let app = Crm::new();
        app.tell(&example_client("2023-07-01T00:00:00+03:00")).await;
        let [client] = app.world.items(CLIENTS).try_into().expect("one row");
        Self { client, back_ids: app.world.items(BACK_IDS) }
    }

    /// A client with this number, who waits since `waiting_since`, if at all.
    fn client(&self, id: &str, waiting_since: Option<&str>) -> Value {
        let row = with(self.client.clone(), "organization_id", json!({"S": id}));
        let mut row = with(row, "mdm_id", json!({"S": format!("m-{id}")}));
        let shard = fingerprint(&[id]).chars().next().and_then(|digit| digit.to_digit(16));
        if let Some(since) = waiting_since {
            row["waiting_since"]["S"] = since.into();
            row["change_date"]["S"] = since.into();
            row["waiting_shard"]["N"] = shard.expect("a digit").to_string().into();
        } else {
            let names = row.as_object_mut().expect("a row");
            names.retain(|name, _| !name.starts_with("waiting"));
            row["status"]["S"] = "migrated".into();
        }
        row
    }

    fn put(&self, world: &World, id: &str, waiting_since: Option<&str>) {
        world.put_item(CLIENTS, &self.client(id, waiting_since));
        for row in self.back_ids.iter().filter(|_| waiting_since == Some(DUE)) {
            world.put_item(BACK_IDS, &with(row.clone(), "mdm_id", json!({"S": format!("m-{id}")})));
        }
    }
}

const DUE: &str = "2023-07-01T00:00:00.000000000Z";
const YOUNG: &str = "2023-07-26T00:00:00.000000000Z";

/// A context with so many clients, so many of whom are due; of the others every second waits, not long enough.
async fn seeded(clients: usize, due: usize) -> Crm {
    let (world, rows) = (furnished(), Rows::example().await);
    for number in 0..clients {
        let since = if number < due { Some(DUE) } else { Some(YOUNG).filter(|_| number % 2 == 0) };
        rows.put(&world, &format!("o-{number}"), since);
    }
    Crm::over(world)
}

/// What a day costs, with everything that is due asked about.
async fn day(clients: usize, due: usize) -> Spent {
    let began = Instant::now();
    let app = seeded(clients, due).await;
    let (seeding, before) = (began.elapsed(), kilobytes("VmRSS"));
    let began = Instant::now();
    let run = async {
        app.open(SCAN).await.expect("an open run");
        join_all((0..WORKERS).map(|_| app.work())).await;
    };
    let ((), spent) = app.world.measure(run).await;
    tell(&format!(
        "{due} due among {clients}: {} reads, {} writes, {} messages; seeded in {seeding:?}, run in {:?}; RSS {} MB before, {} MB at its peak",
        spent.reads(),
        spent.writes(),
        app.world.messages(OUTBOUND).len(),
        began.elapsed(),
        before / 1024,
        kilobytes("VmHWM") / 1024,
    ));
    let ids: BTreeSet<_> = app.requests().iter().map(|sent| sent["requestID"].to_string()).collect();
    assert_eq!((ids.len(), app.sent().len(), app.tasks().len()), (due, due, due));
    assert!(app.world.items(OUTBOX).is_empty() && app.world.messages(SHARDS).is_empty());
    spent
}

/// Within five in a hundred.
fn are_near(one: Units, other: Units) -> bool {
    let times = |units: Units, times: usize| (0..times).map(|_| units).sum::<Units>();
    times(one, 20) <= times(other, 21) && times(other, 20) <= times(one, 21)
}

#[tokio::test(start_paused = true)]
async fn a_day_costs_what_is_due_however_many_clients_there_are() {
    let due = size("TENOR_SCALE_DUE", DUE_IN_THE_GATE);
    let alone = day(due, due).await;
    let among = day(size("TENOR_SCALE_CLIENTS", CLIENTS_IN_THE_GATE), due).await;
    assert!(are_near(alone.reads(), among.reads()), "{} and {}", alone.reads(), among.reads());
    assert_eq!(alone.writes(), among.writes());
}

/// Ids of organizations in one shard.
fn neighbours() -> impl Iterator<Item = String> {
    (0..).map(|number| format!("o-{number}")).filter(|id| fingerprint(&[id]).starts_with('7'))
}

/// A context with so many clients who are due, all of them in one shard, and functions with this much time.
async fn one_shard(clients: usize, time_left: Duration) -> Crm {
    let (world, rows) = (furnished(), Rows::example().await);
    neighbours().take(clients).for_each(|id| rows.put(&world, &id, Some(DUE)));
    Crm::over(world).with_time_left(time_left)
}

fn organizations(app: &Crm) -> BTreeSet<String> {
    app.tasks().iter().map(|row| column(row, "organization_id").expect("an id").to_owned()).collect()
}

#[tokio::test(start_paused = true)]
async fn with_little_time_left_the_rest_goes_back_to_the_queue_and_nothing_is_lost_or_doubled() {
    let app = one_shard(130, Duration::from_secs(10)).await;
    app.open(SCAN).await.unwrap();
    let mut by_item = Vec::new();
    loop {
        let before = app.sent().len();
        if app.deliver(SHARDS).await.handled.is_empty() {
            break;
        }
        by_item.push(app.sent().len() - before);
    }
    by_item.retain(|asked| *asked > 0);
    assert_eq!(by_item, [PAGE, PAGE, 30], "a page for each work item");
    let outcomes = app.outcomes();
    assert_eq!(outcomes.iter().filter(|outcome| *outcome == "continued").count(), 2);
    assert_eq!(outcomes.len(), 18, "sixteen shards, and two continuations");
    assert_eq!((app.sent().len(), organizations(&app)), (130, neighbours().take(130).collect()));
    assert!(app.requests().iter().all(|sent| sent["dt"] == "2023-07-27T06:00:00.000+03:00"));
}

#[tokio::test(start_paused = true)]
async fn a_continuation_that_the_queue_does_not_take_has_the_work_item_come_again() {
    let app = one_shard(60, Duration::from_secs(10)).await;
    app.open(SCAN).await.unwrap();
    app.world.fail(On::call("SendMessageBatch").to(SHARDS), Fault::InternalError);
    app.work().await;
    assert_eq!((app.sent().len(), app.world.messages(SHARDS).len()), (PAGE, 1));
    app.world.pass(Duration::from_secs(10)).await;
    app.work().await;
    assert_eq!((app.sent().len(), organizations(&app).len()), (60, 60));
}

#[tokio::test(start_paused = true)]
async fn with_time_enough_a_shard_is_read_a_page_at_a_time_by_one_work_item() {
    let app = one_shard(130, Duration::from_secs(15)).await;
    app.scan(SCAN).await;
    assert_eq!((app.sent().len(), app.outcomes().len()), (130, 16));
}

#[tokio::test(start_paused = true)]
async fn a_client_who_fails_has_the_work_item_come_again_alone_and_not_its_rest_as_well() {
    let app = one_shard(60, Duration::from_secs(10)).await;
    app.open(SCAN).await.unwrap();
    app.world.fail(On::call("TransactWriteItems"), Fault::InternalError);
    app.work().await;
    assert_eq!((app.sent().len(), app.world.messages(SHARDS).len()), (PAGE - 1, 1), "the item, and no rest");
    app.world.pass(Duration::from_secs(10)).await;
    app.work().await;
    assert_eq!((app.sent().len(), organizations(&app).len()), (60, 60));
    assert!(app.world.messages(SHARDS).is_empty());
}

#[tokio::test(start_paused = true)]
async fn a_continuation_that_comes_twice_asks_no_second_time() {
    let app = one_shard(70, Duration::from_secs(10)).await;
    app.open(SCAN).await.unwrap();
    let mut continued = 0;
    while continued == 0 {
        app.deliver(SHARDS).await;
        let bodies = app.world.messages(SHARDS).into_iter().map(|message| message.body);
        for body in bodies.filter(|body| body.contains("after")) {
            continued += 1;
            app.world.send(SHARDS, &body, &[]);
        }
    }
    app.work().await;
    assert_eq!((app.sent().len(), organizations(&app).len()), (70, 70));
}
