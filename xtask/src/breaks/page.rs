//! The tables of docs/RELIABILITY.md.

use std::fs;

use anyhow::{Context as _, Result};

use super::Seen;
use super::defect::Defect;
use crate::cargo;

const PAGE: &str = "docs/RELIABILITY.md";
const HEAD: &str = "| The change | Found in | First by, in so many |\n|---|---|---|\n";

/// A defect's row: what is changed, in how many seeds it was found, and by what.
pub(super) fn row(defect: &Defect, seen: &Seen) -> String {
    let by: Vec<String> = seen.by_invariant.iter().map(|(name, count)| format!("`{name}` {count}")).collect();
    format!("| {} | {seen} | {} |", defect.sentence, by.join(", "))
}

/// Replaces the table of a context.
pub(super) fn write(context: &str, rows: &[String]) -> Result<()> {
    let path = cargo::root().join(PAGE);
    let page = fs::read_to_string(&path).with_context(|| path.display().to_string())?;
    let page =
        with_table(&page, context, rows).with_context(|| format!("{PAGE} has no table of {context}"))?;
    fs::write(&path, page).with_context(|| path.display().to_string())
}

/// The page with this table between the marks of the context; none where it has no such marks.
fn with_table(page: &str, context: &str, rows: &[String]) -> Option<String> {
    let (start, end) =
        (format!("<!-- broken: {context} -->\n"), format!("<!-- end of broken: {context} -->"));
    let (before, rest) = page.split_once(&start)?;
    let (_, after) = rest.split_once(&end)?;
    Some(format!("{before}{start}{HEAD}{}\n{end}{after}", rows.join("\n")))
}

#[cfg(test)]
mod tests {
    use super::with_table;

    #[test]
    fn only_the_table_of_the_context_is_replaced() {
        let table = |context: &str, what: &str| {
            format!("<!-- broken: {context} -->\n{what}<!-- end of broken: {context} -->\n")
        };
        let page = format!("before\n{}between\n{}", table("crm", "old\n"), table("quota", "kept\n"));
        let written = with_table(&page, "crm", &["| a | 1 of 2 | `b` 1 |".to_owned()]).unwrap();
        let new = "| The change | Found in | First by, in so many |\n|---|---|---|\n| a | 1 of 2 | `b` 1 |\n";
        assert_eq!(written, format!("before\n{}between\n{}", table("crm", new), table("quota", "kept\n")));
        assert_eq!(with_table(&page, "lease", &[]), None);
    }
}
