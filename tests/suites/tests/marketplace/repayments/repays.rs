//! repay (1.11, item 22; §11 Repayment).

use serde_json::json;
use suites::host::OUTBOX;
use suites::marketplace::channels::{AES, PLAIN};
use suites::orders::bodies::push;
use suites::orders::{CORE_COMMANDS, ORDER};
use suites::repayments::{LOANS, REPAY_RESULT_DEAD, Repayments, attempts, debited, loan, planned};

const ACCEPTED: &str = r#"{"status":5001,"remark":"还款申请已受理"}"#;
const IN_PROGRESS: &str = r#"{"status":5003,"remark":"还款处理中"}"#;
const NO_PLAN: &str = r#"{"status":5003,"remark":"暂无还款计划"}"#;
const UNKNOWN_PERIOD: &str = r#"{"status":5003,"remark":"期数不存在"}"#;
const ALREADY_PAID: &str = r#"{"status":5003,"remark":"已还清"}"#;
const COMMAND: &str = concat!(
    r#"{"command_id":"306275260a2031d0817d054b7b5a2cbc","type":"repayment","channel_id":"840","#,
    r#""order_id":"120522","borrow_no":"B0123456789abcdef0123","period":2,"attempt_no":1}"#
);

#[tokio::test(start_paused = true)]
async fn a_wish_is_taken_and_the_core_is_told_once_however_often_it_is_repeated() {
    let app = Repayments::of(&planned()).await;
    let before = app.loan().unwrap();
    for _ in 0..3 {
        let answer = app.repay(2).await;
        assert_eq!((answer.code, answer.response.as_str()), (0, ACCEPTED));
    }
    let commands = app.world.messages(CORE_COMMANDS);
    assert_eq!(commands.iter().map(|command| command.body.as_str()).collect::<Vec<_>>(), [COMMAND]);
    assert!(app.world.items(OUTBOX).is_empty());
    let after = app.loan().unwrap();
    assert_eq!(
        after["attempts"],
        json!({"M": {"2": {"M": {"closed": {"L": []}, "is_open": {"BOOL": true}}}}})
    );
    assert_eq!((after["version"]["N"].as_str(), &after["plan"]), (Some("8"), &before["plan"]));
    assert_eq!(app.history(ORDER).last().unwrap(), "->- repay: repayment of 2 asked for, attempt 1");
    assert!(app.callbacks(ORDER).is_empty(), "only its result is called back");
}

#[tokio::test(start_paused = true)]
async fn what_cannot_be_repaid_is_5003_with_the_reason_and_changes_nothing() {
    let app = Repayments::new().await;
    assert_eq!(app.repay(1).await.response, NO_PLAN, "not confirmed");
    app.lend(&loan(20));
    assert_eq!(app.repay(1).await.response, NO_PLAN, "not disbursed");
    app.lend(&planned());
    assert_eq!(app.repay(4).await.response, UNKNOWN_PERIOD);
    assert_eq!(app.repay(1).await.response, ALREADY_PAID);
    assert_eq!(app.loan(), Some(planned()));
    app.change_loan(|row| {
        let paid = row["plan"]["L"][0].clone();
        row["plan"]["L"] = json!([paid]);
    });
    assert_eq!(app.repay(-1).await.response, ALREADY_PAID, "all of it");
    assert!(app.commands().is_empty());
}

#[tokio::test(start_paused = true)]
async fn an_attempt_for_everything_excludes_every_period_and_the_reverse() {
    for (first, second) in [(-1, 2), (-1, 3), (2, -1), (3, -1)] {
        let app = Repayments::of(&planned()).await;
        assert_eq!(app.repay(first).await.response, ACCEPTED);
        assert_eq!(app.repay(second).await.response, IN_PROGRESS, "{first} {second}");
        assert_eq!(app.repay(first).await.response, ACCEPTED, "a repeat");
        assert_eq!(app.commanded(), [format!("{first} attempt 1")]);
    }
    let app = Repayments::of(&planned()).await;
    assert_eq!((app.repay(2).await.status(), app.repay(3).await.status()), (5001, 5001));
    assert_eq!(app.commanded(), ["2 attempt 1", "3 attempt 1"]);
}

#[tokio::test(start_paused = true)]
async fn after_a_result_the_next_wish_is_the_next_attempt_of_its_period() {
    let app = Repayments::of(&planned()).await;
    app.change_loan(|row| row["attempts"] = attempts(2, &["failed", "partly_paid"], false));
    assert_eq!((app.repay(2).await.status(), app.repay(3).await.status()), (5001, 5001));
    assert_eq!(app.commanded(), ["2 attempt 3", "3 attempt 1"]);
}

#[tokio::test(start_paused = true)]
async fn a_wish_its_result_and_what_is_asked_between() {
    let app = Repayments::of(&planned()).await;
    let standing = async || app.ask_of("queryRepayResult", 2).await.status();
    assert_eq!((app.repay(2).await.status(), standing().await), (5001, 8002));
    app.result(&debited(1, "failed")).await;
    assert_eq!(standing().await, 8003);
    assert_eq!((app.repay(2).await.status(), standing().await), (5001, 8002));
    app.result(&debited(2, "paid")).await;
    assert_eq!(standing().await, 8001);
    assert_eq!(app.ask_of("repayTrial", 2).await.said()["repayAmount"].to_string(), "0.0");
    assert_eq!((app.repay(2).await.response.as_str(), app.outcomes().len()), (ALREADY_PAID, 2));
    assert_eq!(app.commanded(), ["2 attempt 1", "2 attempt 2"]);
    let kinds: Vec<_> = app.callbacks(ORDER).into_iter().map(|(kind, _)| kind).collect();
    assert_eq!(kinds, ["repay", "repay", "plan"]);
}

