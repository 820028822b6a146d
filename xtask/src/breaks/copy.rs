//! A copy of what is committed, in which a defect can be made.

use std::io::Read as _;
use std::path::PathBuf;
use std::process::{Command, Stdio};

use anyhow::{Context as _, Result, bail};

use super::defect::Defect;
use super::{Seen, told};
use crate::cargo;
use crate::children;

/// Where the copy is, and what is built of it.
const CODE: &str = "target/breaks/code";
const BUILT: &str = "target/breaks/built";
/// What is compiled again for nearly each defect: optimising it takes longer than is saved.
const COMPILED_AGAIN: [&str; 6] = ["crm", "instalment", "lease", "marketplace", "quota", "simulator"];

/// The copy. What is not committed is not in it.
pub(super) struct Copy {
    code: PathBuf,
    built: PathBuf,
}

impl Copy {
    /// Makes the copy, or brings the one that is there up to date, whatever was left in it.
    pub(super) fn of_what_is_committed() -> Result<Self> {
        let root = cargo::root();
        let copy = Self { code: root.join(CODE), built: root.join(BUILT) };
        if !copy.code.exists() {
            let mut clone = Command::new("git");
            clone.args(["clone", "--quiet", "--no-checkout"]).arg(root).arg(&copy.code);
            children::run_well(&mut clone, "the repository cannot be copied")?;
        }
        copy.git(&["fetch", "--quiet", "origin", "HEAD"])?;
        copy.git(&["checkout", "--quiet", "--force", "--detach", "FETCH_HEAD"])?;
        Ok(copy)
    }

    /// Does something while the copy has a defect.
    pub(super) fn with<T>(&self, defect: &Defect, what: impl FnOnce() -> Result<T>) -> Result<T> {
        let patch = defect.file.display().to_string();
        self.git(&["apply", &patch])?;
        let outcome = what();
        self.git(&["apply", "--reverse", &patch])?;
        outcome
    }

    /// Builds the copy's simulator and runs the seeds of a context from 1 on.
    pub(super) fn simulate(&self, context: &str, seeds: u64) -> Result<Seen> {
        let mut build = cargo::command();
        build.args(["build", "--quiet", "--profile", "simulate", "--package", "simulator"]);
        build.args(["--config", "profile.simulate.incremental=true"]);
        for package in COMPILED_AGAIN {
            build.arg("--config").arg(format!("profile.simulate.package.{package}.opt-level=0"));
        }
        build.current_dir(&self.code).env("CARGO_TARGET_DIR", &self.built);
        // What a defect leaves unused is no matter.
        build.env("RUSTFLAGS", "--cap-lints=allow");
        children::run_well(&mut build, "the simulator does not build: see above")?;
        let mut simulator = Command::new(self.built.join("simulate/simulator"));
        simulator.args([context, &seeds.to_string(), "1"]).stdout(Stdio::piped()).stderr(Stdio::null());
        let mut child = children::start(&mut simulator)?;
        let mut output = String::new();
        child.stdout.take().context("the simulator has no output")?.read_to_string(&mut output)?;
        children::wait(child)?;
        told(&output, seeds)
    }

    fn git(&self, arguments: &[&str]) -> Result<()> {
        let mut git = Command::new("git");
        let status = children::run(git.args(arguments).current_dir(&self.code))?;
        if !status.success() {
            bail!("git {} failed in {}: see above", arguments.join(" "), self.code.display());
        }
        Ok(())
    }
}
