//! What the client sees in each state of the contract and at MKK.

use suites::costs::assert_priced;
use suites::instalment::Instalment;
use world::{Reply, Units};

const CLOSED: &str = r#"{"screen":"main_screen","contract_closed":true,"state":"CLOSED","contract_number":"77-1","closed_screen_button":true}"#;
const ACTIVE: &str =
    r#"{"screen":"main_screen","contract_closed":false,"state":"active","contract_number":"77-1"}"#;

fn with_active_contract() -> Instalment {
    let app = Instalment::new();
    app.contract("c-1", 1, Some("77-1"), "active");
    app
}

#[tokio::test(start_paused = true)]
async fn a_line_that_mkk_closed_is_closed_and_shown_closed() {
    let app = with_active_contract();
    app.line("77-1", "CLOSED", "50000.00", "50000");
    let (got, spent) = app.world.measure(app.status("c-1")).await;
    assert_eq!(got.brief(), (200, CLOSED));
    assert_eq!(app.contracts("c-1"), [("CLOSED".into(), Some("77-1".into()))]);
    assert_eq!(app.counted("closed_by_mkk"), 1);
    assert_eq!(app.counted("limit_balance_mismatch"), 0);
    assert_eq!(
        (spent.reads(), spent.writes()),
        (Units::whole(1), Units::whole(5)),
        "row and outbox; its delete"
    );
    assert_priced("get-status", "a line that MKK has closed", &spent);
    assert_eq!(app.told(), ["contract_closed"]);
    let event = &app.world.events("tenor")[0];
    assert_eq!((event.source.as_str(), &event.detail["version"]), ("tenor.instalment", &1.into()));
    assert_eq!(
        (&event.detail["client_id"], &event.detail["contract_number"]),
        (&"c-1".into(), &"77-1".into())
    );
    assert!(app.world.items("outbox").is_empty());
}

#[tokio::test(start_paused = true)]
async fn the_second_visit_after_a_closing_answers_the_same_without_mkk_and_without_a_write() {
    let app = with_active_contract();
    app.line("77-1", "CLOSED", "50000.00", "50000");
    let first = app.status("c-1").await;
    let (second, spent) = app.world.measure(app.status("c-1")).await;
    assert_eq!(first.brief(), second.brief());
    assert_eq!(app.asked(), 1);
    assert_eq!((spent.reads(), spent.writes()), (Units::whole(1), Units::whole(0)));
}

#[tokio::test(start_paused = true)]
async fn a_line_that_is_open_at_mkk_shows_the_personal_account_and_writes_nothing() {
    let app = with_active_contract();
    app.line("77-1", "ACTIVE", "50000.00", "100");
    let (got, spent) = app.world.measure(app.status("c-1")).await;
    assert_eq!(got.brief(), (200, ACTIVE));
    assert_priced("get-status", "a line that is open at MKK", &spent);
    assert_eq!(app.logged("WARN").len(), 0);
}

#[tokio::test(start_paused = true)]
async fn a_line_closed_with_a_balance_that_is_not_the_limit_is_closed_and_warned_about_once() {
    let app = with_active_contract();
    app.line("77-1", "CLOSED", "50000.00", "49999.99");
    assert_eq!(app.status("c-1").await.brief(), (200, CLOSED));
    let warnings = app.logged("WARN");
    assert_eq!(warnings.len(), 1);
    assert_eq!(warnings[0]["contract_number"], "77-1");
    assert_eq!((&warnings[0]["limit"], &warnings[0]["balance"]), (&"50000.00".into(), &"49999.99".into()));
    assert_eq!(warnings[0]["log_key"], "77-1/2026-01-02");
    assert_eq!(app.counted("limit_balance_mismatch"), 1);
}

