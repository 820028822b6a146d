//! Delivery is at least once: a known event id is dropped, whatever it comes with.

use suites::instalment::{DEAD_LETTERS, EVENT_IDS, Instalment};
use world::Units;

use super::{event, row, rows, tell};

#[tokio::test(start_paused = true)]
async fn a_repeated_message_changes_nothing() {
    let app = Instalment::new();
    let message = event("e-1", "c-1", Some("77-1"), "active", 5);
    tell(&app, &message).await;
    let before = app.world.items("contracts");
    for _ in 0..3 {
        tell(&app, &message).await;
    }
    assert_eq!(app.world.items("contracts"), before);
    assert!(app.is_quiet());
}

#[tokio::test(start_paused = true)]
async fn a_known_id_is_dropped_whatever_the_message_contains() {
    let app = Instalment::new();
    tell(&app, event("e-0", "c-2", Some("99-9"), "active", 1)).await;
    tell(&app, event("e-1", "c-1", Some("77-1"), "active", 5)).await;
    let mut contents = vec![
        event("e-1", "c-1", Some("77-1"), "cancel", 59),
        event("e-1", "c-1", Some("77-2"), "active", 59),
        event("e-1", "c-1", None, "scoring", 59),
        event("e-1", "c-1", Some("99-9"), "active", 59),
        event("e-1", "c-1", Some("77-1"), "", 59),
    ];
    contents[0]["type"] = "contract_deleted".into();
    for content in contents {
        tell(&app, &content).await;
        assert_eq!(rows(&app, "c-1"), [row("active", "77-1")], "{content}");
        assert_eq!(app.world.messages(DEAD_LETTERS).len(), 0, "{content}");
    }
}

#[tokio::test(start_paused = true)]
async fn an_event_that_changed_nothing_is_known_too() {
    let app = Instalment::new();
    tell(&app, event("e-1", "c-1", Some("77-1"), "active", 5)).await;
    tell(&app, event("e-2", "c-1", Some("77-1"), "cancel", 4)).await;
    tell(&app, event("e-2", "c-1", Some("77-1"), "cancel", 6)).await;
    assert_eq!(rows(&app, "c-1"), [row("active", "77-1")]);
    assert_eq!(app.world.items(EVENT_IDS).len(), 2);
}

#[tokio::test(start_paused = true)]
async fn an_id_is_known_for_its_own_client_only() {
    let app = Instalment::new();
    tell(&app, event("e-1", "c-1", None, "init", 1)).await;
    tell(&app, event("e-1", "c-2", None, "init", 1)).await;
    assert_eq!(rows(&app, "c-2"), [row("init", "-")]);
}

#[tokio::test(start_paused = true)]
async fn a_refused_event_is_not_known_so_that_it_can_be_sent_again_from_the_dead_letters() {
    let app = Instalment::new();
    app.contract("c-1", 1, Some("77-1"), "active");
    let message = event("e-1", "c-1", None, "init", 9);
    tell(&app, &message).await;
    assert_eq!(app.world.messages(DEAD_LETTERS).len(), 1);
    tell(&app, event("e-2", "c-1", Some("77-1"), "cancel", 1)).await;
    tell(&app, &message).await;
    assert_eq!(rows(&app, "c-1"), [row("cancel", "77-1"), row("init", "-")]);
}

#[tokio::test(start_paused = true)]
async fn a_repeat_costs_no_more_than_its_event() {
    let app = Instalment::new();
    let message = event("e-1", "c-1", Some("77-1"), "active", 5);
    tell(&app, &message).await;
    let ((), spent) = app.world.measure(tell(&app, &message)).await;
    assert_eq!(spent.reads(), Units::whole(1));
    assert!(spent.writes() <= Units::whole(4), "{:?}", spent.writes());
}
