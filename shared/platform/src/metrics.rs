//! Business metrics in CloudWatch's embedded metric format: one JSON line per request, written to the
//! function's output, out of which CloudWatch makes the metrics (design §8).

use std::collections::BTreeMap;

use serde::Serialize;

use crate::{Output, Scope};

/// The CloudWatch namespace of every metric that its spec does not name otherwise.
const NAMESPACE: &str = "Tenor";

/// A panic that an entry point caught.
pub const PANIC: Count = Count::of("panic");

/// An answer that is our fault, in whatever wire format.
pub const INTERNAL_ERROR: Count = Count::of("internal_error");

/// A record of a queue that failed and comes again. The queue's own metrics do not tell: the age of its oldest message
/// leaves out what was received three times or more.
pub const RECORD_FAILED: Count = Count::of("record_failed");

/// Something counted during a request, named as its spec names it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Count {
    /// The metric's name.
    pub name: &'static str,
    /// What CloudWatch tells its values apart by.
    pub under: Under,
}

/// What a count's values are told apart by.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Under {
    /// Context and function.
    Function,
    /// Context and function, and these also with a dimension of its own, e.g. `kind` = `time_out`.
    Label(Dimension),
    /// A namespace and two dimensions that a spec names, and nothing else.
    Named {
        /// The CloudWatch namespace.
        namespace: &'static str,
        /// The dimensions, in the spec's order.
        dimensions: [Dimension; 2],
    },
}

/// A dimension's name and value.
pub type Dimension = (&'static str, &'static str);

impl Count {
    /// A count without a dimension of its own.
    #[must_use]
    pub const fn of(name: &'static str) -> Self {
        Self { name, under: Under::Function }
    }

    /// A count under one more dimension.
    #[must_use]
    pub const fn labelled(name: &'static str, label: &'static str, value: &'static str) -> Self {
        Self { name, under: Under::Label((label, value)) }
    }

    /// A count in a namespace and under exactly the dimensions that its spec names. Context, function and
    /// request id stand in its line all the same, but are no dimensions.
    #[must_use]
    pub const fn named(namespace: &'static str, name: &'static str, dimensions: [Dimension; 2]) -> Self {
        Self { name, under: Under::Named { namespace, dimensions } }
    }
}

/// Something measured during a request, under one more dimension than context and function.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Measure {
    /// The metric's name, with its unit last.
    pub name: &'static str,
    /// The unit as `CloudWatch` names it.
    pub unit: MeasureUnit,
    /// The name of the dimension, and its value.
    pub label: (&'static str, String),
    /// What was measured.
    pub value: u64,
}

/// In what something is measured.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum MeasureUnit {
    /// Milliseconds.
    Milliseconds,
    /// Seconds.
    Seconds,
    /// So many.
    Count,
}

impl MeasureUnit {
    fn as_str(self) -> &'static str {
        match self {
            Self::Milliseconds => "Milliseconds",
            Self::Seconds => "Seconds",
            Self::Count => "Count",
        }
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

/// How a function is reached: its latency is summed up over all functions of a context that are reached
/// alike, so that one alarm watches them.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Entry {
    Http,
    Queue,
    Schedule,
}

impl Entry {
    fn as_str(self) -> &'static str {
        match self {
            Self::Http => "http",
            Self::Queue => "queue",
            Self::Schedule => "schedule",
        }
    }
}

