//! What holds of every message about a loan (§10, §11 Internal messages): repeats, late ones, those that come too early, and
//! those about orders that there are not.

use std::time::Duration;

use serde_json::{Value, json};
use suites::loans::{
    AUDIT_RESULT, LOAN_RESULT, Loans, OVERDUE, QUEUES, REPAY_PLAN, REPAY_RESULT, audit, loan_result, overdue,
    plan, repay_plan, repay_result,
};
use suites::marketplace::channels::AES;
use suites::orders::{CALLBACKS, MESSAGES, ORDER};
use world::{Fault, On};

const PAID: [(&str, &str); 3] = [("paid", "0.00"), ("not_due", "0.00"), ("not_due", "0.00")];

/// A message that changes the loan of `ready`.
fn message(queue: &str) -> Value {
    match queue {
        AUDIT_RESULT => audit("refused", None),
        LOAN_RESULT => loan_result(27),
        REPAY_PLAN => repay_plan(),
        OVERDUE => overdue(&plan([("overdue", "5.00"), ("not_due", "0.00"), ("not_due", "0.00")])),
        REPAY_RESULT => repay_result(1, 0, "paid", &plan(PAID)),
        _ => panic!("no queue {queue}"),
    }
}

fn with(mut message: Value, members: &Value) -> Value {
    for (name, value) in members.as_object().unwrap() {
        message[name] = value.clone();
    }
    message
}

/// A loan that stands where the queue's message leads it further.
async fn ready(queue: &str) -> Loans {
    if matches!(queue, OVERDUE | REPAY_RESULT) { Loans::disbursed().await } else { Loans::confirmed().await }
}

#[tokio::test(start_paused = true)]
async fn the_same_message_again_changes_nothing_whatever_it_says_by_now() {
    for queue in QUEUES {
        let app = ready(queue).await;
        app.tell(queue, &message(queue)).await;
        assert_eq!(app.outcome(), "applied", "{queue}");
        let after = (app.shown(), app.messages(), app.events());
        app.tell(queue, &message(queue)).await;
        app.tell(queue, &with(message(queue), &json!({"occurred_at": "2018-08-09T00:00:00Z"}))).await;
        assert_eq!((app.shown(), app.messages(), app.events()), after, "{queue}");
        assert_eq!((app.outcome().as_str(), app.dead_of(queue).len()), ("repeated", 0));
    }
}

#[tokio::test(start_paused = true)]
async fn one_that_is_older_than_what_was_applied_is_kept_in_the_history_alone() {
    for queue in QUEUES {
        let app = ready(queue).await;
        app.tell(queue, &message(queue)).await;
        let after = app.shown();
        let late = json!({"event_id": "e-9", "occurred_at": "2018-08-08T06:59:59Z"});
        for _ in 0..2 {
            app.tell(queue, &with(message(queue), &late)).await;
        }
        assert_eq!(app.shown(), after, "{queue}");
        let kept = app.messages();
        assert!(kept.iter().any(|kept| kept.contains("#e-9 ") && kept.ends_with(": late")), "{kept:?}");
        assert_eq!(app.outcomes()[app.outcomes().len() - 2..], ["late", "repeated"]);
    }
}

#[tokio::test(start_paused = true)]
async fn one_that_says_what_the_loan_shows_already_changes_nothing() {
    for queue in QUEUES {
        let app = ready(queue).await;
        app.tell(queue, &message(queue)).await;
        let after = (app.shown(), app.events());
        for _ in 0..2 {
            app.tell(queue, &with(message(queue), &json!({"event_id": "e-9"}))).await;
        }
        assert_eq!((app.shown(), app.events()), after, "{queue}");
        assert_eq!(app.outcomes()[app.outcomes().len() - 2..], ["unchanged", "repeated"]);
    }
}

#[tokio::test(start_paused = true)]
async fn one_before_the_confirmation_is_forbidden_and_does_not_wait() {
    for queue in QUEUES {
        let app = Loans::new().await;
        app.approve().await;
        for (at, status) in [0, 2, 3, 4, 5, 10, 11, 12, 13].into_iter().enumerate() {
            app.change(ORDER, |row| row["status"] = json!({"N": status.to_string()}));
            let before = app.shown();
            app.tell(queue, &message(queue)).await;
            assert_eq!(
                (app.dead_of(queue), app.shown()),
                (vec!["forbidden".to_owned(); at + 1], before),
                "{queue} {status}"
            );
        }
        assert_eq!((app.counted("core_message_forbidden"), app.loan_messages().len()), (9, 0));
    }
}

#[tokio::test(start_paused = true)]
async fn one_about_an_order_that_is_not_there_waits_for_it_and_then_no_more() {
    for queue in QUEUES {
        let app = Loans::new().await;
        app.tell(queue, &message(queue)).await;
        for minutes in [1, 4, 5, 10, 10] {
            assert_eq!((app.outcome().as_str(), app.dead_of(queue).len()), ("waits", 0), "{queue}");
            app.world.pass(Duration::from_secs(minutes * 60)).await;
            app.take(queue).await;
        }
        assert_eq!(app.dead_of(queue), ["unknown_order"]);
        assert!(app.world.items(MESSAGES).is_empty());
    }
}

