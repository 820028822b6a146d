//! Rounds over the world's queues, which a server on loopback hands on to it.

use std::time::Duration;

use aws_smithy_runtime_api::client::{http::HttpConnector as _, orchestrator::HttpRequest};
use aws_smithy_types::body::SdkBody;
use http_body_util::BodyExt as _;
use local::{Credentials, Engine, Error};
use tokio::runtime;
use world::{Fault, Message, On, Queue, World};

use super::{
    pascal_case,
    round::{Found, Round, Tally, Wanted},
};
use crate::bench::http::{Reply, Request, serve};

const QUEUE: &str = "contract-events";
const DLQ: &str = "contract-events-dead";
const ALL: Wanted<'_> = Wanted { reason: None, limit: usize::MAX, is_dry_run: false };

/// A queue and its dead-letter queue, and a client of both.
struct Stage {
    world: World,
    client: Engine,
}

impl Stage {
    fn new() -> Self {
        let world = World::new();
        world.queue(Queue::new(QUEUE));
        world.queue(Queue::new(DLQ));
        let served = world.clone();
        let address = serve("127.0.0.1", Ok, move |request| answer(&served, request)).unwrap();
        let credentials = Credentials {
            access_key_id: "key".to_owned(),
            secret_access_key: "secret".to_owned(),
            session_token: None,
        };
        let client = Engine::new(&format!("http://{address}"), "eu-central-1", &credentials);
        Self { world, client }
    }

    /// The same with messages that were set aside for this reason, as our functions do it: `m-0`, `m-1` and so on.
    fn with_dead(count: usize, reason: &str) -> Self {
        let stage = Self::new();
        for number in 0..count {
            stage.dies(&format!("m-{number}"), reason);
        }
        stage
    }

    fn dies(&self, body: &str, reason: &str) {
        let attributes = [
            ("correlation_id", "c-1"),
            ("dead_letter_reason", reason),
            ("source_message_id", "00000000-0000-4000-8000-000000000099"),
        ];
        self.world.send(DLQ, body, &attributes);
    }

    fn round(&self, wanted: Wanted<'_>) -> (Result<(), Error>, Tally, Vec<String>) {
        let [queue_url, dlq_url] = [QUEUE, DLQ].map(World::queue_url);
        let mut told = Vec::new();
        let mut round = Round::new(&self.client, &queue_url, &dlq_url, wanted);
        let outcome = round.run(&mut |_: &str, found: &Found| told.push(found.to_string()));
        (outcome, round.tally, told)
    }

    /// The effects so far, without the world's ids.
    fn effects(&self) -> Vec<String> {
        let shown = self.world.effects();
        shown.iter().map(|effect| effect.split(" -> ").next().unwrap_or_default().to_owned()).collect()
    }

    fn bodies(&self, queue: &str) -> Vec<String> {
        self.world.messages(queue).into_iter().map(|message| message.body).collect()
    }

    /// Whether everything in the dead-letter queue can be received at once.
    fn is_released(&self) -> bool {
        let now = self.world.time().now();
        self.world.messages(DLQ).iter().all(|message| message.visible_at <= now)
    }
}

/// Hands a request on to the world; a connection that breaks there breaks here.
fn answer(world: &World, request: Request) -> Option<Reply> {
    let mut head = http::Request::post("https://sqs.eu-central-1.amazonaws.com/");
    for (name, value) in &request.headers {
        head = head.header(name, value);
    }
    let request = HttpRequest::try_from(head.body(SdkBody::from(request.body)).unwrap()).unwrap();
    let runtime = runtime::Builder::new_current_thread().enable_time().start_paused(true).build().unwrap();
    runtime.block_on(async {
        let answer = world.http_client().call(request).await.ok()?;
        let status = answer.status().as_u16();
        let body = answer.into_body().collect().await.unwrap().to_bytes().to_vec();
        Some(Reply { status, headers: Vec::new(), body })
    })
}

fn attribute_names(message: &Message) -> Vec<&str> {
    message.attributes.keys().map(String::as_str).collect()
}

