//! The tables, and the pages in docs/performance made of them: one for each context.

use std::fmt;

use super::{
    budget::{Judgement, Verdict, mb, ms, us},
    contexts::{NOTHING, REFERENCE},
    figures::{Figures, Start},
    throttle::Speed,
};

/// A context's page; each place in braces becomes a word or a table.
const PAGE: &str = include_str!("page.md");
/// What follows where the processor was throttled.
const WAITS: &str = "\n## Waiting, with Lambda's share of a processor\n\n\
    Milliseconds on the clock. Lambda gives a whole processor during init, so there the first call is what counts.\n\n";
/// What follows on the page of the function whose crates are weighed.
const CRATES: &str = "\n## What is in a binary\n\n\
    The crates of {weighed}, by the symbols that are left of them after the linker's optimisation, in KB of a thousand\n\
    bytes. A generic function counts as its type's crate, what was inlined as its caller's.\n\n";
/// Crates beyond these are one line.
const CRATES_SHOWN: usize = 14;

/// A table in Markdown, its columns aligned, the first to the left.
pub(super) struct Table {
    rows: Vec<Vec<String>>,
}

impl Table {
    fn of(head: &[&str]) -> Self {
        Self { rows: vec![head.iter().map(|cell| (*cell).to_owned()).collect()] }
    }

    fn row(&mut self, cells: Vec<String>) {
        self.rows.push(cells);
    }

    fn width(&self, column: usize) -> usize {
        self.rows.iter().filter_map(|row| row.get(column)).map(|cell| cell.chars().count()).max().unwrap_or(0)
    }
}

impl fmt::Display for Table {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (index, row) in self.rows.iter().enumerate() {
            for (column, cell) in row.iter().enumerate() {
                let width = self.width(column);
                if column == 0 {
                    write!(formatter, "| {cell:<width$} |")?;
                } else {
                    write!(formatter, " {cell:>width$} |")?;
                }
            }
            writeln!(formatter)?;
            if index == 0 {
                let rules = (0..row.len()).map(|column| {
                    let rule = "-".repeat(self.width(column) + 1);
                    if column == 0 { format!("{rule}-") } else { format!("{rule}:") }
                });
                writeln!(formatter, "|{}|", rules.collect::<Vec<_>>().join("|"))?;
            }
        }
        Ok(())
    }
}

/// Everything that a run came to.
pub(super) struct Report {
    /// Each subject's figures.
    pub(super) figures: Vec<Figures>,
    /// Each function's budgets.
    pub(super) judgements: Vec<Judgement>,
    /// For each speed below a processor, each subject's medians; empty where that cannot be measured.
    pub(super) throttled: Vec<(Speed, Vec<Start>)>,
}

impl Report {
    /// Whether every budget is kept that is in reach.
    pub(super) fn none_missed(&self) -> bool {
        self.judgements.iter().all(|judgement| judgement.verdict() != Verdict::Missed)
    }

    /// The budgets of the functions that are `wanted`, with what was measured.
    pub(super) fn budgets(&self, wanted: impl Fn(&str) -> bool) -> Table {
        let mut table = Table::of(&["Function", "Budget", "Measured", "Limit", ""]);
        for judgement in self.judgements.iter().filter(|judgement| wanted(&judgement.function)) {
            table.row(vec![
                judgement.function.clone(),
                judgement.what.to_owned(),
                judgement.measured(),
                judgement.limit(),
                judgement.verdict().to_string(),
            ]);
        }
        table
    }

