//! What is broken on purpose (`tests/simulator/breaks`): it applies to the code as it is now, and no invariant of the
//! simulator is without something that it finds.

use std::collections::BTreeSet;
use std::path::PathBuf;
use std::process::Command;

use crate::repository::{root, stems, text};

const FOLDER: &str = "tests/simulator/breaks";
const PAGE: &str = "docs/RELIABILITY.md";
/// Each context's section of the page.
const SECTIONS: [(&str, &str); 5] = [
    ("crm", "## The CRM"),
    ("instalment", "## Instalment under a seed"),
    ("lease", "## Lease under a seed"),
    ("marketplace", "## The marketplace"),
    ("quota", "## Quota under a seed"),
];
/// What holds of every context, beside its own.
const OF_ALL: [&str; 2] = ["described", "panics"];

/// The patches of a context.
fn patches(context: &str) -> Vec<PathBuf> {
    let folder = root().join(FOLDER).join(context);
    stems(&folder).iter().map(|name| folder.join(format!("{name}.patch"))).collect()
}

/// What the heads of a context's patches say behind a word.
fn heads(context: &str, word: &str) -> Vec<String> {
    let of = |path: &PathBuf| {
        let patch = std::fs::read_to_string(path).expect("a patch");
        let head = patch.split("\ndiff --git ").next().unwrap_or_default().to_owned();
        let line = head.lines().find_map(|line| line.strip_prefix(word)).map(str::to_owned);
        line.unwrap_or_else(|| panic!("{} says nothing of {word:?}", path.display()))
    };
    patches(context).iter().map(of).collect()
}

/// A context's section of the page.
fn section(heading: &str) -> String {
    let page = text(PAGE);
    let (_, rest) = page.split_once(&format!("\n{heading}\n")).unwrap_or_else(|| panic!("no {heading}"));
    rest.split("\n## ").next().unwrap_or_default().to_owned()
}

/// The first cells of the tables whose head begins so.
fn first_cells(section: &str, head: &str) -> Vec<String> {
    let mut is_in = false;
    let mut cells = Vec::new();
    for line in section.lines() {
        let row = line.strip_prefix("| ");
        is_in = line.starts_with(head) || (is_in && line.starts_with('|'));
        if is_in && !line.starts_with(head) {
            cells.extend(row.and_then(|row| row.split(" |").next()).map(str::to_owned));
        }
    }
    assert!(!cells.is_empty(), "no table begins with {head}");
    cells
}

#[test]
fn what_is_broken_on_purpose_applies_to_the_code_as_it_is() {
    let contexts: BTreeSet<String> = SECTIONS.iter().map(|(context, _)| (*context).to_owned()).collect();
    assert_eq!(stems(&root().join(FOLDER)), contexts);
    for context in contexts {
        for patch in patches(&context) {
            let mut git = Command::new("git");
            let status = git.args(["apply", "--check"]).arg(&patch).current_dir(root()).status();
            assert!(status.expect("git").success(), "{} is stale: make the change anew", patch.display());
        }
    }
}

#[test]
fn every_invariant_of_the_simulator_finds_something_that_is_broken_on_purpose() {
    for (context, heading) in SECTIONS {
        let cells = first_cells(&section(heading), "| Invariant ");
        let invariants: BTreeSet<&str> =
            cells.iter().flat_map(|cell| cell.split('`').skip(1).step_by(2)).collect();
        let found_by = heads(context, "Found-by: ");
        let finding: BTreeSet<&str> = found_by.iter().flat_map(|names| names.split(", ")).collect();
        let silent: Vec<_> = invariants.difference(&finding).collect();
        assert!(silent.is_empty(), "{context}: nothing that is broken shows {silent:?}");
        let unknown: Vec<_> =
            finding.difference(&invariants).filter(|name| !OF_ALL.contains(*name)).collect();
        assert!(unknown.is_empty(), "{context}: the page does not know {unknown:?}");
    }
}
#[test]
fn the_page_has_a_row_for_each_thing_that_is_broken_and_no_other() {
    for (context, heading) in SECTIONS {
        let rows: BTreeSet<String> = first_cells(&section(heading), "| The change ").into_iter().collect();
        let sentences: BTreeSet<String> = heads(context, "").into_iter().collect();
        assert_eq!(rows, sentences, "{context}: cargo xtask breaks --context {context} --write");
        assert_eq!(sentences.len(), patches(context).len(), "{context}: a sentence stands twice");
    }
}
