//! What is told on a bus can be told again.

use serde_json::{Value, json};

use super::{Complaints, assert_bites, assert_kept, demand};
use crate::template::Template;

const BUS: &str = "AWS::Events::EventBus";
const ARCHIVE: &str = "AWS::Events::Archive";

fn buses_are_archived(template: &Template) -> Complaints {
    let mut complaints = Complaints::new();
    for bus in template.of_kind(BUS) {
        let archived = template.of_kind(ARCHIVE).any(|archive| {
            let source = template.target(archive.property("SourceArn"));
            source.is_some_and(|source| source.id == bus.id)
                && *archive.property("RetentionDays") == 30
                // Without a pattern it keeps every event.
                && archive.property("EventPattern").is_null()
                // The local engine is the only place without it.
                && archive.whole["Condition"] == "IsInAws"
        });
        demand(&mut complaints, archived, bus.id, "has no archive of all its events of 30 days");
    }
    complaints
}

#[test]
fn every_bus_has_an_archive() {
    assert!(Template::deployed().of_kind(BUS).next().is_some(), "there is one");
    assert_kept(buses_are_archived);
}

#[test]
fn a_bus_without_its_archive_is_found() {
    let complaint = "EventBus has no archive of all its events of 30 days";
    assert_bites(buses_are_archived, |template| template.without("EventArchive"), complaint);
    for (pointer, flaw) in [
        ("/Properties/SourceArn", json!({"Fn::GetAtt": ["OutboxTable", "Arn"]})),
        ("/Properties/RetentionDays", json!(7)),
        ("/Properties/RetentionDays", Value::Null),
        ("/Properties/EventPattern", json!({"source": ["tenor.crm"]})),
        ("/Condition", json!("IsLocal")),
    ] {
        assert_bites(buses_are_archived, |template| template.with("EventArchive", pointer, flaw), complaint);
    }
}
