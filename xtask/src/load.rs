//! `cargo xtask load`: bursts, many callers at once, and partners that are late or absent, each test in a process of its own;
//! then the tables of docs/RELIABILITY.md, Load.

use std::{
    collections::BTreeMap,
    io::Read as _,
    path::{Path, PathBuf},
    process::{Command, Stdio},
    time::{Duration, Instant},
};

use anyhow::{Context as _, Result, bail};
use clap::Args;
use local::Outputs;
use serde::Deserialize;

use crate::{
    cargo, children,
    platform::{Folder, RunningPlatform, Settings},
    test::{self, Counts},
    ui,
};

/// The package of the tests, and where they expect to be run.
const PACKAGE: &str = "suites";
const FOLDER: &str = "tests/suites";
/// The whole-system tests that send a burst through the engine.
const BURST: &str = "load::";
/// A day of infor-scan over many clients, which is one of the CRM's tests.
const SCALE: &str = "scale::a_day_costs_what_is_due_however_many_clients_there_are";
/// The tables: what a test calls its row, the title, the columns.
const TABLES: [(&str, &str, &str); 3] = [
    (
        "burst",
        "Bursts",
        "Function | Messages | Taken | Batches | Failures at AWS | Rows, messages or events | Calls | Reads | Writes | Calls to partners | MB before | MB after | Seconds",
    ),
    (
        "parallel",
        "Many callers at once",
        "Operation | Calls | Calls to AWS and partners | Failures at AWS | Answers | Seconds",
    ),
    (
        "partner",
        "A partner that is absent",
        "Partner | Work | Calls while it is absent | At once, at most | Calls once it is back | Effects | Seconds",
    ),
];

#[derive(Args)]
pub(crate) struct Options {
    /// How many messages a burst has
    #[arg(long, default_value_t = 1000, value_name = "N")]
    messages: u32,
    /// How many call at once about one thing
    #[arg(long, default_value_t = 12, value_name = "N")]
    callers: u32,
    /// How often they do, each time in another order; every second time effects at AWS fail
    #[arg(long, default_value_t = 6, value_name = "N")]
    rounds: u32,
    /// How many orders wait for a partner
    #[arg(long, default_value_t = 20, value_name = "N")]
    orders: u32,
    /// How many clients infor-scan finds, besides as few as are due
    #[arg(long, default_value_t = 30_000, value_name = "N")]
    clients: u32,
    /// How many of them are due
    #[arg(long, default_value_t = 1_000, value_name = "N")]
    due: u32,
    /// How they are built; what the gate has built is `dev`, and several times slower
    #[arg(long, default_value = "simulate", value_name = "NAME")]
    profile: String,
    /// Only the tests with this in their names
    #[arg(long, value_name = "TEXT")]
    only: Option<String>,
    /// A small burst through a platform of its own instead
    #[arg(long, conflicts_with = "only")]
    engine: bool,
}

/// A test, and the program that it is in.
struct Test {
    program: PathBuf,
    name: String,
}

/// Runs every test by itself and prints what it measured; it fails when one of them does.
pub(crate) fn run(options: &Options) -> Result<()> {
    if options.engine {
        return through_the_engine();
    }
    ui::step(format_args!("Building the tests (profile {})", options.profile));
    let tests = tests(options)?;
    let (mut rows, mut broken) = (BTreeMap::<_, Vec<_>>::new(), Vec::new());
    for test in tests {
        let begun = Instant::now();
        let Some(told) = test.run(options)? else {
            broken.push(test.name);
            continue;
        };
        let took = begun.elapsed();
        ui::line(format_args!("{} took {}", test.name, seconds(took)));
        for line in told.lines() {
            if let Some((table, row)) = row_of(line) {
                rows.entry(table).or_default().push(format!("|{row} {} |", seconds(took)));
            } else if test.name == SCALE && line.contains(" due among ") {
                ui::line(line);
            }
        }
    }
    for (name, title, columns) in TABLES {
        if let Some(rows) = rows.get(name) {
            print((title, columns), rows);
        }
    }
    if broken.is_empty() {
        return Ok(());
    }
    bail!("{} failed: see above", broken.join(", "))
}

/// The tests that are asked for, which must be some.
fn tests(options: &Options) -> Result<Vec<Test>> {
    let of = |suite: &str, is: &dyn Fn(&str) -> bool| -> Result<Vec<Test>> {
        let program = build(suite, &options.profile)?;
        let listed = test_command(&program).arg("--list").output().context("the tests cannot be listed")?;
        let names = listed_names(&String::from_utf8_lossy(&listed.stdout), is);
        Ok(names.into_iter().map(|name| Test { program: program.clone(), name }).collect())
    };
    let wanted = |name: &str| options.only.as_ref().is_none_or(|text| name.contains(text));
    let mut tests = of("load", &wanted)?;
    if wanted(SCALE) {
        tests.extend(of("crm", &|name| name == SCALE)?);
    }
    some(tests, options.only.as_deref().unwrap_or_default())
}

/// What was found with `text` in its name; that nothing was is an error.
fn some<T>(found: Vec<T>, text: &str) -> Result<Vec<T>> {
    if found.is_empty() {
        bail!("no test has {text} in its name");
    }
    Ok(found)
}

