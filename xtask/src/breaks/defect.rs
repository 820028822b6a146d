//! A defect: a patch of the code, with what it changes and what must find it.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context as _, Result};

use super::stem;

/// How many seeds are enough for most defects.
const SEEDS: u64 = 12;

/// A patch whose head says, before what `git apply` reads:
///
/// ```text
/// What is changed, in one sentence
///
/// Found-by: one-invariant, another
/// Seeds: 112
/// ```
///
/// The number of seeds, from 1 on, stands there only where [`SEEDS`] are not enough.
#[derive(Debug)]
pub(super) struct Defect {
    /// Its file's name.
    pub(super) name: String,
    /// What is changed.
    pub(super) sentence: String,
    /// The invariants that it is there for: each must be broken under some seed.
    pub(super) found_by: Vec<String>,
    /// How many seeds are run, from 1 on.
    pub(super) seeds: u64,
    /// The patch.
    pub(super) file: PathBuf,
}

impl Defect {
    /// Every defect of a folder that has one for each context, sorted by name.
    pub(super) fn all(folder: &Path) -> Result<BTreeMap<String, Vec<Self>>> {
        let mut all = BTreeMap::new();
        for context in entries(folder)? {
            let read = |file: PathBuf| {
                let text = fs::read_to_string(&file).with_context(|| file.display().to_string())?;
                let defect = Self::read(&stem(&file), &text).with_context(|| file.display().to_string())?;
                Ok(Self { file, ..defect })
            };
            let defects: Result<Vec<Self>> = entries(&context)?.into_iter().map(read).collect();
            all.insert(stem(&context), defects?);
        }
        Ok(all)
    }

    /// The defect that the head of a patch describes.
    pub(super) fn read(name: &str, text: &str) -> Result<Self> {
        let head: Vec<&str> = text.lines().take_while(|line| !line.starts_with("diff --git ")).collect();
        let value = |key: &str| head.iter().find_map(|line| line.strip_prefix(key)).map(str::trim);
        let sentence =
            head.first().filter(|line| !line.is_empty()).context("no sentence in the first line")?;
        let found_by = value("Found-by:").filter(|names| !names.is_empty()).context("no line Found-by")?;
        let seeds = match value("Seeds:") {
            Some(number) => number.parse().context("Seeds is no number")?,
            None => SEEDS,
        };
        Ok(Self {
            name: name.to_owned(),
            sentence: (*sentence).to_owned(),
            found_by: found_by.split(", ").map(str::to_owned).collect(),
            seeds,
            file: PathBuf::new(),
        })
    }
}

/// What a folder holds, sorted.
fn entries(folder: &Path) -> Result<Vec<PathBuf>> {
    let entries = fs::read_dir(folder).with_context(|| folder.display().to_string())?;
    let paths: Result<Vec<PathBuf>, _> = entries.map(|entry| entry.map(|entry| entry.path())).collect();
    let mut paths = paths.with_context(|| folder.display().to_string())?;
    paths.sort();
    Ok(paths)
}

#[cfg(test)]
mod tests {
    use super::Defect;

    #[test]
    fn the_head_of_a_patch_says_what_it_is() {
        let text = "An event is dropped\n\nFound-by: events, settles\nSeeds: 112\n\ndiff --git a/x b/x\n+Found-by: x\n";
        let defect = Defect::read("drop", text).unwrap();
        assert_eq!((defect.sentence.as_str(), defect.seeds), ("An event is dropped", 112));
        assert_eq!(defect.found_by, ["events", "settles"]);
        let shorter = Defect::read("drop", "An event is dropped\n\nFound-by: events\n").unwrap();
        assert_eq!(shorter.seeds, 12);
    }

    #[test]
    fn a_head_without_a_sentence_or_invariant_is_an_error() {
        for text in [
            "",
            "\nFound-by: events\n",
            "Dropped\n",
            "Dropped\n\nFound-by:\n",
            "Dropped\n\nFound-by: x\nSeeds: many\n",
        ] {
            assert!(Defect::read("drop", text).is_err(), "{text:?}");
        }
    }
}