    /// What the jobs that are `wanted` cost at full speed.
    pub(super) fn costs(&self, wanted: impl Fn(&str) -> bool) -> Table {
        let mut table = Table::of(&[
            "Job",
            "Done by",
            "Calls",
            "Init, CPU ms",
            "First call, CPU ms",
            "Warm call, CPU µs",
            "Init, wall ms",
            "First, wall ms",
            "Warm, wall µs",
            "Resident MB",
            "Growth KB",
            "Binary MB",
            "Zip MB",
        ]);
        for figures in self.figures.iter().filter(|figures| wanted(&figures.job)) {
            let Start { init, first, warm } = figures.median;
            let known = |figure: Option<String>| figure.unwrap_or_else(|| "–".to_owned());
            table.row(vec![
                figures.job.clone(),
                figures.variant.to_string(),
                figures.calls.len().to_string(),
                format!("{:.2}", ms(init.cpu)),
                format!("{:.2}", ms(first.cpu)),
                format!("{:.0}", us(warm.cpu)),
                format!("{:.1}", ms(init.wall)),
                format!("{:.2}", ms(first.wall)),
                format!("{:.0}", us(warm.wall)),
                known(figures.memory.map(|memory| format!("{:.1}", mb(memory.resident_bytes)))),
                known(figures.memory.map(|memory| format!("{:.0}", mb(memory.growth_bytes) * 1e3))),
                known(figures.size.map(|size| format!("{:.2}", mb(size.binary_bytes)))),
                known(figures.size.map(|size| format!("{:.2}", mb(size.zip_bytes)))),
            ]);
        }
        table
    }

    /// What a caller of the jobs that are `wanted` waits for where Lambda gives less than a processor.
    pub(super) fn waits(&self, wanted: impl Fn(&str) -> bool) -> Table {
        let mut head = vec!["Job".to_owned(), "Done by".to_owned()];
        for (speed, _) in &self.throttled {
            head.extend(["init", "first", "warm"].map(|part| format!("{speed}: {part}")));
        }
        let mut table = Table { rows: vec![head] };
        for (index, figures) in self.figures.iter().enumerate().filter(|(_, figures)| wanted(&figures.job)) {
            let mut row = vec![figures.job.clone(), figures.variant.to_string()];
            for (_, medians) in &self.throttled {
                let Start { init, first, warm } = medians[index];
                row.extend([init, first, warm].map(|cost| format!("{:.1}", ms(cost.wall))));
            }
            table.row(row);
        }
        table
    }

    /// The page of a context, whose `functions` these are. `crates` are those of one of them, if it was weighed.
    pub(super) fn page(
        &self,
        context: &str,
        functions: &[&str],
        starts: u32,
        crates: Option<(&str, &[(String, u64)])>,
    ) -> String {
        let of_function = |job: &str| functions.contains(&job);
        let of_page = |job: &str| of_function(job) || [REFERENCE.job.name, NOTHING.job.name].contains(&job);
        let mut page = PAGE
            .replace("{context}", context)
            .replace("{starts}", &starts.to_string())
            .replace("{budgets}", &self.budgets(of_function).to_string())
            .replace("{costs}", &self.costs(of_page).to_string());
        if !self.throttled.is_empty() {
            page.push_str(WAITS);
            page.push_str(&self.waits(of_page).to_string());
        }
        if let Some((weighed, crates)) = crates {
            page.push_str(&CRATES.replace("{weighed}", weighed));
            page.push_str(&crates_table(crates).to_string());
        }
        page
    }
}

/// The largest crates, and the rest of them in one line.
fn crates_table(crates: &[(String, u64)]) -> Table {
    let mut table = Table::of(&["Crate", "KB"]);
    let kb = |bytes: u64| format!("{:.0}", mb(bytes) * 1e3);
    let (shown, rest) = crates.split_at(crates.len().min(CRATES_SHOWN));
    for (name, bytes) in shown {
        table.row(vec![name.clone(), kb(*bytes)]);
    }
    table.row(vec![format!("{} more", rest.len()), kb(rest.iter().map(|(_, bytes)| bytes).sum())]);
    table
}

#[cfg(test)]
mod tests {
    use super::{Table, crates_table};

    #[test]
    fn columns_are_as_wide_as_their_widest_cell() {
        let mut table = Table::of(&["Job", "µs"]);
        table.row(vec!["a".to_owned(), "12345".to_owned()]);
        assert_eq!(table.to_string(), "| Job |    µs |\n|-----|------:|\n| a   | 12345 |\n");
    }

    #[test]
    fn the_smaller_crates_are_one_line() {
        let crates: Vec<_> = (0..20).map(|index| (format!("crate{index}"), 1_000)).collect();
        let table = crates_table(&crates);
        assert_eq!(table.rows.len(), 16);
        assert_eq!(table.rows[15], ["6 more", "6"]);
    }
}
