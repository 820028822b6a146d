//! What every schedule has: a zone if it says an hour, an input that says when, an off switch, and somebody who notices
//! its absence. One that comes again within minutes repeats nothing besides.

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
const INVOKE_CONFIG: &str = "AWS::Lambda::EventInvokeConfig";
/// When somebody must know that a daily job did not come to its end: not before the next run is due.
const DAILY_ABSENCE_S: RangeInclusive<u64> = 25 * 3600..=48 * 3600;
/// How many runs of a job of every few minutes may be missing before somebody must know.
const RUNS_MISSED: RangeInclusive<u64> = 3..=10;
const MINUTE_S: u64 = 60;

fn schedules_are_whole(template: &Template) -> Complaints {
    let mut complaints = Complaints::new();
    for schedule in template.of_kind(SCHEDULE) {
        let mut demand = |holds, complaint| demand(&mut complaints, holds, schedule.id, complaint);
        let zoned = schedule.property("ScheduleExpressionTimezone").is_string();
        demand(zoned || interval_s(schedule).is_some(), "says an hour without its time zone");
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

fn jobs_are_missed(template: &Template) -> Complaints {
    let mut complaints = Complaints::new();
    for schedule in template.of_kind(SCHEDULE) {
        let absence = match interval_s(schedule) {
            None => DAILY_ABSENCE_S,
            Some(interval) => interval * RUNS_MISSED.start()..=interval * RUNS_MISSED.end(),
        };
        let metric = job(template, schedule).and_then(|function| done(template, function));
        let missed =
            metric.is_some_and(|metric| alarms::on_absence(template, &metric, absence).next().is_some());
        demand(&mut complaints, missed, schedule.id, "has no alarm on its absence");
    }
    complaints
}

/// What a run of a few minutes did not do, the next one does: a repeat would only run beside it.
fn frequent_jobs_are_not_repeated(template: &Template) -> Complaints {
    let mut complaints = Complaints::new();
    for schedule in template.of_kind(SCHEDULE) {
        let Some(interval) = interval_s(schedule) else { continue };
        let mut demand = |holds, complaint| demand(&mut complaints, holds, schedule.id, complaint);
        let retries = &schedule.property("Target")["RetryPolicy"];
        demand(never_again(retries, interval), "has its call repeated when the next run is due");
        let Some(job) = job(template, schedule) else { continue };
        let config = template.of_kind(INVOKE_CONFIG).find(|config| {
            template.target(config.property("FunctionName")).is_some_and(|function| function.id == job.id)
        });
        demand(
            config.is_some_and(|config| never_again(&config.whole["Properties"], interval)),
            "has its run repeated when the next one is due",
        );
        let time_out = number(job.property("Timeout"));
        demand((1..interval).contains(&time_out), "calls a job that may still run when the next run is due");
    }
    complaints
}

/// Whether what failed is dropped, and what is not taken until the next run too.
fn never_again(policy: &Value, interval_s: u64) -> bool {
    policy["MaximumRetryAttempts"] == 0 && policy["MaximumEventAgeInSeconds"] == interval_s
}

/// How often a job comes that comes every few minutes; none of one that says an hour.
fn interval_s(schedule: Resource<'_>) -> Option<u64> {
    let expression = schedule.property("ScheduleExpression").as_str()?;
    let (minutes, unit) = expression.strip_prefix("rate(")?.strip_suffix(')')?.split_once(' ')?;
    let minutes: u64 = minutes.parse().ok().filter(|_| ["minute", "minutes"].contains(&unit))?;
    Some(minutes * MINUTE_S)
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
fn the_absence_of_every_job_is_noticed() {
    assert_kept(jobs_are_missed);
}

#[test]
fn a_job_that_nobody_would_miss_is_found() {
    for (alarm, schedule) in [
        ("TempCreditExpiryAbsenceAlarm", "TempCreditExpiryDaily"),
        ("OutboxRelayAbsenceAlarm", "OutboxRelayMinute"),
        ("LeaseReconcileAbsenceAlarm", "LeaseReconcileFiveMinutes"),
        ("OperatorPullAbsenceAlarm", "OperatorPullMinute"),
        ("PushOrderParseAbsenceAlarm", "PushOrderParseMinute"),
        ("CreditApplicationAbsenceAlarm", "CreditApplicationMinute"),
    ] {
        let complaint = format!("{schedule} has no alarm on its absence");
        alarms::assert_must_ring_on_absence(jobs_are_missed, alarm, &complaint);
    }
}

#[test]
fn no_job_of_a_few_minutes_is_repeated() {
    assert_kept(frequent_jobs_are_not_repeated);
}

#[test]
fn a_job_of_a_few_minutes_that_is_repeated_is_found() {
    for (job, schedule, interval_s) in [
        ("OutboxRelay", "OutboxRelayMinute", 60),
        ("LeaseReconcile", "LeaseReconcileFiveMinutes", 300),
        ("OperatorPull", "OperatorPullMinute", 60),
    ] {
        let (call, config) = ("Target/RetryPolicy", format!("{job}EventInvokeConfig"));
        let (called_again, run_again) = (
            "has its call repeated when the next run is due",
            "has its run repeated when the next one is due",
        );
        let (attempts, age) = ("MaximumRetryAttempts", "MaximumEventAgeInSeconds");
        for (id, property, flaw, complaint) in [
            (schedule, format!("{call}/{attempts}"), json!(1), called_again),
            (schedule, format!("{call}/{age}"), json!(2 * interval_s), called_again),
            (&config, attempts.to_owned(), Value::Null, run_again),
            (&config, "FunctionName".to_owned(), json!({"Ref": "InforScan"}), run_again),
            (
                job,
                "Timeout".to_owned(),
                json!(interval_s),
                "calls a job that may still run when the next run is due",
            ),
        ] {
            assert_bites(
                frequent_jobs_are_not_repeated,
                |template| template.with(id, &format!("/Properties/{property}"), flaw),
                &format!("{schedule} {complaint}"),
            );
        }
    }
}
