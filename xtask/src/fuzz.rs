//! `cargo xtask fuzz`: libFuzzer over every reader of outside bytes, each for a bounded time (docs/RELIABILITY.md, Fuzzing).

use std::{
    fs::{self, File},
    path::{Path, PathBuf},
    process::{Command, Stdio},
};

use anyhow::{Context as _, Result, bail};
use clap::Args;

use crate::{
    cargo::{self, Metadata},
    children, ui,
};

/// What builds our crates so that libFuzzer sees where a run has been; those of others are taken as they are built.
const WRAPPER: &str = "tests/fuzz/instrumented-rustc";
const ENGINE: &str = "tests/fuzz/engine/Cargo.toml";
const CORPUS: &str = "tests/fuzz/corpus";
/// The longest input that is made up, in bytes.
const LONGEST_INPUT: &str = "4096";
/// An input that takes longer is a finding, in seconds.
const SLOWEST: &str = "30";
const MEMORY_MB: &str = "2048";
/// How much of libFuzzer's output is shown of a finding.
const SHOWN_LINES: usize = 60;

#[derive(Args)]
pub(crate) struct Options {
    /// A target's name; all of them without it
    #[arg(long, value_name = "T")]
    target: Option<String>,
    /// For how long each is run
    #[arg(long, default_value_t = 60, value_name = "N")]
    seconds: u32,
    /// Adds what led further to the corpus, which is committed
    #[arg(long)]
    keep: bool,
}

/// A target, and where what belongs to it is.
struct Target {
    name: String,
    program: PathBuf,
    /// What is kept; a finding is put there.
    corpus: PathBuf,
    /// What this machine has found so far, and the seeds.
    found: PathBuf,
    seeds: PathBuf,
    log: PathBuf,
}

/// Builds the targets and runs them; it fails when one of them found something.
pub(crate) fn run(options: &Options) -> Result<()> {
    let names = names(options.target.as_deref())?;
    ui::step("Building the targets");
    let program = build()?;
    let mut broken = Vec::new();
    for name in names {
        let target = Target::of(name, &program)?;
        if target.fuzz(options.seconds)? {
            if options.keep {
                target.keep()?;
            }
        } else {
            broken.push(target.name);
        }
    }
    if broken.is_empty() {
        return Ok(());
    }
    bail!(
        "{} found something: the input is in {CORPUS}, where the tests hold it from now on",
        broken.join(", ")
    )
}

/// Builds libFuzzer, then the program with it. Only our own crates are built again for that.
fn build() -> Result<PathBuf> {
    let metadata = Metadata::read()?;
    let engine = metadata.fuzz_folder().join("engine");
    let failure = "the build failed: see cargo's messages above";
    let mut command = cargo::command();
    command.args(["build", "--manifest-path", ENGINE]).arg("--target-dir").arg(&engine);
    children::run_well(&mut command, failure)?;
    let engine = engine.join("debug");
    let mut command = cargo::command();
    command
        .args(["rustc", "--package", "fuzz", "--bin", "fuzz", "--features", "program"])
        .args(["--", "--cfg", "fuzzing", "--extern"])
        .arg(format!("libfuzzer_sys={}", engine.join("libengine.rlib").display()))
        .arg(format!("-Ldependency={}", engine.join("deps").display()))
        .env("RUSTC_WORKSPACE_WRAPPER", cargo::root().join(WRAPPER));
    children::run_well(&mut command, failure)?;
    Ok(metadata.debug_binary("fuzz"))
}

/// Every target has a folder in the corpus.
fn names(wanted: Option<&str>) -> Result<Vec<String>> {
    let entries = fs::read_dir(cargo::root().join(CORPUS)).context(CORPUS)?;
    let entries = entries.map(|entry| Ok(entry?.file_name().to_string_lossy().into_owned()));
    let mut names = entries.collect::<Result<Vec<String>>>()?;
    names.retain(|name| wanted.is_none_or(|wanted| wanted == name));
    names.sort();
    if names.is_empty() {
        bail!("there is no target {}", wanted.unwrap_or_default());
    }
    Ok(names)
}