#[tokio::test(start_paused = true)]
async fn a_wish_must_name_an_order_of_the_channel_and_a_period() {
    let app = Repayments::of(&planned()).await;
    for (channel, text, problem) in [
        (PLAIN, json!({"orderId": "120523", "period": 2}), "orderId: unknown order"),
        (AES, json!({"orderId": ORDER, "period": 2}), "orderId: unknown order"),
        (PLAIN, json!({"orderId": ORDER}), "period: missing"),
        (PLAIN, json!({"orderId": ORDER, "period": 1.5}), "period: neither -1 nor a whole number from 1"),
        (PLAIN, json!({"orderId": ORDER, "period": "x"}), "period: neither -1 nor a whole number from 1"),
        (PLAIN, json!({"orderId": ORDER, "period": ""}), "period: neither -1 nor a whole number from 1"),
        (PLAIN, json!({"orderId": "120523", "period": 0}), "orderId: unknown order"),
        (PLAIN, json!({"period": 2}), "orderId: missing, or of a wrong kind"),
    ] {
        let answer = app.call("repay", channel, &text.to_string()).await;
        assert_eq!((answer.code, answer.message.as_str()), (10_002, problem), "{text}");
    }
    assert_eq!((app.loan(), app.commands().len()), (Some(planned()), 0));
}

#[tokio::test(start_paused = true)]
async fn a_period_that_no_plan_can_have_is_an_unknown_one() {
    let app = Repayments::of(&planned()).await;
    for period in ["0", "-0", "-2", "65536", "99999999999999999999", r#""0""#, r#""-2""#] {
        let text = format!(r#"{{"orderId":"{ORDER}","period":{period}}}"#);
        assert_eq!(app.call("repay", PLAIN, &text).await.response, UNKNOWN_PERIOD, "{period}");
    }
    assert_eq!((app.loan(), app.commands().len()), (Some(planned()), 0));
    app.lend(&loan(20));
    assert_eq!(app.repay(0).await.response, NO_PLAN);
}

#[tokio::test(start_paused = true)]
async fn of_a_period_that_is_tried_again_and_again_the_last_attempts_are_kept_and_how_many_there_were() {
    let app = Repayments::of(&planned()).await;
    for attempt_no in 1..=20 {
        assert_eq!(app.repay(2).await.response, ACCEPTED);
        app.result(&debited(attempt_no, "failed")).await;
        assert_eq!(app.ask_of("queryRepayResult", 2).await.status(), 8003, "{attempt_no}");
    }
    let row = app.loan().unwrap();
    let of = &row["attempts"]["M"]["2"]["M"];
    assert_eq!((&of["closed_before"], &of["last"]), (&json!({"N": "12"}), &json!({"S": "failed"})));
    assert_eq!(of["closed"]["L"], json!(vec![json!({"S": "failed"}); 8]));
    // A release that takes every attempt for kept would give a number out again.
    assert_eq!(row["schema_version"]["N"], "2");
    app.repay(2).await;
    let numbers: Vec<_> = (1..=21).map(|attempt_no| format!("2 attempt {attempt_no}")).collect();
    assert_eq!(app.commanded(), numbers);
    // A repeat is known by its id, however old it is; news of an attempt that nobody remembers are not taken.
    let before = app.loan();
    app.result(&debited(1, "failed")).await;
    assert_eq!((app.loan(), app.world.messages(REPAY_RESULT_DEAD).len()), (before.clone(), 0));
    app.result(&debited(1, "paid")).await;
    assert_eq!((app.loan(), app.world.messages(REPAY_RESULT_DEAD).len()), (before, 1));
}

#[tokio::test(start_paused = true)]
async fn the_channel_has_the_words_and_may_be_switched_off() {
    let app = Repayments::of(&planned()).await;
    let app = app.configured(&json!({"messages": {"repay_unknown_period": "没有这一期"}})).await;
    assert_eq!(app.repay(4).await.response, r#"{"status":5003,"remark":"没有这一期"}"#);
    let app = app.configured(&json!({"disabled": true})).await;
    let answer = app.repay(2).await;
    assert_eq!((answer.code, answer.message.as_str()), (10_001, "busy"));
    assert_eq!((app.loan(), app.commands().len()), (Some(planned()), 0));
}

#[tokio::test(start_paused = true)]
async fn in_a_channel_of_its_own_cipher_a_loan_is_that_channels() {
    let app = Repayments::of(&planned()).await;
    app.push_in(AES, &push()).await;
    let mut other = planned();
    other["order"] = json!({"S": format!("{AES}#{ORDER}")});
    app.world.put_item(LOANS, &other);
    let wish = json!({"orderId": ORDER, "period": 3, "outTradeNo": "T-1"}).to_string();
    assert_eq!(app.call("repay", AES, &wish).await.response, ACCEPTED);
    assert_eq!(app.call("getRepayPlan", AES, &wish).await.said()["bankCode"], "CGB");
    assert_eq!(app.loan(), Some(planned()), "the other channel's");
    assert_eq!(app.commands()[0]["channel_id"], AES);
}
