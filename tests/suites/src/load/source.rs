//! How Lambda takes messages from a queue for a function, as the template has it.

use std::collections::BTreeSet;

use yaml_rust2::Yaml;

use crate::template;

/// A function's source of messages.
#[derive(Clone, Debug)]
pub struct Source {
    /// The queue.
    pub queue: String,
    /// How many messages a batch has at most.
    pub batch_size: usize,
    /// How many batches are taken at once.
    pub concurrency: usize,
}

impl Source {
    /// The one source of a function, which is named as its binary.
    ///
    /// # Panics
    /// When the template has no such function, or it has no source or several.
    #[must_use]
    pub fn of(function: &str) -> Self {
        let queues: Vec<_> = template::source_queues(function).into_iter().collect();
        let [queue] = queues.try_into().expect("one queue");
        let events = template::events(&template::logical_id(function));
        let source = events.iter().find(|event| is_queue(event)).expect("a source");
        let number = |value: &Yaml| value.as_i64().and_then(|number| usize::try_from(number).ok());
        let properties = &source["Properties"];
        Self {
            queue,
            batch_size: number(&properties["BatchSize"]).expect("a size"),
            concurrency: number(&properties["ScalingConfig"]["MaximumConcurrency"]).expect("a concurrency"),
        }
    }

    /// The logical id of every function that takes messages from a queue.
    #[must_use]
    pub fn functions() -> BTreeSet<String> {
        let ids = template::functions().into_iter();
        ids.filter(|id| template::events(id).iter().any(is_queue)).collect()
    }

    /// The queue of what can never be taken.
    #[must_use]
    pub fn dead_letters(&self) -> String {
        format!("{}-dead", self.queue)
    }
}

fn is_queue(event: &Yaml) -> bool {
    event["Type"].as_str() == Some("SQS")
}
