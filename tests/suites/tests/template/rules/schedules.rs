//! What every schedule has: a zone, an input that says when, an off switch, and somebody who notices its absence.

use std::ops::RangeInclusive;

use serde_json::{Value, json};

use super::{
    Complaints,
    alarms::{self, Metric},
    assert_bites, assert_kept, demand, kebab_case, number,
};
use crate::template::{Resource, Template};

const SCHEDULE: &str = "AWS::Scheduler::Schedule";
/// What a job is told: for when it runs, and which run it is. `EventBridge` Scheduler fills it in.
const INPUT: &str = r#"{"time":"<aws.scheduler.scheduled-time>","id":"<aws.scheduler.execution-id>"}"#;
/// When somebody must know that a daily job did not come to its end: not before the next run is due.
const DAILY_ABSENCE_H: RangeInclusive<u64> = 25..=48;

fn schedules_are_whole(template: &Template) -> Complaints {
    let mut complaints = Complaints::new();
    for schedule in template.of_kind(SCHEDULE) {
        let mut demand = |holds, complaint| demand(&mut complaints, holds, schedule.id, complaint);
        demand(
            schedule.property("ScheduleExpressionTimezone").is_string(),
            "says an hour without its time zone",
        );
        demand(*schedule.property("State") == json!({"Ref": "Schedules"}), "cannot be switched off");
        let target = schedule.property("Target");
        demand(target["Input"] == INPUT, "does not tell its job for when it runs");
        let retries = &target["RetryPolicy"];
        let bounded =
            !retries["MaximumRetryAttempts"].is_null() && number(&retries["MaximumEventAgeInSeconds"]) > 0;
        demand(bounded, "repeats its call for as long as it likes");
        demand(job(template, schedule).is_some(), "calls no function");
    }
    complaints
}

fn daily_jobs_are_missed(template: &Template) -> Complaints {
    let mut complaints = Complaints::new();
    for schedule in template.of_kind(SCHEDULE).filter(is_daily) {
        let metric = job(template, schedule).and_then(|function| done(template, function));
        let missed = metric
            .is_some_and(|metric| alarms::on_absence(template, &metric, DAILY_ABSENCE_H).next().is_some());
        demand(&mut complaints, missed, schedule.id, "has no alarm on its absence");
    }
    complaints
}

/// A job of every few minutes shows in what it works off.
fn is_daily(schedule: &Resource<'_>) -> bool {
    schedule.property("ScheduleExpression").as_str().is_some_and(|expression| expression.starts_with("cron("))
}

fn job<'a>(template: &'a Template, schedule: Resource<'_>) -> Option<Resource<'a>> {
    let target = template.target(&schedule.property("Target")["Arn"]);
    target.filter(|target| target.whole["Type"] == "AWS::Lambda::Function")
}

/// What a job counts when it has come to its end.
fn done(template: &Template, function: Resource<'_>) -> Option<Metric> {
    let group = template.target(&function.property("LoggingConfig")["LogGroup"])?;
    let dimensions = json!([
        {"Name": "context", "Value": kebab_case(group.stem("Logs"))},
        {"Name": "function", "Value": kebab_case(function.id)},
    ]);
    Some(Metric { namespace: "Tenor", name: "job_done", dimensions })
}

#[test]
fn every_schedule_is_whole() {
    assert_kept(schedules_are_whole);
}

#[test]
fn a_schedule_that_lacks_something_is_found() {
    for (pointer, flaw, complaint) in [
        ("ScheduleExpressionTimezone", Value::Null, "says an hour without its time zone"),
        ("State", Value::Null, "cannot be switched off"),
        ("State", json!("ENABLED"), "cannot be switched off"),
        ("Target/Input", Value::Null, "does not tell its job for when it runs"),
        ("Target/Input", json!("{}"), "does not tell its job for when it runs"),
        ("Target/RetryPolicy", Value::Null, "repeats its call for as long as it likes"),
        (
            "Target/RetryPolicy",
            json!({"MaximumRetryAttempts": 2}),
            "repeats its call for as long as it likes",
        ),
        ("Target/Arn", json!({"Fn::GetAtt": ["CreditEventsQueue", "Arn"]}), "calls no function"),
    ] {
        assert_bites(
            schedules_are_whole,
            |template| template.with("TempCreditExpiryDaily", &format!("/Properties/{pointer}"), flaw),
            &format!("TempCreditExpiryDaily {complaint}"),
        );
    }
}

#[test]
fn the_absence_of_every_daily_job_is_noticed() {
    assert!(Template::deployed().of_kind(SCHEDULE).any(|schedule| is_daily(&schedule)), "there is one");
    assert_kept(daily_jobs_are_missed);
}

#[test]
fn a_daily_job_that_nobody_would_miss_is_found() {
    alarms::assert_must_ring_on_absence(
        daily_jobs_are_missed,
        "TempCreditExpiryAbsenceAlarm",
        "TempCreditExpiryDaily has no alarm on its absence",
    );
}
