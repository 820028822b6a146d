//! What every HTTP API, and every context that is reached over it, has.

use std::collections::BTreeMap;

use serde_json::{Value, json};

use super::{
    Complaints,
    alarms::{self, Metric},
    assert_bites, assert_kept, demand, kebab_case, number,
};
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
    for (context, over_http) in contexts(template) {
        let mut demand = |holds, complaint| demand(&mut complaints, holds, context, complaint);
        let dashboard = template.has("AWS::CloudWatch::Dashboard", &format!("{context}Dashboard"));
        demand(dashboard, "has no dashboard");
        if over_http {
            let slow = alarms::on(template, &metric("latency_ms", context))
                .any(|alarm| alarm.property("ExtendedStatistic") == "p99");
            demand(slow, "has no alarm on its slowest hundredth");
            let failing =
                alarms::on(template, &metric("internal_error", context)).any(alarms::rings_at_the_first);
            demand(failing, "has no alarm on the calls that it answers with a 5xx");
        }
    }
    complaints
}

/// Every context, by the log group of its functions, and whether any of these is reached over HTTP.
fn contexts(template: &Template) -> BTreeMap<&str, bool> {
    let mut contexts = BTreeMap::new();
    for function in template.of_kind("AWS::Lambda::Function") {
        let Some(group) = template.target(&function.property("LoggingConfig")["LogGroup"]) else { continue };
        *contexts.entry(group.stem("Logs")).or_default() |= is_reached_over_http(template, function);
    }
    contexts
}

fn is_reached_over_http(template: &Template, function: Resource<'_>) -> bool {
    template.of_kind("AWS::ApiGatewayV2::Api").any(|api| {
        let definition = api.property("Body")["paths"].to_string();
        definition.contains(&format!("${{{}.Arn}}", function.id))
    })
}

/// A metric of our own, over all functions of the context that are reached over HTTP.
fn metric(name: &'static str, context: &str) -> Metric {
    let context = kebab_case(context);
    let dimensions = json!([{"Name": "context", "Value": context}, {"Name": "entry", "Value": "http"}]);
    Metric { namespace: "Tenor", name, dimensions }
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
fn every_context_has_a_dashboard_and_every_one_reached_over_http_its_alarms() {
    assert_kept(contexts_are_watched);
}

#[test]
fn a_context_that_nobody_watches_is_found() {
    assert_bites(
        contexts_are_watched,
        |template| template.without("InstalmentDashboard"),
        "Instalment has no dashboard",
    );
    alarms::assert_must_ring(
        contexts_are_watched,
        "InstalmentLatencyAlarm",
        "Instalment has no alarm on its slowest hundredth",
    );
    alarms::assert_must_ring_at_the_first(
        contexts_are_watched,
        "InstalmentInternalErrorsAlarm",
        "Instalment has no alarm on the calls that it answers with a 5xx",
    );
}
