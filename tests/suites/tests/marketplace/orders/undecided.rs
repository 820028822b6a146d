//! What can never be taken of `credit-result` (§10, §11; design §3): the dead-letter queue, unchanged, with its reason.

use proptest::prelude::*;
use serde_json::{Value, json};
use suites::orders::credit::{but, decision};
use suites::orders::{CREDIT_RESULT, CREDIT_RESULT_DEAD, ORDER, Orders};

/// Why a body is in the dead-letter queue; nothing else has changed.
async fn reason(app: &Orders, body: &str) -> String {
    let before = (app.row(ORDER), app.history(ORDER), app.world.messages(CREDIT_RESULT_DEAD).len());
    app.told_text(body).await;
    assert_eq!((app.row(ORDER), app.history(ORDER)), (before.0, before.1), "{body}");
    assert!(app.messages().is_empty() && app.callbacks(ORDER).is_empty() && app.refusals().is_empty());
    let dead = app.world.messages(CREDIT_RESULT_DEAD);
    assert_eq!((dead.len(), app.world.messages(CREDIT_RESULT).len()), (before.2 + 1, 0), "{body}");
    let newest = dead.iter().find(|message| message.body == body).expect("the body, unchanged");
    newest.attributes["dead_letter_reason"].string_value.clone().expect("a text")
}

async fn in_review() -> Orders {
    let app = Orders::new().await;
    app.in_review().await;
    app
}

fn option(members: &Value) -> Value {
    let option = json!({"min": "5000.00", "max": "12000.00", "step": "100.00", "periods": [12]});
    json!({"amount_option": [but(option, members)]})
}

fn limit(members: &Value) -> Value {
    let limit = json!({"max_loan": "12000.00", "min_loan": "5000.00", "max_period": 12, "min_period": 6});
    json!({"amount_limit": but(limit, members)})
}

#[tokio::test(start_paused = true)]
async fn garbage_is_unreadable() {
    let app = in_review().await;
    for body in ["[]", "null", "{", "garbage", "\"{}\"", "[{\"result\":\"refused\"}]"] {
        assert_eq!(reason(&app, body).await, "unreadable", "{body}");
    }
    let deep = format!("{{\"more\":{}{}}}", "[".repeat(200), "]".repeat(200));
    assert_eq!(reason(&app, &deep).await, "unreadable");
}

#[tokio::test(start_paused = true)]
async fn each_kind_of_bad_message_has_its_reason() {
    let app = in_review().await;
    for (members, expected) in [
        (json!({"event_id": null}), "incomplete"),
        (json!({"event_id": " "}), "incomplete"),
        (json!({"event_id": 1}), "unreadable"),
        (json!({"event_id": "x".repeat(201)}), "too_long"),
        (json!({"order_id": null}), "incomplete"),
        (json!({"order_id": "120 522"}), "bad_order"),
        (json!({"order_id": "x".repeat(65)}), "bad_order"),
        (json!({"order_id": -1}), "bad_order"),
        (json!({"order_id": 1.5}), "bad_order"),
        (json!({"order_id": ["120522"]}), "unreadable"),
        (json!({"channel_id": "8#4"}), "bad_order"),
        (json!({"channel_id": 840}), "unreadable"),
        (json!({"occurred_at": null}), "incomplete"),
        (json!({"occurred_at": "2018-08-08"}), "bad_time"),
        (json!({"occurred_at": "yesterday"}), "bad_time"),
        (json!({"occurred_at": 1_533_710_259}), "unreadable"),
        (json!({"result": null}), "incomplete"),
        (json!({"result": "Approved"}), "unknown_result"),
        (json!({"result": "passed"}), "unknown_result"),
        (json!({"result": true}), "unreadable"),
    ] {
        let message = but(decision(ORDER, "refused"), &members);
        assert_eq!(reason(&app, &message.to_string()).await, expected, "{members}");
    }
}