/// Writes what was counted in `scope`, with the request's latency, as one line; each count under
/// dimensions of its own has a line of its own, in the order in which they were counted.
pub(crate) fn write(output: &Output, source: Source, entry: Entry, scope: &Scope, latency_ms: u64) {
    let (mut plain, own): (Vec<_>, Vec<_>) =
        scope.counts().into_iter().partition(|(count, _)| count.under == Under::Function);
    plain.sort_unstable();
    let mut values = vec![LATENCY];
    values.extend(plain.iter().map(|(count, _)| Metric { name: count.name, unit: "Count" }));
    let mut members =
        BTreeMap::from([(LATENCY.name, Member::Number(latency_ms)), ("entry", Member::Text(entry.as_str()))]);
    members.extend(plain.iter().map(|(count, times)| (count.name, Member::Number(*times))));
    // What one alarm watches over all functions of a context.
    let watched =
        |metric: &Metric| [LATENCY.name, INTERNAL_ERROR.name, RECORD_FAILED.name].contains(&metric.name);
    let over_context = values.iter().copied().filter(watched).collect();
    let directives = vec![
        Directive::new(NAMESPACE, vec![OF_FUNCTION.to_vec()], values),
        Directive::new(NAMESPACE, vec![vec!["context", "entry"]], over_context),
    ];
    output.line(&line(source, scope, directives, members));
    for (count, times) in own {
        let (namespace, dimensions) = count.under.dimensions();
        let counted = vec![Metric { name: count.name, unit: "Count" }];
        let mut members = BTreeMap::from([(count.name, Member::Number(times))]);
        members.extend(count.under.members());
        output.line(&line(source, scope, vec![Directive::new(namespace, dimensions, counted)], members));
    }
    for Measure { name, unit, label: (label, labelled), value } in scope.measures() {
        let dimensions = vec![OF_FUNCTION.to_vec(), [&OF_FUNCTION[..], &[label]].concat()];
        let measured = vec![Metric { name, unit: unit.as_str() }];
        let members = BTreeMap::from([(name, Member::Number(value)), (label, Member::Text(&labelled))]);
        output.line(&line(source, scope, vec![Directive::new(NAMESPACE, dimensions, measured)], members));
    }
}

impl Under {
    /// The namespace, and the sets of dimensions.
    fn dimensions(&self) -> (&'static str, Vec<Vec<&'static str>>) {
        let of_function = OF_FUNCTION.to_vec();
        match self {
            Self::Function => (NAMESPACE, vec![of_function]),
            Self::Label((name, _)) => {
                let labelled = [&OF_FUNCTION[..], &[*name]].concat();
                (NAMESPACE, vec![of_function, labelled])
            }
            Self::Named { namespace, dimensions } => {
                (namespace, vec![dimensions.iter().map(|(name, _)| *name).collect()])
            }
        }
    }

    /// The members of the line that hold the values of its own dimensions.
    fn members(&self) -> impl Iterator<Item = (&'static str, Member<'static>)> {
        let own = match self {
            Self::Function => &[],
            Self::Label(label) => std::slice::from_ref(label),
            Self::Named { dimensions, .. } => &dimensions[..],
        };
        own.iter().map(|(name, value)| (*name, Member::Text(value)))
    }
}

const OF_FUNCTION: [&str; 2] = ["context", "function"];
const LATENCY: Metric = Metric { name: "latency_ms", unit: "Milliseconds" };

