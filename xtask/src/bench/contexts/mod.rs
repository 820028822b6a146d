//! The contexts, each with its functions' jobs, what they are configured with and what their stand-in knows. One
//! file is one context; the peers' programs (tests/bench) are divided alike.

mod crm;
mod delivery;
mod instalment;
mod lease;
mod marketplace;
mod quota;

use anyhow::{Context as _, Result};
use serde_json::{Value, json};

pub(super) use self::{instalment::WEBVIEW, lease::ant};

/// Every context.
const ALL: [&Context; 6] = [
    &instalment::CONTEXT,
    &quota::CONTEXT,
    &crm::CONTEXT,
    &delivery::CONTEXT,
    &lease::CONTEXT,
    &marketplace::CONTEXT,
];
/// A row's stamp, of the length that the functions write.
const STAMP: &str = "0123456789abcdef0123456789abcdef";

/// The job of the budgets' own table: one read and one conditional write. Its table is the instalment context's.
pub(super) const REFERENCE: Placed =
    Placed { context: &instalment::CONTEXT, job: &Job { name: "reference", ..Job::OF_HTTP } };

/// The job of the peer that does nothing, wherever it stands.
pub(super) const NOTHING: Placed =
    Placed { context: &instalment::CONTEXT, job: &Job { name: "nothing", ..Job::OF_HTTP } };

/// A context of the benchmark.
#[derive(Debug)]
pub(super) struct Context {
    /// Its name, which the peers look for its jobs under.
    pub(super) name: &'static str,
    /// What its functions are configured with, beside what all are: the tables.
    pub(super) tables: &'static [(&'static str, &'static str)],
    /// And what else there is.
    pub(super) variables: &'static [(&'static str, &'static str)],
    /// And the queues that they send to, by the last part of their addresses.
    pub(super) queues: &'static [(&'static str, &'static str)],
    /// And the secrets that they read.
    pub(super) secrets: &'static [Secret],
    jobs: &'static [Job],
    /// The row of a table that has a key.
    item: fn(table: &str, key: &Value) -> Option<Value>,
    /// The rows that a query with these values finds in a table, or in an index of it.
    rows: fn(table: &str, index: Option<&str>, values: &Value) -> Vec<Value>,
}

/// A secret in Parameter Store.
#[derive(Debug)]
pub(super) struct Secret {
    /// The variable that names it.
    pub(super) variable: &'static str,
    /// Its name.
    pub(super) parameter: &'static str,
    value: &'static str,
}

/// What a function does for its sample event.
#[derive(Debug)]
pub(super) struct Job {
    /// The function's name, which its sample event has too.
    pub(super) name: &'static str,
    /// Whose session the event carries in the place of `TOKEN`.
    pub(super) visitor: Option<Visitor>,
    /// What the sample event says, and what it says here instead.
    pub(super) instead: Option<(&'static str, &'static str)>,
    /// Whether an answer says that the whole work was done.
    pub(super) succeeded: fn(answer: &Value) -> bool,
    /// Whether it asks for several things at once: which of them arrives first is then chance.
    pub(super) asks_at_once: bool,
}

/// A client of a front end.
#[derive(Debug, Clone, Copy)]
pub(super) struct Visitor {
    /// The front end's `aud`.
    pub(super) audience: &'static str,
    /// The client's `sub`.
    pub(super) subject: &'static str,
}

/// A job with the context that it belongs to.
#[derive(Debug, Clone, Copy)]
pub(super) struct Placed {
    /// The context.
    pub(super) context: &'static Context,
    /// The job.
    pub(super) job: &'static Job,
}

impl Job {
    /// A job whose success is HTTP's.
    const OF_HTTP: Self = Self {
        name: "",
        visitor: None,
        instead: None,
        succeeded: |answer| answer["statusCode"] == 200,
        asks_at_once: false,
    };
    /// A job whose success is a batch without a failure.
    const OF_QUEUE: Self =
        Self { succeeded: |answer| answer["batchItemFailures"] == json!([]), ..Self::OF_HTTP };
    /// A job that answers nothing: a run that fails is an error.
    const OF_SCHEDULE: Self = Self { succeeded: Value::is_null, ..Self::OF_HTTP };
}

/// The job of a function.
pub(super) fn job_of(function: &str) -> Result<Placed> {
    let mut placed =
        ALL.into_iter().flat_map(|context| context.jobs.iter().map(|job| Placed { context, job }));
    placed.find(|placed| placed.job.name == function).with_context(|| {
        format!("{function} is not measured yet: give it a job in xtask/src/bench/contexts, and its peers")
    })
}

/// The row of a table that has a key.
pub(super) fn item(table: &str, key: &Value) -> Option<Value> {
    (of_table(table)?.item)(table, key)
}

/// The rows that a query with these values finds in a table, or in an index of it.
pub(super) fn rows(table: &str, index: Option<&str>, values: &Value) -> Vec<Value> {
    of_table(table).map_or_else(Vec::new, |context| (context.rows)(table, index, values))
}

/// The object that has a key.
pub(super) fn object(key: &str) -> Option<&'static [u8]> {
    (key == marketplace::PUSH_KEY).then_some(marketplace::SEALED_PUSH)
}

/// The value of a secret.
pub(super) fn secret(parameter: &str) -> Option<&'static str> {
    let mut secrets = ALL.into_iter().flat_map(|context| context.secrets);
    secrets.find(|secret| secret.parameter == parameter).map(|secret| secret.value)
}

fn of_table(table: &str) -> Option<&'static Context> {
    ALL.into_iter().find(|context| context.tables.iter().any(|(_variable, name)| *name == table))
}

/// The body of an HTTP answer, if it is JSON; null otherwise.
fn body(answer: &Value) -> Value {
    answer["body"].as_str().and_then(|body| serde_json::from_str(body).ok()).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::{Job, job_of};

    #[test]
    fn only_a_success_is_measured() {
        let (http, queue, schedule) = (Job::OF_HTTP, Job::OF_QUEUE, Job::OF_SCHEDULE);
        assert!((http.succeeded)(&json!({"statusCode": 200, "body": "{}"})));
        assert!(!(http.succeeded)(&json!({"statusCode": 403})));
        assert!((queue.succeeded)(&json!({"batchItemFailures": []})));
        assert!(!(queue.succeeded)(&json!({"batchItemFailures": [{"itemIdentifier": "1"}]})));
        assert!((schedule.succeeded)(&json!(null)));
        for job in [http, queue, schedule] {
            assert!(!(job.succeeded)(&json!({"errorMessage": "it failed"})));
        }
        assert!(!(Job::OF_HTTP.succeeded)(&json!(null)));
    }

    #[test]
    fn a_function_without_a_job_is_named() {
        assert_eq!(job_of("get-status").unwrap().context.name, "instalment");
        let error = job_of("get-nothing").unwrap_err().to_string();
        assert!(error.starts_with("get-nothing is not measured yet"), "{error}");
    }
}
