//! Every function that writes, as its role has it, is stopped at each kind of write that it may do (design §11.5).

use std::collections::BTreeSet;

use world::World;

use crate::template;

/// What changes something outside.
const WRITES: [&str; 7] = [
    "dynamodb:BatchWriteItem",
    "dynamodb:DeleteItem",
    "dynamodb:PutItem",
    "dynamodb:UpdateItem",
    "events:PutEvents",
    "s3:PutObject",
    "sqs:SendMessage",
];
/// What does not, or only says when Lambda gives a message out again.
const OTHERS: [&str; 12] = [
    "dynamodb:ConditionCheckItem",
    "dynamodb:GetItem",
    "dynamodb:Query",
    "logs:CreateLogStream",
    "logs:PutLogEvents",
    "s3:GetObject",
    "s3:ListBucket",
    "sqs:ChangeMessageVisibility",
    "sqs:DeleteMessage",
    "sqs:GetQueueAttributes",
    "sqs:ReceiveMessage",
    "ssm:GetParameters",
];

/// The writes that the role of `function` allows it: `dynamodb:PutItem contracts`. None of a function that only reads.
///
/// # Panics
/// When the role allows what is neither known as a write nor as anything else.
#[must_use]
pub fn writes(function: &str) -> BTreeSet<String> {
    let is_write = |permission: &String| {
        let action = permission.split(' ').next().unwrap_or_default();
        assert!(WRITES.contains(&action) || OTHERS.contains(&action), "is {action} a write, of {function}?");
        WRITES.contains(&action)
    };
    template::permissions(function).into_iter().filter(is_write).collect()
}

/// Holds that the crash points which this thread tried were those of `function`: each of its writes was among them. What
/// others call before it or after it in a run does not count, as far as the run tells (`World::others_follow`); where several
/// functions work on one thing by turns, what one of them called is not told from what another did.
///
/// # Panics
/// When it was not, or the function does not write.
pub fn hold(function: &str) {
    let (writes, tried) = (writes(function), World::tried());
    assert!(!writes.is_empty(), "{function} does not write: it has no crash points");
    let missing: BTreeSet<_> = writes.difference(&tried).collect();
    assert!(missing.is_empty(), "{function} is not stopped at {missing:?}");
}

/// The crash points of each function that writes: its name, its test's, and its cases. The test runs them all, and fails
/// when a write of the function's role is in none of them. Tidy reads the same table, and misses the functions that are in
/// none (`tests/tidy/names.rs`).
#[macro_export]
macro_rules! crash_points {
    ($($function:literal, $test:ident: [$($case:expr),+ $(,)?];)+) => {
        $(
            #[tokio::test(start_paused = true)]
            async fn $test() {
                $(Box::pin($case).await;)+
                $crate::roles::crash_points::hold($function);
            }
        )+
    };
}
