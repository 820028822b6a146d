//! The state of a world, for comparison.

use serde_json::{Map, Value, json};

use crate::sqs::message::Message;
use crate::{Event, Object, World};

impl World {
    /// Every row of every table, every distinct message of every queue, event of every bus and content of every
    /// bucket, without the `volatile` attributes. A message sent twice counts once: a standard queue promises no more, nor
    /// does a bus, so whoever reads it must be content with either. Of an object's key the last part is not compared, if it
    /// was drawn: who died after writing it writes another, and the bucket's lifecycle deletes what no row names.
    #[must_use]
    pub fn state_without(&self, volatile: &[&str]) -> Value {
        let tables = self.0.dynamo.table_names().into_iter().map(|table| {
            let rows = self.items(&table).into_iter().map(|row| without(row, volatile));
            (table, rows.collect::<Value>())
        });
        let queues = self.0.sqs.names().into_iter().map(|queue| {
            let messages = self.messages(&queue);
            (queue, distinct(messages.iter().map(|message| without_volatile(message, volatile))))
        });
        let buses = self.0.event_bridge.names().into_iter().map(|bus| {
            let events = self.events(&bus);
            (bus, distinct(events.into_iter().map(|event| of_event(event, volatile))))
        });
        let buckets = self.0.objects.names().into_iter().map(|bucket| {
            let objects = self.objects(&bucket);
            (bucket, distinct(objects.iter().map(of_object)))
        });
        json!({
            "tables": tables.collect::<Map<_, _>>(),
            "queues": queues.collect::<Map<_, _>>(),
            "buses": buses.collect::<Map<_, _>>(),
            "buckets": buckets.collect::<Map<_, _>>(),
        })
    }
}

/// Each of these once, in an order of their own.
fn distinct(values: impl Iterator<Item = Value>) -> Value {
    let mut values: Vec<Value> = values.collect();
    values.sort_by_cached_key(Value::to_string);
    values.dedup();
    values.into()
}

fn of_event(event: Event, volatile: &[&str]) -> Value {
    json!({
        "source": event.source, "detail_type": event.detail_type, "detail": without(event.detail, volatile),
    })
}

fn of_object(object: &Object) -> Value {
    json!({
        "content": String::from_utf8_lossy(&object.content),
        "content_type": object.content_type,
        "encryption": object.encryption,
    })
}

fn without(mut row: Value, volatile: &[&str]) -> Value {
    if let Some(attributes) = row.as_object_mut() {
        attributes.retain(|name, _| !volatile.contains(&name.as_str()));
    }
    without_tails(&mut row);
    row
}

/// Objects' keys without what is drawn of them: their last part, of 32 hexadecimal digits.
fn without_tails(value: &mut Value) {
    match value {
        Value::String(text) => {
            let drawn = |tail: &str| tail.len() == 32 && tail.bytes().all(|digit| digit.is_ascii_hexdigit());
            if let Some((place, _)) = text.rsplit_once('/').filter(|(_, tail)| drawn(tail)) {
                *text = format!("{place}/*");
            }
        }
        Value::Array(values) => values.iter_mut().for_each(without_tails),
        Value::Object(members) => members.values_mut().for_each(without_tails),
        Value::Null | Value::Bool(_) | Value::Number(_) => {}
    }
}

fn without_volatile(message: &Message, volatile: &[&str]) -> Value {
    json!({"body": message.body, "attributes": without(json!(message.attributes), volatile)})
}
