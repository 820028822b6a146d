//! The schemas of messages (docs/messages), one for each queue.

use std::collections::BTreeSet;
use std::fs;

use serde_json::Value;
use suites::contract::{Judge, file, json_file};

/// The schema of a queue's messages.
pub(crate) fn schema(queue: &str) -> Value {
    json_file(&format!("docs/messages/{queue}.json"))
}

/// The examples of a queue's messages.
pub(crate) fn examples(queue: &str) -> Vec<Value> {
    schema(queue)["examples"].as_array().expect("examples").clone()
}

/// Every queue of the template that is no dead-letter queue.
pub(crate) fn queues() -> BTreeSet<String> {
    let template = fs::read_to_string(file("template.yaml")).expect("template.yaml");
    let ids = template.lines().filter_map(|line| line.strip_prefix("  ")?.strip_suffix("Queue:"));
    let ids = ids.filter(|id| id.bytes().all(|byte| byte.is_ascii_alphabetic()));
    ids.map(kebab).collect()
}

fn kebab(id: &str) -> String {
    let mut name = String::new();
    for letter in id.chars() {
        if letter.is_uppercase() && !name.is_empty() {
            name.push('-');
        }
        name.extend(letter.to_lowercase());
    }
    name
}

#[test]
fn every_queue_has_a_schema_and_there_is_no_other() {
    let files = fs::read_dir(file("docs/messages")).expect("docs/messages");
    let names = files.map(|entry| entry.expect("an entry").file_name().into_string().expect("a name"));
    let described: BTreeSet<_> =
        names.map(|name| name.strip_suffix(".json").expect("a schema").to_owned()).collect();
    assert_eq!(described, queues());
}

#[test]
fn the_examples_are_what_their_schemas_say_and_a_member_less_is_not() {
    for queue in queues() {
        let (schema, judge) = (schema(&queue), Judge::of(&queue));
        for example in examples(&queue) {
            assert_eq!(judge.problem(&example), None, "{queue}");
            for required in schema["required"].as_array().into_iter().flatten() {
                let mut less = example.clone();
                less.as_object_mut().expect("an object").remove(required.as_str().expect("a name"));
                assert!(judge.problem(&less).is_some(), "{queue} without {required}");
            }
        }
    }
}

#[test]
fn the_sample_event_of_a_consumer_carries_what_its_queue_s_schema_says() {
    let mut seen = BTreeSet::new();
    for entry in fs::read_dir(file("events")).expect("events") {
        let name = entry.expect("an entry").file_name().into_string().expect("a name");
        let event = json_file(&format!("events/{name}"));
        for record in event["Records"].as_array().into_iter().flatten() {
            let queue =
                record["eventSourceARN"].as_str().and_then(|arn| arn.rsplit(':').next()).expect("a queue");
            let body = record["body"].as_str().expect("a body");
            let message = serde_json::from_str(body).expect("JSON");
            assert_eq!(Judge::of(queue).problem(&message), None, "{name}");
            seen.insert(queue.to_owned());
        }
    }
    assert_eq!(seen.len(), 14, "all but what others take from us: {seen:?}");
}