#[test]
fn a_message_goes_back_with_its_body_and_attributes_and_without_what_was_added_when_it_died() {
    let stage = Stage::with_dead(1, "unknown_order");
    let (outcome, tally, told) = stage.round(ALL);
    outcome.unwrap();
    let [message] = &stage.world.messages(QUEUE)[..] else { panic!("it is not back") };
    assert_eq!((message.body.as_str(), attribute_names(message)), ("m-0", vec!["correlation_id"]));
    assert_eq!(message.attribute("correlation_id"), Some("c-1"));
    assert_eq!(stage.bodies(DLQ), [""; 0]);
    assert_eq!(told, ["unknown_order"]);
    assert_eq!(tally.to_string(), "1 moved (1 unknown_order), 0 kept, 0 failed");
}

#[test]
fn each_message_is_sent_before_it_is_deleted() {
    let stage = Stage::with_dead(2, "unreadable");
    stage.round(ALL).0.unwrap();
    let send = format!("SendMessage {QUEUE}");
    let delete = format!("DeleteMessage {DLQ}");
    assert_eq!(stage.effects(), [send.clone(), delete.clone(), send, delete]);
}

#[test]
fn more_messages_than_a_batch_holds_are_moved_each_once() {
    let stage = Stage::with_dead(37, "unreadable");
    let (outcome, tally, _) = stage.round(ALL);
    outcome.unwrap();
    assert_eq!(tally.moved.into_iter().collect::<Vec<_>>(), [("unreadable".to_owned(), 37)]);
    let expected: Vec<_> = (0..37).map(|number| format!("m-{number}")).collect();
    assert_eq!((stage.bodies(QUEUE), stage.bodies(DLQ).len()), (expected, 0));
}

#[test]
fn only_messages_of_the_reason_that_is_asked_for_are_moved_and_the_others_are_free_at_once() {
    let stage = Stage::new();
    for number in 0..15 {
        stage.dies(&format!("u-{number}"), "unreadable");
        stage.dies(&format!("o-{number}"), "unknown_order");
    }
    stage.world.send(DLQ, "failed too often", &[]);
    let (outcome, tally, told) = stage.round(Wanted { reason: Some("unknown_order"), ..ALL });
    outcome.unwrap();
    assert_eq!(tally.to_string(), "15 moved (15 unknown_order), 16 kept, 0 failed");
    assert!(stage.bodies(QUEUE).iter().all(|body| body.starts_with("o-")));
    assert_eq!((stage.bodies(DLQ).len(), stage.is_released()), (16, true));
    assert!(told.contains(&"unreadable  stays".to_owned()), "{told:?}");
    let (outcome, tally, _) = stage.round(Wanted { reason: Some("none"), ..ALL });
    outcome.unwrap();
    assert_eq!(tally.to_string(), "1 moved (1 none), 15 kept, 0 failed");
}

#[test]
fn no_more_than_the_limit_are_moved_and_what_was_in_hand_is_free_at_once() {
    let stage = Stage::with_dead(25, "unreadable");
    let (outcome, tally, told) = stage.round(Wanted { limit: 12, ..ALL });
    outcome.unwrap();
    assert_eq!((tally.to_string().as_str(), told.len()), ("12 moved (12 unreadable), 0 kept, 0 failed", 12));
    assert_eq!((stage.bodies(QUEUE).len(), stage.bodies(DLQ).len()), (12, 13));
    assert!(stage.is_released());
    let (outcome, tally, _) = stage.round(ALL);
    outcome.unwrap();
    assert_eq!((tally.moved["unreadable"], stage.bodies(QUEUE).len()), (13, 25));
}

#[test]
fn a_dry_run_shows_every_message_once_and_changes_nothing() {
    let stage = Stage::with_dead(23, "unreadable");
    let (outcome, tally, told) = stage.round(Wanted { is_dry_run: true, ..ALL });
    outcome.unwrap();
    assert_eq!(tally.to_string(), "23 would be moved (23 unreadable), 0 kept, 0 failed");
    assert_eq!((told.len(), stage.bodies(QUEUE).len(), stage.bodies(DLQ).len()), (23, 0, 23));
    assert!(stage.is_released());
    assert!(stage.effects().iter().all(|effect| effect.starts_with("ChangeMessageVisibility")));
}

