//! What can never be taken (§10; design §3).

use serde_json::{Value, json};
use suites::marketplace::{CUSTOMER_EVENTS, CUSTOMER_EVENTS_DEAD, CUSTOMERS, Marketplace};

use crate::people::customer;

/// Why a body is in the dead-letter queue, unchanged.
async fn reason(body: &str) -> String {
    let app = Marketplace::new().await;
    app.world.send(CUSTOMER_EVENTS, body, &[]);
    app.deliver().await;
    assert_eq!(
        (app.world.items(CUSTOMERS).len(), app.world.messages(CUSTOMER_EVENTS).len()),
        (0, 0),
        "{body}"
    );
    let dead = app.world.messages(CUSTOMER_EVENTS_DEAD);
    assert_eq!((dead.len(), dead[0].body.as_str()), (1, body));
    dead[0].attributes["dead_letter_reason"].string_value.clone().expect("a text")
}

#[tokio::test(start_paused = true)]
async fn each_kind_of_bad_message_goes_there_with_its_reason() {
    for body in ["", "[]", "null", "{", "garbage"] {
        if !body.is_empty() {
            assert_eq!(reason(body).await, "unreadable", "{body}");
        }
    }
    let long = "x".repeat(201);
    for (members, expected) in [
        (json!({"type": "customer_gone"}), "unknown_type"),
        (json!({"type": null}), "incomplete"),
        (json!({"event_id": null}), "incomplete"),
        (json!({"event_id": " "}), "incomplete"),
        (json!({"event_id": 1}), "unreadable"),
        (json!({"event_id": long}), "too_long"),
        (json!({"region": long}), "too_long"),
        (json!({"name": null}), "incomplete"),
        (json!({"name": "张".repeat(129)}), "bad_person"),
        (json!({"cid": "1101011990030712"}), "bad_person"),
        (json!({"cid": "11010119900230123X"}), "bad_person"),
        (json!({"phone": "1380013801"}), "bad_person"),
        (json!({"phone": null}), "incomplete"),
        (json!({"is_customer": null}), "incomplete"),
        (json!({"is_customer": "true"}), "unreadable"),
        (json!({"blacklisted": 1}), "unreadable"),
        (json!({"loan_in_progress": null}), "incomplete"),
        (json!({"birthday": "1990-02-30"}), "bad_date"),
        (json!({"birthday": "07.03.1990"}), "bad_date"),
        (json!({"refused_at": "2018-08-01"}), "bad_date"),
        (json!({"occurred_at": "yesterday"}), "bad_date"),
        (json!({"occurred_at": null}), "incomplete"),
    ] {
        assert_eq!(reason(&customer(&members).to_string()).await, expected, "{members}");
    }
}

#[tokio::test(start_paused = true)]
async fn a_text_of_200_characters_is_none_too_many() {
    let app = Marketplace::new().await;
    app.tell(&[customer(&json!({"event_id": "事".repeat(200), "region": "省".repeat(200)}))]).await;
    assert_eq!(app.world.messages(CUSTOMER_EVENTS_DEAD), Vec::new());
    assert_eq!(app.world.items(CUSTOMERS).len(), 4);
}

#[tokio::test(start_paused = true)]
async fn a_member_that_we_do_not_know_is_no_reason() {
    let app = Marketplace::new().await;
    app.tell(&[customer(&json!({"nickname": "三", "more": {"a": [1]}}))]).await;
    assert_eq!(app.world.messages(CUSTOMER_EVENTS_DEAD), Vec::new());
    let shown: Vec<Value> = app.world.items(CUSTOMERS);
    assert_eq!(shown.len(), 4);
}
