//! What every HTTP API, and every context that is reached over it, has.

use serde_json::{Value, json};

use super::{Complaints, assert_bites, assert_kept, demand, number};
use crate::template::{Resource, Template};

fn stages_are_logged_and_throttled(template: &Template) -> Complaints {
    let mut complaints = Complaints::new();
    for stage in template.of_kind("AWS::ApiGatewayV2::Stage") {
        let mut demand = |holds, complaint| demand(&mut complaints, holds, stage.id, complaint);
        let access = &stage.property("AccessLogSettings")["DestinationArn"];
        demand(template.target(access).is_some(), "has no access log");
        let throttling = stage.property("DefaultRouteSettings");
        let limits = ["ThrottlingRateLimit", "ThrottlingBurstLimit"].map(|limit| number(&throttling[limit]));
        demand(limits.iter().all(|limit| *limit > 0), "is not throttled");
    }
    complaints
}

fn contexts_are_watched(template: &Template) -> Complaints {
    let mut complaints = Complaints::new();
    for function in template.of_kind("AWS::Lambda::Function") {
        let Some(group) = template.target(&function.property("LoggingConfig")["LogGroup"]) else { continue };
        let context = group.stem("Logs");
        let dashboard = template.has("AWS::CloudWatch::Dashboard", &format!("{context}Dashboard"));
        demand(&mut complaints, dashboard, function.id, "belongs to a context without a dashboard");
        if is_reached_over_http(template, function) {
            let watched = template
                .of_kind("AWS::CloudWatch::Alarm")
                .any(|alarm| watches_latency(alarm, &kebab_case(context)));
            demand(&mut complaints, watched, function.id, "has no alarm on its slowest hundredth");
        }
    }
    complaints
}

fn is_reached_over_http(template: &Template, function: Resource<'_>) -> bool {
    template.of_kind("AWS::ApiGatewayV2::Api").any(|api| {
        let definition = api.property("Body")["paths"].to_string();
        definition.contains(&format!("${{{}.Arn}}", function.id))
    })
}

/// On the 99th percentile of our own measurement, over all functions of the context that are reached over
/// HTTP.
fn watches_latency(alarm: Resource<'_>, context: &str) -> bool {
    let dimensions = json!([{"Name": "context", "Value": context}, {"Name": "entry", "Value": "http"}]);
    alarm.property("Namespace") == "Tenor"
        && alarm.property("MetricName") == "latency_ms"
        && alarm.property("ExtendedStatistic") == "p99"
        && *alarm.property("Dimensions") == dimensions
}

fn kebab_case(pascal_case: &str) -> String {
    let mut words = String::new();
    for letter in pascal_case.chars() {
        if letter.is_uppercase() && !words.is_empty() {
            words.push('-');
        }
        words.extend(letter.to_lowercase());
    }
    words
}

#[test]
fn every_stage_is_logged_and_throttled() {
    assert_kept(stages_are_logged_and_throttled);
}

#[test]
fn a_stage_without_access_log_or_throttling_is_found() {
    for (property, complaint) in
        [("AccessLogSettings", "has no access log"), ("DefaultRouteSettings", "is not throttled")]
    {
        assert_bites(
            stages_are_logged_and_throttled,
            |template| {
                let stage = "HttpApiApiGatewayDefaultStage";
                template.with(stage, &format!("/Properties/{property}"), Value::Null)
            },
            &format!("HttpApiApiGatewayDefaultStage {complaint}"),
        );
    }
}

#[test]
fn every_context_has_a_dashboard_and_every_http_function_a_latency_alarm() {
    assert_kept(contexts_are_watched);
}

#[test]
fn a_context_that_nobody_watches_is_found() {
    assert_bites(
        contexts_are_watched,
        |template| template.without("InstalmentLatencyAlarm"),
        "GetStatus has no alarm on its slowest hundredth",
    );
    let template = Template::deployed().without("InstalmentDashboard");
    assert_eq!(
        contexts_are_watched(&template),
        ["ContractEvents", "GetStatus", "RenewContract", "Webview"]
            .map(|id| format!("{id} belongs to a context without a dashboard")),
    );
}
