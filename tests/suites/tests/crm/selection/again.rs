//! Who is asked about again, and who never (§5, §13).

use suites::crm::{CLIENTS, Crm, SCAN, created, example_client, reply, with};
use world::World;

use super::request_of;
use crate::changed;

const NEXT_DAY: &str = "2023-07-28T06:00:00+03:00";
const THIRD_DAY: &str = "2023-07-30T06:00:00+03:00";
const FOURTH_DAY: &str = "2023-07-31T06:00:00+03:00";

#[tokio::test(start_paused = true)]
async fn a_request_without_a_reply_is_pending_for_three_days_and_exactly_three_are_over() {
    for (time, asked) in
        [(NEXT_DAY, false), ("2023-07-30T05:59:59+03:00", false), (THIRD_DAY, true), (FOURTH_DAY, true)]
    {
        let app = Crm::new();
        app.asked().await;
        app.scan(time).await;
        assert_eq!(app.tasks().len(), if asked { 2 } else { 1 }, "{time}");
        assert_eq!(app.sent().len(), app.tasks().len());
    }
}

#[tokio::test(start_paused = true)]
async fn the_old_row_is_kept_as_it_was_when_the_client_is_asked_about_again() {
    let app = Crm::new();
    app.asked().await;
    let before = app.task();
    app.scan(THIRD_DAY).await;
    assert!(app.tasks().contains(&before));
}

#[tokio::test(start_paused = true)]
async fn after_status_1_and_2_and_one_that_nobody_knows_the_client_is_due_at_the_next_run() {
    for code in ["1", "2", "17"] {
        let app = Crm::new();
        let id = app.asked().await;
        app.take(&[reply(&id, code)]).await;
        app.scan(NEXT_DAY).await;
        assert_eq!((app.tasks().len(), app.sent().len()), (2, 2), "{code}");
    }
}

#[tokio::test(start_paused = true)]
async fn a_task_that_was_once_created_is_the_last_whatever_the_wizard_does_later() {
    let app = Crm::new();
    let id = app.asked().await;
    app.take(&[created(&id)]).await;
    app.tell(&[changed("e-2", "IN_PROGRESS", "2023-08-01T00:00:00+03:00")]).await;
    for time in [NEXT_DAY, "2023-08-20T06:00:00+03:00", "2024-07-27T06:00:00+03:00"] {
        app.scan(time).await;
    }
    assert_eq!((app.tasks().len(), app.sent().len()), (1, 1));
    assert_eq!(app.world.items(CLIENTS)[0].get("waiting_since"), None, "the index does not have it");
}

#[tokio::test(start_paused = true)]
async fn a_task_that_the_reply_to_an_older_request_creates_is_the_last_as_well() {
    let app = Crm::new();
    let first = app.asked().await;
    app.scan(THIRD_DAY).await;
    app.take(&[created(&first)]).await;
    app.scan("2023-08-10T06:00:00+03:00").await;
    app.take(&[reply(&request_of(&app, "2023-07-30T06:00:00.000+03:00"), "1")]).await;
    app.scan("2023-08-20T06:00:00+03:00").await;
    assert_eq!((app.tasks().len(), app.sent().len()), (2, 2));
}

#[tokio::test(start_paused = true)]
async fn a_late_rejection_of_an_older_request_does_not_answer_the_newer_one() {
    let app = Crm::new();
    let first = app.asked().await;
    app.scan(THIRD_DAY).await;
    app.take(&[reply(&first, "1")]).await;
    app.scan(FOURTH_DAY).await;
    assert_eq!(app.tasks().len(), 2, "the newer may still be answered");
}

#[tokio::test(start_paused = true)]
async fn a_late_rejection_of_an_older_request_does_not_hide_that_of_the_newer_one() {
    let app = Crm::new();
    let first = app.asked().await;
    app.scan(THIRD_DAY).await;
    app.take(&[reply(&request_of(&app, "2023-07-30T06:00:00.000+03:00"), "1"), reply(&first, "2")]).await;
    app.scan(FOURTH_DAY).await;
    assert_eq!(app.tasks().len(), 3, "both are rejected: nothing is pending");
}