#[test]
fn a_message_that_cannot_be_sent_stays_and_holds_up_no_other() {
    let stage = Stage::with_dead(3, "unreadable");
    stage.world.fail(On::call("SendMessage").to(QUEUE).after(1), Fault::Invalid);
    let (outcome, tally, told) = stage.round(ALL);
    outcome.unwrap();
    assert_eq!(tally.to_string(), "2 moved (2 unreadable), 0 kept, 1 failed");
    assert_eq!(
        (stage.bodies(QUEUE), stage.bodies(DLQ)),
        (vec!["m-0".into(), "m-2".into()], vec!["m-1".into()])
    );
    assert!(told[1].starts_with("stays, it cannot be sent: SendMessage was refused with 400"), "{told:?}");
    assert!(stage.is_released(), "another round may have it at once");
}

#[test]
fn a_round_ends_when_nobody_answers_and_loses_nothing() {
    let stage = Stage::with_dead(5, "unreadable");
    stage.world.fail(On::call("SendMessage").to(QUEUE).after(2), Fault::Reset);
    let (outcome, tally, _) = stage.round(ALL);
    assert!(matches!(outcome, Err(Error::Unreachable { .. })), "{outcome:?}");
    assert_eq!((stage.bodies(QUEUE).len(), stage.bodies(DLQ).len(), tally.failed), (2, 3, 1));
}

#[test]
fn a_crash_between_sending_and_deleting_doubles_a_message_and_loses_none() {
    let stage = Stage::with_dead(3, "unreadable");
    stage.world.fail(On::call("DeleteMessage").to(DLQ).after(1), Fault::Reset);
    let (outcome, tally, told) = stage.round(ALL);
    assert!(matches!(outcome, Err(Error::Unreachable { .. })), "{outcome:?}");
    assert!(told[1].starts_with("is sent, but cannot be deleted"), "{told:?}");
    assert_eq!((tally.failed, stage.bodies(DLQ).len()), (1, 2));
    stage.world.time().advance(Duration::from_mins(15));
    stage.round(ALL).0.unwrap();
    assert_eq!(stage.bodies(QUEUE), ["m-0", "m-1", "m-1", "m-2"], "its consumer knows it again");
    assert_eq!(stage.bodies(DLQ), [""; 0]);
}

#[test]
fn an_answer_that_was_lost_doubles_a_message_and_loses_none() {
    let stage = Stage::with_dead(1, "unreadable");
    stage.world.fail(On::call("SendMessage").to(QUEUE), Fault::ResetAfterEffect);
    assert!(stage.round(ALL).0.is_err());
    assert_eq!((stage.bodies(QUEUE).len(), stage.bodies(DLQ).len()), (1, 1));
    stage.world.time().advance(Duration::from_mins(15));
    stage.round(ALL).0.unwrap();
    assert_eq!((stage.bodies(QUEUE).len(), stage.bodies(DLQ).len()), (2, 0));
}

#[test]
fn attributes_of_every_kind_go_back_as_they_came() {
    let stage = Stage::new();
    let attributes = serde_json::json!({
        "text": {"DataType": "String", "StringValue": "договор"},
        "number": {"DataType": "Number.int", "StringValue": "7"},
        "bytes": {"DataType": "Binary", "BinaryValue": "/wA="},
        "dead_letter_reason": {"DataType": "String", "StringValue": "unreadable"},
    });
    let dlq_url = World::queue_url(DLQ);
    stage.client.send_message_with(&dlq_url, "m", attributes.as_object().unwrap()).unwrap();
    let before = stage.world.messages(DLQ).remove(0);
    stage.round(ALL).0.unwrap();
    let after = stage.world.messages(QUEUE).remove(0);
    let mut expected = before.attributes;
    expected.remove("dead_letter_reason").unwrap();
    assert_eq!((after.body, after.attributes), (before.body, expected));
}

#[test]
fn a_queue_is_called_in_the_template_as_its_name_says() {
    assert_eq!(["contract-events", "overdue"].map(pascal_case), ["ContractEvents", "Overdue"]);
}
