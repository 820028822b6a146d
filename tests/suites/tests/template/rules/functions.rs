//! What every function has.

use serde_json::{Value, json};

use super::{
    Complaints,
    alarms::{self, Metric},
    assert_bites, assert_kept, demand, number,
};
use crate::template::{Resource, Template};

const FUNCTION: &str = "AWS::Lambda::Function";

fn functions_are_bounded(template: &Template) -> Complaints {
    let mut complaints = Complaints::new();
    for function in template.of_kind(FUNCTION) {
        let mut demand = |holds, complaint| demand(&mut complaints, holds, function.id, complaint);
        demand(number(function.property("Timeout")) > 0, "has no time-out");
        demand(number(function.property("MemorySize")) > 0, "has no memory");
        demand(
            function.property("ReservedConcurrentExecutions").is_null(),
            "reserves concurrency, which sends throttled messages to the dead-letter queue",
        );
        demand(function.property("Runtime") == "provided.al2023", "has another runtime");
        demand(
            *function.property("Architectures") == json!([{"Ref": "Architecture"}]),
            "does not take its processor from the parameter",
        );
    }
    complaints
}

fn functions_log(template: &Template) -> Complaints {
    let mut complaints = Complaints::new();
    for function in template.of_kind(FUNCTION) {
        let mut demand = |holds, complaint| demand(&mut complaints, holds, function.id, complaint);
        let logging = function.property("LoggingConfig");
        demand(logging["LogFormat"] == "JSON", "does not log JSON");
        demand(
            template.target(&logging["LogGroup"]).is_some_and(keeps_its_logs),
            "has no log group with a retention",
        );
    }
    complaints
}

fn functions_are_alarmed(template: &Template) -> Complaints {
    let mut complaints = Complaints::new();
    for function in template.of_kind(FUNCTION) {
        let alarmed = alarms::on(template, &errors(function)).any(alarms::rings_at_the_first);
        demand(&mut complaints, alarmed, function.id, "has no alarm on its errors");
    }
    // Of all functions: on no dimension.
    let throttles = Metric { namespace: "AWS/Lambda", name: "Throttles", dimensions: Value::Null };
    let alarmed = alarms::on(template, &throttles).next().is_some();
    demand(&mut complaints, alarmed, "the template", "has no alarm on throttles");
    complaints
}

fn keeps_its_logs(group: Resource<'_>) -> bool {
    group.whole["Type"] == "AWS::Logs::LogGroup" && !group.property("RetentionInDays").is_null()
}

fn errors(function: Resource<'_>) -> Metric {
    Metric {
        namespace: "AWS/Lambda",
        name: "Errors",
        dimensions: json!([{"Name": "FunctionName", "Value": {"Ref": function.id}}]),
    }
}

#[test]
fn every_function_has_its_bounds() {
    assert_kept(functions_are_bounded);
}

#[test]
fn a_function_without_a_bound_is_found() {
    let broken = |property: &'static str, value: Value| {
        move |template: Template| template.with("GetStatus", &format!("/Properties/{property}"), value)
    };
    for (property, value, complaint) in [
        ("Timeout", Value::Null, "has no time-out"),
        ("MemorySize", Value::Null, "has no memory"),
        ("Runtime", json!("nodejs22.x"), "has another runtime"),
        ("Architectures", json!(["x86_64"]), "does not take its processor from the parameter"),
        (
            "ReservedConcurrentExecutions",
            json!(5),
            "reserves concurrency, which sends throttled messages to the dead-letter queue",
        ),
    ] {
        assert_bites(functions_are_bounded, broken(property, value), &format!("GetStatus {complaint}"));
    }
}

#[test]
fn every_function_logs_json_to_a_group_with_a_retention() {
    assert_kept(functions_log);
}

#[test]
fn a_function_with_other_logs_is_found() {
    assert_bites(
        functions_log,
        |template| template.with("GetStatus", "/Properties/LoggingConfig/LogFormat", json!("Text")),
        "GetStatus does not log JSON",
    );
    assert_bites(
        functions_log,
        |template| template.with("GetStatus", "/Properties/LoggingConfig/LogGroup", Value::Null),
        "GetStatus has no log group with a retention",
    );
}

#[test]
fn every_function_has_an_alarm_on_its_errors_and_all_have_one_on_throttles() {
    assert_kept(functions_are_alarmed);
}

#[test]
fn a_function_without_alarms_is_found() {
    alarms::assert_must_ring_at_the_first(
        functions_are_alarmed,
        "GetStatusErrorsAlarm",
        "GetStatus has no alarm on its errors",
    );
    alarms::assert_must_ring(
        functions_are_alarmed,
        "ThrottlesAlarm",
        "the template has no alarm on throttles",
    );
}
