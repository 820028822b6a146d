//! The pinned Python tools, installed by the commands themselves.

use std::{
    fs,
    path::{Path, PathBuf},
    process::{Command, Stdio},
};

use anyhow::{Context as _, Result, bail};

use crate::{cargo, children, ui};

const NEEDED: &str = "Python 3.10 or newer with its venv module is needed";
const INSTALL: &str =
    "install it (Debian, Ubuntu: `apt install python3 python3-venv`; macOS: `brew install python`)";
/// The names under which a good enough Python may be found.
const CANDIDATES: [&str; 6] =
    ["python3", "python3.14", "python3.13", "python3.12", "python3.11", "python3.10"];

/// A set of tools with an environment of its own.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Tools {
    /// The local engine.
    Engine,
    /// What checks template.yaml and the webview.
    Checks,
    /// What the benchmark's Python peer is written with.
    Bench,
    /// The property-based client of the routes.
    Contract,
}

impl Tools {
    fn name(self) -> &'static str {
        match self {
            Self::Engine => "engine",
            Self::Checks => "checks",
            Self::Bench => "bench",
            Self::Contract => "contract",
        }
    }

    fn requirements(self) -> PathBuf {
        cargo::root().join(format!("xtask/tools/{}.txt", self.name()))
    }

    /// The folder of this set's programs.
    pub(crate) fn programs(self) -> PathBuf {
        self.folder().join("bin")
    }

    /// A file of an installed package, by its path there.
    pub(crate) fn file(self, path: &str) -> Result<PathBuf> {
        let library = self.folder().join("lib");
        let missing = || format!("{path} is not installed in {}", library.display());
        let mut versions = fs::read_dir(&library).with_context(missing)?.flatten();
        let file = |python: fs::DirEntry| python.path().join("site-packages").join(path);
        versions.find_map(|python| Some(file(python)).filter(|file| file.is_file())).with_context(missing)
    }

    fn folder(self) -> PathBuf {
        cargo::root().join("target/local/venv").join(self.name())
    }

    /// Installs the set, unless just these versions are installed; gives its Python.
    pub(crate) fn install(self) -> Result<PathBuf> {
        let requirements = self.requirements();
        let wanted = fs::read(&requirements).with_context(|| format!("{}", requirements.display()))?;
        let folder = self.folder();
        let python = self.programs().join("python");
        let stamp = folder.join("installed.txt");
        if fs::read(&stamp).is_ok_and(|installed| installed == wanted) && python.exists() {
            return Ok(python);
        }
        ui::step(format_args!("Installing the pinned Python tools ({})", self.name()));
        let _ = fs::remove_dir_all(&folder);
        make_environment(find_python()?, &folder)?;
        install(&python, &requirements)?;
        fs::write(&stamp, wanted).with_context(|| format!("{}", stamp.display()))?;
        Ok(python)
    }
}

fn find_python() -> Result<&'static str> {
    const CHECK: &str = "import sys; sys.exit(0 if sys.version_info >= (3, 10) else 1)";
    let good = |name: &&str| {
        let check = quiet(Command::new(name).args(["-c", CHECK])).status();
        check.is_ok_and(|status| status.success())
    };
    let found = CANDIDATES.into_iter().find(good);
    found.with_context(|| format!("{NEEDED}, and there is none on the PATH; {INSTALL}"))
}

fn make_environment(python: &str, folder: &Path) -> Result<()> {
    let can = quiet(Command::new(python).args(["-c", "import venv, ensurepip"])).status();
    if !can.is_ok_and(|status| status.success()) {
        bail!("{NEEDED}, and {python} has no venv module; {INSTALL}");
    }
    let made = children::run(quiet(Command::new(python).args(["-m", "venv"]).arg(folder)))?;
    if !made.success() {
        bail!("`{python} -m venv {}` failed ({made}); {NEEDED}, {INSTALL}", folder.display());
    }
    Ok(())
}

/// The file is a whole lock: pip has nothing to resolve.
fn install(python: &Path, requirements: &Path) -> Result<()> {
    children::run_well(
        Command::new(python)
            .args(["-m", "pip", "install", "--quiet", "--disable-pip-version-check"])
            .args(["--no-deps", "--require-hashes"])
            .arg("--requirement")
            .arg(requirements)
            .stdin(Stdio::null()),
        "the Python tools cannot be installed: see pip's messages above",
    )
}

fn quiet(command: &mut Command) -> &mut Command {
    command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null())
}
