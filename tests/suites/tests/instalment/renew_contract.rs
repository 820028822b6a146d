//! `POST /renew_contract` (UC-148, §6, §10 cases 10 to 15).

use std::time::Duration;

use futures_util::future::join_all;
use serde_json::json;
use suites::costs::assert_priced;
use suites::gateway::Post;
use suites::instalment::{CONTRACTS, Instalment, QUEUE, RENEW};
use world::{Fault, On, Reply, Units};

const RENEWED: (i64, &str) = (200, r#"{"screen":"wanted_limit","state":"init","contract_closed":false}"#);
const NOT_TERMINAL: (i64, &str) = (403, r#"{"error":"contract_not_terminal"}"#);
const DENIED: (i64, &str) = (403, r#"{"error":"access_denied"}"#);
const BAD_REQUEST: (i64, &str) = (400, r#"{"error":"bad_request"}"#);
const INTERNAL: (i64, &str) = (500, r#"{"error":"internal"}"#);

fn with(state: &str, number: Option<&str>) -> Instalment {
    let app = Instalment::new();
    app.contract("c-1", 1, number, state);
    app
}

/// The client's rows as `state number`, oldest first.
fn rows(app: &Instalment) -> Vec<String> {
    let rows = app.contracts("c-1").into_iter();
    rows.map(|(state, number)| format!("{state} {}", number.as_deref().unwrap_or("-"))).collect()
}

#[tokio::test(start_paused = true)]
async fn a_closed_contract_gets_a_new_application_and_stays_closed() {
    let app = with("CLOSED", Some("77-1"));
    let (got, spent) = app.world.measure(app.renew("c-1")).await;
    assert_eq!(got.brief(), RENEWED);
    assert_eq!(got.header("cache-control"), Some("no-store"));
    assert_eq!(rows(&app), ["CLOSED 77-1", "init -"]);
    let application = &app.world.items(CONTRACTS)[1];
    assert_eq!(application["previous_contract_number"]["S"], "77-1");
    assert_eq!(application["created_at"]["S"], "2026-01-02T03:04:05.000000000Z");
    assert!(application.get("occurred_at").is_none());
    assert_priced("renew-contract", "a closed contract", &spent);
    assert_eq!((app.counted("renew_ok"), app.asked()), (1, 0));
    assert_eq!(app.told(), ["application_opened"]);
    let event = &app.world.events("tenor")[0].detail;
    assert_eq!((&event["sequence"], &event["previous_contract_number"]), (&2.into(), &"77-1".into()));
}

#[tokio::test(start_paused = true)]
async fn cancel_and_reject_are_renewed_as_closed_is_with_or_without_a_number() {
    for state in ["cancel", "reject"] {
        for number in [None, Some("77-1")] {
            let app = with(state, number);
            assert_eq!(app.renew("c-1").await.brief(), RENEWED);
            assert_eq!(rows(&app), [format!("{state} {}", number.unwrap_or("-")), "init -".into()]);
            assert_eq!(app.asked(), 0);
        }
    }
}

#[tokio::test(start_paused = true)]
async fn a_repeat_answers_the_same_and_reads_only() {
    let app = with("CLOSED", Some("77-1"));
    assert_eq!(app.renew("c-1").await.brief(), RENEWED);
    let (again, spent) = app.world.measure(app.renew("c-1")).await;
    assert_eq!(again.brief(), RENEWED);
    assert_eq!(rows(&app), ["CLOSED 77-1", "init -"]);
    assert_priced("renew-contract", "a repeat", &spent);
    assert_eq!((app.counted("renew_ok"), app.counted("renew_repeat")), (1, 1));
}

#[tokio::test(start_paused = true)]
async fn ten_parallel_renewals_make_one_new_row_and_all_answer_200() {
    let app = with("CLOSED", Some("77-1"));
    app.world.meet(On::call("TransactWriteItems"), 10);
    let answers = join_all((0..10).map(|_| app.renew("c-1"))).await;
    assert!(answers.iter().all(|got| got.brief() == RENEWED), "{answers:?}");
    assert_eq!(rows(&app), ["CLOSED 77-1", "init -"]);
    assert_eq!((app.counted("renew_ok"), app.counted("renew_repeat")), (1, 9));
    assert_eq!(app.told(), ["application_opened"], "told once");
}

#[tokio::test(start_paused = true)]
async fn a_contract_that_mkk_has_closed_is_closed_first_and_then_renewed() {
    let app = with("active", Some("77-1"));
    app.line("77-1", "CLOSED", "50000.00", "49999.99");
    let (got, spent) = app.world.measure(app.renew("c-1")).await;
    assert_eq!(got.brief(), RENEWED);
    assert_eq!(rows(&app), ["CLOSED 77-1", "init -"]);
    assert_eq!((spent.reads(), spent.writes()), (Units::whole(1), Units::whole(12)));
    assert_eq!(app.told(), ["contract_closed", "application_opened"]);
    assert_eq!((app.counted("closed_by_mkk"), app.counted("limit_balance_mismatch")), (1, 1));
}

#[tokio::test(start_paused = true)]
async fn a_contract_that_is_open_at_mkk_is_not_renewed() {
    for status in ["ACTIVE", "PAUSED"] {
        let app = with("active", Some("77-1"));
        app.line("77-1", status, "1", "1");
        assert_eq!(app.renew("c-1").await.brief(), NOT_TERMINAL);
        assert_eq!(rows(&app), ["active 77-1"]);
        assert_eq!(app.counted("renew_denied"), 1);
    }
}

#[tokio::test(start_paused = true)]
async fn a_contract_whose_lender_gives_no_answer_is_not_renewed() {
    for reply in [Reply::hang, Reply::refused, || Reply::json(404, "{}"), || Reply::json(200, "garbage")] {
        let app = with("active", Some("77-1"));
        app.lender(reply);
        assert_eq!(app.renew("c-1").await.brief(), NOT_TERMINAL);
        assert_eq!(rows(&app), ["active 77-1"]);
    }
}

#[tokio::test(start_paused = true)]
async fn an_application_that_is_under_way_is_not_renewed() {
    for (state, number) in [("init", None), ("init", Some("77-1")), ("scoring", None), ("active", None)] {
        let app = with(state, number);
        assert_eq!(app.renew("c-1").await.brief(), NOT_TERMINAL, "{state} {number:?}");
        assert_eq!((app.contracts("c-1").len(), app.asked()), (1, 0));
    }
    let app = with("CLOSED", Some("77-1"));
    app.contract("c-1", 2, None, "scoring");
    assert_eq!(app.renew("c-1").await.brief(), NOT_TERMINAL, "onboarding is past init");
}

#[tokio::test(start_paused = true)]
async fn no_session_another_front_or_no_contract_is_denied() {
    let app = with("CLOSED", Some("77-1"));
    assert_eq!(app.send_renewal(&Post::anonymous(RENEW)).await.brief(), DENIED);
    assert_eq!(app.renew("c-2").await.brief(), DENIED);
    assert_eq!(app.renew(&"x".repeat(2_049)).await.brief(), DENIED);
    assert_eq!(rows(&app), ["CLOSED 77-1"]);
}

#[tokio::test(start_paused = true)]
async fn params_may_be_absent_and_must_be_an_object_and_the_method_must_be_this_one() {
    for body in [r#"{"method":"renew_contract"}"#, r#"{"method":"renew_contract","params":null}"#] {
        let app = with("CLOSED", Some("77-1"));
        assert_eq!(app.send_renewal(&Post::by("c-1", body)).await.brief(), RENEWED, "{body}");
    }
    for body in [
        r#"{"method":"drop"}"#,
        r#"{"method":"get_status","params":{}}"#,
        r#"{"method":"renew_contract","params":[]}"#,
        r#"["renew_contract"]"#,
        "{",
        "",
    ] {
        let app = with("CLOSED", Some("77-1"));
        assert_eq!(app.send_renewal(&Post::by("c-1", body)).await.brief(), BAD_REQUEST, "{body}");
        assert_eq!(rows(&app), ["CLOSED 77-1"], "{body}");
    }
}

#[tokio::test(start_paused = true)]
async fn after_a_renewal_get_status_shows_the_new_row_without_asking_mkk() {
    let app = with("CLOSED", Some("77-1"));
    app.line("77-1", "CLOSED", "1", "1");
    app.renew("c-1").await;
    let shown = r#"{"screen":"wanted_limit","contract_closed":false,"state":"init"}"#;
    assert_eq!(app.status("c-1").await.brief(), (200, shown));
    assert_eq!(app.asked(), 0);
}

#[tokio::test(start_paused = true)]
async fn the_new_application_takes_the_next_number_that_onboarding_tells() {
    let app = with("CLOSED", Some("77-1"));
    app.renew("c-1").await;
    let event = json!({
        "event_id": "e-1", "type": "contract_upserted", "client_id": "c-1", "contract_number": "77-2",
        "state": "active", "occurred_at": "2026-01-02T03:04:05Z",
    });
    app.world.send(QUEUE, &event.to_string(), &[]);
    app.deliver().await;
    assert_eq!(rows(&app), ["CLOSED 77-1", "active 77-2"]);
}

#[tokio::test(start_paused = true)]
async fn a_visit_that_closes_while_a_renewal_closes_too_ends_in_one_closed_row_and_one_application() {
    let app = with("active", Some("77-1"));
    app.line("77-1", "CLOSED", "1", "1");
    app.world.meet(On::call("TransactWriteItems"), 2);
    let (renewed, visited) = futures_util::join!(app.renew("c-1"), app.status("c-1"));
    assert_eq!(renewed.brief(), RENEWED);
    assert!(visited.body.contains("\"contract_closed\":true"));
    assert_eq!(rows(&app), ["CLOSED 77-1", "init -"]);
}

#[tokio::test(start_paused = true)]
async fn a_cancelled_contract_that_an_event_revives_in_between_is_not_renewed() {
    let app = with("cancel", Some("77-1"));
    app.line("77-1", "ACTIVE", "1", "1");
    let world = app.world.clone();
    app.world.before(On::call("TransactWriteItems"), async move || {
        let mut row = world.items(CONTRACTS)[0].clone();
        row["state"] = json!({"S": "active"});
        row["version"] = json!({"N": "2"});
        world.put_item(CONTRACTS, &row);
    });
    assert_eq!(app.renew("c-1").await.brief(), NOT_TERMINAL);
    assert_eq!(rows(&app), ["active 77-1"]);
}

#[tokio::test(start_paused = true)]
async fn a_renewal_that_fails_leaves_nothing_behind_and_can_be_repeated() {
    for fault in [Fault::Throttled, Fault::InternalError, Fault::Reset, Fault::Hang] {
        let app = with("CLOSED", Some("77-1"));
        app.world.fail(On::call("TransactWriteItems").times(5), fault);
        assert_eq!(app.renew("c-1").await.brief(), INTERNAL, "{fault:?}");
        assert_eq!(rows(&app), ["CLOSED 77-1"]);
        assert_eq!(app.logged("ERROR").len(), 1);
    }
    let app = with("CLOSED", Some("77-1"));
    app.world.fail(On::call("TransactWriteItems"), Fault::HangAfterEffect);
    assert_eq!(app.renew("c-1").await.brief(), INTERNAL, "unknown is not success");
    app.world.pass(Duration::from_secs(1)).await;
    assert_eq!(app.renew("c-1").await.brief(), RENEWED);
    assert_eq!(rows(&app), ["CLOSED 77-1", "init -"]);
}

#[tokio::test(start_paused = true)]
async fn a_closing_or_an_opening_that_others_stand_in_the_way_of_is_tried_again() {
    for state in ["active", "CLOSED"] {
        let app = with(state, Some("77-1"));
        app.line("77-1", "CLOSED", "1", "1");
        app.world.fail(On::call("TransactWriteItems").times(3), Fault::TransactionConflict);
        assert_eq!(app.renew("c-1").await.brief(), RENEWED, "{state}");
        assert_eq!(rows(&app), ["CLOSED 77-1", "init -"], "{state}");
    }
}

#[tokio::test(start_paused = true)]
async fn a_renewal_that_meets_others_at_every_try_is_logged_with_what_they_did() {
    let app = with("CLOSED", Some("77-1"));
    app.world.fail(On::call("TransactWriteItems").times(5), Fault::Throttled);
    assert_eq!(app.renew("c-1").await.brief(), INTERNAL);
    let failure = app.logged("ERROR")[0]["failure"].as_str().unwrap().to_owned();
    assert!(failure.contains("ProvisionedThroughputExceededException"), "{failure}");
}
