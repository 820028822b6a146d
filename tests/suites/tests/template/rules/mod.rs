//! The rules. Each names what breaks it; an empty list is a template that keeps it.

mod alarms;
mod buckets;
mod counts;
mod events;
mod functions;
mod http;
mod indexes;
mod kept;
mod kinds;
mod parameters;
mod queues;
mod roles;
mod routes;
mod schedules;
mod secrets;
mod size;
mod tables;
mod tracing;
mod trust;

use serde_json::Value;

use crate::template::Template;

/// What breaks a rule, in words that name the resource.
type Complaints = Vec<String>;

/// A rule over a template.
type Rule = fn(&Template) -> Complaints;

/// The deployed template keeps the rule.
fn assert_kept(rule: Rule) {
    assert_eq!(rule(&Template::deployed()), Complaints::new());
}

/// The rule has just this complaint about the deployed template when `broken` is done to it.
fn assert_bites(rule: Rule, broken: impl FnOnce(Template) -> Template, complaint: &str) {
    assert_eq!(rule(&broken(Template::deployed())), [complaint]);
}

/// Notes `complaint` about `id` unless what should hold does.
fn demand(complaints: &mut Complaints, holds: bool, id: &str, complaint: &str) {
    if !holds {
        complaints.push(format!("{id} {complaint}"));
    }
}

/// A number, 0 when the value is none.
fn number(value: &Value) -> u64 {
    value.as_u64().unwrap_or(0)
}

/// `get-status` of `GetStatus`.
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
