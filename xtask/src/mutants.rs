//! `cargo xtask mutants`: cargo-mutants changes the rules, one thing at a time. What no test sees must be explained
//! (docs/RELIABILITY.md, Mutants).

use std::{
    fs,
    path::{Path, PathBuf},
    process::{Command, Stdio},
};

use anyhow::{Context as _, Result, bail};
use clap::Args;

use crate::{cargo, children, ui};

const VERSION: &str = "27.1.0";
/// Where it is installed, and where it says what it found.
const TOOLS: &str = "target/tools";
const OUTPUT: &str = "target/mutants";
/// Whose rules are changed.
const PACKAGE: &str = "domain";
const SOURCES: &str = "shared/domain/src/";
/// Where the survivors are explained, each by a row of a table.
const PAGE: &str = "docs/RELIABILITY.md";
const SECTION: &str = "## Mutants";
/// Builds without debug information, which nobody reads, and properties of few cases, the same ones for every mutant: what
/// only luck would find is no test.
const QUICK: [(&str, &str); 5] = [
    ("CARGO_PROFILE_DEV_DEBUG", "0"),
    ("PROPTEST_CASES", "32"),
    ("PROPTEST_DISABLE_FAILURE_PERSISTENCE", "1"),
    ("PROPTEST_MAX_SHRINK_ITERS", "0"),
    ("PROPTEST_RNG_SEED", "1"),
];
/// What cargo-mutants ends with when everything was caught, when something was missed, and when something took too long.
const TESTED: [i32; 3] = [0, 2, 3];

#[derive(Args)]
pub(crate) struct Options {
    /// Only this part of them, counted from 0
    #[arg(long, value_name = "K/N")]
    shard: Option<String>,
    /// Only those in files like this; may be repeated
    #[arg(long = "file", value_name = "GLOB")]
    files: Vec<String>,
    /// Only those with such a name; may be repeated
    #[arg(long = "re", value_name = "REGEX")]
    names: Vec<String>,
    /// How many at a time
    #[arg(long, default_value_t = 2, value_name = "N")]
    jobs: u8,
}

impl Options {
    fn is_whole(&self) -> bool {
        self.shard.is_none() && self.files.is_empty() && self.names.is_empty()
    }

    fn arguments(&self) -> Vec<String> {
        let shard = self.shard.iter().flat_map(|shard| ["--shard", shard]);
        let files = self.files.iter().flat_map(|glob| ["--file", glob]);
        let names = self.names.iter().flat_map(|regex| ["--re", regex]);
        let arguments = shard.chain(files).chain(names).map(str::to_owned);
        arguments.chain(["--jobs".to_owned(), self.jobs.to_string()]).collect()
    }
}

/// Tests every mutant; it fails when one survives that is not explained, or, of all mutants, when one is explained that
/// does not survive.
pub(crate) fn run(options: &Options) -> Result<()> {
    let program = install()?;
    let page = cargo::root().join(PAGE);
    let page = fs::read_to_string(&page).with_context(|| page.display().to_string())?;
    let explained = explained(&page);
    let mutants = count(&list(&program, options)?)?;
    test(&program, options)?;
    let survivors = survivors()?;
    let mut found = without(&survivors, &explained);
    if !found.is_empty() {
        ui::line("Survived, and nothing explains it:");
    }
    if found.is_empty() && options.is_whole() {
        found = without(&explained, &survivors);
        if !found.is_empty() {
            ui::line("Explained, but it does not survive:");
        }
    }
    found.iter().for_each(ui::line);
    if !found.is_empty() {
        bail!("{} mutants are not as {PAGE} has them", found.len());
    }
    ui::line(format_args!("{mutants} mutants; {} survivors, each explained in {PAGE}", survivors.len()));
    Ok(())
}

/// Installs cargo-mutants, unless just this version is installed; gives its program.
fn install() -> Result<PathBuf> {
    let root = cargo::root().join(TOOLS);
    let program = root.join("bin/cargo-mutants");
    let installed = cargo::program(&program).args(["mutants", "--version"]).output();
    let wanted = format!("cargo-mutants {VERSION}");
    if installed.is_ok_and(|output| String::from_utf8_lossy(&output.stdout).trim() == wanted) {
        return Ok(program);
    }
    ui::step(format_args!("Installing cargo-mutants {VERSION}"));
    let mut command = cargo::command();
    command.args(["install", "--quiet", "--locked", "cargo-mutants", "--version"]);
    command.arg(format!("={VERSION}")).arg("--root").arg(root);
    children::run_well(&mut command, "cargo-mutants cannot be installed: see cargo's messages above")?;
    Ok(program)
}

/// cargo-mutants with what is asked for; what else it does stands in .cargo/mutants.toml.
fn command(program: &Path, options: &Options) -> Command {
    let mut command = cargo::program(program);
    command.args(["mutants", "--package", PACKAGE, "--no-shuffle"]).args(options.arguments());
    command
}

