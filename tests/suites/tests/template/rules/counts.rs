//! What somebody must look at rings at the first of it.

use serde_json::{Value, json};

use super::{
    Complaints,
    alarms::{self, Metric},
    assert_bites, assert_kept, demand, kebab_case,
};
use crate::template::{Resource, Template};

/// Counts that stand for something that no later run puts right, or that keeps coming back until somebody looks: function, context, metric.
const ALARMING: [(&str, &str, &str); 12] = [
    ("PartnerCallback", "marketplace", "callback_dead"),
    ("OperatorPull", "marketplace", "operator_pull_failed"),
    ("PushOrderParse", "marketplace", "push_order_parse_failed"),
    ("CreditApplication", "marketplace", "credit_application_failed"),
    ("DepositoryCheck", "marketplace", "depository_check_failed"),
    ("BindCard", "marketplace", "card_binding_unclear"),
    ("BindCard", "marketplace", "card_binding_declined"),
    ("LoanResultQuery", "marketplace", "loan_status_unlisted"),
    ("LeaseReconcile", "lease", "lease_reconcile_failed"),
    ("InforInbound", "crm", "infor.alert"),
    ("OutboxRelay", "delivery", "outbox_stuck"),
    ("AntNotify", "lease", "ant_bad_signature"),
];
/// The same of counts that several functions of a context have: log group, context, metric. A filter over their log
/// lines sums them up.
const ALARMING_IN_CONTEXT: [(&str, &str, &str); 3] = [
    ("LeaseLogs", "lease", "withhold_lost"),
    ("LeaseLogs", "lease", "lease_unknown_outcome"),
    ("MarketplaceLogs", "marketplace", "rongshu_bad_signature"),
];

fn alarming_counts_ring(template: &Template) -> Complaints {
    let mut complaints = Complaints::new();
    for (function, context, name) in ALARMING {
        let dimensions = json!([
            {"Name": "context", "Value": context},
            {"Name": "function", "Value": kebab_case(function)},
        ]);
        let metric = Metric { namespace: "Tenor", name, dimensions };
        let rings = alarms::on(template, &metric).any(alarms::rings_at_the_first);
        demand(&mut complaints, rings, function, &format!("has no alarm on {name}"));
    }
    complaints
}

fn alarming_counts_of_contexts_ring(template: &Template) -> Complaints {
    let mut complaints = Complaints::new();
    for (group, context, name) in ALARMING_IN_CONTEXT {
        let mut demand = |holds, complaint: &str| {
            demand(&mut complaints, holds, context, &format!("{complaint} {name}"));
        };
        let filters = template.of_kind("AWS::Logs::MetricFilter");
        let summed = filters.into_iter().any(|filter| sums_up(template, filter, group, name));
        demand(summed, "does not sum up");
        let dimensions = json!([{"Name": "context", "Value": context}]);
        let metric = Metric { namespace: "Tenor", name, dimensions };
        demand(alarms::on(template, &metric).any(alarms::rings_at_the_first), "has no alarm on");
    }
    complaints
}

/// Whether a filter makes of a count in any line of the group a metric of its context.
fn sums_up(template: &Template, filter: Resource<'_>, group: &str, name: &str) -> bool {
    let of_group = template.target(filter.property("LogGroupName")).is_some_and(|logs| logs.id == group);
    let made = json!([{
        "MetricNamespace": "Tenor",
        "MetricName": name,
        "MetricValue": format!("$.{name}"),
        "Dimensions": [{"Key": "context", "Value": "$.context"}],
    }]);
    of_group
        && *filter.property("FilterPattern") == format!("{{ $.{name} > 0 }}")
        && *filter.property("MetricTransformations") == made
}

#[test]
fn every_alarming_count_has_its_alarm() {
    assert_kept(alarming_counts_ring);
}

#[test]
fn an_alarming_count_without_its_alarm_is_found() {
    for (alarm, complaint) in [
        ("InforAlertAlarm", "InforInbound has no alarm on infor.alert"),
        ("OutboxStuckAlarm", "OutboxRelay has no alarm on outbox_stuck"),
        ("AntBadSignatureAlarm", "AntNotify has no alarm on ant_bad_signature"),
        ("OperatorPullFailedAlarm", "OperatorPull has no alarm on operator_pull_failed"),
        ("PushOrderParseFailedAlarm", "PushOrderParse has no alarm on push_order_parse_failed"),
        ("CreditApplicationFailedAlarm", "CreditApplication has no alarm on credit_application_failed"),
        ("LeaseReconcileFailedAlarm", "LeaseReconcile has no alarm on lease_reconcile_failed"),
        ("DepositoryCheckFailedAlarm", "DepositoryCheck has no alarm on depository_check_failed"),
        ("CardBindingUnclearAlarm", "BindCard has no alarm on card_binding_unclear"),
        ("CardBindingDeclinedAlarm", "BindCard has no alarm on card_binding_declined"),
        ("LoanStatusUnlistedAlarm", "LoanResultQuery has no alarm on loan_status_unlisted"),
        ("CallbackDeadAlarm", "PartnerCallback has no alarm on callback_dead"),
    ] {
        alarms::assert_must_ring_at_the_first(alarming_counts_ring, alarm, complaint);
    }
}

#[test]
fn every_alarming_count_of_a_context_is_summed_up_and_has_its_alarm() {
    assert_kept(alarming_counts_of_contexts_ring);
}

#[test]
fn an_alarming_count_of_a_context_that_nobody_hears_is_found() {
    for (alarm, complaint) in [
        ("WithholdLostAlarm", "lease has no alarm on withhold_lost"),
        ("LeaseUnknownOutcomeAlarm", "lease has no alarm on lease_unknown_outcome"),
        ("RongshuBadSignatureAlarm", "marketplace has no alarm on rongshu_bad_signature"),
    ] {
        alarms::assert_must_ring_at_the_first(alarming_counts_of_contexts_ring, alarm, complaint);
    }
    let complaint = "lease does not sum up withhold_lost";
    let bites = |broken: &dyn Fn(Template) -> Template| {
        assert_bites(alarming_counts_of_contexts_ring, broken, complaint);
    };
    bites(&|template| template.without("WithholdLostFilter"));
    for (pointer, flaw) in [
        ("LogGroupName", json!({"Ref": "CrmLogs"})),
        ("FilterPattern", json!("{ $.withhold_lost > 1 }")),
        ("FilterPattern", json!("{ $.other > 0 }")),
        ("MetricTransformations/0/MetricName", json!("other")),
        ("MetricTransformations/0/MetricValue", json!("0")),
        ("MetricTransformations/0/Dimensions", Value::Null),
    ] {
        let pointer = format!("/Properties/{pointer}");
        bites(&|template| template.with("WithholdLostFilter", &pointer, flaw.clone()));
    }
}
