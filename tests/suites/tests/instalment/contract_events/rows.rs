//! Which row an event is about, and what it does to it.

use suites::costs::assert_priced;
use suites::instalment::{EVENT_IDS, Instalment, NUMBERS};
use world::Units;

use super::{event, row, rows, tell};

#[tokio::test(start_paused = true)]
async fn the_first_event_of_a_client_opens_the_first_row() {
    let app = Instalment::new();
    tell(&app, event("e-1", "c-1", Some("77-1"), "active", 5)).await;
    assert_eq!(rows(&app, "c-1"), [row("active", "77-1")]);
    assert_eq!(app.world.items(NUMBERS)[0]["client_id"]["S"], "c-1");
    assert!(app.is_quiet());
}

#[tokio::test(start_paused = true)]
async fn the_rows_of_onboarding_become_one_contract_that_gets_its_number() {
    let app = Instalment::new();
    for (id, number, state, second) in [
        ("e-1", None, "init", 1),
        ("e-2", None, "Scoring", 2),
        ("e-3", Some("77-1"), "signing", 3),
        ("e-4", Some("77-1"), "ACTIVE", 4),
    ] {
        tell(&app, event(id, "c-1", number, state, second)).await;
        assert_eq!(app.contracts("c-1").len(), 1, "{id}");
    }
    assert_eq!(rows(&app, "c-1"), [row("active", "77-1")]);
}

#[tokio::test(start_paused = true)]
async fn an_opaque_state_is_kept_as_it_was_sent() {
    let app = Instalment::new();
    tell(&app, event("e-1", "c-1", None, "Скоринг-2 ", 1)).await;
    assert_eq!(rows(&app, "c-1"), [row("Скоринг-2 ", "-")]);
}

#[tokio::test(start_paused = true)]
async fn a_number_is_filled_into_the_newest_row_only_while_that_awaits_one() {
    for (state, number, expected) in [
        ("init", None, vec![row("active", "77-2")]),
        ("scoring", None, vec![row("active", "77-2")]),
        ("active", None, vec![row("active", "77-2")]),
        ("reject", None, vec![row("reject", "-"), row("active", "77-2")]),
        ("cancel", None, vec![row("cancel", "-"), row("active", "77-2")]),
        ("CLOSED", Some("77-1"), vec![row("CLOSED", "77-1"), row("active", "77-2")]),
        ("active", Some("77-1"), vec![row("active", "77-1"), row("active", "77-2")]),
    ] {
        let app = Instalment::new();
        app.contract("c-1", 1, number, state);
        tell(&app, event("e-1", "c-1", Some("77-2"), "active", 1)).await;
        assert_eq!(rows(&app, "c-1"), expected, "{state} {number:?}");
    }
}

#[tokio::test(start_paused = true)]
async fn a_known_number_is_its_own_row_and_the_newest_stays_as_it_is() {
    let app = Instalment::new();
    app.contract("c-1", 1, Some("77-1"), "cancel");
    app.contract("c-1", 2, None, "init");
    tell(&app, event("e-1", "c-1", Some("77-1"), "reject", 1)).await;
    assert_eq!(rows(&app, "c-1"), [row("reject", "77-1"), row("init", "-")]);
}

#[tokio::test(start_paused = true)]
async fn an_event_without_a_number_opens_a_row_after_a_terminal_one() {
    for state in ["cancel", "reject", "CLOSED"] {
        let app = Instalment::new();
        app.contract("c-1", 1, Some("77-1"), state);
        tell(&app, event("e-1", "c-1", None, "init", 1)).await;
        assert_eq!(rows(&app, "c-1"), [row(state, "77-1"), row("init", "-")]);
    }
}

#[tokio::test(start_paused = true)]
async fn an_event_closes_a_row_in_any_spelling_and_a_closed_row_is_never_left() {
    let app = Instalment::new();
    app.contract("c-1", 1, Some("77-1"), "active");
    tell(&app, event("e-1", "c-1", Some("77-1"), "closed", 1)).await;
    assert_eq!(rows(&app, "c-1"), [row("CLOSED", "77-1")]);
    for (id, state) in [("e-2", "active"), ("e-3", "cancel"), ("e-4", "init"), ("e-5", "CLOSED")] {
        tell(&app, event(id, "c-1", Some("77-1"), state, 59)).await;
        assert_eq!(rows(&app, "c-1"), [row("CLOSED", "77-1")]);
    }
    assert!(app.is_quiet());
}

#[tokio::test(start_paused = true)]
async fn a_late_event_never_reopens_what_get_status_has_closed() {
    let app = Instalment::new();
    tell(&app, event("e-1", "c-1", Some("77-1"), "active", 5)).await;
    app.line("77-1", "CLOSED", "1", "1");
    assert!(app.status("c-1").await.body.contains("\"contract_closed\":true"));
    for (id, second) in [("e-2", 4), ("e-3", 5), ("e-4", 59)] {
        tell(&app, event(id, "c-1", Some("77-1"), "active", second)).await;
    }
    assert_eq!(rows(&app, "c-1"), [row("CLOSED", "77-1")]);
}

