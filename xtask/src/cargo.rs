//! Cargo: what the workspace has, and building it.

use std::{
    env,
    ffi::{OsStr, OsString},
    path::{Path, PathBuf},
    process::{Command, Stdio},
};

use anyhow::{Context as _, Result, bail};
use serde::Deserialize;

use crate::{architecture::Architecture, children};

/// The workspace's root folder.
pub(crate) fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap_or(Path::new("."))
}

/// What `cargo run` tells us about ourselves. Build scripts watch some of these (ring's does): passed on,
/// they would make the inner cargo build what the outer one has built already.
const ABOUT_OURSELVES: [&str; 4] = ["CARGO_PKG_", "CARGO_MANIFEST_", "CARGO_BIN_", "CARGO_CRATE_"];

/// `cargo`, the one that runs us, in the workspace's root.
pub(crate) fn command() -> Command {
    program(env::var_os("CARGO").unwrap_or_else(|| OsString::from("cargo")))
}

/// A program that runs cargo in its turn, likewise.
pub(crate) fn program(path: impl AsRef<OsStr>) -> Command {
    let mut command = Command::new(path);
    command.current_dir(root()).stdin(Stdio::null());
    for (name, _value) in env::vars_os() {
        if name.to_str().is_some_and(|name| ABOUT_OURSELVES.iter().any(|prefix| name.starts_with(prefix))) {
            command.env_remove(name);
        }
    }
    command
}

/// The feature with which the whole-system tests are built.
pub(crate) const WHOLE_SYSTEM: &str = "suites/local-platform";

/// Builds every binary of the workspace.
pub(crate) fn build_binaries() -> Result<()> {
    build(&["--bins"])
}

/// Builds every binary and every test, together, so that the tests' features compile nothing twice.
pub(crate) fn build_binaries_and_tests() -> Result<()> {
    build(&["--bins", "--tests", "--features", WHOLE_SYSTEM])
}

fn build(what: &[&str]) -> Result<()> {
    children::run_well(
        command().args(["build", "--workspace"]).args(what),
        "the build failed: see cargo's messages above",
    )
}

/// What tells `cargo build` or `cargo rustc` to make functions as they are deployed, for Lambda's platform on `architecture`.
/// They are linked to stand at a fixed address: a program that can be anywhere has twenty thousand addresses
/// put right before it starts (docs/PERFORMANCE.md, "The release profile"). Naming the platform keeps the flag from
/// what runs while building, where a procedural macro could not be loaded with it.
pub(crate) fn function_release(architecture: Architecture) -> [String; 5] {
    let target = architecture.target();
    let flags = format!("target.{target}.rustflags=[\"-Crelocation-model=static\"]");
    ["--release".into(), "--target".into(), target.into(), "--config".into(), flags]
}

/// What the workspace holds.
#[derive(Debug, Deserialize)]
pub(crate) struct Metadata {
    packages: Vec<Package>,
    target_directory: PathBuf,
}

#[derive(Debug, Deserialize)]
struct Package {
    name: String,
    manifest_path: PathBuf,
    targets: Vec<Target>,
}

#[derive(Debug, Deserialize)]
struct Target {
    name: String,
    kind: Vec<String>,
}

/// A function: one binary of a package under functions/.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Function {
    /// Its package.
    pub(crate) package: String,
    /// Its binary, which has the function's name.
    pub(crate) name: String,
}

impl Metadata {
    /// Asks cargo.
    pub(crate) fn read() -> Result<Self> {
        let output = command()
            .args(["metadata", "--no-deps", "--format-version", "1"])
            .stderr(Stdio::inherit())
            .output()
            .context("cargo cannot be started")?;
        if !output.status.success() {
            bail!("cargo cannot read the workspace: see its message above");
        }
        serde_json::from_slice(&output.stdout).context("cargo's metadata has an unknown shape")
    }

    /// Every function of the workspace.
    pub(crate) fn functions(&self) -> Vec<Function> {
        let folder = root().join("functions");
        let packages = self.packages.iter().filter(|package| package.manifest_path.starts_with(&folder));
        packages
            .flat_map(|package| {
                let binaries = package.targets.iter().filter(|target| target.kind.iter().any(|k| k == "bin"));
                binaries.map(|target| Function { package: package.name.clone(), name: target.name.clone() })
            })
            .collect()
    }

    /// Where the development build puts its binaries.
    pub(crate) fn debug_folder(&self) -> PathBuf {
        self.target_directory.join("debug")
    }

    /// Where the development build puts the binary `name`.
    pub(crate) fn debug_binary(&self, name: &str) -> PathBuf {
        self.debug_folder().join(name)
    }

    /// Where fuzzing keeps what it builds and finds.
    pub(crate) fn fuzz_folder(&self) -> PathBuf {
        self.target_directory.join("fuzz")
    }

    /// Where a release of the function `name` stands that was built with [`function_release`].
    pub(crate) fn function_release(&self, architecture: Architecture, name: &str) -> PathBuf {
        self.target_directory.join(architecture.target()).join("release").join(name)
    }

    /// Where a release of the binary `name` stands that was built for this machine.
    pub(crate) fn host_release(&self, name: &str) -> PathBuf {
        self.target_directory.join("release").join(name)
    }

    /// Where `name`'s package for Lambda is laid down: template.yaml's `CodeUri`.
    pub(crate) fn lambda_folder(&self, name: &str) -> PathBuf {
        self.target_directory.join("lambda").join(name)
    }
}
