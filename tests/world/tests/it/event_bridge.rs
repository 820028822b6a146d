//! `EventBridge` in its wire form.

use std::collections::BTreeSet;

use aws_sdk_eventbridge::config::retry::RetryConfig;
use aws_sdk_eventbridge::config::{BehaviorVersion, Region};
use aws_sdk_eventbridge::error::ProvideErrorMetadata;
use aws_sdk_eventbridge::operation::put_events::{PutEventsError, PutEventsOutput};
use aws_sdk_eventbridge::primitives::DateTime;
use aws_sdk_eventbridge::types::PutEventsRequestEntry;
use aws_sdk_eventbridge::types::builders::PutEventsRequestEntryBuilder;
use aws_smithy_async::rt::sleep::TokioSleep;
use serde_json::json;
use world::{CrashPoints, Crashed, Event, Fault, On, World};

fn world() -> World {
    let world = World::new();
    world.bus("tenor");
    world
}

fn client(world: &World) -> aws_sdk_eventbridge::Client {
    let config = aws_sdk_eventbridge::Config::builder()
        .behavior_version(BehaviorVersion::latest())
        .region(Region::new("eu-central-1"))
        .credentials_provider(aws_credential_types::Credentials::from_keys("test", "test", None))
        .http_client(world.http_client())
        .sleep_impl(TokioSleep::new())
        .retry_config(RetryConfig::disabled());
    aws_sdk_eventbridge::Client::from_conf(config.build())
}

fn entry(detail: &str) -> PutEventsRequestEntryBuilder {
    let entry = PutEventsRequestEntry::builder().event_bus_name("tenor").source("tenor.test");
    entry.detail_type("contract_closed").detail(detail)
}

async fn put(
    world: &World,
    entries: impl IntoIterator<Item = PutEventsRequestEntryBuilder>,
) -> Result<PutEventsOutput, PutEventsError> {
    let entries = entries.into_iter().map(PutEventsRequestEntryBuilder::build).collect();
    let put = client(world).put_events().set_entries(Some(entries));
    put.send().await.map_err(aws_sdk_eventbridge::error::SdkError::into_service_error)
}

/// The error codes of an answer's entries, those of the entries that were taken being empty.
fn codes(answer: &PutEventsOutput) -> Vec<&str> {
    answer.entries().iter().map(|entry| entry.error_code().unwrap_or_default()).collect()
}

#[tokio::test(start_paused = true)]
async fn an_event_lies_on_its_bus_with_all_that_was_said_of_it() {
    let world = world();
    let told = entry(r#"{"contract_number":"77-1"}"#).time(DateTime::from_secs(1_767_323_000));
    let answer = put(&world, [told, entry("{}")]).await.expect("the answer");
    assert_eq!(answer.failed_entry_count(), 0);
    let events = world.events("tenor");
    let expected = Event {
        id: answer.entries()[0].event_id().expect("an id").to_owned(),
        source: "tenor.test".into(),
        detail_type: "contract_closed".into(),
        detail: json!({"contract_number": "77-1"}),
        time: "2026-01-02T03:03:20Z".parse().expect("an instant"),
    };
    assert_eq!(events[0], expected);
    assert_eq!(events[1].time, world.time().now(), "now, since it was not said");
    assert_ne!(events[0].id, events[1].id);
}

#[tokio::test(start_paused = true)]
async fn a_bus_goes_by_its_name_or_by_its_arn() {
    let world = world();
    let arn = "arn:aws:events:eu-central-1:000000000000:event-bus/tenor";
    put(&world, [entry("{}").event_bus_name(arn), entry("{}")]).await.expect("the answer");
    assert_eq!(world.events("tenor").len(), 2);
    assert_eq!(world.effects(), ["PutEvents tenor -> 200"]);
    assert_eq!(world.permissions(), BTreeSet::from(["events:PutEvents tenor".to_owned()]));
}

#[tokio::test(start_paused = true)]
async fn each_entry_is_judged_by_itself() {
    let world = world();
    let answer = put(
        &world,
        [
            entry("{}"),
            entry("{}").event_bus_name("nowhere"),
            entry("no JSON"),
            entry("[]"),
            entry("{}").source("aws.lambda"),
            entry("{}").source(""),
            PutEventsRequestEntry::builder().event_bus_name("tenor"),
        ],
    );
    let answer = answer.await.expect("the answer");
    assert_eq!(
        codes(&answer),
        [
            "",
            "InvalidArgument",
            "MalformedDetail",
            "MalformedDetail",
            "NotAuthorizedForSourceException",
            "InvalidArgument",
            "InvalidArgument"
        ]
    );
    assert_eq!(answer.failed_entry_count(), 6);
    assert_eq!(world.events("tenor").len(), 1);
}

#[tokio::test(start_paused = true)]
async fn ten_entries_and_256_kilobytes_are_the_most() {
    let world = world();
    put(&world, (0..10).map(|_| entry("{}"))).await.expect("ten are fine");
    let detail = |size: usize| format!("{{\"a\":\"{}\"}}", "x".repeat(size - 8));
    let beside = "tenor.test".len() + "contract_closed".len();
    let largest = 256 * 1024 - 2 * beside - 100;
    put(&world, [entry(&detail(100)), entry(&detail(largest))]).await.expect("256 KB are fine");
    for refused in [
        put(&world, (0..11).map(|_| entry("{}"))).await,
        put(&world, []).await,
        put(&world, [entry(&detail(101)), entry(&detail(largest))]).await,
    ] {
        assert_eq!(refused.expect_err("refused").code(), Some("ValidationException"));
    }
    assert_eq!(world.events("tenor").len(), 12);
}

#[tokio::test(start_paused = true)]
async fn faults_are_what_eventbridge_sends() {
    for (fault, code, events) in [
        (Fault::Throttled, Some("ThrottlingException"), 0),
        (Fault::InternalError, Some("InternalException"), 0),
        (Fault::Invalid, Some("ValidationException"), 0),
        (Fault::InternalErrorAfterEffect, Some("InternalException"), 1),
        (Fault::Reset, None, 0),
        (Fault::ResetAfterEffect, None, 1),
    ] {
        let world = world();
        world.fail(On::call("PutEvents").to("tenor"), fault);
        let error = put(&world, [entry("{}")]).await.expect_err("the fault");
        assert_eq!(error.code(), code, "{fault:?}");
        assert_eq!(world.events("tenor").len(), events, "{fault:?}");
    }
}

#[tokio::test(start_paused = true)]
async fn some_entries_may_fail_while_the_others_are_taken() {
    let world = world();
    world.fail(On::call("PutEvents"), Fault::SomeEntries(&[0, 2]));
    let answer = put(&world, (0..3).map(|number| entry(&format!("{{\"n\":{number}}}")))).await;
    assert_eq!(codes(&answer.expect("the answer")), ["InternalFailure", "", "InternalFailure"]);
    let told: Vec<_> = world.events("tenor").into_iter().map(|event| event.detail).collect();
    assert_eq!(told, [json!({"n": 1})]);
}

#[tokio::test(start_paused = true)]
async fn a_crash_at_a_bus_is_found_and_an_event_put_twice_counts_once() {
    let world = world();
    world.crash_before(1);
    assert!(matches!(world.run_until_crash(put(&world, [entry("{}")])).await, Err(Crashed)));
    assert_eq!(world.events("tenor"), []);
    let tell = async |world: &World| {
        put(world, [entry("{}")]).await.expect("the answer");
    };
    assert_eq!(CrashPoints::new(async || self::world(), tell).check().await.len(), 1);
}
