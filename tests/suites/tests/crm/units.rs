//! What each operation costs in request units (design §12): a write in a transaction counts double, each index that
//! changes adds its own, a condition that fails is billed as a write.

use serde_json::Value;
use suites::costs::assert_priced;
use suites::crm::{
    BACK_IDS, CLIENT_EVENTS, CLIENTS, Crm, SCAN, TASKS, client, created, example_client, push, reply, with,
};
use suites::host::OUTBOX;
use world::{Spent, Units};

const SINCE: &str = "2023-07-01T00:00:00+03:00";
/// A query of each of the sixteen shards, at half a unit for up to 4 KB.
const READS_OF_A_RUN: Units = Units::halves(16);

/// What one reply or push costs.
async fn inbound(app: &Crm, message: Value) -> Spent {
    app.world.measure(app.take(&[message])).await.1
}

/// What one message about a client costs.
async fn told(app: &Crm, message: &Value) -> Spent {
    app.world.measure(app.tell(std::slice::from_ref(message))).await.1
}

/// The write units of tasks, clients and the outbox.
fn writes(spent: &Spent) -> [Units; 3] {
    let writes = [TASKS, CLIENTS, OUTBOX].map(|table| spent.on(table).writes());
    assert_eq!(writes.into_iter().sum::<Units>(), spent.writes(), "and nothing else is written");
    writes
}

fn units(units: [u64; 3]) -> [Units; 3] {
    units.map(Units::whole)
}

#[tokio::test(start_paused = true)]
async fn a_reply_is_one_read_and_one_transaction() {
    let app = Crm::new();
    let id = app.asked().await;
    let rejected = inbound(&app, reply(&id, "1")).await;
    assert_eq!(rejected.reads(), Units::whole(1));
    assert_eq!(writes(&rejected), units([3, 3, 0]), "row and reply's index; projection and its index");
    let created_after = inbound(&app, created(&id)).await;
    assert_eq!(created_after.reads(), Units::whole(1));
    assert_eq!(writes(&created_after), units([4, 3, 3]), "the task's index as well, and the event");
    let repeated = inbound(&app, created(&id)).await;
    assert_eq!((repeated.reads(), repeated.writes()), (Units::whole(1), Units::whole(0)));
    let contradicted = inbound(&app, reply(&id, "1")).await;
    assert_eq!((contradicted.reads(), contradicted.writes()), (Units::whole(1), Units::whole(0)));
}

#[tokio::test(start_paused = true)]
async fn a_first_reply_that_creates_costs_no_more_than_one_after_a_rejection() {
    let app = Crm::new();
    let id = app.asked().await;
    let spent = inbound(&app, created(&id)).await;
    assert_eq!((spent.reads(), writes(&spent)), (Units::whole(1), units([4, 3, 3])));
    assert_priced("infor-inbound", "a reply that a task was created", &spent);
    let app = Crm::new();
    let id = app.asked().await;
    inbound(&app, reply(&id, "0")).await;
    let named = inbound(&app, created(&id)).await;
    assert_eq!((named.reads(), writes(&named)), (Units::whole(1), units([4, 0, 0])));
}

#[tokio::test(start_paused = true)]
async fn a_push_is_one_read_of_an_index_and_one_transaction() {
    let app = Crm::new();
    let id = app.asked().await;
    inbound(&app, created(&id)).await;
    let ending = inbound(&app, push()).await;
    assert_eq!(ending.reads(), Units::halves(1));
    assert_eq!(writes(&ending), units([4, 0, 3]), "the row and both indexes; the event and its deletion");
    assert_priced("infor-inbound", "a push that ends a task", &ending);
    let repeated = inbound(&app, push()).await;
    assert_eq!((repeated.reads(), repeated.writes()), (Units::halves(1), Units::whole(0)));
    let newer = inbound(&app, with(push(), "dt", "2023-07-29T00:00:00Z")).await;
    assert_eq!((newer.reads(), writes(&newer)), (Units::halves(1), units([4, 0, 0])));
}