#[tokio::test(start_paused = true)]
async fn limit_and_balance_may_be_numbers_and_a_missing_one_is_a_mismatch_that_closes() {
    for (members, mismatches) in [
        (r#","line_limit":1000,"line_balance":"1000.00""#, 0),
        (r#","line_limit":1e3,"line_balance":1000.00"#, 0),
        (r#","line_limit":"1000""#, 1),
        (r#","line_limit":null,"line_balance":null"#, 1),
        (r#","line_limit":[1000],"line_balance":[1000]"#, 1),
        (r#","line_limit":"a lot","line_balance":"a lot""#, 1),
        ("", 1),
    ] {
        let app = with_active_contract();
        let answer = format!(r#"{{"contract_number":"77-1","status":"CLOSED"{members}}}"#);
        app.lender(move || Reply::json(200, answer.clone()));
        assert_eq!(app.status("c-1").await.brief(), (200, CLOSED), "{members}");
        assert_eq!(app.counted("limit_balance_mismatch"), mismatches, "{members}");
    }
}

#[tokio::test(start_paused = true)]
async fn the_status_of_mkk_is_read_without_regard_to_case() {
    let app = with_active_contract();
    app.line("77-1", "cLosed", "1", "1");
    assert_eq!(app.status("c-1").await.brief(), (200, CLOSED));
}

#[tokio::test(start_paused = true)]
async fn an_unknown_status_of_mkk_is_not_closed_and_logged_without_stale() {
    let app = with_active_contract();
    app.line("77-1", "PAUSED", "1", "1");
    assert_eq!(app.status("c-1").await.brief(), (200, ACTIVE));
    let noted = app.logged("INFO");
    assert!(noted.iter().any(|line| line["status"] == "PAUSED" && line["contract_number"] == "77-1"));
}

#[tokio::test(start_paused = true)]
async fn a_contract_that_is_closed_here_is_shown_closed_whatever_mkk_would_say() {
    let app = Instalment::new();
    app.contract("c-1", 1, Some("77-1"), "CLOSED");
    app.line("77-1", "ACTIVE", "1", "1");
    let (got, spent) = app.world.measure(app.status("c-1")).await;
    assert_eq!(got.brief(), (200, CLOSED));
    assert_eq!(app.asked(), 0);
    assert_priced("get-status", "a contract that is closed here", &spent);
}

#[tokio::test(start_paused = true)]
async fn in_the_first_iteration_the_closed_screen_has_no_button() {
    let app = Instalment::new().without_button();
    app.contract("c-1", 1, Some("77-1"), "CLOSED");
    let body = CLOSED.replace("\"closed_screen_button\":true", "\"closed_screen_button\":false");
    assert_eq!(app.status("c-1").await.brief(), (200, body.as_str()));
}

#[tokio::test(start_paused = true)]
async fn states_without_a_line_at_mkk_show_their_screen_without_asking() {
    for (state, number, screen) in [
        ("init", None, "wanted_limit"),
        ("init", Some("77-1"), "wanted_limit"),
        ("cancel", None, "wanted_limit"),
        ("cancel", Some("77-1"), "wanted_limit"),
        ("reject", None, "wanted_limit"),
        ("reject", Some("77-1"), "wanted_limit"),
        ("scoring", None, "wanted_limit"),
        ("active", None, "main_screen"),
    ] {
        let app = Instalment::new();
        app.contract("c-1", 1, number, state);
        let body = format!(r#"{{"screen":"{screen}","contract_closed":false,"state":"{state}"}}"#);
        assert_eq!(app.status("c-1").await.brief(), (200, body.as_str()), "{state} {number:?}");
        assert_eq!(app.asked(), 0, "{state} {number:?}");
        assert_eq!(app.contracts("c-1"), [(state.into(), number.map(str::to_owned))]);
    }
}

#[tokio::test(start_paused = true)]
async fn a_step_of_onboarding_that_has_a_number_is_asked_about_and_closed_like_an_active_line() {
    let app = Instalment::new();
    app.contract("c-1", 1, Some("77-1"), "signing");
    app.line("77-1", "ACTIVE", "1", "1");
    let open = ACTIVE.replace("active", "signing");
    assert_eq!(app.status("c-1").await.brief(), (200, open.as_str()));
    app.line("77-1", "CLOSED", "1", "1");
    assert_eq!(app.status("c-1").await.brief(), (200, CLOSED));
}

#[tokio::test(start_paused = true)]
async fn a_client_without_a_contract_is_denied() {
    let app = Instalment::new();
    app.contract("c-2", 1, Some("77-1"), "active");
    assert_eq!(app.status("c-1").await.brief(), (403, r#"{"error":"access_denied"}"#));
    assert_eq!(app.asked(), 0);
}

#[tokio::test(start_paused = true)]
async fn after_a_renewal_the_new_row_is_shown_and_the_old_number_is_not_asked_about() {
    let app = Instalment::new();
    app.contract("c-1", 1, Some("77-1"), "CLOSED");
    app.contract("c-1", 2, None, "init");
    app.line("77-1", "CLOSED", "1", "1");
    let body = r#"{"screen":"wanted_limit","contract_closed":false,"state":"init"}"#;
    assert_eq!(app.status("c-1").await.brief(), (200, body));
    assert_eq!(app.asked(), 0);
}

#[tokio::test(start_paused = true)]
async fn every_answer_forbids_caching_and_names_the_correlation_id_that_mkk_got_too() {
    let app = with_active_contract();
    app.line("77-1", "ACTIVE", "1", "1");
    let post = suites::gateway::Post::by("c-1", suites::instalment::GET_STATUS);
    let got = app.send(&post.header("x-correlation-id", "trace-7")).await;
    assert_eq!(got.header("cache-control"), Some("no-store"));
    assert_eq!(got.header("content-type"), Some("application/json"));
    assert_eq!(got.header("x-correlation-id"), Some("trace-7"));
    let asked = app.world.received(suites::instalment::MKK);
    assert_eq!(asked[0].headers()["x-correlation-id"], "trace-7");
    assert_eq!(asked[0].uri().path(), "/lines/77-1");
}

#[tokio::test(start_paused = true)]
async fn a_number_of_any_characters_is_one_percent_encoded_segment_of_the_path() {
    for (number, path) in [
        ("a/b?c#d", "/lines/a%2Fb%3Fc%23d"),
        ("..", "/lines/%2E%2E"),
        ("77 %41", "/lines/77%20%2541"),
        ("№ж😀", "/lines/%E2%84%96%D0%B6%F0%9F%98%80"),
        ("\u{0}\n", "/lines/%00%0A"),
    ] {
        let app = Instalment::new();
        app.contract("c-1", 1, Some(number), "active");
        app.line(number, "CLOSED", "1", "1");
        let got = app.status("c-1").await;
        assert_eq!(got.status, 200, "{number:?}");
        assert!(got.body.contains("\"contract_closed\":true"), "{number:?}");
        assert_eq!(app.world.received(suites::instalment::MKK)[0].uri().path(), path);
    }
}

#[tokio::test(start_paused = true)]
async fn one_line_tells_the_request_and_no_line_tells_who_the_client_is() {
    let app = Instalment::new();
    app.contract("client-4471", 1, Some("77-1"), "active");
    app.line("77-1", "ACTIVE", "1", "1");
    app.status("client-4471").await;
    let requests: Vec<_> = app.lines().into_iter().filter(|line| line["message"] == "request").collect();
    assert_eq!(requests.len(), 1);
    let (line, span) = (&requests[0], &requests[0]["span"]);
    assert_eq!((&line["outcome"], &line["status"]), (&"open".into(), &200.into()));
    assert_eq!((&line["read_unit_halves"], &line["write_unit_halves"]), (&2.into(), &0.into()));
    assert!(line["latency_ms"].is_u64());
    assert_eq!((&span["function"], &span["context"]), (&"get-status".into(), &"instalment".into()));
    assert!(span["request_id"].as_str().is_some_and(|id| id.starts_with("request-")));
    assert_eq!(span["correlation_id"], span["request_id"], "the caller sent none");
    assert!(!app.output.text().contains("client-4471"));
}