fn line(
    source: Source,
    scope: &Scope,
    directives: Vec<Directive>,
    members: BTreeMap<&'static str, Member<'_>>,
) -> String {
    let line = Line {
        meta: Meta { timestamp: scope.now().as_millisecond(), directives },
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
    members: BTreeMap<&'static str, Member<'a>>,
}

#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
struct Meta {
    timestamp: i64,
    #[serde(rename = "CloudWatchMetrics")]
    directives: Vec<Directive>,
}

#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
struct Directive {
    namespace: &'static str,
    dimensions: Vec<Vec<&'static str>>,
    metrics: Vec<Metric>,
}

impl Directive {
    fn new(namespace: &'static str, dimensions: Vec<Vec<&'static str>>, metrics: Vec<Metric>) -> Self {
        Self { namespace, dimensions, metrics }
    }
}

#[derive(Clone, Copy, Serialize)]
#[serde(rename_all = "PascalCase")]
struct Metric {
    name: &'static str,
    unit: &'static str,
}

#[derive(Serialize)]
#[serde(untagged)]
enum Member<'a> {
    Number(u64),
    Text(&'a str),
}

#[cfg(test)]
mod tests {
    use super::{Count, Entry, INTERNAL_ERROR, PANIC, RECORD_FAILED, Source, write};
    use crate::{Clock, Output, Scope};

    #[test]
    fn a_request_is_one_line_and_a_labelled_count_is_another() {
        let (clock, _) = Clock::manual(jiff::Timestamp::UNIX_EPOCH);
        let scope = Scope::new("r-1".into(), "c-1".into(), clock.now(), clock);
        scope.count(Count::of("renew_ok"));
        scope.count(INTERNAL_ERROR);
        scope.count(Count::labelled("mkk_error", "kind", "timed_out"));
        scope.count(Count::labelled("mkk_error", "kind", "timed_out"));
        let output = Output::memory();
        let source = Source { context: "instalment", function: "renew-contract" };
        write(&output, source, Entry::Http, &scope, 7);
        let expected = concat!(
            r#"{"_aws":{"Timestamp":0,"CloudWatchMetrics":[{"Namespace":"Tenor","Dimensions":[["context","function"]],"#,
            r#""Metrics":[{"Name":"latency_ms","Unit":"Milliseconds"},{"Name":"internal_error","Unit":"Count"},{"Name":"renew_ok","Unit":"Count"}]},"#,
            r#"{"Namespace":"Tenor","Dimensions":[["context","entry"]],"Metrics":[{"Name":"latency_ms","Unit":"Milliseconds"},{"Name":"internal_error","Unit":"Count"}]}]},"#,
            r#""context":"instalment","function":"renew-contract","request_id":"r-1","entry":"http","internal_error":1,"latency_ms":7,"renew_ok":1}"#,
            "\n",
            r#"{"_aws":{"Timestamp":0,"CloudWatchMetrics":[{"Namespace":"Tenor","Dimensions":[["context","function"],["context","function","kind"]],"#,
            r#""Metrics":[{"Name":"mkk_error","Unit":"Count"}]}]},"#,
            r#""context":"instalment","function":"renew-contract","request_id":"r-1","kind":"timed_out","mkk_error":2}"#,
            "\n",
        );
        assert_eq!(output.text(), expected);
    }

    #[test]
    fn what_one_alarm_watches_is_counted_over_the_functions_of_a_context_and_nothing_else_is() {
        let (clock, _) = Clock::manual(jiff::Timestamp::UNIX_EPOCH);
        let scope = Scope::new("r-1".into(), "c-1".into(), clock.now(), clock);
        scope.count(RECORD_FAILED);
        scope.count(PANIC);
        let output = Output::memory();
        let source = Source { context: "crm", function: "client-events" };
        write(&output, source, Entry::Queue, &scope, 7);
        let over_context = concat!(
            r#"{"Namespace":"Tenor","Dimensions":[["context","entry"]],"Metrics":["#,
            r#"{"Name":"latency_ms","Unit":"Milliseconds"},{"Name":"record_failed","Unit":"Count"}]}"#,
        );
        assert!(output.text().contains(over_context), "{}", output.text());
        assert!(output.text().contains(r#""entry":"queue""#));
    }

    #[test]
    fn a_count_that_a_spec_names_has_that_namespace_and_exactly_those_dimensions() {
        let (clock, _) = Clock::manual(jiff::Timestamp::UNIX_EPOCH);
        let scope = Scope::new("r-1".into(), "c-1".into(), clock.now(), clock);
        let dimensions = [("businessType", "2201"), ("key", "500_1000")];
        scope.count(Count::named("Tenor/Quota", "CANCELTEMPRANGE,500_1000", dimensions));
        let output = Output::memory();
        let source = Source { context: "quota", function: "temp-cancel" };
        write(&output, source, Entry::Http, &scope, 7);
        let expected = concat!(
            r#"{"_aws":{"Timestamp":0,"CloudWatchMetrics":[{"Namespace":"Tenor/Quota","Dimensions":[["businessType","key"]],"#,
            r#""Metrics":[{"Name":"CANCELTEMPRANGE,500_1000","Unit":"Count"}]}]},"#,
            r#""context":"quota","function":"temp-cancel","request_id":"r-1","CANCELTEMPRANGE,500_1000":1,"businessType":"2201","key":"500_1000"}"#,
        );
        assert_eq!(output.text().lines().nth(1), Some(expected));
        assert_eq!(output.text().lines().count(), 2);
    }
}