#[tokio::test(start_paused = true)]
async fn an_approval_has_amounts_that_can_be_lent() {
    let app = in_review().await;
    for (members, expected) in [
        (json!({"amount_limit": null}), "incomplete"),
        (json!({"amount_option": null}), "incomplete"),
        (json!({"amount_option": []}), "bad_terms"),
        (json!({"amount_option": {}}), "unreadable"),
        (json!({"amount_option": "[]"}), "unreadable"),
        (json!({"amount_option": [1]}), "unreadable"),
        (json!({"amount_limit": []}), "unreadable"),
        (option(&json!({"min": null})), "incomplete"),
        (option(&json!({"min": 5000.00})), "unreadable"),
        (option(&json!({"min": "five"})), "bad_terms"),
        (option(&json!({"min": "-5000.00"})), "bad_terms"),
        (option(&json!({"min": "0.00"})), "bad_terms"),
        (option(&json!({"min": "12000.01"})), "bad_terms"),
        (option(&json!({"step": "0.001"})), "bad_terms"),
        (option(&json!({"periods": []})), "bad_terms"),
        (option(&json!({"periods": [0]})), "bad_terms"),
        (option(&json!({"periods": [361]})), "bad_terms"),
        (option(&json!({"periods": [12.5]})), "bad_terms"),
        (option(&json!({"periods": ["12"]})), "unreadable"),
        (option(&json!({"periods": 12})), "unreadable"),
        (limit(&json!({"max_loan": null})), "incomplete"),
        (limit(&json!({"max_loan": "4999.99"})), "bad_terms"),
        (limit(&json!({"min_loan": "0.00"})), "bad_terms"),
        (limit(&json!({"min_period": 0})), "bad_terms"),
        (limit(&json!({"min_period": 13})), "bad_terms"),
        (limit(&json!({"max_period": 70_000})), "bad_terms"),
        (limit(&json!({"max_period": "12"})), "unreadable"),
    ] {
        let message = but(decision(ORDER, "approved"), &members);
        assert_eq!(reason(&app, &message.to_string()).await, expected, "{members}");
    }
    let refused = but(decision(ORDER, "refused"), &json!({"amount_option": "whatever"}));
    app.told(&refused).await;
    assert_eq!(app.status(ORDER), Some(4), "a refusal's amounts are for nobody");
}

#[tokio::test(start_paused = true)]
async fn an_event_s_id_of_200_characters_is_none_too_many() {
    let app = in_review().await;
    app.told(&but(decision(ORDER, "approved"), &json!({"event_id": "事".repeat(200)}))).await;
    assert_eq!((app.status(ORDER), app.dead_reasons().len()), (Some(12), 0));
}

#[tokio::test(start_paused = true)]
async fn a_member_that_we_do_not_know_is_no_reason() {
    let app = in_review().await;
    app.told(&but(decision(ORDER, "approved"), &json!({"score": 712, "more": {"a": [1.5]}}))).await;
    assert_eq!((app.status(ORDER), app.dead_reasons().len()), (Some(12), 0));
}

#[tokio::test(start_paused = true)]
async fn one_bad_message_of_a_batch_holds_no_other_up() {
    let app = in_review().await;
    app.world.send(CREDIT_RESULT, "garbage", &[]);
    app.world.send(CREDIT_RESULT, &decision("1", "refused").to_string(), &[]);
    app.told(&decision(ORDER, "approved")).await;
    assert_eq!(
        (app.status(ORDER), app.outcomes()),
        (Some(12), ["dead_lettered", "waits", "applied"].map(String::from).to_vec())
    );
}

proptest! {
    #[test]
    fn whatever_comes_is_read_or_refused(text in "\\PC{0,60}", id in "\\PC{0,20}", result in "[a-z]{0,9}") {
        let default = domain::marketplace::ChannelId::of_integer(840);
        let _ = marketplace::credit_result::read(&text, &default);
        let message = json!({
            "event_id": id, "order_id": id, "channel_id": text, "occurred_at": text, "result": result,
            "amount_limit": {"max_loan": text}, "amount_option": [{"min": id, "periods": [id]}],
        });
        let _ = marketplace::credit_result::read(&message.to_string(), &default);
    }
}
