//! What every queue and its consumer have.

use std::collections::BTreeSet;

use serde_json::{Value, json};

use super::{
    Complaints,
    alarms::{self, Metric},
    assert_bites, assert_kept, demand, kebab_case, number, roles,
};
use crate::template::{Resource, Template};

const QUEUE: &str = "AWS::SQS::Queue";
const MAPPING: &str = "AWS::Lambda::EventSourceMapping";
const FOURTEEN_DAYS_S: u64 = 14 * 24 * 60 * 60;
/// How the variable ends that says how long a message waits for another.
const WAITS: &str = "_RETRY_SECONDS";
/// How often a queue gives out a message that may wait, before it is dead.
const RECEIVES_OF_WAITING: u64 = 20;
/// Visibility over time-out: room for the retries of a throttled event source.
const VISIBILITY_FACTOR: u64 = 6;

fn queues_have_a_dead_letter_queue(template: &Template) -> Complaints {
    let mut complaints = Complaints::new();
    for queue in template.of_kind(QUEUE).filter(|queue| !is_dead_letter_queue(template, *queue)) {
        let mut demand = |holds, complaint| demand(&mut complaints, holds, queue.id, complaint);
        let Some(dead) = template.target(&queue.property("RedrivePolicy")["deadLetterTargetArn"]) else {
            demand(false, "has no dead-letter queue");
            continue;
        };
        demand(
            number(dead.property("MessageRetentionPeriod")) == FOURTEEN_DAYS_S,
            "has a dead-letter queue that forgets before 14 days",
        );
        demand(
            alarms::on(template, &metric("ApproximateNumberOfMessagesVisible", dead))
                .any(alarms::rings_at_the_first),
            "has no alarm on the depth of its dead-letter queue",
        );
        demand(
            alarms::on(template, &metric("ApproximateAgeOfOldestMessage", queue)).next().is_some(),
            "has no alarm on the age of its oldest message",
        );
    }
    complaints
}

fn consumers_take_their_time(template: &Template) -> Complaints {
    let mut complaints = Complaints::new();
    for mapping in template.of_kind(MAPPING) {
        let mut demand = |holds, complaint| demand(&mut complaints, holds, mapping.id, complaint);
        let types = mapping.property("FunctionResponseTypes");
        demand(*types == json!(["ReportBatchItemFailures"]), "does not report single failures");
        demand(
            number(&mapping.property("ScalingConfig")["MaximumConcurrency"]) >= 2,
            "has no maximum concurrency of 2 or more",
        );
        let visibility = timing(template, mapping, "EventSourceArn", "VisibilityTimeout");
        let time_out = timing(template, mapping, "FunctionName", "Timeout");
        demand(
            time_out > 0 && visibility >= VISIBILITY_FACTOR * time_out,
            "takes messages that are visible again before six of its function's time-outs",
        );
    }
    complaints
}

/// What keeps failing is not seen by the age of the queue's oldest message, which leaves out what was received three times
/// or more, and is a dead letter only after hours.
fn failing_messages_ring(template: &Template) -> Complaints {
    let mut complaints = Complaints::new();
    for context in consuming(template) {
        let dimensions = json!([
            {"Name": "context", "Value": kebab_case(context)},
            {"Name": "entry", "Value": "queue"},
        ]);
        let metric = Metric { namespace: "Tenor", name: "record_failed", dimensions };
        let rings = alarms::on(template, &metric).any(rings_within_five_minutes);
        demand(&mut complaints, rings, context, "has no alarm on messages that keep failing");
    }
    complaints
}

/// The contexts that take messages, by the log groups of their functions.
fn consuming(template: &Template) -> BTreeSet<&str> {
    let consumers =
        template.of_kind(MAPPING).filter_map(|mapping| template.target(mapping.property("FunctionName")));
    let groups =
        consumers.filter_map(|function| template.target(&function.property("LoggingConfig")["LogGroup"]));
    groups.map(|group| group.stem("Logs")).collect()
}

/// Whether one message that keeps failing makes it ring, and one that fails once does not. By the consumers' own waits of
/// 10, 20, 40 and 80 s it fails in three minutes of the first five at least.
fn rings_within_five_minutes(alarm: Resource<'_>) -> bool {
    *alarm.property("Threshold") == 0
        && alarm.property("Statistic") == "Sum"
        && *alarm.property("Period") == 60
        && *alarm.property("EvaluationPeriods") == 5
        && (2..=3).contains(&number(alarm.property("DatapointsToAlarm")))
        // In most minutes nothing fails, and nothing is counted.
        && alarm.property("TreatMissingData") == "notBreaching"
}

