//! What happens at the same time, between a read and a write, and with a database that is contended.

use std::time::Duration;

use crm::work::WorkItem;
use futures_util::join;
use serde_json::{Value, json};
use suites::crm::{
    BACK_IDS, CLIENT_EVENTS, CLIENTS, Crm, INBOUND, SCAN, SHARDS, TASK, TASKS, column, created,
    example_client, push, reply, with, without,
};
use suites::host::BUS;
use world::{Fault, On, World};

use crate::{changed, everything, furnished, migration};

const SINCE: &str = "2023-07-01T00:00:00+03:00";

/// The work item of the shard in which the only client waits.
fn work_item(app: &Crm) -> String {
    let shard = app.world.items(CLIENTS)[0]["waiting_shard"]["N"].as_str().unwrap().parse().unwrap();
    WorkItem { time: SCAN.parse().unwrap(), shard, after: None }.to_body()
}

/// Changes the only row of a table, as another writer does.
fn rewrite(world: &World, table: &str, edit: impl FnOnce(Value) -> Value) {
    let row = world.items(table).remove(0);
    let version = row["version"]["N"].as_str().unwrap().parse::<u64>().unwrap() + 1;
    world.put_item(table, &with(edit(row), "version", json!({"N": version.to_string()})));
}

/// The context with the example's client, to whom something happens just before the request is written.
async fn scanned_with(step: impl FnOnce(&World) + Send + 'static) -> Crm {
    let app = Crm::new();
    app.tell(&example_client(SINCE)).await;
    let world = app.world.clone();
    app.world.before(On::call("TransactWriteItems"), move || async move { step(&world) });
    app.scan(SCAN).await;
    app
}

#[tokio::test(start_paused = true)]
async fn a_client_who_leaves_the_wizard_between_the_index_and_the_write_is_not_asked_about() {
    let app = scanned_with(|world| {
        rewrite(world, CLIENTS, |row| {
            let row = without(without(row, "waiting_since"), "waiting_shard");
            with(row, "status", json!({"S": "migrated"}))
        });
    })
    .await;
    assert_eq!((app.sent().len(), app.tasks().len()), (0, 0));
    assert!(app.world.items("outbox").is_empty());
    assert_eq!(app.world.items(CLIENTS)[0]["status"]["S"], "migrated", "what came between stays");
}

#[tokio::test(start_paused = true)]
async fn a_change_between_the_index_and_the_write_goes_into_the_request() {
    let app =
        scanned_with(|world| rewrite(world, CLIENTS, |row| with(row, "kpp", json!({"S": "120001002"}))))
            .await;
    assert_eq!(app.requests()[0]["kpp"], "120001002");
    assert_eq!((app.tasks().len(), app.world.items(CLIENTS)[0]["kpp"]["S"].clone()), (1, json!("120001002")));
}

#[tokio::test(start_paused = true)]
async fn a_task_that_is_created_between_the_index_and_the_write_is_the_last() {
    let app = scanned_with(|world| {
        rewrite(world, CLIENTS, |row| with(row, "task_created", json!({"BOOL": true})));
    })
    .await;
    assert_eq!((app.sent().len(), app.tasks().len()), (0, 0));
}

#[tokio::test(start_paused = true)]
async fn two_workers_on_one_shard_ask_once() {
    let app = Crm::new();
    app.tell(&example_client(SINCE)).await;
    for _ in 0..2 {
        app.world.send(SHARDS, &work_item(&app), &[]);
    }
    app.world.meet(On::call("TransactWriteItems"), 2);
    join!(app.deliver(SHARDS), app.deliver(SHARDS));
    assert_eq!((app.sent().len(), app.tasks().len()), (1, 1));
    assert!(app.world.messages(SHARDS).is_empty() && app.world.items("outbox").is_empty());
    assert!(app.logged("ERROR").is_empty());
}

#[tokio::test(start_paused = true)]
async fn two_messages_about_one_client_at_once_are_both_shown() {
    let app = Crm::new();
    app.tell(&example_client(SINCE)[..1]).await;
    for message in [changed("e-1", "TO_SIGN", SINCE), migration("e-2", "SIGNED", "2023-07-02T00:00:00Z")] {
        app.world.send(CLIENT_EVENTS, &message.to_string(), &[]);
    }
    app.world.meet(On::call("PutItem"), 2);
    join!(app.deliver_one(CLIENT_EVENTS), app.deliver_one(CLIENT_EVENTS));
    let row = app.world.items(CLIENTS).remove(0);
    assert_eq!(
        (column(&row, "changed_wizard_status"), column(&row, "wizard_status")),
        (Some("TO_SIGN"), Some("SIGNED"))
    );
    assert_eq!(app.outcomes()[1..], ["applied", "applied"]);
}

