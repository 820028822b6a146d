//! What a function's role allows it, apart from what Lambda itself needs the role for.

pub mod crash_points;

use std::collections::BTreeSet;

use crate::template;

/// On the queue that the function is fed from.
const OF_ITS_QUEUE: [&str; 3] = ["sqs:DeleteMessage", "sqs:GetQueueAttributes", "sqs:ReceiveMessage"];
/// On the log group of its context, all that any role allows with logs.
const OF_ITS_LOGS: [&str; 2] = ["logs:CreateLogStream", "logs:PutLogEvents"];

/// What the role of `function` allows the function itself to call, as `dynamodb:Query contracts`.
///
/// # Panics
/// When the role lacks what Lambda needs.
#[must_use]
pub fn allowed(context: &str, function: &str) -> BTreeSet<String> {
    let (all, by_lambda) = (template::permissions(function), by_lambda(context, function));
    assert_eq!(&by_lambda - &all, BTreeSet::new(), "Lambda needs this of {function}");
    &all - &by_lambda
}

/// What Lambda itself needs the role of `function` for.
fn by_lambda(context: &str, function: &str) -> BTreeSet<String> {
    let queues = template::source_queues(function);
    let reads = queues.iter().flat_map(|queue| OF_ITS_QUEUE.map(|action| format!("{action} {queue}")));
    reads.chain(OF_ITS_LOGS.map(|action| format!("{action} {context}"))).collect()
}
