//! Parallel visits, and a database that fails (§5.1 steps 8 and 9, §7, §10 case 8).

use futures_util::future::join_all;
use serde_json::json;
use suites::instalment::{CONTRACTS, Instalment};
use world::{Fault, On};

const INTERNAL: (i64, &str) = (500, r#"{"error":"internal"}"#);

fn closed_at_lender() -> Instalment {
    let app = Instalment::new();
    app.contract("c-1", 1, Some("77-1"), "active");
    app.line("77-1", "CLOSED", "1", "1");
    app
}

fn version(app: &Instalment) -> String {
    app.world.items(CONTRACTS)[0]["version"]["N"].as_str().unwrap_or_default().to_owned()
}

#[tokio::test(start_paused = true)]
async fn visits_that_all_see_closed_update_once_and_all_answer_true() {
    let app = closed_at_lender();
    app.world.meet(On::call("TransactWriteItems").to(CONTRACTS), 5);
    let answers = join_all((0..5).map(|_| app.status("c-1"))).await;
    for got in &answers {
        assert_eq!(got.brief(), answers[0].brief());
        assert!(got.body.contains("\"contract_closed\":true"));
    }
    assert_eq!(version(&app), "2", "one update in total");
    assert_eq!(app.counted("closed_by_mkk"), 1);
}

#[tokio::test(start_paused = true)]
async fn a_closing_whose_answer_is_lost_is_known_by_its_stamp_when_the_sdk_repeats_it() {
    let app = closed_at_lender().with_sdk_retries();
    app.world.fail(On::call("TransactWriteItems").to(CONTRACTS), Fault::InternalErrorAfterEffect);
    let got = app.status("c-1").await;
    assert!(got.body.contains("\"contract_closed\":true"), "{}", got.body);
    assert_eq!(version(&app), "2");
    assert_eq!(app.counted("closed_by_mkk"), 1, "the winner stays the winner");
}

#[tokio::test(start_paused = true)]
async fn a_row_that_an_event_moves_while_mkk_is_asked_is_closed_all_the_same() {
    for state in ["cancel", "reject", "signing"] {
        let app = closed_at_lender();
        let world = app.world.clone();
        app.world.before(On::call("TransactWriteItems").to(CONTRACTS), move || async move {
            let mut row = world.items(CONTRACTS)[0].clone();
            row["state"] = json!({"S": state});
            row["version"] = json!({"N": "2"});
            world.put_item(CONTRACTS, &row);
        });
        assert!(app.status("c-1").await.body.contains("\"contract_closed\":true"), "{state}");
        assert_eq!(app.contracts("c-1"), [("CLOSED".into(), Some("77-1".into()))]);
        assert_eq!(version(&app), "3");
    }
}

#[tokio::test(start_paused = true)]
async fn a_closing_can_touch_only_the_row_whose_number_mkk_was_asked_about() {
    let app = closed_at_lender();
    let world = app.world.clone();
    app.world.before(On::call("TransactWriteItems").to(CONTRACTS), move || async move {
        let mut row = world.items(CONTRACTS)[0].clone();
        row["contract_number"] = json!({"S": "77-2"});
        world.put_item(CONTRACTS, &row);
    });
    assert_eq!(app.status("c-1").await.brief(), INTERNAL);
    assert_eq!(app.contracts("c-1"), [("active".into(), Some("77-2".into()))]);
}

#[tokio::test(start_paused = true)]
async fn a_closing_that_another_writer_stands_in_the_way_of_is_tried_again() {
    let app = closed_at_lender();
    app.world.fail(On::call("TransactWriteItems").to(CONTRACTS).times(4), Fault::TransactionConflict);
    assert!(app.status("c-1").await.body.contains("\"contract_closed\":true"));
    assert_eq!((version(&app).as_str(), app.asked()), ("2", 1));

    let app = closed_at_lender();
    app.world.fail(On::call("TransactWriteItems").to(CONTRACTS).always(), Fault::TransactionConflict);
    assert_eq!(app.status("c-1").await.brief(), INTERNAL, "not for ever");
    assert_eq!((version(&app).as_str(), app.counted("internal_error")), ("1", 1));
}

#[tokio::test(start_paused = true)]
async fn an_update_that_fails_promises_nothing_and_the_next_visit_closes() {
    for (fault, times) in
        [(Fault::Throttled, 5), (Fault::InternalError, 1), (Fault::Reset, 1), (Fault::Hang, 1)]
    {
        let app = closed_at_lender();
        app.world.fail(On::call("TransactWriteItems").to(CONTRACTS).times(times), fault);
        assert_eq!(app.status("c-1").await.brief(), INTERNAL, "{fault:?}");
        assert_eq!(version(&app), "1");
        assert_eq!(app.logged("ERROR").len(), 1, "a failure is logged once");
        assert!(app.status("c-1").await.body.contains("\"contract_closed\":true"));
    }
}

#[tokio::test(start_paused = true)]
async fn a_read_that_fails_is_an_internal_error_with_dynamodbs_code_in_the_log() {
    let app = closed_at_lender();
    app.world.fail(On::call("Query").to(CONTRACTS), Fault::InternalError);
    assert_eq!(app.status("c-1").await.brief(), INTERNAL);
    let errors = app.logged("ERROR");
    let failure = errors[0]["failure"].as_str().unwrap_or_default();
    let expected = "Query: Refused: InternalServerError: Internal server error (request id REQUEST";
    assert!(failure.starts_with(expected), "{failure}");
    assert_eq!(app.asked(), 0);
}

#[tokio::test(start_paused = true)]
async fn a_row_of_a_schema_that_is_not_ours_is_an_internal_error_and_stays_as_it_is() {
    let app = closed_at_lender();
    let mut row = app.world.items(CONTRACTS)[0].clone();
    row["schema_version"] = json!({"N": "2"});
    app.world.put_item(CONTRACTS, &row);
    assert_eq!(app.status("c-1").await.brief(), INTERNAL);
    assert_eq!(app.world.items(CONTRACTS), [row]);
}

#[tokio::test(start_paused = true)]
async fn a_time_out_of_the_invocation_is_answered_before_lambda_ends_it() {
    let app = closed_at_lender().with_time_left(std::time::Duration::from_secs(2));
    app.world.fail(On::call("Query").to(CONTRACTS), Fault::Hang);
    assert_eq!(app.status("c-1").await.brief(), INTERNAL);
    assert_eq!(app.logged("WARN")[0]["refusal"], "timed out");
}

#[tokio::test(start_paused = true)]
async fn a_panic_is_counted_and_answered() {
    let app = closed_at_lender();
    app.lender(|| panic!("the lender's answer makes us panic"));
    assert_eq!(app.status("c-1").await.brief(), INTERNAL);
    assert_eq!(app.counted("panic"), 1);
}
