//! When an alarm counts: one that looks right and never rings is worse than none.

use std::ops::RangeInclusive;

use serde_json::{Value, json};

use super::{Rule, assert_bites, number};
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
    of(template, metric).filter(|alarm| alarm.property("ComparisonOperator") == "GreaterThanThreshold")
}

/// The alarms that tell somebody when this metric, which is counted now and then, has not been counted for so many
/// seconds.
pub(super) fn on_absence<'a>(
    template: &'a Template,
    metric: &'a Metric,
    seconds: RangeInclusive<u64>,
) -> impl Iterator<Item = Resource<'a>> {
    of(template, metric).filter(move |alarm| {
        let [period_s, evaluated, needed] =
            ["Period", "EvaluationPeriods", "DatapointsToAlarm"].map(|name| number(alarm.property(name)));
        alarm.property("ComparisonOperator") == "LessThanThreshold"
            && *alarm.property("Threshold") == 1
            && alarm.property("Statistic") == "Sum"
            // A count that is absent is no data: only so does its absence count.
            && alarm.property("TreatMissingData") == "breaching"
            && needed == evaluated
            // It would ring for good where schedules are switched off.
            && *alarm.property("ActionsEnabled") == json!({"Fn::If": ["SchedulesRun", true, false]})
            && seconds.contains(&(period_s * evaluated))
    })
}

fn of<'a>(template: &'a Template, metric: &'a Metric) -> impl Iterator<Item = Resource<'a>> {
    template.of_kind("AWS::CloudWatch::Alarm").filter(move |alarm| {
        alarm.property("Namespace") == metric.namespace
            && alarm.property("MetricName") == metric.name
            && *alarm.property("Dimensions") == metric.dimensions
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

/// The rule has just this complaint when `alarm` is missing, watches something else, or tells nobody when it rises.
pub(super) fn assert_must_ring(rule: Rule, alarm: &str, complaint: &str) {
    assert_must_watch(rule, alarm, complaint);
    assert_is_a_flaw(rule, alarm, "ComparisonOperator", json!("LessThanThreshold"), complaint);
}

/// The same, of an alarm that rings when nothing is counted.
pub(super) fn assert_must_ring_on_absence(rule: Rule, alarm: &str, complaint: &str) {
    assert_must_watch(rule, alarm, complaint);
    for (property, flaw) in [
        ("ComparisonOperator", json!("GreaterThanThreshold")),
        ("Threshold", json!(0)),
        ("Statistic", json!("SampleCount")),
        ("TreatMissingData", json!("notBreaching")),
        ("TreatMissingData", Value::Null),
        ("DatapointsToAlarm", json!(1)),
        ("EvaluationPeriods", json!(1)),
        ("Period", json!(7200)),
        ("ActionsEnabled", json!(true)),
    ] {
        assert_is_a_flaw(rule, alarm, property, flaw, complaint);
    }
}

fn assert_must_watch(rule: Rule, alarm: &str, complaint: &str) {
    assert_bites(rule, |template| template.without(alarm), complaint);
    for (property, flaw) in [
        ("Namespace", json!("AWS/Other")),
        ("MetricName", json!("Other")),
        ("Dimensions", json!([{"Name": "Other", "Value": "other"}])),
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
