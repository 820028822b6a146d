//! confirmLoan (1.7): what an order must be, what may be confirmed, and what waits for an account.

use std::time::Duration;

use futures_util::join;
use serde_json::{Value, json};
use suites::confirmations::{Confirmations, LOANS, LOGS, XW, XwSays, bind, confirm};
use suites::marketplace::channels::{AES, PLAIN};
use suites::orders::credit::but;
use suites::orders::{CORE_COMMANDS, HISTORY, ORDER, UID};
use world::{Fault, On};

const ACCEPTED: &str = r#"{"status":4001,"remark":"accepted"}"#;
const WAITS: &str = r#"{"status":4001,"url":"https://xw.test/open?uid=12394129&back=https%3A%2F%2Fplatform%2Etest%2Fconfirmed","remark":"请开通存管账户"}"#;

/// An approved order of a user with an account.
async fn with_account() -> Confirmations {
    let app = Confirmations::approved().await;
    app.partners.opens(UID);
    app
}

fn is_confirmed_once(app: &Confirmations) {
    assert_eq!((app.status(ORDER), app.loans().len()), (Some(1), 1));
    assert_eq!(app.commands_of("loan_application").len(), 1);
    let steps = app.history(ORDER);
    assert_eq!(steps.iter().filter(|step| step.starts_with("12>1 ")).count(), 1, "{steps:?}");
}

#[tokio::test(start_paused = true)]
async fn with_an_account_the_loan_is_made_and_the_core_is_told_at_once() {
    let app = with_account().await;
    assert_eq!(app.confirm(&confirm()).await.response, ACCEPTED);
    is_confirmed_once(&app);
    assert_eq!(app.history(ORDER).pop().unwrap(), "12>1 confirm-loan: loan confirmed");
    let loan = &app.loans()[0];
    let shown = ["loan_amount", "borrow_no", "uid"].map(|name| loan[name]["S"].clone());
    assert_eq!(shown[0], "12000.00");
    assert_eq!((&loan["status"]["N"], &loan["version"]), (&json!("0"), &app.row(ORDER).unwrap()["version"]));
    let sent = app.world.messages(CORE_COMMANDS);
    let body = &sent.last().unwrap().body;
    let expected = format!(
        r#"","type":"loan_application","channel_id":"840","order_id":"120522","borrow_no":{},"loan_amount":"12000.00","period":12,"period_unit":2,"card":null}}"#,
        shown[1]
    );
    assert!(body.ends_with(&expected), "{body}");
    assert!(app.world.items(LOGS).is_empty() && app.register(ORDER).is_none(), "nothing waits");
    assert!(app.world.items(suites::host::OUTBOX).is_empty(), "what was sent is deleted");
}

#[tokio::test(start_paused = true)]
async fn a_repeat_is_answered_the_same_whatever_its_amounts() {
    let app = with_account().await;
    app.confirm(&confirm()).await;
    let (row, asked) = (app.row(ORDER), app.world.received(XW).len());
    let other = json!({"loanAmount": 99_999_999, "loanPeriod": 99});
    let without = json!({"loanAmount": null, "loanPeriod": null});
    let malformed = json!({"loanAmount": "1,200.0001", "loanPeriod": -1, "periodUnit": [2]});
    for repeat in [confirm(), but(confirm(), &other), but(confirm(), &without), but(confirm(), &malformed)] {
        assert_eq!(app.confirm(&repeat).await.response, ACCEPTED);
    }
    is_confirmed_once(&app);
    assert_eq!((app.row(ORDER), app.world.received(XW).len()), (row, asked), "nothing was asked or written");
}