/// The names of a program's tests, as it lists them, that are wanted.
fn listed_names(listed: &str, is: &dyn Fn(&str) -> bool) -> Vec<String> {
    let names = listed.lines().filter_map(|line| line.strip_suffix(": test"));
    names.filter(|name| is(name)).map(str::to_owned).collect()
}

/// What cargo says of something that it has built.
#[derive(Deserialize)]
struct Built {
    executable: Option<PathBuf>,
}

/// Builds a suite, and says where it is.
fn build(suite: &str, profile: &str) -> Result<PathBuf> {
    let output = cargo::command()
        .args(["test", "--no-run", "--profile", profile, "--package", PACKAGE, "--test", suite])
        .args(["--message-format", "json-render-diagnostics"])
        .stderr(Stdio::inherit())
        .output()
        .context("cargo cannot be started")?;
    if !output.status.success() {
        bail!("the build failed: see cargo's messages above");
    }
    let told = String::from_utf8_lossy(&output.stdout).into_owned();
    let built = told.lines().filter_map(|line| serde_json::from_str::<Built>(line).ok());
    built.filter_map(|built| built.executable).next_back().context("cargo does not say what it has built")
}

fn test_command(program: &Path) -> Command {
    let mut command = Command::new(program);
    command.current_dir(cargo::root().join(FOLDER)).stdin(Stdio::null());
    command
}

impl Test {
    /// What it told; `None` when it failed, which it has shown.
    fn run(&self, options: &Options) -> Result<Option<String>> {
        let mut command = test_command(&self.program);
        command.args(["--exact", &self.name, "--nocapture"]).stdout(Stdio::piped());
        for (variable, size) in [
            ("TENOR_LOAD_MESSAGES", options.messages),
            ("TENOR_LOAD_CALLERS", options.callers),
            ("TENOR_LOAD_ROUNDS", options.rounds),
            ("TENOR_LOAD_ORDERS", options.orders),
            ("TENOR_SCALE_CLIENTS", options.clients),
            ("TENOR_SCALE_DUE", options.due),
        ] {
            command.env(variable, size.to_string());
        }
        let mut child = children::start(&mut command)?;
        let mut told = String::new();
        let mut output = child.stdout.take().context("a test has no output")?;
        output.read_to_string(&mut told).context("what a test told cannot be read")?;
        Ok(children::wait(child)?.success().then_some(told))
    }
}

/// The row of a table that a line tells, behind whatever else stands in it.
fn row_of(line: &str) -> Option<(&'static str, &str)> {
    let mut names = TABLES.iter().map(|(name, ..)| *name);
    names.find_map(|name| Some((name, line.split_once(&format!("{name}: |"))?.1)))
}

fn print((title, columns): (&str, &str), rows: &[String]) {
    let lines = vec!["---"; columns.split(" | ").count()].join("|");
    ui::line(format_args!("\n{title}\n\n| {columns} |\n|{lines}|"));
    rows.iter().for_each(ui::line);
}

/// To a tenth.
fn seconds(time: Duration) -> String {
    let tenths = (time.as_millis() + 50) / 100;
    format!("{}.{}", tenths / 10, tenths % 10)
}

/// Starts a platform and has a small burst go through its queues and its HTTP routes.
fn through_the_engine() -> Result<()> {
    let folder = Folder::of_tests();
    let _claim = folder.claim()?;
    ui::step("Building the functions and the sandbox");
    cargo::build_binaries()?;
    let settings = Settings::of_its_own(folder)?;
    let platform = RunningPlatform::start(&settings)?;
    ui::step("Sending a small burst through it");
    let mut command = cargo::command();
    command
        .args(["test", "--package", PACKAGE, "--features", cargo::WHOLE_SYSTEM, "--test", "system", BURST])
        .env(Outputs::VARIABLE, settings.folder.outputs())
        .stdout(Stdio::piped());
    let outcome = test::count(&mut command);
    drop(platform);
    let (counts, passed) = outcome?;
    judge(&counts, passed)
}

/// Whether the burst through the engine went well; that nothing ran is no success.
fn judge(counts: &Counts, passed: bool) -> Result<()> {
    if !passed {
        bail!("the burst through the engine failed: see above");
    }
    if counts.ran() == 0 {
        bail!("no test of the whole system has {BURST} in its name");
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::{Counts, judge, listed_names, some};

    #[test]
    fn the_tests_that_are_asked_for_are_found_by_their_names() {
        let listed = "bursts::a: test\nparallel::b: test\n\n2 tests, 0 benchmarks\n";
        assert_eq!(listed_names(listed, &|_| true), ["bursts::a", "parallel::b"]);
        assert_eq!(listed_names(listed, &|name| name.contains("parallel")), ["parallel::b"]);
        let none = listed_names(listed, &|name| name.contains("paralel"));
        assert_eq!(some(none, "paralel").unwrap_err().to_string(), "no test has paralel in its name");
    }

    #[test]
    fn a_burst_without_a_test_is_no_success() {
        let counts = |line: &str| {
            let mut counts = Counts::default();
            counts.add(line);
            counts
        };
        let one = counts("test result: ok. 1 passed; 0 failed; 0 ignored; 0 measured; 9 filtered out");
        let none = counts("test result: ok. 0 passed; 0 failed; 0 ignored; 0 measured; 9 filtered out");
        assert!(judge(&one, true).is_ok());
        assert!(judge(&one, false).is_err());
        assert!(judge(&none, true).unwrap_err().to_string().contains("no test"));
    }
}