/// A queue from which a partner takes is written by a function of ours, and read by none.
fn queues_lead_somewhere(template: &Template) -> Complaints {
    let mut complaints = Complaints::new();
    for queue in unconsumed(template) {
        let allowed = |action: &str| {
            template.of_kind("AWS::IAM::Role").flat_map(roles::statements).any(|statement| {
                let mut resources = roles::entries_of(statement, "Resource");
                let named = |resource| template.target(resource).is_some_and(|target| target.id == queue.id);
                resources.any(named) && roles::entries_of(statement, "Action").any(|entry| entry == action)
            })
        };
        let mut demand = |holds, complaint| demand(&mut complaints, holds, queue.id, complaint);
        demand(allowed("sqs:SendMessage"), "has neither a consumer nor a sender");
        demand(!allowed("sqs:ReceiveMessage"), "is read by a role and consumed by nobody");
    }
    complaints
}

/// The queues that no function is fed from, but for dead-letter queues.
fn unconsumed(template: &Template) -> impl Iterator<Item = Resource<'_>> {
    let consumed = |queue: &Resource<'_>| {
        let mut sources = template
            .of_kind(MAPPING)
            .filter_map(|mapping| template.target(mapping.property("EventSourceArn")));
        sources.any(|source| source.id == queue.id)
    };
    let queues = template.of_kind(QUEUE).filter(move |queue| !consumed(queue));
    queues.filter(|queue| !is_dead_letter_queue(template, *queue))
}

/// A message that waits for another must not be taken for one that fails.
fn waits_are_no_failures(template: &Template) -> Complaints {
    let mut complaints = Complaints::new();
    for mapping in template.of_kind(MAPPING) {
        let Some(waited_s) = waited_s(template, mapping) else { continue };
        let queue = template.target(mapping.property("EventSourceArn"));
        let receives = queue.map_or(0, |queue| number(&queue.property("RedrivePolicy")["maxReceiveCount"]));
        let complaint = "takes messages that wait from a queue that gives them up before 20 receives";
        demand(&mut complaints, receives >= RECEIVES_OF_WAITING, mapping.id, complaint);
        let rings_at_waits = queue.is_some_and(|queue| {
            let metric = metric("ApproximateAgeOfOldestMessage", queue);
            alarms::on(template, &metric).any(|alarm| number(alarm.property("Threshold")) <= waited_s)
        });
        let complaint = "takes messages that wait from a queue whose alarm rings while they do";
        demand(&mut complaints, waited_s > 0 && !rings_at_waits, mapping.id, complaint);
    }
    complaints
}

/// For how long messages may wait for others that a function takes; `None` if none do, 0 if it cannot be told.
fn waited_s(template: &Template, mapping: Resource<'_>) -> Option<u64> {
    let function = template.target(mapping.property("FunctionName"))?;
    let mut variables = function.property("Environment")["Variables"].as_object()?.iter();
    let (_, waits) = variables.find(|(name, _)| name.ends_with(WAITS))?;
    let seconds = template.text(waits).unwrap_or_default().split(',').map(str::parse::<u64>);
    Some(seconds.sum::<Result<_, _>>().unwrap_or(0))
}

fn metric(name: &'static str, queue: Resource<'_>) -> Metric {
    Metric {
        namespace: "AWS/SQS",
        name,
        dimensions: json!([{"Name": "QueueName", "Value": {"Fn::GetAtt": [queue.id, "QueueName"]}}]),
    }
}

fn timing(template: &Template, mapping: Resource<'_>, to: &str, property: &str) -> u64 {
    template.target(mapping.property(to)).map_or(0, |target| number(target.property(property)))
}

fn is_dead_letter_queue(template: &Template, queue: Resource<'_>) -> bool {
    template.of_kind(QUEUE).any(|other| {
        let target = template.target(&other.property("RedrivePolicy")["deadLetterTargetArn"]);
        target.is_some_and(|target| target.id == queue.id)
    })
}

#[test]
fn every_queue_has_a_dead_letter_queue_and_alarms() {
    assert_kept(queues_have_a_dead_letter_queue);
}

#[test]
fn a_queue_without_its_dead_letter_queue_is_found() {
    // Its dead-letter queue is then a queue like any other, and has none either.
    let orphaned = Template::deployed().with("ContractEventsQueue", "/Properties/RedrivePolicy", Value::Null);
    assert_eq!(
        queues_have_a_dead_letter_queue(&orphaned),
        ["ContractEventsDlq has no dead-letter queue", "ContractEventsQueue has no dead-letter queue"],
    );
    assert_bites(
        queues_have_a_dead_letter_queue,
        |template| template.with("ContractEventsDlq", "/Properties/MessageRetentionPeriod", json!(345_600)),
        "ContractEventsQueue has a dead-letter queue that forgets before 14 days",
    );
}