#[tokio::test(start_paused = true)]
async fn two_first_messages_about_one_client_at_once_are_both_shown() {
    let app = Crm::new();
    for message in &example_client(SINCE)[..2] {
        app.world.send(CLIENT_EVENTS, &message.to_string(), &[]);
    }
    app.world.meet(On::call("PutItem"), 2);
    join!(app.deliver_one(CLIENT_EVENTS), app.deliver_one(CLIENT_EVENTS));
    let row = app.world.items(CLIENTS).remove(0);
    assert!(row.get("wizard_status").is_some() && row.get("changed_wizard_status").is_some());
}

#[tokio::test(start_paused = true)]
async fn two_ids_of_one_back_system_at_once_end_with_the_newer() {
    for order in [[0, 1], [1, 0]] {
        let app = Crm::new();
        let told = example_client(SINCE)[2].clone();
        let newer =
            with(with(told.clone(), "back_system_id", "newer"), "occurred_at", "2023-07-02T00:00:00Z");
        for place in order {
            app.world.send(CLIENT_EVENTS, &[&told, &newer][place].to_string(), &[]);
        }
        app.world.meet(On::call("PutItem"), 2);
        join!(app.deliver_one(CLIENT_EVENTS), app.deliver_one(CLIENT_EVENTS));
        assert_eq!(app.world.items(BACK_IDS)[0]["back_system_id"]["S"], "newer");
    }
}

#[tokio::test(start_paused = true)]
async fn a_reply_and_a_push_at_the_same_time_are_both_stored_in_the_end() {
    for order in [[0, 1], [1, 0]] {
        let app = Crm::new();
        let id = app.asked().await;
        for place in order {
            app.answer(&[created(&id), push()][place]);
        }
        app.world.meet(On::any().to(TASKS), 2);
        join!(app.deliver_one(INBOUND), app.deliver_one(INBOUND));
        app.world.pass(Duration::from_mins(1)).await;
        app.deliver(INBOUND).await;
        let task = app.task();
        assert_eq!((column(&task, "task_id"), column(&task, "task_status")), (Some(TASK), Some("3")));
        assert_eq!((app.dead(INBOUND).len(), app.world.events(BUS).len()), (0, 2));
    }
}

#[tokio::test(start_paused = true)]
async fn a_reply_and_a_push_that_both_name_the_task_are_both_taken() {
    for order in [[0, 1], [1, 0]] {
        let app = Crm::new();
        let id = app.asked().await;
        app.take(&[reply(&id, "0")]).await;
        for place in order {
            app.answer(&[created(&id), push()][place]);
        }
        app.world.meet(On::call("TransactWriteItems"), 2);
        join!(app.deliver_one(INBOUND), app.deliver_one(INBOUND));
        let task = app.task();
        assert_eq!((column(&task, "task_id"), column(&task, "task_status")), (Some(TASK), Some("3")));
        assert!(app.dead(INBOUND).is_empty() && app.world.messages(INBOUND).is_empty());
    }
}

#[tokio::test(start_paused = true)]
async fn the_same_reply_and_the_same_push_twice_at_once_are_told_once() {
    let app = Crm::new();
    let id = app.asked().await;
    for (message, events) in [(created(&id), 1), (push(), 2)] {
        app.answer(&message);
        app.answer(&message);
        app.world.meet(On::call("TransactWriteItems"), 2);
        join!(app.deliver_one(INBOUND), app.deliver_one(INBOUND));
        assert_eq!(app.world.events(BUS).len(), events);
        assert!(app.world.messages(INBOUND).is_empty() && app.world.items("outbox").is_empty());
    }
}

#[tokio::test(start_paused = true)]
async fn a_0_and_a_rejection_at_once_end_with_the_0() {
    for order in [[0, 1], [1, 0]] {
        let app = Crm::new();
        let id = app.asked().await;
        for place in order {
            app.answer(&[created(&id), reply(&id, "2")][place]);
        }
        app.world.meet(On::call("TransactWriteItems"), 2);
        join!(app.deliver_one(INBOUND), app.deliver_one(INBOUND));
        assert_eq!(column(&app.task(), "status_code"), Some("0"), "{order:?}");
        app.scan("2023-08-10T06:00:00+03:00").await;
        assert_eq!(app.tasks().len(), 1);
    }
}

#[tokio::test(start_paused = true)]
async fn two_pushes_at_once_end_with_the_newer() {
    for order in [[0, 1], [1, 0]] {
        let app = Crm::new();
        let id = app.asked().await;
        app.take(&[created(&id)]).await;
        let newer = with(with(push(), "dt", "2023-07-29T00:00:00Z"), "taskStatus", "5");
        for place in order {
            app.answer(&[push(), newer.clone()][place]);
        }
        app.world.meet(On::call("TransactWriteItems"), 2);
        join!(app.deliver_one(INBOUND), app.deliver_one(INBOUND));
        assert_eq!(column(&app.task(), "task_status"), Some("5"));
        assert_eq!(app.world.events(BUS).len(), 2, "created and finished, each once");
    }
}