#[tokio::test(start_paused = true)]
async fn one_that_waited_is_taken_once_its_order_is_there_and_confirmed() {
    let app = Loans::new().await;
    app.tell(AUDIT_RESULT, &message(AUDIT_RESULT)).await;
    app.confirm().await;
    app.world.pass(Duration::from_mins(1)).await;
    app.take(AUDIT_RESULT).await;
    assert_eq!((app.loan_status(), app.called_back()), (26, vec!["loan 7003".to_owned()]));
}

#[tokio::test(start_paused = true)]
async fn one_that_meets_the_confirmation_itself_finds_the_loan() {
    for queue in [AUDIT_RESULT, LOAN_RESULT, REPAY_PLAN] {
        let app = Loans::new().await;
        app.approve().await;
        let other = app.another().await;
        // The confirmation is written between the two reads.
        app.world.before(On::call("GetItem").to(suites::orders::ORDERS), async move || {
            other.change(ORDER, |row| row["status"] = json!({"N": "1"}));
            other.world.put_item(suites::loans::LOANS, &suites::loans::messages::stored());
        });
        app.tell(queue, &message(queue)).await;
        if app.outcome() != "applied" {
            // Both rows were read at once, and the loan's first.
            assert_eq!(app.dead_of(queue), Vec::<String>::new(), "{queue}");
        }
        assert_eq!(app.outcome(), "applied", "{queue}");
    }
}

#[tokio::test(start_paused = true)]
async fn a_message_names_its_channel_or_is_about_the_default_one() {
    for queue in QUEUES {
        let app = ready(queue).await;
        let before = app.shown();
        app.tell(queue, &with(message(queue), &json!({"channel_id": AES}))).await;
        assert_eq!((app.outcome().as_str(), app.shown()), ("waits", before), "{queue}");
        app.tell(queue, &with(message(queue), &json!({"channel_id": "840", "order_id": 120_522}))).await;
        assert_eq!(app.outcome(), "applied", "{queue}");
    }
}

#[tokio::test(start_paused = true)]
async fn a_body_that_is_no_message_is_a_dead_letter() {
    for queue in QUEUES {
        let app = Loans::confirmed().await;
        for body in [" ", "[]", "{}", "no JSON"] {
            app.world.send(queue, body, &[]);
        }
        app.take(queue).await;
        let mut reasons = app.dead_of(queue);
        reasons.sort();
        assert_eq!(reasons, ["incomplete", "unreadable", "unreadable", "unreadable"], "{queue}");
    }
}

#[tokio::test(start_paused = true)]
async fn a_failure_of_ours_lets_the_message_come_again() {
    for queue in QUEUES {
        for (on, fault) in [
            (On::call("GetItem").to(suites::loans::LOANS), Fault::InternalError),
            (On::call("TransactWriteItems"), Fault::InternalError),
            (On::call("TransactWriteItems"), Fault::ResetAfterEffect),
            (On::call("TransactWriteItems").times(2), Fault::TransactionConflict),
        ] {
            let app = ready(queue).await;
            let callbacks = app.called_back().len();
            app.world.fail(on, fault);
            app.tell(queue, &message(queue)).await;
            app.world.pass(Duration::from_mins(15)).await;
            app.take(queue).await;
            let told = if queue == REPAY_RESULT { 2 } else { 1 };
            assert_eq!(app.called_back().len(), callbacks + told, "{queue} {fault:?}");
            assert_eq!((app.world.messages(queue).len(), app.dead_of(queue).len()), (0, 0));
        }
    }
}

#[tokio::test(start_paused = true)]
async fn a_wake_up_or_an_event_that_is_lost_is_no_failure() {
    for queue in QUEUES {
        let app = ready(queue).await;
        let woken = app.woken().len();
        for call in ["SendMessageBatch", "PutEvents"] {
            app.world.fail(On::call(call).always(), Fault::InternalError);
        }
        app.tell(queue, &message(queue)).await;
        assert_eq!((app.outcome().as_str(), app.woken().len()), ("applied", woken), "{queue}");
        let due = app.world.items(CALLBACKS).into_iter().any(|row| row["due_at"]["S"].is_string());
        assert!(due, "the relay finds it");
    }
}

#[tokio::test(start_paused = true)]
async fn a_row_of_a_version_that_is_not_known_is_neither_read_nor_overwritten() {
    for queue in QUEUES {
        let app = ready(queue).await;
        app.change_loan(|row| row["schema_version"] = json!({"N": "3"}));
        let before = app.shown();
        app.tell(queue, &message(queue)).await;
        assert_eq!((app.shown(), app.dead_of(queue).len()), (before, 0));
        assert_eq!(app.world.messages(queue).len(), 1, "it comes again");
    }
}

#[tokio::test(start_paused = true)]
async fn a_channel_that_is_not_configured_here_keeps_the_message() {
    let app = Loans::disbursed().await;
    let mut row = app.loan().unwrap();
    row["order"] = json!({"S": format!("841#{ORDER}")});
    app.world.put_item(suites::loans::LOANS, &row);
    app.tell(OVERDUE, &with(message(OVERDUE), &json!({"channel_id": "841"}))).await;
    assert_eq!((app.world.messages(OVERDUE).len(), app.dead_of(OVERDUE).len()), (1, 0));
}
