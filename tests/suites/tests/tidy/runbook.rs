//! docs/RUNBOOK.md has an entry for every alarm of the template and for no other, and what its tables and commands name is
//! there.

use std::collections::BTreeSet;

use suites::template::{self, logical_id};

use crate::repository::{functions, root, rust_files, text};

const PAGE: &str = "docs/RUNBOOK.md";
/// What stands for each function, queue or context in an entry's name.
const PLACES: [&str; 3] = ["<Function>", "<Queue>", "<Context>"];

/// A section of the page: its heading without the marks, and what stands below it.
struct Section<'a> {
    heading: &'a str,
    body: &'a str,
}

/// The sections of one level, in their order.
fn sections<'a>(page: &'a str, mark: &str) -> Vec<Section<'a>> {
    let start = format!("\n{mark} ");
    let parts = page.split(start.as_str()).skip(1);
    parts
        .map(|part| {
            let (heading, body) = part.split_once('\n').unwrap_or((part, ""));
            Section { heading, body }
        })
        .collect()
}

/// The section of this heading.
fn section<'a>(page: &'a str, mark: &str, heading: &str) -> &'a str {
    let found = sections(page, mark).into_iter().find(|section| section.heading == heading);
    found.unwrap_or_else(|| panic!("{PAGE} has no {heading}")).body
}

/// What stands in code marks.
fn codes(text: &str) -> impl Iterator<Item = &str> {
    text.split('`').skip(1).step_by(2)
}

/// The names in the first cells of the tables of a text.
fn rows(text: &str) -> BTreeSet<String> {
    let cells = text.lines().filter_map(|line| line.strip_prefix("| ")?.split(" | ").next());
    cells.flat_map(codes).map(str::to_owned).collect()
}

/// The names of the alarms that have an entry; one that stands for several has as many.
fn described(page: &str, alarms: &BTreeSet<String>) -> Vec<String> {
    let entries = sections(section(page, "##", "Alarms"), "###");
    entries.iter().flat_map(|entry| codes(entry.heading)).flat_map(|name| expanded(name, alarms)).collect()
}

/// The alarms that an entry's name stands for: itself, or those of every function, queue or context.
fn expanded(name: &str, alarms: &BTreeSet<String>) -> Vec<String> {
    let Some((_, suffix)) = PLACES.iter().find_map(|place| name.split_once(place)) else {
        return vec![name.to_owned()];
    };
    let of_each = template::alarms_of_each();
    let named = of_each.iter().filter(|(pattern, _)| pattern.ends_with(&format!("}}{suffix}")));
    let expanded: Vec<_> = named.flat_map(|(_, names)| names.iter().cloned()).collect();
    assert!(!expanded.is_empty(), "{name} stands for no alarm");
    assert!(expanded.iter().all(|alarm| alarms.contains(alarm)), "{name}");
    expanded
}

/// What is wrong with the entries: alarms without one or with several, entries without an alarm.
fn flaws(page: &str) -> Vec<String> {
    let alarms = template::alarms();
    let described = described(page, &alarms);
    let unique: BTreeSet<String> = described.iter().cloned().collect();
    let missing = alarms.difference(&unique).map(|alarm| format!("{alarm} has no entry"));
    let unknown = unique.difference(&alarms).map(|alarm| format!("there is no {alarm}"));
    let twice = unique.iter().filter(|alarm| described.iter().filter(|other| other == alarm).count() > 1);
    missing.chain(unknown).chain(twice.map(|alarm| format!("{alarm} has two entries"))).collect()
}

#[test]
fn every_alarm_has_an_entry_and_every_entry_an_alarm() {
    assert_eq!(flaws(&text(PAGE)), [""; 0]);
    assert!(template::alarms().len() > 100, "the template's lists are read");
}

#[test]
fn an_entry_that_is_missing_or_one_too_many_is_found() {
    let page = text(PAGE);
    for (entry, other, flaw) in [
        ("### `ThrottlesAlarm`", "", "ThrottlesAlarm has no entry"),
        ("### `<Function>ErrorsAlarm`", "", "WebviewErrorsAlarm has no entry"),
        ("### `<Queue>OldestAgeAlarm`", "", "OverdueOldestAgeAlarm has no entry"),
        ("`TempCreditExpiryAbsenceAlarm`, ", "", "TempCreditExpiryAbsenceAlarm has no entry"),
        ("### `ThrottlesAlarm`", "### `SlowAlarm`", "there is no SlowAlarm"),
        ("### `ThrottlesAlarm`", "### `OutboxStuckAlarm`", "OutboxStuckAlarm has two entries"),
    ] {
        assert!(page.contains(entry), "{entry}");
        let flaws = flaws(&page.replacen(entry, other, 1));
        assert!(flaws.iter().any(|found| found == flaw), "{flaw}: {flaws:?}");
    }
}

#[test]
fn every_function_and_queue_is_in_the_tables_of_its_alarms() {
    let page = text(PAGE);
    let alarms = section(&page, "##", "Alarms");
    let functions: BTreeSet<String> = functions().into_iter().flat_map(|(_, functions)| functions).collect();
    assert_eq!(rows(section(alarms, "###", "`<Function>ErrorsAlarm`")), functions);
    let queues = template::queues();
    for entry in ["`<Queue>DlqDepthAlarm`", "`<Queue>OldestAgeAlarm`"] {
        assert_eq!(rows(section(alarms, "###", entry)), queues, "{entry}");
    }
}

#[test]
fn every_parameter_is_in_the_table_of_parameters() {
    let page = text(PAGE);
    let described = rows(section(section(&page, "##", "Procedures"), "###", "Parameters"));
    assert_eq!(described, template::parameters());
}

#[test]
fn what_commands_look_for_and_name_is_there() {
    let page = text(PAGE);
    let code: String = rust_files()
        .iter()
        .filter(|path| {
            path.strip_prefix(root())
                .is_ok_and(|path| path.starts_with("functions") || path.starts_with("shared"))
        })
        .map(|path| std::fs::read_to_string(path).expect("a file"))
        .collect();
    let after = |mark: &str| -> Vec<&str> {
        let parts = page.split(mark).skip(1);
        parts.map(|part| part.split('"').next().expect("a text")).collect()
    };
    let messages = after("$.message = \"");
    assert!(messages.len() > 5, "{messages:?}");
    for message in messages {
        let message = message.split_whitespace().collect::<Vec<_>>().join(" ");
        assert!(code.contains(&format!("\"{message}\"")), "nothing logs {message:?}");
    }
    let known: BTreeSet<String> = functions().into_iter().flat_map(|(_, functions)| functions).collect();
    for function in after("$.span.function = \"") {
        assert!(known.contains(function), "there is no {function}");
    }
    let resources = template::resources();
    let deployed = page.split("$(deployed ").skip(1).map(|part| part.split(')').next().expect("a name"));
    for resource in deployed.filter(|name| !name.contains('<')) {
        assert!(resources.contains(resource), "the template has no {resource}");
    }
    assert!(resources.contains(&logical_id("get-status")));
}
