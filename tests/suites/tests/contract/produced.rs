//! What we put on queues, and what we call back, is what the schemas say.

use std::time::Duration;

use ::crm::infor_request::PAGE_CLIENTS;
use serde_json::{Value, json};
use suites::callbacks::{self, Callbacks};
use suites::confirmations::{Confirmations, bind, confirm};
use suites::contract::{Judge, called_back};
use suites::crm::{self, Crm, example_client};
use suites::loans::{self, Loans};
use suites::orders::{CORE_COMMANDS, ORDER, PARTNER_CALLBACK, UID};
use suites::repayments::{Repayments, planned};
use world::World;

use crate::messages::schema;

/// Holds every message of a queue against its schema, and tells them. What only we send says nothing that is not described,
/// though whoever takes it lets more pass.
#[track_caller]
fn held(world: &World, queue: &str) -> Vec<Value> {
    let (judge, schema) = (Judge::of(queue), schema(queue));
    let messages = world.messages(queue).into_iter().map(|message| message.body);
    let messages: Vec<Value> = messages.map(|body| serde_json::from_str(&body).expect("JSON")).collect();
    for message in &messages {
        assert_eq!(judge.problem(message), None, "{queue}: {message}");
        let is_closed =
            [&schema["additionalProperties"], &schema["unevaluatedProperties"]].contains(&&json!(false));
        assert!(is_closed || says_only_what_is_described(&schema, message), "{queue}: {message}");
    }
    messages
}

/// Whether every member of an object stands among the properties of its schema, however deep.
fn says_only_what_is_described(schema: &Value, said: &Value) -> bool {
    said.as_object().into_iter().flatten().all(|(name, member)| {
        let described = &schema["properties"][name];
        described.is_object() && says_only_what_is_described(described, member)
    })
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
async fn the_rest_of_a_shard_is_put_back_as_described() {
    const LONG_AGO: &str = "2023-07-01T00:00:00+03:00";
    let app = Crm::new().with_time_left(Duration::from_secs(10));
    for number in 0..=PAGE_CLIENTS {
        app.tell(&crm::client(&format!("o-{number}"), &format!("m-{number}"), LONG_AGO)).await;
    }
    for mut row in app.world.items(crm::CLIENTS) {
        row["waiting_shard"] = json!({"N": "0"});
        app.world.put_item(crm::CLIENTS, &row);
    }
    app.open(crm::SCAN).await.expect("a run");
    for _ in 0..16 {
        app.deliver(crm::SHARDS).await;
    }
    let rests: Vec<_> =
        held(&app.world, crm::SHARDS).into_iter().filter(|item| item["after"].is_object()).collect();
    assert_eq!(rests.len(), 1, "{rests:?}");
}

#[tokio::test(start_paused = true)]
async fn the_relay_s_wake_up_is_as_described() {
    let app = Callbacks::new().await;
    app.cause(callbacks::ORDER, 1, &[1]).await;
    app.wake_due().await.expect("a run");
    assert_eq!(held(&app.world, PARTNER_CALLBACK).len(), 1);
}

#[test]
fn what_is_not_described_is_found() {
    let schema = schema(crm::SHARDS);
    let item = json!({"time": "2023-07-27T03:00:00Z", "shard": 1, "after": {"waiting_since": "", "organization_id": ""}});
    assert!(says_only_what_is_described(&schema, &item));
    for place in ["", "/after"] {
        let mut more = item.clone();
        more.pointer_mut(place).expect("a place")["page"] = json!(7);
        assert!(!says_only_what_is_described(&schema, &more), "{more}");
    }
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
