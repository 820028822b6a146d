//! A card's number is told to the bank, and stands nowhere else (§10, Card binding; design §4, §8).

use std::time::Duration;

use serde_json::{Value, json};
use suites::confirmations::{
    Banks, CARD_NUMBER, CONFIRMATION_TABLES, Confirmations, XwSays, bind, confirm, event,
};
use suites::host::OUTBOX;
use suites::orders::bodies::PERSONAL;
use suites::orders::credit::but;
use suites::orders::{CORE_COMMANDS, CUSTOMERS, UID};
use world::{Fault, On};

/// Bindings that succeed, fail, are malformed, and meet every failure of ours.
async fn lived_through(app: &Confirmations) -> String {
    let mut answers = Vec::new();
    let mut bound = async |business: &Value| answers.push(app.bind(business).await);
    for bank in [
        Banks::Hangs,
        Banks::Fails,
        Banks::Says(200, json!({"status": "refused", "message": format!("no {CARD_NUMBER}")})),
        Banks::Says(422, json!({"message": CARD_NUMBER})),
        Banks::Says(200, json!({"status": "bound", "card_ref": CARD_NUMBER})),
        Banks::Says(200, json!(CARD_NUMBER)),
        Banks::Binds,
    ] {
        app.partners.bank(bank);
        bound(&bind()).await;
    }
    for other in [
        json!({"bankCardNum": format!("{CARD_NUMBER}1")}),
        json!({"bankCardNum": [CARD_NUMBER]}),
        json!({"bankCardNum": {"number": CARD_NUMBER}}),
        json!({"uid": CARD_NUMBER}),
        json!({"orderId": CARD_NUMBER}),
        json!({"cardType": CARD_NUMBER}),
        json!({"bankCode": CARD_NUMBER}),
        json!({"name": "x".repeat(200), "cid": CARD_NUMBER, "phone": CARD_NUMBER}),
        json!({"successUrl": CARD_NUMBER}),
    ] {
        bound(&but(bind(), &other)).await;
    }
    app.world.fail(On::call("TransactWriteItems"), Fault::InternalError);
    bound(&bind()).await;
    app.partners.xw_says(XwSays::Garbage);
    bound(&bind()).await;
    app.partners.xw_says(XwSays::Truth);
    app.partners.opens(UID);
    answers.push(app.confirm(&confirm()).await);
    answers.push(app.bind(&but(bind(), &json!({"bankCardNum": "622202020001"}))).await);
    app.tell(&event("open")).await;
    app.world.pass(Duration::from_mins(61)).await;
    app.check().await.expect("a run");
    format!("{answers:?}")
}

#[tokio::test(start_paused = true)]
async fn the_number_stands_in_no_log_line_no_item_no_message_and_no_answer() {
    let app = Confirmations::approved().await;
    let answers = lived_through(&app).await;
    let tables = CONFIRMATION_TABLES.into_iter().chain([CUSTOMERS, OUTBOX]);
    let stored: Vec<Value> = tables.flat_map(|table| app.world.items(table)).collect();
    let sent: Vec<String> =
        app.world.messages(CORE_COMMANDS).into_iter().map(|message| message.body).collect();
    let (stored, sent, logs) = (json!(stored).to_string(), sent.join("\n"), app.output.text());
    for (place, text) in [("answers", &answers), ("items", &stored), ("messages", &sent), ("logs", &logs)] {
        for number in [CARD_NUMBER, "622202020001"] {
            assert!(!text.contains(number), "{place}: {text}");
        }
        // Of the number without its end no part either.
        assert!(!text.contains(&CARD_NUMBER[..12]), "{place}");
        assert!(PERSONAL.iter().all(|personal| !text.contains(personal)), "{place}");
    }
    assert!(!logs.contains("card-1"), "who has the reference can debit");
}
