//! A message with another value in one place, however deep.

use serde_json::{Value, json};

/// Longer than any id may be.
const LONG: usize = 3_000;

/// Every message that comes of one by taking a member away, or putting something else in its place.
pub(crate) fn of(message: &Value) -> Vec<Value> {
    let mut changed = vec![json!([message]), json!(null), message.clone()];
    for place in places(message, "") {
        let mut without = message.clone();
        take_away(&mut without, &place);
        changed.push(without);
        for other in others() {
            let mut with = message.clone();
            *with.pointer_mut(&place).expect("a place") = other;
            changed.push(with);
        }
    }
    changed
}

/// The message under an event's id that no other has, if its own is one: a known one is dropped unread.
pub(crate) fn numbered(mut message: Value, number: usize) -> Value {
    if let Some(id) = message.get("event_id").and_then(Value::as_str).filter(|id| id.contains('-')) {
        message["event_id"] = json!(format!("{id}-{number}"));
    }
    message
}

fn others() -> [Value; 9] {
    [
        json!(null),
        json!(7),
        json!(-7),
        json!(true),
        json!(""),
        json!("?"),
        json!([]),
        json!({}),
        json!("x".repeat(LONG)),
    ]
}

/// Where something stands: pointers to every member, and to the first of a list.
fn places(value: &Value, at: &str) -> Vec<String> {
    let within = |(name, value): (String, &Value)| {
        let place = format!("{at}/{name}");
        let mut places = places(value, &place);
        places.push(place);
        places
    };
    match value {
        Value::Object(members) => {
            members.iter().map(|(name, value)| (name.clone(), value)).flat_map(within).collect()
        }
        Value::Array(items) => {
            items.iter().take(1).map(|item| ("0".to_owned(), item)).flat_map(within).collect()
        }
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => Vec::new(),
    }
}

fn take_away(message: &mut Value, place: &str) {
    let (parent, name) = place.rsplit_once('/').expect("a place");
    match message.pointer_mut(parent).expect("a parent") {
        Value::Object(members) => {
            members.remove(name);
        }
        Value::Array(items) => {
            items.remove(0);
        }
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => {}
    }
}