impl Target {
    fn of(name: String, program: &Path) -> Result<Self> {
        let folder = Metadata::read()?.fuzz_folder().join(&name);
        let target = Self {
            corpus: cargo::root().join(CORPUS).join(&name),
            found: folder.join("found"),
            seeds: folder.join("seeds"),
            log: folder.join("log"),
            program: program.to_owned(),
            name,
        };
        for folder in [&target.found, &target.seeds] {
            fs::create_dir_all(folder).with_context(|| folder.display().to_string())?;
        }
        Ok(target)
    }

    /// libFuzzer, which writes into the log.
    fn command(&self) -> Result<Command> {
        let log = File::create(&self.log).with_context(|| self.log.display().to_string())?;
        let mut command = Command::new(&self.program);
        command
            .env("TENOR_FUZZ_TARGET", &self.name)
            .env("TENOR_FUZZ_SEEDS", &self.seeds)
            .args([format!("-max_len={LONGEST_INPUT}"), format!("-timeout={SLOWEST}")])
            .arg(format!("-rss_limit_mb={MEMORY_MB}"))
            .stdout(Stdio::null())
            .stderr(log);
        Ok(command)
    }

    /// Runs the target; `false` when it found something.
    fn fuzz(&self, seconds: u32) -> Result<bool> {
        let mut command = self.command()?;
        command
            .arg(format!("-max_total_time={seconds}"))
            .arg(format!("-artifact_prefix={}/", self.corpus.display()))
            .args([&self.found, &self.corpus, &self.seeds]);
        let is_clean = children::run(&mut command)?.success();
        let log = fs::read(&self.log).with_context(|| self.log.display().to_string())?;
        let log = String::from_utf8_lossy(&log);
        ui::line(format_args!("{}: {}", self.name, summary(&log)));
        if !is_clean {
            let lines: Vec<&str> = log.lines().collect();
            let shown = lines.get(lines.len().saturating_sub(SHOWN_LINES)..).unwrap_or_default();
            ui::line(shown.join("\n"));
        }
        Ok(is_clean)
    }

    /// Takes what reaches more than the corpus does into it.
    fn keep(&self) -> Result<()> {
        let mut command = self.command()?;
        command.arg("-merge=1").args([&self.corpus, &self.found]);
        let failure = format!("nothing was kept: see {}", self.log.display());
        children::run_well(&mut command, &failure)
    }
}

/// How often a target was run and what it reached, of libFuzzer's lines
/// `#2097152 REDUCE cov: 912 ft: 3077 corp: 402/17Kb …` and `Done 2195324 runs in 61 second(s)`.
fn summary(log: &str) -> String {
    let reached = log.lines().rev().find_map(|line| {
        let mut words = line.split_whitespace().skip_while(|word| *word != "cov:").skip(1);
        let (edges, features) = (words.next()?, words.nth(1)?);
        Some(format!("{edges} edges, {features} features"))
    });
    let ran = log.lines().rev().find_map(|line| line.strip_prefix("Done ")).unwrap_or("not to the end");
    format!("{ran}; {}", reached.unwrap_or_else(|| "nothing reached".to_owned()))
}

#[cfg(test)]
mod tests {
    use super::summary;

    #[test]
    fn a_run_is_summed_up_from_the_last_of_its_lines() {
        let log = "#2\tINITED cov: 10 ft: 11 corp: 1/1b exec/s: 0 rss: 40Mb\n\
                   #90\tNEW    cov: 12 ft: 15 corp: 2/3b lim: 4 exec/s: 0 rss: 40Mb\nDone 100 runs in 1 second(s)\n";
        assert_eq!(summary(log), "100 runs in 1 second(s); 12 edges, 15 features");
        assert_eq!(summary("==1== ERROR"), "not to the end; nothing reached");
    }
}
