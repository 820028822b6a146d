//! What is told on the bus is what docs/events says: each event that an operation tells is held against its schema.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

use boon::{Compiler, Schemas};
use serde_json::{Value, json};
use suites::crm::{self, Crm, example_client};
use suites::instalment::Instalment;
use suites::lease::ant::Spoil;
use suites::lease::{Lease, ORDER};
use suites::loans::{self, Loans};
use suites::quota::{Quota, granted, opened, with};
use world::World;

fn schema(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join(format!("../../docs/events/{name}.v1.json"))
}

/// Why `event` is not what the schema of this name says, if it is not.
fn problem(name: &str, event: &Value) -> Option<String> {
    let (mut schemas, mut compiler) = (Schemas::new(), Compiler::new());
    compiler.enable_format_assertions();
    let path = schema(name);
    let index = compiler.compile(path.to_str().unwrap(), &mut schemas).unwrap();
    schemas.validate(event, index).err().map(|error| format!("{error:#}"))
}

fn names() -> BTreeSet<String> {
    let files = fs::read_dir(schema("x").parent().unwrap()).unwrap();
    let names = files.map(|file| file.unwrap().file_name().into_string().unwrap());
    names.map(|name| name.strip_suffix(".v1.json").expect("a schema of version 1").to_owned()).collect()
}

/// Holds every event of a world against its schema, and tells their names.
#[track_caller]
fn held(world: &World) -> Vec<String> {
    let told = world.events("tenor");
    for event in &told {
        assert_eq!(problem(&event.detail_type, &event.detail), None, "{}", event.detail);
        assert_eq!(event.detail["event"], event.detail_type.as_str());
    }
    told.into_iter().map(|event| event.detail_type).collect()
}

#[test]
fn the_examples_of_every_schema_are_what_it_says_and_a_member_less_is_not() {
    for name in names() {
        let text = fs::read_to_string(schema(&name)).unwrap();
        let schema: Value = serde_json::from_str(&text).unwrap();
        for example in schema["examples"].as_array().unwrap() {
            assert_eq!(problem(&name, example), None);
            for required in schema["required"].as_array().unwrap() {
                let mut less = example.clone();
                less.as_object_mut().unwrap().remove(required.as_str().unwrap());
                assert!(problem(&name, &less).is_some(), "{name} without {required}");
            }
        }
    }
}

#[tokio::test(start_paused = true)]
async fn contracts_tell_what_their_schemas_say() {
    for number in [Some("77-1"), None] {
        let app = Instalment::new();
        app.contract("c-1", 1, number, if number.is_some() { "active" } else { "cancel" });
        app.line("77-1", "CLOSED", "1", "1");
        app.renew("c-1").await;
        let expected: &[&str] = if number.is_some() {
            &["contract_closed", "application_opened"]
        } else {
            &["application_opened"]
        };
        assert_eq!(held(&app.world), expected);
    }
}

#[tokio::test(start_paused = true)]
async fn a_cancelled_quota_tells_what_its_schema_says() {
    let app = Quota::new().await;
    let grant = granted("p-1", "2201", "W5673649234", "500");
    app.take(&[opened("p-1"), with(grant, "invalid_time", "2019-12-27T00:00:00+08:00")]).await;
    app.cancel("p-1", "2201", "W5673649234").await;
    app.cancel("p-1", "2201", "W5673649234").await;
    assert_eq!(held(&app.world), ["temp_credit_cancelled"], "once");
}

#[tokio::test(start_paused = true)]
async fn communication_tasks_tell_what_their_schemas_say() {
    for named in [true, false] {
        let app = Crm::new();
        app.tell(&example_client("2023-07-01T00:00:00+03:00")).await;
        app.scan("2023-07-27T06:00:00Z").await;
        let request = app.tasks()[0]["vtbc_request_id"]["S"].clone();
        let mut reply = json!({"requestID": "m-1", "replyUID": request, "statusCode": "0"});
        let mut push = json!({"requestID": "m-1", "statusCode": "0", "taskStatus": "5"});
        if named {
            reply["taskID"] = json!("1");
            push["taskID"] = json!("1");
            push["dt"] = json!("2023-07-28T12:00:00.000+03:00");
        }
        app.take(&[reply, push]).await;
        assert!(app.world.messages(crm::INBOUND).is_empty());
        assert_eq!(held(&app.world), ["communication_task_created", "communication_task_finished"]);
    }
}

#[tokio::test(start_paused = true)]
async fn a_closed_lease_tells_once_what_its_schema_says_whoever_finds_out_that_it_is_closed() {
    let close = |reason: &str| json!({"reason": reason, "return_confirmed": true, "evidence_id": "e-1"});
    for reason in ["FULFILLED", "RENTING_OUT", "RENTING_AND_RESALE"] {
        for answered in [true, false] {
            let lease = Lease::new().await;
            if reason == "FULFILLED" {
                lease.active(ORDER).await;
            } else {
                lease.plan_cancelled(ORDER, reason).await;
            }
            if !answered {
                lease.ant.fail_after_effect("antchain.ato.trade.sync", Spoil::Timeout);
            }
            lease.post(ORDER, "/close", &close(reason)).await;
            for _ in 0..2 {
                lease.get(ORDER, "").await;
                lease.post(ORDER, "/close", &close(reason)).await;
            }
            assert_eq!(held(&lease.world), ["lease_closed"], "once");
            let event = lease.world.events("tenor").remove(0);
            assert_eq!((&event.detail["order_id"], &event.detail["reason"]), (&json!(ORDER), &json!(reason)));
            assert_eq!(event.source, "tenor.lease");
        }
    }
}

#[tokio::test(start_paused = true)]
async fn a_loan_tells_that_it_is_disbursed_and_paid_off_as_their_schemas_say() {
    let app = Loans::disbursed().await;
    let paid = loans::repay_result(-1, 0, "paid", &loans::paid_off());
    app.tell(loans::REPAY_RESULT, &paid).await;
    app.tell(loans::REPAY_RESULT, &paid).await;
    assert_eq!(held(&app.world), ["loan_disbursed", "loan_paid_off"], "each once");
    // At once, too.
    let app = Loans::confirmed().await;
    let mut plan = loans::repay_plan();
    plan["plan"] = loans::paid_off();
    app.tell(loans::REPAY_PLAN, &plan).await;
    assert_eq!(held(&app.world).len(), 2);
}

#[test]
fn every_schema_is_of_an_event_that_is_told() {
    let told = [
        "application_opened",
        "communication_task_created",
        "communication_task_finished",
        "contract_closed",
        "lease_closed",
        "loan_disbursed",
        "loan_paid_off",
        "temp_credit_cancelled",
    ];
    assert_eq!(names(), told.map(str::to_owned).into());
}
