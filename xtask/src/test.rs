//! `cargo xtask test`: every test there is.

use std::{
    fmt,
    io::{BufRead as _, BufReader},
    process::{Command, ExitCode, Stdio},
};

use anyhow::{Context as _, Result};
use local::Outputs;

use crate::{
    browser::Browser,
    cargo::{self, Metadata},
    children,
    platform::{Folder, RunningPlatform, Settings, Tools},
    ui,
};

/// Where the tests find the programs that check the template.
const CHECKS_VARIABLE: &str = "TENOR_CHECKS";
/// Where the tests find axe-core, and where among the programs' packages it is.
const AXE_VARIABLE: &str = "TENOR_AXE";
const AXE: &str = "axe_playwright_python/axe.min.js";
/// Where the tests find the functions' binaries.
const BINARIES_VARIABLE: &str = "TENOR_BINARIES";

/// Checks the code, starts a platform of its own, runs all tests against it, and counts them in the last line.
pub(crate) fn run() -> Result<ExitCode> {
    let folder = Folder::of_tests();
    let _claim = folder.claim()?;
    let browser = Browser::find()?;
    check_code()?;
    Tools::Checks.install()?;
    ui::step("Building the functions, the sandbox and the tests");
    cargo::build_binaries_and_tests()?;
    let settings = Settings::of_its_own(folder)?;
    let platform = RunningPlatform::start(&settings)?;
    ui::step("Running every test");
    let outcome = run_tests(&settings.folder, &browser);
    drop(platform);
    let (counts, passed) = outcome?;
    ui::line(if passed { "" } else { "\nSome tests failed: see above.\n" });
    ui::line(&counts);
    Ok(if passed { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

fn check_code() -> Result<()> {
    ui::step("Checking the code: rustfmt and clippy");
    children::run_well(
        cargo::command().args(["fmt", "--all", "--check"]),
        "the code is not formatted: run `cargo fmt`",
    )?;
    children::run_well(
        cargo::command()
            .args(["clippy", "--workspace", "--all-targets", "--all-features"])
            .args(["--", "--deny", "warnings"]),
        "clippy has complaints: see above",
    )
}

fn run_tests(folder: &Folder, browser: &Browser) -> Result<(Counts, bool)> {
    let mut command = cargo::command();
    browser.tell(&mut command);
    command
        .args(["test", "--workspace", "--no-fail-fast", "--features", cargo::WHOLE_SYSTEM])
        .env(Outputs::VARIABLE, folder.outputs())
        .env(CHECKS_VARIABLE, Tools::Checks.programs())
        .env(AXE_VARIABLE, Tools::Checks.file(AXE)?)
        .env(BINARIES_VARIABLE, Metadata::read()?.debug_folder())
        .stdout(Stdio::piped());
    count(&mut command)
}

/// Runs tests, passing on what they print and adding up cargo's summaries.
pub(crate) fn count(command: &mut Command) -> Result<(Counts, bool)> {
    let mut child = children::start(command)?;
    let output = child.stdout.take().context("cargo has no output")?;
    let mut counts = Counts::default();
    for line in BufReader::new(output).lines() {
        let line = line.context("cargo's output cannot be read")?;
        counts.add(&line);
        ui::line(line);
    }
    Ok((counts, children::wait(child)?.success()))
}

/// How many tests came to what.
#[derive(Debug, Default, PartialEq, Eq)]
pub(crate) struct Counts {
    passed: u32,
    failed: u32,
    skipped: u32,
}

impl Counts {
    /// How many ran.
    pub(crate) fn ran(&self) -> u32 {
        self.passed + self.failed
    }

    /// Adds one of cargo's lines, when it is a summary:
    /// `test result: ok. 3 passed; 0 failed; 1 ignored; 0 measured; 0 filtered out; finished in 0.01s`.
    pub(crate) fn add(&mut self, line: &str) {
        let Some(summary) = line.strip_prefix("test result: ") else { return };
        let counts = summary.split_once(". ").map_or("", |(_outcome, counts)| counts);
        for part in counts.split("; ") {
            let Some((count, what)) = part.split_once(' ') else { continue };
            let count = count.parse().unwrap_or(0);
            match what {
                "passed" => self.passed += count,
                "failed" => self.failed += count,
                "ignored" => self.skipped += count,
                _ => {}
            }
        }
    }
}

impl fmt::Display for Counts {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "{} passed, {} failed, {} skipped", self.passed, self.failed, self.skipped)
    }
}

#[cfg(test)]
mod tests {
    use super::Counts;

    #[test]
    fn summaries_are_added_up_and_other_lines_ignored() {
        let mut counts = Counts::default();
        counts.add(
            "test result: ok. 3 passed; 0 failed; 1 ignored; 0 measured; 0 filtered out; finished in 0.01s",
        );
        counts.add(
            "test result: FAILED. 2 passed; 1 failed; 0 ignored; 0 measured; 7 filtered out; finished in 9s",
        );
        counts.add("5 passed; 5 failed");
        assert_eq!((counts.to_string().as_str(), counts.ran()), ("5 passed, 1 failed, 1 skipped", 6));
    }
}
