//! When an alarm counts: one that looks right and never rings is worse than none.

use serde_json::{Value, json};

use super::{Rule, assert_bites};
use crate::template::{Resource, Template};

/// What an alarm may watch.
#[derive(Debug)]
pub(super) struct Metric {
    pub(super) namespace: &'static str,
    pub(super) name: &'static str,
    /// As they stand in the alarm; null when there are none.
    pub(super) dimensions: Value,
}

/// The alarms on just this metric that tell somebody when it rises.
pub(super) fn on<'a>(template: &'a Template, metric: &'a Metric) -> impl Iterator<Item = Resource<'a>> {
    template.of_kind("AWS::CloudWatch::Alarm").filter(move |alarm| {
        alarm.property("Namespace") == metric.namespace
            && alarm.property("MetricName") == metric.name
            && *alarm.property("Dimensions") == metric.dimensions
            && alarm.property("ComparisonOperator") == "GreaterThanThreshold"
            && tells_somebody(template, *alarm)
    })
}

fn tells_somebody(template: &Template, alarm: Resource<'_>) -> bool {
    let mut actions = alarm.property("AlarmActions").as_array().into_iter().flatten();
    let is_topic = |action| template.target(action).is_some_and(|to| to.whole["Type"] == "AWS::SNS::Topic");
    *alarm.property("ActionsEnabled") != false && actions.any(is_topic)
}

/// Whether the first of what it counts makes it ring, in the first period.
pub(super) fn rings_at_the_first(alarm: Resource<'_>) -> bool {
    *alarm.property("Threshold") == 0
        && *alarm.property("EvaluationPeriods") == 1
        && ["Sum", "Maximum"].iter().any(|statistic| alarm.property("Statistic") == statistic)
}

/// The rule has just this complaint when `alarm` is missing, watches something else, or tells nobody.
pub(super) fn assert_must_ring(rule: Rule, alarm: &str, complaint: &str) {
    assert_bites(rule, |template| template.without(alarm), complaint);
    for (property, flaw) in [
        ("Namespace", json!("AWS/Other")),
        ("MetricName", json!("Other")),
        ("Dimensions", json!([{"Name": "Other", "Value": "other"}])),
        ("ComparisonOperator", json!("LessThanThreshold")),
        ("AlarmActions", Value::Null),
        ("AlarmActions", json!([{"Ref": "HttpApi"}])),
        ("ActionsEnabled", json!(false)),
    ] {
        assert_is_a_flaw(rule, alarm, property, flaw, complaint);
    }
}

/// The same, and when it lets the first one pass.
pub(super) fn assert_must_ring_at_the_first(rule: Rule, alarm: &str, complaint: &str) {
    assert_must_ring(rule, alarm, complaint);
    for (property, flaw) in [
        ("Threshold", json!(1)),
        ("Threshold", Value::Null),
        ("EvaluationPeriods", json!(2)),
        ("Statistic", json!("Minimum")),
    ] {
        assert_is_a_flaw(rule, alarm, property, flaw, complaint);
    }
}

fn assert_is_a_flaw(rule: Rule, alarm: &str, property: &str, flaw: Value, complaint: &str) {
    assert_bites(rule, |template| template.with(alarm, &format!("/Properties/{property}"), flaw), complaint);
}