#[tokio::test(start_paused = true)]
async fn cancel_and_reject_may_be_moved_by_a_later_event() {
    for state in ["cancel", "reject"] {
        let app = Instalment::new();
        tell(&app, event("e-1", "c-1", Some("77-1"), state, 5)).await;
        tell(&app, event("e-2", "c-1", Some("77-1"), "active", 6)).await;
        assert_eq!(rows(&app, "c-1"), [row("active", "77-1")]);
    }
}

#[tokio::test(start_paused = true)]
async fn an_older_event_changes_nothing_and_one_of_the_same_instant_is_applied() {
    let app = Instalment::new();
    tell(&app, event("e-1", "c-1", Some("77-1"), "active", 5)).await;
    tell(&app, event("e-2", "c-1", Some("77-1"), "cancel", 4)).await;
    assert_eq!(rows(&app, "c-1"), [row("active", "77-1")]);
    tell(&app, event("e-3", "c-1", Some("77-1"), "reject", 5)).await;
    assert_eq!(rows(&app, "c-1"), [row("reject", "77-1")]);
}

#[tokio::test(start_paused = true)]
async fn instants_are_compared_whatever_offset_and_fraction_they_are_written_with() {
    let app = Instalment::new();
    let at = |id: &str, state: &str, instant: &str| {
        let mut event = event(id, "c-1", Some("77-1"), state, 0);
        event["occurred_at"] = instant.into();
        event
    };
    tell(&app, at("e-1", "active", "2026-01-02T06:04:05.5+03:00")).await;
    tell(&app, at("e-2", "cancel", "2026-01-02T03:04:05.49Z")).await;
    assert_eq!(rows(&app, "c-1"), [row("active", "77-1")], "earlier by a hundredth");
    tell(&app, at("e-3", "reject", "2026-01-01T19:34:05.500-07:30")).await;
    assert_eq!(rows(&app, "c-1"), [row("reject", "77-1")], "the same instant");
}

#[tokio::test(start_paused = true)]
async fn lateness_is_judged_by_the_row_and_not_by_the_client() {
    let app = Instalment::new();
    tell(&app, event("e-1", "c-1", Some("77-1"), "active", 50)).await;
    tell(&app, event("e-2", "c-1", Some("77-2"), "active", 10)).await;
    tell(&app, event("e-3", "c-1", Some("77-2"), "cancel", 20)).await;
    assert_eq!(rows(&app, "c-1"), [row("active", "77-1"), row("cancel", "77-2")]);
}

#[tokio::test(start_paused = true)]
async fn a_row_made_by_a_renewal_has_no_time_and_takes_any_first_event() {
    let app = Instalment::new();
    app.contract("c-1", 1, Some("77-1"), "CLOSED");
    app.contract("c-1", 2, None, "init");
    let mut first = event("e-1", "c-1", Some("77-2"), "scoring", 0);
    first["occurred_at"] = "1999-12-31T23:59:59Z".into();
    tell(&app, first).await;
    assert_eq!(rows(&app, "c-1"), [row("CLOSED", "77-1"), row("scoring", "77-2")]);
}

#[tokio::test(start_paused = true)]
async fn a_number_may_have_128_characters_of_any_kind() {
    let app = Instalment::new();
    for (place, number) in ["😀".repeat(128), "a/b?c\u{0}".to_owned(), " ".to_owned()].iter().enumerate() {
        tell(&app, event("e-1", &format!("c-{place}"), Some(number), "active", 1)).await;
        assert_eq!(rows(&app, &format!("c-{place}")), [row("active", number)]);
    }
    assert!(app.is_quiet());
}

#[tokio::test(start_paused = true)]
async fn an_event_costs_one_read_and_one_transaction_of_at_most_three_items() {
    let app = Instalment::new();
    for (event, writes) in [
        (event("e-1", "c-1", Some("77-1"), "active", 5), 6),
        (event("e-2", "c-1", Some("77-1"), "cancel", 6), 4),
        (event("e-3", "c-1", None, "init", 7), 4),
        (event("e-4", "c-1", Some("77-2"), "active", 8), 6),
        (event("e-5", "c-1", Some("77-2"), "active", 7), 1),
    ] {
        let ((), spent) = app.world.measure(tell(&app, &event)).await;
        assert_eq!(spent.reads(), Units::whole(1), "{event}");
        assert_eq!(spent.writes(), Units::whole(writes), "{event}");
        match event["event_id"].as_str() {
            Some("e-1") => assert_priced("contract-events", "a client's first contract", &spent),
            Some("e-2") => assert_priced("contract-events", "a change of a contract", &spent),
            _ => {}
        }
    }
}

#[tokio::test(start_paused = true)]
async fn an_event_id_is_remembered_for_at_least_fourteen_days() {
    let app = Instalment::new();
    tell(&app, event("e-1", "c-1", None, "init", 1)).await;
    let expires_at: i64 = app.world.items(EVENT_IDS)[0]["expires_at"]["N"].as_str().unwrap().parse().unwrap();
    let days = (expires_at - suites::session::WORLD_START) / 86_400;
    assert_eq!(days, 15);
}