#[tokio::test(start_paused = true)]
async fn a_client_event_between_the_read_and_the_write_of_a_reply_is_kept() {
    let app = Crm::new();
    let id = app.asked().await;
    let world = app.world.clone();
    app.world.before(On::call("TransactWriteItems"), move || async move {
        rewrite(&world, CLIENTS, |row| with(row, "kpp", json!({"S": "120001002"})));
    });
    app.take(&[created(&id)]).await;
    let row = app.world.items(CLIENTS).remove(0);
    assert_eq!((column(&row, "kpp"), row.get("task_created").is_some()), (Some("120001002"), true));
}

#[tokio::test(start_paused = true)]
async fn contention_is_tried_again_at_once() {
    let contend = |app: &Crm| {
        app.world.fail(On::call("TransactWriteItems").times(4), Fault::TransactionConflict);
    };
    let app = Crm::new();
    contend(&app);
    let id = app.asked().await;
    assert_eq!(app.sent().len(), 1);
    for message in [reply(&id, "1"), created(&id), push()] {
        contend(&app);
        app.take(&[message]).await;
    }
    let outcomes = app.outcomes();
    assert_eq!(outcomes[outcomes.len() - 3..], ["rejected", "created", "pushed"]);
    assert!(app.logged("ERROR").is_empty());
}

#[tokio::test(start_paused = true)]
async fn more_contention_has_the_message_come_again() {
    let app = Crm::new();
    let id = app.asked().await;
    for message in [created(&id), push()] {
        app.world.fail(On::call("TransactWriteItems").times(5), Fault::TransactionConflict);
        app.take(&[message]).await;
        assert_eq!(app.outcomes().last().map(String::as_str), Some("retry"));
        let cause = app.logged("WARN").pop().unwrap()["cause"].as_str().unwrap().to_owned();
        assert!(cause.contains("Contended"), "{cause}");
        app.world.pass(Duration::from_secs(10)).await;
        app.deliver(INBOUND).await;
    }
    assert_eq!((column(&app.task(), "task_status"), app.world.events(BUS).len()), (Some("3"), 2));
}

#[tokio::test(start_paused = true)]
async fn a_client_that_fails_has_its_work_item_come_again_and_holds_up_no_other() {
    let app = Crm::new();
    app.tell(&example_client(SINCE)).await;
    app.world.fail(On::call("TransactWriteItems").times(1), Fault::InternalError);
    app.scan(SCAN).await;
    assert_eq!((app.sent().len(), app.world.messages(SHARDS).len()), (0, 1));
    let [told] = &app.logged("ERROR")[..] else { panic!("one line") };
    assert_eq!(told["organization_id"], app.world.items(CLIENTS)[0]["organization_id"]["S"]);
    app.world.pass(Duration::from_secs(10)).await;
    app.work().await;
    assert_eq!((app.sent().len(), app.world.messages(SHARDS).len()), (1, 0));
}

#[tokio::test(start_paused = true)]
async fn a_lost_answer_to_a_write_asks_no_second_time() {
    for fault in [Fault::ResetAfterEffect, Fault::InternalErrorAfterEffect, Fault::HangAfterEffect] {
        let app = Crm::new();
        app.tell(&example_client(SINCE)).await;
        app.world.fail(On::call("TransactWriteItems"), fault);
        app.scan(SCAN).await;
        app.world.pass(Duration::from_mins(3)).await;
        app.work().await;
        app.relay().await;
        assert_eq!((app.sent().len(), app.tasks().len()), (1, 1), "{fault:?}");
        assert!(app.world.items("outbox").is_empty() && app.world.messages(SHARDS).is_empty());
    }
}

#[tokio::test(start_paused = true)]
async fn with_the_sdks_own_retries_a_lost_answer_is_no_loss_either() {
    let app = Crm::over_with_sdk_retries(furnished());
    app.world.fail(On::call("TransactWriteItems"), Fault::ResetAfterEffect);
    let id = app.asked().await;
    assert_eq!((app.sent().len(), app.logged("ERROR").len()), (1, 0));
    for (message, outcome) in [(created(&id), "created"), (push(), "pushed")] {
        app.world.fail(On::call("TransactWriteItems"), Fault::ResetAfterEffect);
        app.take(&[message]).await;
        assert_eq!(app.outcomes().last().map(String::as_str), Some(outcome));
    }
    assert_eq!(everything(&app)["tables"]["outbox"], json!([]));
}
