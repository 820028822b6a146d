//! Business metrics in CloudWatch's embedded metric format: one JSON line per request, written to the
//! function's output, out of which CloudWatch makes the metrics (design §8).

use std::collections::BTreeMap;

use serde::Serialize;

use crate::{Output, Scope};

/// The CloudWatch namespace of every metric of ours.
pub const NAMESPACE: &str = "Tenor";

/// A panic that an entry point caught.
pub const PANIC: Count = Count::of("panic");

/// Something counted during a request, named as its spec names it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Count {
    /// The metric's name.
    pub name: &'static str,
    /// A dimension of its own, as name and value, e.g. `("kind", "time_out")`.
    pub label: Option<(&'static str, &'static str)>,
}

impl Count {
    /// A count without a dimension of its own.
    #[must_use]
    pub const fn of(name: &'static str) -> Self {
        Self { name, label: None }
    }

    /// A count under one more dimension.
    #[must_use]
    pub const fn labelled(name: &'static str, label: &'static str, value: &'static str) -> Self {
        Self { name, label: Some((label, value)) }
    }
}

/// Whose metrics they are: the dimensions that every line carries.
#[derive(Clone, Copy, Debug)]
pub struct Source {
    /// The context, e.g. `instalment`.
    pub context: &'static str,
    /// The function, e.g. `get-status`.
    pub function: &'static str,
}

/// Writes what was counted in `scope`, with the request's latency, as one line; each labelled count has a
/// line of its own, since its dimensions differ.
pub fn write(output: &Output, source: Source, scope: &Scope, latency_ms: u64) {
    let (labelled, plain): (Vec<_>, Vec<_>) =
        scope.counts().into_iter().partition(|(count, _)| count.label.is_some());
    let mut values = vec![("latency_ms", "Milliseconds", latency_ms)];
    values.extend(plain.into_iter().map(|(count, times)| (count.name, "Count", times)));
    output.line(&line(source, scope, None, &values));
    for (count, times) in labelled {
        output.line(&line(source, scope, count.label, &[(count.name, "Count", times)]));
    }
}

fn line(
    source: Source,
    scope: &Scope,
    label: Option<(&'static str, &'static str)>,
    values: &[(&'static str, &'static str, u64)],
) -> String {
    let mut dimensions = vec!["context", "function"];
    dimensions.extend(label.map(|(name, _)| name));
    let metrics = values.iter().map(|(name, unit, _)| Metric { name, unit }).collect();
    let mut members: BTreeMap<&str, Member> =
        values.iter().map(|(name, _, value)| (*name, Member::Number(*value))).collect();
    members.extend(label.map(|(name, value)| (name, Member::Text(value))));
    let line = Line {
        meta: Meta {
            timestamp: scope.now().as_millisecond(),
            directives: [Directive { namespace: NAMESPACE, dimensions: [dimensions], metrics }],
        },
        context: source.context,
        function: source.function,
        request_id: scope.request_id(),
        members,
    };
    serde_json::to_string(&line).unwrap_or_default()
}

#[derive(Serialize)]
struct Line<'a> {
    #[serde(rename = "_aws")]
    meta: Meta,
    context: &'a str,
    function: &'a str,
    request_id: &'a str,
    #[serde(flatten)]
    members: BTreeMap<&'static str, Member>,
}

#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
struct Meta {
    timestamp: i64,
    #[serde(rename = "CloudWatchMetrics")]
    directives: [Directive; 1],
}

#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
struct Directive {
    namespace: &'static str,
    dimensions: [Vec<&'static str>; 1],
    metrics: Vec<Metric>,
}

#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
struct Metric {
    name: &'static str,
    unit: &'static str,
}

#[derive(Serialize)]
#[serde(untagged)]
enum Member {
    Number(u64),
    Text(&'static str),
}
