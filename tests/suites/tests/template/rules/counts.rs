//! What somebody must look at rings at the first of it.

use serde_json::json;

use super::{
    Complaints,
    alarms::{self, Metric},
    assert_kept, demand, kebab_case,
};
use crate::template::Template;

/// Counts that stand for something that no later run puts right: function, context, metric.
const ALARMING: [(&str, &str, &str); 2] =
    [("InforInbound", "crm", "infor.alert"), ("OutboxRelay", "delivery", "outbox_stuck")];

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

#[test]
fn every_alarming_count_has_its_alarm() {
    assert_kept(alarming_counts_ring);
}

#[test]
fn an_alarming_count_without_its_alarm_is_found() {
    for (alarm, complaint) in [
        ("InforAlertAlarm", "InforInbound has no alarm on infor.alert"),
        ("OutboxStuckAlarm", "OutboxRelay has no alarm on outbox_stuck"),
    ] {
        alarms::assert_must_ring_at_the_first(alarming_counts_ring, alarm, complaint);
    }
}
