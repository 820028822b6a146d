//! A push that overtakes its reply (§8, §13).

use std::time::Duration;

use suites::crm::{Crm, INBOUND, column, created, push, reply};

use super::latest;
use crate::everything;

/// The waits, in seconds.
const WAITS: [u64; 5] = [60, 120, 300, 900, 1_800];

#[tokio::test(start_paused = true)]
async fn a_push_before_its_reply_waits_1_2_5_15_and_30_minutes_and_then_is_a_dead_letter() {
    let app = Crm::new();
    app.asked().await;
    app.answer(&push());
    let before = app.tasks();
    for wait in WAITS {
        app.deliver(INBOUND).await;
        let [message] = app.world.messages(INBOUND).try_into().expect("it is still there");
        let hidden_for = message.visible_at.duration_since(app.world.time().now()).as_secs();
        assert_eq!((latest(&app).as_str(), u64::try_from(hidden_for)), ("waits", Ok(wait)));
        app.world.pass(Duration::from_secs(wait - 1)).await;
        assert!(app.deliver(INBOUND).await.failed.is_empty(), "not a second earlier");
        app.world.pass(Duration::from_secs(1)).await;
    }
    app.deliver(INBOUND).await;
    assert_eq!(app.dead(INBOUND), ["push_without_task"]);
    assert_eq!(app.world.messages("infor-inbound-dead")[0].body, push().to_string());
    assert!(app.world.messages(INBOUND).is_empty());
    assert_eq!(app.tasks(), before);
    assert_eq!(app.counted("record_failed"), 0, "whoever waits for another has not failed");
}

#[tokio::test(start_paused = true)]
async fn a_push_is_stored_once_its_reply_has_come_whichever_wait_it_is_in() {
    for waits in 1..=WAITS.len() {
        let app = Crm::new();
        let id = app.asked().await;
        app.answer(&push());
        for wait in &WAITS[..waits] {
            app.deliver(INBOUND).await;
            app.world.pass(Duration::from_secs(*wait)).await;
        }
        app.answer(&created(&id));
        app.deliver(INBOUND).await;
        if waits == WAITS.len() {
            assert_eq!(app.dead(INBOUND), ["push_without_task"], "it came first, a moment too early");
            continue;
        }
        app.world.pass(Duration::from_mins(30)).await;
        app.deliver(INBOUND).await;
        let task = app.task();
        assert_eq!((column(&task, "status_code"), column(&task, "task_status")), (Some("0"), Some("3")));
        assert!(app.dead(INBOUND).is_empty() && app.world.messages(INBOUND).is_empty());
        assert_eq!(app.world.events("tenor").len(), 2);
    }
}

#[tokio::test(start_paused = true)]
async fn a_push_about_a_rejected_request_waits_as_well_since_a_0_may_still_come() {
    let app = Crm::new();
    let id = app.asked().await;
    app.take(&[reply(&id, "1"), push()]).await;
    assert_eq!(latest(&app), "waits");
    app.take(&[created(&id)]).await;
    app.world.pass(Duration::from_mins(1)).await;
    app.deliver(INBOUND).await;
    assert_eq!((latest(&app).as_str(), column(&app.task(), "task_status")), ("pushed", Some("3")));
}

#[tokio::test(start_paused = true)]
async fn a_push_that_waits_changes_nothing() {
    let app = Crm::new();
    app.asked().await;
    let before = everything(&app)["tables"].clone();
    app.take(&[push()]).await;
    assert_eq!(everything(&app)["tables"], before);
    assert!(app.logged("ERROR").is_empty());
}
