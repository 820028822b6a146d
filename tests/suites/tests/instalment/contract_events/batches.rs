//! What may pass comes again, later each time; what fails fails alone.

use std::time::Duration;

use serde_json::json;
use suites::instalment::{CONTRACTS, DEAD_LETTERS, EVENT_IDS, Instalment, QUEUE};
use world::{Fault, On};

use super::{event, row, rows};

fn send(app: &Instalment, id: &str, client: &str) {
    app.world.send(QUEUE, &event(id, client, None, "init", 1).to_string(), &[]);
}

#[tokio::test(start_paused = true)]
async fn a_record_that_fails_fails_alone() {
    let app = Instalment::new();
    for client in ["c-1", "c-2", "c-3"] {
        send(&app, "e-1", client);
    }
    app.world.fail(On::call("Query").after(1), Fault::InternalError);
    app.deliver().await;
    assert_eq!(app.outcomes(), ["applied", "retry", "applied"]);
    assert_eq!(app.world.messages(QUEUE).len(), 1);
    assert_eq!(app.world.messages(DEAD_LETTERS).len(), 0);
}

#[tokio::test(start_paused = true)]
async fn a_record_that_fails_is_counted_once_for_its_context_and_its_function() {
    let app = Instalment::new();
    for client in ["c-1", "c-2", "c-3"] {
        send(&app, "e-1", client);
    }
    app.world.fail(On::call("Query").after(1), Fault::InternalError);
    app.deliver().await;
    assert_eq!(app.counted("record_failed"), 1);
    let lines = app.lines();
    let line = lines.iter().find(|line| line["record_failed"] == 1).expect("a line of metrics");
    assert_eq!((&line["context"], &line["entry"]), (&json!("instalment"), &json!("queue")));
    let directives = line["_aws"]["CloudWatchMetrics"].as_array().expect("directives");
    let counted = json!({"Name": "record_failed", "Unit": "Count"});
    let of = |directive: &&serde_json::Value| {
        directive["Metrics"].as_array().is_some_and(|metrics| metrics.contains(&counted))
    };
    let dimensions: Vec<_> =
        directives.iter().filter(of).map(|directive| directive["Dimensions"].clone()).collect();
    assert_eq!(dimensions, [json!([["context", "function"]]), json!([["context", "entry"]])]);
}

#[tokio::test(start_paused = true)]
async fn every_receive_that_fails_is_counted_whatever_it_fails_of() {
    let app = Instalment::new();
    send(&app, "e-1", "c-1");
    app.world.fail(On::call("Query").times(4), Fault::InternalError);
    for failed in 1..=4 {
        app.deliver().await;
        assert_eq!(app.counted("record_failed"), failed);
        app.world.pass(Duration::from_mins(2)).await;
    }
    app.deliver().await;
    assert_eq!(
        (app.outcomes().last().map(String::as_str), app.counted("record_failed")),
        (Some("applied"), 4)
    );

    let app = Instalment::new();
    app.world.send(QUEUE, "garbage", &[]);
    app.world.fail(On::call("SendMessage").to(DEAD_LETTERS), Fault::InternalError);
    app.deliver().await;
    assert_eq!(app.counted("record_failed"), 1, "the dead-letter queue did not take it");
    app.world.pass(Duration::from_secs(10)).await;
    app.deliver().await;
    assert_eq!(app.world.messages(DEAD_LETTERS).len(), 1);
    assert_eq!(app.counted("record_failed"), 1, "a dead letter has an alarm of its own");
}

#[tokio::test(start_paused = true)]
async fn a_failed_record_comes_again_after_10_20_40_seconds_and_so_on() {
    let app = Instalment::new();
    send(&app, "e-1", "c-1");
    app.world.fail(On::call("Query").times(4), Fault::InternalError);
    app.deliver().await;
    for seconds in [10, 20, 40, 80] {
        app.world.pass(Duration::from_secs(seconds - 1)).await;
        app.deliver().await;
        assert_eq!(app.world.messages(QUEUE).len(), 1);
        let before = app.outcomes().len();
        app.world.pass(Duration::from_secs(1)).await;
        app.deliver().await;
        assert_eq!(app.outcomes().len(), before + 1, "visible again after {seconds} s");
    }
    assert_eq!(app.outcomes(), ["retry", "retry", "retry", "retry", "applied"]);
    assert_eq!(rows(&app, "c-1"), [row("init", "-")]);
}

#[tokio::test(start_paused = true)]
async fn a_record_that_never_succeeds_ends_in_the_dead_letter_queue_by_the_queues_own_rule() {
    let app = Instalment::new();
    send(&app, "e-1", "c-1");
    app.world.fail(On::call("Query").always(), Fault::InternalError);
    for _ in 0..12 {
        app.deliver().await;
        app.world.pass(Duration::from_mins(15)).await;
    }
    assert_eq!(app.world.messages(QUEUE).len(), 0);
    let dead = app.world.messages(DEAD_LETTERS);
    assert_eq!((dead.len(), dead[0].attribute("dead_letter_reason")), (1, None));
}

