//! The state of a world, for comparison.

use serde_json::{Map, Value, json};

use crate::World;
use crate::sqs::message::Message;

impl World {
    /// Every row of every table and every distinct message of every queue, without the `volatile`
    /// attributes. A message sent twice counts once: a standard queue promises no more, so whoever reads it
    /// must be content with either.
    #[must_use]
    pub fn state_without(&self, volatile: &[&str]) -> Value {
        let tables = self.0.dynamo.table_names().into_iter().map(|table| {
            let rows = self.items(&table).into_iter().map(|row| without(row, volatile));
            (table, rows.collect::<Value>())
        });
        let queues = self.0.sqs.names().into_iter().map(|queue| {
            let mut messages: Vec<Value> =
                self.messages(&queue).iter().map(|message| without_volatile(message, volatile)).collect();
            messages.sort_by_cached_key(Value::to_string);
            messages.dedup();
            (queue, messages.into())
        });
        json!({"tables": tables.collect::<Map<_, _>>(), "queues": queues.collect::<Map<_, _>>()})
    }
}

fn without(mut row: Value, volatile: &[&str]) -> Value {
    if let Some(attributes) = row.as_object_mut() {
        attributes.retain(|name, _| !volatile.contains(&name.as_str()));
    }
    row
}

fn without_volatile(message: &Message, volatile: &[&str]) -> Value {
    json!({"body": message.body, "attributes": without(json!(message.attributes), volatile)})
}