#[tokio::test(start_paused = true)]
async fn a_push_that_is_found_by_the_replys_id_or_not_at_all_is_a_second_read() {
    let app = Crm::new();
    let id = app.asked().await;
    let waits = inbound(&app, push()).await;
    assert_eq!((waits.reads(), waits.writes()), (Units::whole(1), Units::whole(0)));
    inbound(&app, reply(&id, "0")).await;
    let named = inbound(&app, with(push(), "dt", "2023-07-29T00:00:00Z")).await;
    assert_eq!(named.reads(), Units::whole(1));
}

#[tokio::test(start_paused = true)]
async fn a_message_about_a_client_is_one_read_and_one_write() {
    let app = Crm::new();
    let messages = example_client(SINCE);
    for (place, indexes) in [(0, 0), (1, 1), (4, 1)] {
        let spent = told(&app, &messages[place]).await;
        assert_eq!(spent.on(CLIENTS).reads(), Units::whole(1));
        assert_eq!((spent.reads(), writes(&spent)), (Units::whole(1), units([0, 1 + indexes, 0])), "{place}");
        if indexes == 1 {
            assert_priced("client-events", "a change of a client who waits", &spent);
        }
    }
    for place in [0, 1, 4] {
        let again = told(&app, &messages[place]).await;
        assert_eq!((again.reads(), again.writes()), (Units::whole(1), Units::whole(0)));
    }
}

#[tokio::test(start_paused = true)]
async fn an_id_in_a_back_system_is_one_write() {
    let app = Crm::new();
    let message = &example_client(SINCE)[2];
    for _ in 0..2 {
        let spent = told(&app, message).await;
        assert_eq!((spent.reads(), spent.writes()), (Units::whole(0), Units::whole(1)), "and so is a repeat");
        assert_eq!(spent.on(BACK_IDS), spent);
    }
    let spent = told(&app, &with(message.clone(), "back_system_name", "abs")).await;
    assert_eq!((spent.reads(), spent.writes()), (Units::whole(0), Units::whole(0)));
}

#[tokio::test(start_paused = true)]
async fn a_message_that_is_refused_costs_nothing() {
    let app = Crm::new();
    app.world.send(CLIENT_EVENTS, "garbage", &[]);
    let ((), spent) = app.world.measure(async { drop(app.deliver(CLIENT_EVENTS).await) }).await;
    assert_eq!((spent.reads(), spent.writes()), (Units::whole(0), Units::whole(0)));
}

#[tokio::test(start_paused = true)]
async fn a_request_is_one_read_of_the_back_ids_one_transaction_the_deletion_and_the_mark() {
    for clients in [0, 1, 8] {
        let app = Crm::new();
        for number in 0..clients {
            app.tell(&client(&format!("o-{number}"), &format!("m-{number}"), SINCE)).await;
        }
        let ((), spent) = app.world.measure(app.scan(SCAN)).await;
        let each = |units: u64| units * clients;
        assert_eq!(spent.on(CLIENTS).reads(), READS_OF_A_RUN, "what is due here fits into 4 KB a shard");
        assert_eq!(spent.on(BACK_IDS).reads(), Units::halves(clients));
        assert_eq!(writes(&spent), units([each(2 + 1), each(2 + 1), each(2 + 1)]));
        let mark = spent.on(TASKS).by("UpdateItem").writes();
        assert_eq!(mark, Units::whole(clients), "that the queue has it");
        if clients == 1 {
            assert_priced("infor-request", "sixteen work items, one client due", &spent);
        }
    }
}

#[tokio::test(start_paused = true)]
async fn who_was_asked_about_that_day_costs_a_second_run_the_query_alone() {
    let app = Crm::new();
    app.asked().await;
    let ((), spent) = app.world.measure(app.scan(SCAN)).await;
    assert_eq!((spent.reads(), spent.writes()), (READS_OF_A_RUN, Units::whole(0)));
}