#[tokio::test(start_paused = true)]
async fn a_panic_of_one_record_is_counted_and_leaves_the_others_alone() {
    let app = Instalment::new();
    for client in ["c-1", "c-2", "c-3"] {
        send(&app, "e-1", client);
    }
    app.world.before(On::call("Query").after(1), || async { panic!("the second record makes us panic") });
    app.deliver().await;
    assert_eq!(app.outcomes(), ["applied", "retry", "applied"]);
    assert_eq!((app.counted("panic"), app.counted("record_failed")), (1, 1));
}

#[tokio::test(start_paused = true)]
async fn a_record_that_hangs_is_given_up_at_its_share_of_the_time_and_leaves_the_others_theirs() {
    let app = Instalment::new();
    for client in ["c-1", "c-2", "c-3"] {
        send(&app, "e-1", client);
    }
    app.world.before(On::call("Query").after(1), || async { std::future::pending::<()>().await });
    app.deliver().await;
    assert_eq!(app.outcomes(), ["applied", "retry", "applied"]);
    assert_eq!((app.world.messages(QUEUE).len(), app.counted("record_failed")), (1, 1));
}

#[tokio::test(start_paused = true)]
async fn a_queue_that_does_not_answer_cannot_keep_the_batch_past_its_time() {
    for call in ["SendMessage", "ChangeMessageVisibility"] {
        let app = Instalment::new().with_time_left(Duration::from_secs(4));
        app.world.send(QUEUE, "garbage", &[]);
        app.world.fail(On::call("SendMessage"), Fault::InternalError);
        app.world.fail(On::call(call).always(), Fault::Hang);
        let began = app.world.time().now();
        app.deliver().await;
        let took = app.world.time().now().duration_since(began);
        assert!(took.as_millis() < 4_000, "{call}: {took:?}");
        assert_eq!(app.outcomes(), ["retry"]);
        assert_eq!((app.world.messages(QUEUE).len(), app.world.messages(DEAD_LETTERS).len()), (1, 0));
    }
}

#[tokio::test(start_paused = true)]
async fn a_dead_letter_is_sent_once_though_its_answer_is_lost() {
    let app = Instalment::new().with_sdk_retries();
    app.world.send(QUEUE, "garbage", &[]);
    app.world.fail(On::call("SendMessage"), Fault::InternalErrorAfterEffect);
    app.deliver().await;
    assert_eq!(app.world.messages(DEAD_LETTERS).len(), 1, "not repeated blindly");
    assert_eq!(app.world.messages(QUEUE).len(), 1, "and not taken for done");
}

#[tokio::test(start_paused = true)]
async fn no_record_is_begun_with_less_than_two_seconds_left() {
    let app = Instalment::new().with_time_left(Duration::from_millis(1_999));
    send(&app, "e-1", "c-1");
    app.deliver().await;
    assert_eq!((app.outcomes(), app.counted("record_failed")), (vec!["returned".to_owned()], 0));
    assert_eq!((app.world.items(CONTRACTS).len(), app.world.items(EVENT_IDS).len()), (0, 0));
    let app = Instalment::new().with_time_left(Duration::from_secs(2));
    send(&app, "e-1", "c-1");
    app.deliver().await;
    assert_eq!(app.outcomes(), ["applied"]);
}

#[tokio::test(start_paused = true)]
async fn a_message_that_the_dead_letter_queue_does_not_take_comes_again_and_is_not_lost() {
    let app = Instalment::new();
    app.world.send(QUEUE, "garbage", &[]);
    app.world.fail(On::call("SendMessage").to(DEAD_LETTERS), Fault::InternalError);
    app.deliver().await;
    assert_eq!((app.world.messages(QUEUE).len(), app.world.messages(DEAD_LETTERS).len()), (1, 0));
    app.world.pass(Duration::from_secs(10)).await;
    app.deliver().await;
    assert_eq!((app.world.messages(QUEUE).len(), app.world.messages(DEAD_LETTERS).len()), (0, 1));
}

#[tokio::test(start_paused = true)]
async fn a_visibility_that_cannot_be_changed_leaves_the_queues_own() {
    let app = Instalment::new();
    send(&app, "e-1", "c-1");
    app.world.fail(On::call("Query"), Fault::InternalError);
    app.world.fail(On::call("ChangeMessageVisibility"), Fault::InternalError);
    app.deliver().await;
    app.world.pass(Duration::from_mins(3)).await;
    app.deliver().await;
    assert_eq!(app.outcomes(), ["retry", "applied"]);
}

#[tokio::test(start_paused = true)]
async fn one_line_tells_each_record_and_none_tells_who_the_client_is() {
    let app = Instalment::new();
    app.world.send(
        QUEUE,
        &event("e-1", "client-4471", None, "init", 1).to_string(),
        &[("x-correlation-id", "t-1")],
    );
    app.deliver().await;
    let lines: Vec<_> = app.lines().into_iter().filter(|line| line["message"] == "record").collect();
    assert_eq!(lines.len(), 1);
    assert_eq!((&lines[0]["read_unit_halves"], &lines[0]["write_unit_halves"]), (&2.into(), &8.into()));
    let span = &lines[0]["span"];
    assert_eq!((&span["function"], &span["correlation_id"]), (&"contract-events".into(), &"t-1".into()));
    assert!(!app.output.text().contains("client-4471"));
}