#[tokio::test(start_paused = true)]
async fn an_organization_gets_one_row_a_moscow_day_even_if_it_is_rejected_meanwhile() {
    let app = Crm::new();
    let id = app.asked().await;
    app.take(&[reply(&id, "1")]).await;
    app.scan("2023-07-27T23:59:59.999+03:00").await;
    assert_eq!(app.tasks().len(), 1);
    app.scan("2023-07-27T21:00:00Z").await;
    assert_eq!(app.tasks().len(), 2, "midnight in Moscow");
    app.scan("2023-07-28T23:00:00+03:00").await;
    assert_eq!((app.tasks().len(), app.sent().len()), (2, 2));
}

#[tokio::test(start_paused = true)]
async fn a_second_invocation_on_the_same_day_sends_nothing_new() {
    let app = Crm::new();
    app.asked().await;
    let before = crate::everything(&app);
    app.scan(SCAN).await;
    app.scan("2023-07-27T18:00:00+03:00").await;
    assert_eq!(crate::everything(&app), before);
}

#[tokio::test(start_paused = true)]
async fn a_second_invocation_on_the_same_day_judges_by_its_own_time() {
    let app = Crm::new();
    app.tell(&example_client("2023-07-20T12:00:00+03:00")).await;
    app.scan(SCAN).await;
    assert!(app.sent().is_empty());
    app.scan("2023-07-27T12:00:00+03:00").await;
    assert_eq!(app.sent().len(), 1);
}

#[tokio::test(start_paused = true)]
async fn a_missed_day_needs_no_catching_up() {
    let app = Crm::new();
    app.tell(&example_client("2023-07-20T06:00:00+03:00")).await;
    app.scan("2023-09-01T06:00:00+03:00").await;
    assert_eq!(app.requests()[0]["dt"], "2023-09-01T06:00:00.000+03:00");
}

#[tokio::test(start_paused = true)]
async fn a_run_of_the_past_is_replayed_as_of_its_own_time() {
    let world = World::starting_at("2023-12-24T18:00:00Z".parse().unwrap());
    let app = Crm::within(world);
    app.tell(&example_client("2023-07-20T06:00:01+03:00")).await;
    app.scan(SCAN).await;
    assert!(app.sent().is_empty(), "as of then it was not due, whatever the clock says");
    app.scan("2023-07-27T06:00:01+03:00").await;
    let task = app.task();
    assert_eq!(task["request_date"]["S"], "2023-07-27T06:00:01.000+03:00");
    assert_eq!(task["time_create"]["S"], "2023-12-24T18:00:00.000000000Z", "the clock's");
    app.scan("2023-07-30T06:00:00+03:00").await;
    assert_eq!(app.tasks().len(), 1, "the age of a pending request is by the run's time, too");
    app.scan("2023-07-30T06:00:01+03:00").await;
    assert_eq!(app.tasks().len(), 2);
}

#[tokio::test(start_paused = true)]
async fn the_run_opens_every_shard_each_time_it_is_invoked() {
    let app = Crm::new();
    for runs in 1..=2 {
        app.open(SCAN).await.unwrap();
        let items = app.world.messages("infor-shards");
        assert_eq!(items.len(), 16 * runs);
        assert!(items.iter().all(|item| item.body.contains(r#""time":"2023-07-27T03:00:00.000000000Z""#)));
    }
    app.work().await;
    assert!(app.world.messages("infor-shards").is_empty());
}

#[tokio::test(start_paused = true)]
async fn a_work_item_that_is_none_goes_to_the_dead_letters() {
    let app = Crm::new();
    let bodies =
        ["garbage", "{}", r#"{"time":"2023-07-27T03:00:00Z","shard":16}"#, r#"{"time":"soon","shard":1}"#];
    for body in bodies {
        app.world.send("infor-shards", body, &[]);
        app.deliver("infor-shards").await;
    }
    assert_eq!(app.dead("infor-shards"), ["unreadable"; 4]);
    let dead = app.world.messages("infor-shards-dead");
    assert_eq!(dead.iter().map(|letter| letter.body.as_str()).collect::<Vec<_>>(), bodies);
}

#[tokio::test(start_paused = true)]
async fn a_repeat_of_a_rejection_after_the_next_request_changes_nothing() {
    let app = Crm::new();
    let id = app.asked().await;
    app.take(&[reply(&id, "1")]).await;
    app.scan(NEXT_DAY).await;
    let before = crate::everything(&app);
    app.take(&[reply(&id, "1"), with(reply(&id, "2"), "statusMsg", "иное")]).await;
    assert_eq!(crate::everything(&app), before);
    app.scan("2023-07-29T06:00:00+03:00").await;
    assert_eq!(app.tasks().len(), 2, "the newer may still be answered");
}
