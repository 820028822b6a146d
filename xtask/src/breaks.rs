//! `cargo xtask breaks`: breaks the code on purpose, one thing at a time, and looks whether the simulator finds it
//! (docs/RELIABILITY.md, Broken on purpose).

mod copy;
mod defect;
mod page;

use std::collections::BTreeMap;
use std::fmt;
use std::path::Path;

use anyhow::{Context as _, Result, bail};
use clap::Args;

use self::copy::Copy;
use self::defect::Defect;
use crate::{cargo, ui};

/// Where the defects are, a folder for each context.
const FOLDER: &str = "tests/simulator/breaks";

#[derive(Args)]
pub(crate) struct Options {
    /// A context's name; all contexts without it
    #[arg(long, value_name = "CONTEXT")]
    context: Option<String>,
    /// Only those whose file has a name like this
    #[arg(long, value_name = "NAME", conflicts_with = "write")]
    only: Option<String>,
    /// Writes what was seen into the tables of docs/RELIABILITY.md
    #[arg(long)]
    write: bool,
}

/// What came of some seeds.
#[derive(Debug, PartialEq, Eq)]
struct Seen {
    /// How many were run.
    seeds: u64,
    /// In how many of them each invariant was the first that did not hold.
    by_invariant: BTreeMap<String, u64>,
}

impl Seen {
    /// In how many of the seeds something did not hold.
    fn broken(&self) -> u64 {
        self.by_invariant.values().sum()
    }
}

impl fmt::Display for Seen {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "{} of {}", self.broken(), self.seeds)
    }
}

/// Runs the seeds with each defect; it fails when one is not found by the invariants that it is there for, or when the code
/// without any is not clean.
pub(crate) fn run(options: &Options) -> Result<()> {
    let defects = chosen(options)?;
    let copy = Copy::of_what_is_committed()?;
    let mut missed = Vec::new();
    for (context, defects) in &defects {
        ui::step(format_args!("{context}: {} defects", defects.len()));
        unbroken(&copy, context, defects)?;
        let mut rows = Vec::new();
        for defect in defects {
            match copy.with(defect, || copy.simulate(context, defect.seeds)) {
                Ok(seen) => {
                    missed.extend(unseen(defect, &seen));
                    let row = page::row(defect, &seen);
                    ui::line(&row);
                    rows.push(row);
                }
                Err(error) => missed.push(format!("{}: {error:#}", defect.name)),
            }
        }
        if options.write {
            page::write(context, &rows)?;
        }
    }
    missed.iter().for_each(ui::line);
    if !missed.is_empty() {
        bail!("{} defects are not found by what they are there for", missed.len());
    }
    Ok(())
}

/// The defects that are asked for, by their context.
fn chosen(options: &Options) -> Result<BTreeMap<String, Vec<Defect>>> {
    let mut defects = Defect::all(&cargo::root().join(FOLDER))?;
    defects.retain(|context, _| options.context.as_ref().is_none_or(|named| named == context));
    for defects in defects.values_mut() {
        defects.retain(|defect| options.only.as_ref().is_none_or(|name| defect.name.contains(name.as_str())));
    }
    defects.retain(|_, defects| !defects.is_empty());
    if defects.is_empty() {
        bail!("there is no such defect: see --context, --only and {FOLDER}");
    }
    Ok(defects)
}

/// The code as it is must be clean under the seeds of its defects, or finding them would mean nothing.
fn unbroken(copy: &Copy, context: &str, defects: &[Defect]) -> Result<()> {
    let seeds = defects.iter().map(|defect| defect.seeds).max().unwrap_or_default();
    let seen = copy.simulate(context, seeds)?;
    if seen.broken() > 0 {
        bail!("{context} without a defect is not clean: {seen} {:?}", seen.by_invariant);
    }
    Ok(())
}

/// What a defect is there for and did not show.
fn unseen(defect: &Defect, seen: &Seen) -> Option<String> {
    let silent: Vec<&str> = defect
        .found_by
        .iter()
        .filter(|invariant| !seen.by_invariant.contains_key(*invariant))
        .map(String::as_str)
        .collect();
    (!silent.is_empty()).then(|| format!("{}: not found by {}", defect.name, silent.join(", ")))
}

/// What the simulator says last: `crm: 5 of 12 seeds broken {"one-a-day": 5}`.
fn told(output: &str, seeds: u64) -> Result<Seen> {
    let last = output.lines().last().unwrap_or_default();
    let (_, counts) = last.split_once(" seeds broken ").with_context(|| format!("no outcome in {last:?}"))?;
    let by_invariant = serde_json::from_str(counts).with_context(|| format!("no counts in {counts}"))?;
    Ok(Seen { seeds, by_invariant })
}

/// The name of a file without its extension.
fn stem(path: &Path) -> String {
    path.file_stem().unwrap_or_default().to_string_lossy().into_owned()
}

#[cfg(test)]
mod tests {
    use super::{Defect, Seen, told, unseen};

    fn seen() -> Seen {
        told("crm: reached {}\ncrm: 5 of 12 seeds broken {\"due\": 2, \"one-a-day\": 3}\n", 12).unwrap()
    }

    #[test]
    fn what_the_simulator_says_last_is_read() {
        assert_eq!((seen().to_string().as_str(), seen().by_invariant["due"]), ("5 of 12", 2));
        assert_eq!(told("crm: 0 of 3 seeds broken {}", 3).unwrap().broken(), 0);
        assert!(told("thread panicked", 3).is_err());
    }

    #[test]
    fn a_defect_must_be_found_by_each_invariant_that_it_is_there_for() {
        let defect = |found_by: &str| {
            Defect::read(
                "drop",
                &format!("Something is dropped\n\nFound-by: {found_by}\n\ndiff --git a/x b/x\n"),
            )
            .unwrap()
        };
        assert_eq!(unseen(&defect("one-a-day, due"), &seen()), None);
        assert_eq!(unseen(&defect("due, runs"), &seen()).unwrap(), "drop: not found by runs");
    }
}
