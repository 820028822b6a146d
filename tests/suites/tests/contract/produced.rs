//! What we put on queues, and what we call back, is what the schemas say.

use serde_json::{Value, json};
use suites::confirmations::{Confirmations, bind, confirm};
use suites::contract::{Judge, called_back};
use suites::crm::{self, Crm, example_client};
use suites::loans::{self, Loans};
use suites::orders::{CORE_COMMANDS, ORDER, PARTNER_CALLBACK, UID};
use suites::repayments::{Repayments, planned};
use world::World;

/// Holds every message of a queue against its schema, and tells them.
#[track_caller]
fn held(world: &World, queue: &str) -> Vec<Value> {
    let judge = Judge::of(queue);
    let messages = world.messages(queue).into_iter().map(|message| message.body);
    let messages: Vec<Value> = messages.map(|body| serde_json::from_str(&body).expect("JSON")).collect();
    for message in &messages {
        assert_eq!(judge.problem(message), None, "{queue}: {message}");
    }
    messages
}

/// The types of commands that the core was sent.
#[track_caller]
fn commands(world: &World) -> Vec<String> {
    let of = |command: Value| command["type"].as_str().expect("a type").to_owned();
    held(world, CORE_COMMANDS).into_iter().map(of).collect()
}

#[tokio::test(start_paused = true)]
async fn a_request_to_the_crm_and_the_work_that_leads_to_it_are_as_described() {
    let app = Crm::new();
    app.tell(&example_client("2023-07-01T00:00:00+03:00")).await;
    app.open(crm::SCAN).await.expect("a run");
    assert_eq!(held(&app.world, crm::SHARDS).len(), 16);
    app.work().await;
    assert_eq!(held(&app.world, crm::OUTBOUND).len(), 1);
}

#[tokio::test(start_paused = true)]
async fn every_command_to_the_core_is_as_described() {
    let app = Confirmations::approved().await;
    app.partners.opens(UID);
    assert_eq!(app.confirm(&confirm()).await.status(), 4001);
    assert_eq!(app.bind(&bind()).await.status(), 3001);
    assert_eq!(commands(&app.world), ["credit_application", "loan_application", "card_bound"]);
    let app = Confirmations::approved().await;
    app.partners.opens(UID);
    app.bind(&bind()).await;
    app.confirm(&confirm()).await;
    assert_eq!(commands(&app.world), ["credit_application", "loan_application"]);
    let app = Repayments::of(&planned()).await;
    app.repay(2).await;
    assert_eq!(commands(&app.world), ["repayment"]);
}

#[tokio::test(start_paused = true)]
async fn every_kind_of_callback_and_its_wake_up_are_as_described() {
    let app = Loans::disbursed().await;
    let late = loans::plan([("overdue", "12.50"), ("not_due", "0.00"), ("not_due", "0.00")]);
    app.tell(loans::OVERDUE, &loans::overdue(&late)).await;
    app.tell(loans::REPAY_RESULT, &loans::repay_result(-1, 0, "paid", &loans::paid_off())).await;
    let mut kinds = Vec::new();
    for (kind, body) in app.callbacks(ORDER) {
        called_back(&kind, &body);
        kinds.push(kind);
    }
    assert_eq!(kinds, ["audit", "loan", "plan", "repay", "plan"]);
    assert!(!held(&app.world, PARTNER_CALLBACK).is_empty());
    // The two refusals.
    let app = Loans::confirmed().await;
    app.tell(loans::LOAN_RESULT, &loans::loan_result(27)).await;
    for (kind, body) in app.callbacks(ORDER) {
        called_back(&kind, &body);
    }
    let last = app.callbacks(ORDER).pop().expect("a callback").1;
    let last: Value = serde_json::from_str(&last).expect("JSON");
    assert_eq!(last["status"], json!(7003));
}