#[test]
fn a_queue_without_its_alarms_is_found() {
    alarms::assert_must_ring_at_the_first(
        queues_have_a_dead_letter_queue,
        "ContractEventsDlqDepthAlarm",
        "ContractEventsQueue has no alarm on the depth of its dead-letter queue",
    );
    alarms::assert_must_ring(
        queues_have_a_dead_letter_queue,
        "ContractEventsOldestAgeAlarm",
        "ContractEventsQueue has no alarm on the age of its oldest message",
    );
}

#[test]
fn every_context_that_takes_messages_has_an_alarm_on_those_that_keep_failing() {
    let template = Template::deployed();
    let consuming: Vec<_> = consuming(&template).into_iter().collect();
    assert_eq!(consuming, ["Crm", "Instalment", "Marketplace", "Quota"]);
    assert_kept(failing_messages_ring);
}

#[test]
fn messages_that_keep_failing_and_ring_nothing_are_found() {
    for context in ["Crm", "Instalment", "Marketplace", "Quota"] {
        let alarm = format!("{context}RecordFailedAlarm");
        let complaint = format!("{context} has no alarm on messages that keep failing");
        alarms::assert_must_ring(failing_messages_ring, &alarm, &complaint);
        for (property, flaw) in [
            ("Threshold", json!(1)),
            ("Statistic", json!("Average")),
            ("Period", json!(300)),
            ("EvaluationPeriods", json!(3)),
            ("DatapointsToAlarm", json!(4)),
            // It would ring at the first that fails, which is every throttled write.
            ("DatapointsToAlarm", json!(1)),
            ("DatapointsToAlarm", Value::Null),
            ("TreatMissingData", json!("breaching")),
            ("TreatMissingData", json!("ignore")),
        ] {
            let pointer = format!("/Properties/{property}");
            assert_bites(failing_messages_ring, |template| template.with(&alarm, &pointer, flaw), &complaint);
        }
    }
}

#[test]
fn only_what_a_partner_takes_has_no_consumer_of_ours() {
    let template = Template::deployed();
    let unconsumed: Vec<_> = unconsumed(&template).map(|queue| queue.id).collect();
    assert_eq!(unconsumed, ["CoreCommandsQueue", "InforOutboundQueue"]);
    assert_kept(queues_lead_somewhere);
}

#[test]
fn a_queue_that_leads_nowhere_is_found() {
    let complaint = "ContractEventsQueue has neither a consumer nor a sender";
    let unfed = queues_lead_somewhere(&Template::deployed().without("ContractEventsMessages"));
    assert!(unfed.contains(&complaint.to_owned()), "{unfed:?}");
    let receives = json!(["sqs:SendMessage", "sqs:ReceiveMessage"]);
    assert_bites(
        queues_lead_somewhere,
        |template| {
            let pointer = "/Properties/Policies/0/PolicyDocument/Statement/5/Action";
            template.with("InforRequestRole", pointer, receives)
        },
        "InforOutboundQueue is read by a role and consumed by nobody",
    );
}

#[test]
fn a_message_may_wait_for_another() {
    assert_kept(waits_are_no_failures);
    let pointer = "/Properties/RedrivePolicy/maxReceiveCount";
    assert_bites(
        waits_are_no_failures,
        |template| template.with("InforInboundQueue", pointer, json!(19)),
        "InforInboundMessages takes messages that wait from a queue that gives them up before 20 receives",
    );
    for (mapping, alarm, waited_s) in [
        ("InforInboundMessages", "InforInboundOldestAgeAlarm", 3_180),
        ("RepayResultMessages", "RepayResultOldestAgeAlarm", 1_800),
    ] {
        assert_bites(
            waits_are_no_failures,
            |template| template.with(alarm, "/Properties/Threshold", json!(waited_s)),
            &format!("{mapping} takes messages that wait from a queue whose alarm rings while they do"),
        );
    }
}

#[test]
fn every_consumer_reports_single_failures_and_is_given_time() {
    assert_kept(consumers_take_their_time);
}

#[test]
fn a_consumer_that_is_too_hasty_is_found() {
    for (id, pointer, value, complaint) in [
        ("ContractEventsMessages", "FunctionResponseTypes", Value::Null, "does not report single failures"),
        (
            "ContractEventsMessages",
            "ScalingConfig",
            json!({"MaximumConcurrency": 1}),
            "has no maximum concurrency of 2 or more",
        ),
        (
            "ContractEventsQueue",
            "VisibilityTimeout",
            json!(179),
            "takes messages that are visible again before six of its function's time-outs",
        ),
    ] {
        assert_bites(
            consumers_take_their_time,
            |template| template.with(id, &format!("/Properties/{pointer}"), value),
            &format!("ContractEventsMessages {complaint}"),
        );
    }
}