#[tokio::test(start_paused = true)]
async fn only_an_approved_order_is_confirmed() {
    for status in ["0", "2", "3", "4", "5", "10", "11", "13"] {
        let app = with_account().await;
        app.change(ORDER, |row| row["status"] = json!({"N": status}));
        let before = app.row(ORDER);
        for asked in [confirm(), but(confirm(), &json!({"loanAmount": "much"}))] {
            assert_eq!(app.confirm(&asked).await.response, r#"{"status":4003,"remark":"拒贷"}"#, "{status}");
        }
        assert_eq!((app.row(ORDER), app.loans().len(), app.world.received(XW).len()), (before, 0, 0));
    }
}

#[tokio::test(start_paused = true)]
async fn what_was_not_approved_is_not_confirmed() {
    let app = with_account().await;
    for (other, problem) in [
        (json!({"loanAmount": 12_100}), "terms: amount out of range"),
        (json!({"loanAmount": 4_900}), "terms: amount out of range"),
        (json!({"loanAmount": "5050.00"}), "terms: amount between two steps"),
        (json!({"loanPeriod": 9}), "terms: no such period"),
        (json!({"periodUnit": 1}), "terms: no such period unit"),
        (json!({"loanAmount": null}), "loanAmount: missing"),
        (json!({"loanPeriod": null}), "loanPeriod: missing"),
        (json!({"loanAmount": 5000.001}), "loanAmount: more than two decimals"),
        (json!({"loanAmount": -5000}), "loanAmount: negative"),
        (json!({"loanPeriod": 12.5}), "loanPeriod: not a whole number"),
        (json!({"periodUnit": 4}), "periodUnit: no unit that is known"),
        (json!({"successUrl": "javascript:alert(1)"}), "successUrl: no address of a page"),
        (json!({"failedUrl": "/relative"}), "failedUrl: no address of a page"),
        (json!({"failedUrl": "http://platform.test/"}), "failedUrl: no address of a page"),
        (json!({"orderId": null}), "orderId: missing, or of a wrong kind"),
        (json!({"orderId": "120523"}), "orderId: unknown order"),
    ] {
        let got = app.confirm(&but(confirm(), &other)).await;
        assert_eq!((got.code, got.message.as_str()), (10_002, problem), "{other}");
    }
    assert_eq!(app.call("confirmLoan", AES, &confirm()).await.message, "orderId: unknown order");
    assert_eq!(
        (app.status(ORDER), app.world.items(LOGS).len(), app.world.received(XW).len()),
        (Some(12), 0, 0)
    );
    assert_eq!(app.confirm(&but(confirm(), &json!({"loanPeriod": "6"}))).await.response, ACCEPTED);
    assert_eq!(app.loans()[0]["period"]["N"], "6");
}

/// The address of a page, of so many bytes.
fn page_of(bytes: usize) -> String {
    format!("{:x<bytes$}", "https://platform.test/")
}

#[tokio::test(start_paused = true)]
async fn a_page_s_address_has_2048_bytes_at_most_and_platform_64_characters() {
    let app = Confirmations::approved().await;
    for (other, problem) in [
        (json!({"successUrl": page_of(2_049)}), "successUrl: no address of a page"),
        (json!({"failedUrl": page_of(2_049)}), "failedUrl: no address of a page"),
        (json!({"platform": "端".repeat(65)}), "platform: too long"),
    ] {
        let got = app.confirm(&but(confirm(), &other)).await;
        assert_eq!((got.code, got.message.as_str()), (10_002, problem));
    }
    let (longest, platform) = (page_of(2_048), "端".repeat(64));
    let members = json!({"successUrl": longest, "failedUrl": longest, "platform": platform});
    assert_eq!(app.confirm(&but(confirm(), &members)).await.status(), 4001);
    let log = app.log(ORDER).unwrap();
    let kept = ["success_url", "failed_url", "platform"].map(|name| log[name]["S"].as_str().unwrap());
    assert_eq!(kept, [&longest, &longest, &platform]);
}

#[tokio::test(start_paused = true)]
async fn a_page_is_on_a_host_that_the_channel_has() {
    let hosts = json!({"url_hosts": ["photos.test"], "page_hosts": ["Platform.test"]});
    let app = with_account().await.configured(&hosts).await;
    for url in ["https://elsewhere.test/", "http://platform.test/", "https://platform.test.evil.test/"] {
        let got = app.confirm(&but(confirm(), &json!({"successUrl": url}))).await;
        assert_eq!(got.message, "successUrl: no address of a page", "{url}");
    }
    assert_eq!(app.confirm(&confirm()).await.response, ACCEPTED);
}

#[tokio::test(start_paused = true)]
async fn without_an_account_the_first_confirmation_waits_and_the_user_gets_the_page() {
    let app = Confirmations::approved().await;
    assert_eq!(app.confirm(&confirm()).await.response, WAITS);
    let (log, register) = (app.log(ORDER), app.register_row(ORDER));
    let first = log.clone().unwrap();
    let shown = ["loan_amount", "success_url", "failed_url", "platform", "uid"].map(|name| &first[name]["S"]);
    assert_eq!(
        shown,
        ["12000.00", "https://platform.test/confirmed", "https://platform.test/failed", "ios", UID]
    );
    assert_eq!(register.as_ref().unwrap()["due_at"]["S"], "2018-08-08T07:37:39.153000000Z");
    app.world.pass(Duration::from_mins(30)).await;
    let other = but(confirm(), &json!({"loanAmount": 6000}));
    assert_eq!(app.confirm(&other).await.response, WAITS);
    assert_eq!((app.log(ORDER), app.register_row(ORDER)), (log, register), "the first stays");
    assert_eq!((app.status(ORDER), app.loans().len()), (Some(12), 0));
    assert!(app.commands_of("loan_application").is_empty());
    app.partners.opens(UID);
    assert_eq!(app.confirm(&other).await.response, ACCEPTED);
    is_confirmed_once(&app);
    assert_eq!(app.loans()[0]["loan_amount"]["S"], "12000.00");
    assert!(app.log(ORDER).unwrap()["completed_at"]["S"].is_string());
    assert_eq!(app.register(ORDER).as_deref(), Some("open"));
}

#[tokio::test(start_paused = true)]
async fn a_page_that_is_given_while_another_call_confirms_is_noted_within_the_hour_and_changes_nothing() {
    let app = Confirmations::approved().await;
    let other = app.another().await;
    // Between the depository's «none» and what is written of it the account is opened, and another call confirms.
    app.world.before(On::call("TransactWriteItems"), async move || {
        other.partners.opens(UID);
        assert_eq!(other.confirm(&confirm()).await.response, ACCEPTED);
    });
    assert_eq!(app.confirm(&but(confirm(), &json!({"loanAmount": 6000}))).await.response, WAITS);
    is_confirmed_once(&app);
    assert_eq!(
        app.register(ORDER).as_deref(),
        Some("waiting"),
        "it stands beside an order that is confirmed"
    );
    let (row, loan) = (app.row(ORDER), app.loans());
    assert_eq!(app.confirm(&confirm()).await.response, ACCEPTED);
    app.world.pass(Duration::from_mins(61)).await;
    app.check().await.unwrap();
    assert_eq!(app.register(ORDER).as_deref(), Some("open"));
    app.tell(&suites::confirmations::event("open")).await;
    is_confirmed_once(&app);
    assert_eq!((app.row(ORDER), app.loans(), app.dead_events().len()), (row, loan, 0));
}

#[tokio::test(start_paused = true)]
async fn without_a_page_to_come_back_to_there_is_none() {
    let app = Confirmations::approved().await;
    let got =
        app.confirm(&but(confirm(), &json!({"successUrl": null, "failedUrl": "", "platform": null}))).await;
    assert_eq!(got.said()["url"], "https://xw.test/open?uid=12394129");
}

#[tokio::test(start_paused = true)]
async fn after_a_page_came_to_nothing_another_confirmation_takes_the_place_of_the_first() {
    for came_to in ["timed_out", "failed"] {
        let app = Confirmations::approved().await;
        app.confirm(&confirm()).await;
        app.world.pass(Duration::from_mins(70)).await;
        if came_to == "failed" {
            let at = json!({"occurred_at": "2018-08-08T07:00:00Z"});
            app.tell(&but(suites::confirmations::event("failed"), &at)).await;
        } else {
            app.check().await.unwrap();
        }
        assert_eq!(app.register(ORDER).as_deref(), Some(came_to));
        let other = but(confirm(), &json!({"loanAmount": 6000}));
        assert_eq!(app.confirm(&other).await.response, WAITS);
        let register = app.register_row(ORDER).unwrap();
        assert_eq!(
            (&register["state"]["S"], &register["due_at"]["S"]),
            (&json!("waiting"), &json!("2018-08-08T08:47:39.153000000Z")),
            "the hour begins anew"
        );
        assert_eq!(app.log(ORDER).unwrap()["loan_amount"]["S"], "6000.00");
        app.partners.opens(UID);
        app.confirm(&confirm()).await;
        is_confirmed_once(&app);
        assert_eq!(app.loans()[0]["loan_amount"]["S"], "6000.00");
    }
}

#[tokio::test(start_paused = true)]
async fn who_has_an_account_after_a_time_out_gets_what_they_confirm_then() {
    let app = Confirmations::approved().await;
    app.confirm(&confirm()).await;
    app.world.pass(Duration::from_mins(70)).await;
    app.check().await.unwrap();
    app.partners.opens(UID);
    let other = but(confirm(), &json!({"loanAmount": 6000}));
    assert_eq!(app.confirm(&other).await.response, ACCEPTED);
    is_confirmed_once(&app);
    assert_eq!(app.loans()[0]["loan_amount"]["S"], "6000.00");
    assert_eq!(app.log(ORDER).unwrap()["loan_amount"]["S"], "6000.00", "the log says what was confirmed");
}

#[tokio::test(start_paused = true)]
async fn a_page_that_the_card_led_to_has_no_confirmation_yet() {
    let app = Confirmations::approved().await;
    assert_eq!(app.bind(&bind()).await.status(), 3004);
    let started = app.register_row(ORDER).unwrap()["started_at"].clone();
    app.world.pass(Duration::from_mins(5)).await;
    assert_eq!(app.confirm(&confirm()).await.response, WAITS);
    assert_eq!(app.register_row(ORDER).unwrap()["started_at"], started, "its hour goes on");
    assert_eq!(app.log(ORDER).unwrap()["loan_amount"]["S"], "12000.00");
}

#[tokio::test(start_paused = true)]
async fn who_may_not_borrow_any_more_is_refused_at_the_confirmation() {
    for (facts, rule, remark) in [
        (json!({"is_customer": {"BOOL": true}}), "old_user", "仅限新用户"),
        (json!({"birthday": {"S": "2000-01-01"}}), "age", "年龄不符"),
        (json!({"blacklisted": {"BOOL": true}}), "blacklist", "资质不符"),
        (json!({"loan_in_progress": {"BOOL": true}}), "loan_in_progress", "有未结清的借款"),
        (
            json!({"refused_at": {"S": "2018-07-20T00:00:00.000000000Z"}}),
            "recently_refused",
            "近期申请未通过",
        ),
    ] {
        let app = with_account().await;
        app.knows("id_number_digest", &facts);
        let before = app.row(ORDER);
        let got = app.confirm(&confirm()).await;
        assert_eq!(got.response, format!(r#"{{"status":4003,"remark":"{remark}"}}"#), "{rule}");
        assert_eq!((app.row(ORDER), app.loans().len()), (before, 0));
        assert_eq!(app.counted("confirmation_refused"), 1);
        app.knows("id_number_digest", &json!({}));
        assert_eq!(app.confirm(&confirm()).await.response, ACCEPTED);
    }
}

#[tokio::test(start_paused = true)]
async fn a_depository_that_does_not_say_is_an_internal_error_and_nothing_is_written() {
    for says in [XwSays::Fails, XwSays::NotFound, XwSays::Garbage, XwSays::Breaks, XwSays::Hangs] {
        let app = with_account().await;
        app.partners.xw_says(says);
        let before = app.row(ORDER);
        let got = app.confirm(&confirm()).await;
        assert_eq!((got.code, got.message.as_str()), (10_001, "internal error"), "{says:?}");
        assert_eq!((app.row(ORDER), app.log(ORDER), app.register(ORDER)), (before, None, None));
        assert_eq!(app.world.received(XW).len(), if says == XwSays::Breaks { 2 } else { 1 });
        assert_eq!(app.counted("xw_failed"), 1);
        app.partners.xw_says(XwSays::Truth);
        assert_eq!(app.confirm(&confirm()).await.response, ACCEPTED, "{says:?}");
    }
}

#[tokio::test(start_paused = true)]
async fn an_account_that_is_known_is_not_asked_for() {
    let app = Confirmations::approved().await;
    app.knows("id_number_digest", &json!({"blacklisted": {"BOOL": true}}));
    app.confirm(&confirm()).await;
    app.tell(&suites::confirmations::event("open")).await;
    assert_eq!((app.register(ORDER).as_deref(), app.status(ORDER)), (Some("open"), Some(12)));
    app.knows("id_number_digest", &json!({}));
    let asked = app.world.received(XW).len();
    let other = but(confirm(), &json!({"loanAmount": 6000}));
    assert_eq!(app.confirm(&other).await.response, ACCEPTED);
    assert_eq!(
        (app.world.received(XW).len(), &app.loans()[0]["loan_amount"]["S"]),
        (asked, &json!("6000.00"))
    );
}

#[tokio::test(start_paused = true)]
async fn the_card_that_is_bound_goes_with_the_application() {
    let app = with_account().await;
    assert_eq!(app.bind(&bind()).await.status(), 3001);
    app.confirm(&confirm()).await;
    let card = json!({"bank_code": "GDB", "card_last4": "4567", "card_ref": "card-1"});
    assert_eq!(app.commands_of("loan_application")[0]["card"], card);
    let stored = &app.loans()[0]["card"]["M"];
    assert_eq!((&stored["bank_code"]["S"], &stored["card_ref"]["S"]), (&json!("GDB"), &json!("card-1")));
}

#[tokio::test(start_paused = true)]
async fn orders_of_two_channels_with_one_number_are_two_loans() {
    let app = with_account().await;
    app.approve(AES, ORDER).await;
    for channel in [PLAIN, AES] {
        assert_eq!(app.call("confirmLoan", channel, &confirm()).await.response, ACCEPTED);
    }
    let numbers: Vec<Value> = app.loans().iter().map(|loan| loan["borrow_no"]["S"].clone()).collect();
    assert!(numbers.len() == 2 && numbers[0] != numbers[1]);
    let ids: Vec<Value> =
        app.commands_of("loan_application").iter().map(|command| command["command_id"].clone()).collect();
    assert!(ids.len() == 2 && ids[0] != ids[1]);
}

#[tokio::test(start_paused = true)]
async fn two_confirmations_at_once_make_one_loan_and_are_both_accepted() {
    let app = with_account().await;
    let other = app.another().await;
    app.world.meet(On::call("TransactWriteItems"), 2);
    let (body, changed) = (confirm(), but(confirm(), &json!({"loanAmount": 6000})));
    let (one, two) = join!(app.confirm(&body), other.confirm(&changed));
    assert_eq!((one.response.as_str(), two.response.as_str()), (ACCEPTED, ACCEPTED));
    is_confirmed_once(&app);
}

#[tokio::test(start_paused = true)]
async fn two_confirmations_at_once_wait_as_one() {
    let app = Confirmations::approved().await;
    let other = app.another().await;
    app.world.meet(On::call("TransactWriteItems"), 2);
    let (body, changed) = (confirm(), but(confirm(), &json!({"loanAmount": 6000})));
    let (one, two) = join!(app.confirm(&body), other.confirm(&changed));
    assert_eq!((one.response.as_str(), two.response.as_str()), (WAITS, WAITS));
    assert_eq!((app.world.items(LOGS).len(), app.register(ORDER).as_deref()), (1, Some("waiting")));
}

#[tokio::test(start_paused = true)]
async fn contention_and_lost_answers_are_no_second_loan() {
    for (fault, times) in [
        (Fault::TransactionConflict, 3),
        (Fault::InternalErrorAfterEffect, 1),
        (Fault::ResetAfterEffect, 1),
        (Fault::HangAfterEffect, 1),
    ] {
        let app = with_account().await.with_sdk_retries().await;
        app.world.fail(On::call("TransactWriteItems").times(times), fault);
        assert_eq!(app.confirm(&confirm()).await.response, ACCEPTED, "{fault:?}");
        is_confirmed_once(&app);
    }
    let app = with_account().await;
    app.world.fail(On::call("TransactWriteItems").always(), Fault::TransactionConflict);
    assert_eq!(app.confirm(&confirm()).await.code, 10_001, "not for ever");
    assert_eq!((app.world.items(LOANS).len(), app.world.items(HISTORY).len()), (0, 6));
}

#[tokio::test(start_paused = true)]
async fn what_the_queue_does_not_take_the_relay_sends_with_the_same_id() {
    let app = with_account().await;
    app.world.fail(On::call("SendMessageBatch"), Fault::ResetAfterEffect);
    assert_eq!(app.confirm(&confirm()).await.response, ACCEPTED);
    app.relay().await.unwrap();
    let commands = app.commands_of("loan_application");
    assert_eq!((commands.len(), &commands[0]["command_id"]), (2, &commands[1]["command_id"]));
}