/// The mutants that are asked for, one a line.
fn list(program: &Path, options: &Options) -> Result<String> {
    let output = command(program, options).arg("--list").stderr(Stdio::inherit()).output();
    let output = output.context("cargo-mutants cannot be started")?;
    if !output.status.success() {
        bail!("the mutants cannot be listed: see above ({})", output.status);
    }
    String::from_utf8(output.stdout).context("the list of mutants is unreadable")
}

/// How many a list has, which must be some: cargo-mutants finds nothing wrong with none.
fn count(listed: &str) -> Result<usize> {
    match listed.lines().count() {
        0 => bail!("there is no such mutant: see --file, --re and --shard"),
        count => Ok(count),
    }
}

/// Runs cargo-mutants in copies of the workspace.
fn test(program: &Path, options: &Options) -> Result<()> {
    let output = cargo::root().join(OUTPUT);
    fs::create_dir_all(&output).with_context(|| output.display().to_string())?;
    let mut command = command(program, options);
    command.arg("--output").arg(output).envs(QUICK);
    let status = children::run(&mut command)?;
    if !status.code().is_some_and(|code| TESTED.contains(&code)) {
        bail!("the mutants could not be tested: see above ({status})");
    }
    Ok(())
}

/// What was missed, and what took too long, which may be caught or not.
fn survivors() -> Result<Vec<String>> {
    let mut survivors = Vec::new();
    for file in ["missed.txt", "timeout.txt"] {
        let path = cargo::root().join(OUTPUT).join("mutants.out").join(file);
        let lines = fs::read_to_string(&path).with_context(|| path.display().to_string())?;
        survivors.extend(lines.lines().map(name));
    }
    Ok(survivors)
}

/// A mutant's name without the folder that all have and without the place in the file, which moves:
/// `shared/domain/src/crm/text.rs:20:9: replace …` is `crm/text.rs: replace …`.
fn name(line: &str) -> String {
    let line = line.strip_prefix(SOURCES).unwrap_or(line);
    let (place, change) = line.split_once(": ").unwrap_or((line, ""));
    let file = place.split(':').next().unwrap_or(place);
    format!("{file}: {change}")
}

/// The names in the first column of the section's tables. A bar in one stands behind a backslash, as tables ask for.
fn explained(page: &str) -> Vec<String> {
    let lines = page.lines().skip_while(|line| *line != SECTION).skip(1);
    let section = lines.take_while(|line| !line.starts_with("## "));
    let names = section.filter_map(|line| line.strip_prefix("| `")?.split_once('`').map(|(name, _)| name));
    names.filter(|name| name.contains(".rs: ")).map(|name| name.replace("\\|", "|")).collect()
}

/// What of `names` is left when each of `others` takes one away: two places in a function may have one name.
fn without(names: &[String], others: &[String]) -> Vec<String> {
    let mut left = names.to_vec();
    for other in others {
        if let Some(place) = left.iter().position(|name| name == other) {
            left.remove(place);
        }
    }
    left
}

#[cfg(test)]
mod tests {
    use super::{count, explained, name, without};

    const PAGE: &str = "\
# Page
| `a.rs: of another section` | … |
## Mutants
| Mutant | Why |
|---|---|
| `crm/text.rs: replace \\|\\| with && in f` | … |
| `crm` | no mutant |
| `b.rs: replace < with == in g` | … |
### Of it
| `b.rs: replace < with == in g` | the second place |
## Next
| `c.rs: of the next section` | … |
";

    #[test]
    fn a_mutant_is_named_without_its_place() {
        let line = "shared/domain/src/crm/text.rs:20:9: replace Text::clip -> Option<(Self, bool)> with None";
        assert_eq!(name(line), "crm/text.rs: replace Text::clip -> Option<(Self, bool)> with None");
    }

    #[test]
    fn a_list_without_a_mutant_is_an_error() {
        let listed = "shared/domain/src/crm/text.rs:20:9: replace f with None\nshared/domain/src/b.rs:1:1: replace g with 1\n";
        assert_eq!(count(listed).unwrap(), 2);
        assert!(count("").unwrap_err().to_string().contains("no such mutant"));
    }

    #[test]
    fn the_sections_tables_explain_and_no_others() {
        let twice = "b.rs: replace < with == in g";
        assert_eq!(explained(PAGE), ["crm/text.rs: replace || with && in f", twice, twice]);
    }

    #[test]
    fn a_row_explains_one_survivor() {
        let names = |names: &[&str]| names.iter().map(|name| (*name).to_owned()).collect::<Vec<_>>();
        let survivors = names(&["a", "b", "b", "c"]);
        assert_eq!(without(&survivors, &names(&["b", "c", "d"])), ["a", "b"]);
        assert_eq!(without(&names(&["b"]), &survivors), [""; 0]);
    }
}
