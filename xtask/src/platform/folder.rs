//! The folder in which a platform keeps what it writes.

use std::{
    fs::{self, File},
    io,
    path::{Path, PathBuf},
};

use anyhow::{Context as _, Result, bail};

use super::{engine, process, sandbox};
use crate::cargo;

/// A platform's folder. Two platforms in two folders do not know of each other.
#[derive(Debug, Clone)]
pub(crate) struct Folder(PathBuf);

impl Folder {
    /// The folder of `up` and `demo`: what docs and people know.
    pub(crate) fn standard() -> Self {
        Self(cargo::root().join("target/local"))
    }

    /// The folder of `test`, so that a platform that is up is not disturbed.
    pub(crate) fn of_tests() -> Self {
        Self(cargo::root().join("target/local-test"))
    }

    /// The folder of `bench`.
    pub(crate) fn of_bench() -> Self {
        Self(cargo::root().join("target/local-bench"))
    }

    /// The folder of `contract`.
    pub(crate) fn of_contract() -> Self {
        Self(cargo::root().join("target/local-contract"))
    }

    /// Any folder.
    #[cfg(test)]
    pub(super) fn at(path: &Path) -> Self {
        Self(path.to_path_buf())
    }

    /// A file, or another folder, in it.
    pub(crate) fn file(&self, name: &str) -> PathBuf {
        self.0.join(name)
    }

    /// outputs.json.
    pub(crate) fn outputs(&self) -> PathBuf {
        self.0.join("outputs.json")
    }

    /// The functions' variables, for `sam local --env-vars`.
    pub(super) fn env_vars(&self) -> PathBuf {
        self.0.join("env-vars.json")
    }

    /// The log of a process.
    pub(crate) fn log(&self, process: &str) -> PathBuf {
        self.0.join(format!("{process}.log"))
    }

    /// The lock that a process holds as long as it lives.
    pub(super) fn lock(&self, process: &str) -> PathBuf {
        self.0.join(format!("{process}.lock"))
    }

    /// The session keys: they outlive the platform, so that a token stays good.
    pub(crate) fn session_keys(&self) -> PathBuf {
        self.0.join("session-keys")
    }

    /// The local secrets, ours and the partners'.
    pub(crate) fn secrets(&self) -> PathBuf {
        self.0.join("secrets")
    }

    /// What the engine writes while it runs.
    pub(super) fn scratch(&self) -> PathBuf {
        self.0.join("engine")
    }

    /// Holds this folder for one command, for as long as the file is kept.
    pub(crate) fn claim(&self) -> Result<File> {
        fs::create_dir_all(&self.0).with_context(|| format!("{} cannot be made", self.0.display()))?;
        let path = self.lock("command");
        let file = File::create(&path).with_context(|| format!("{}", path.display()))?;
        match file.try_lock() {
            Ok(()) => Ok(file),
            Err(_) => bail!("another one of these commands is running in this checkout"),
        }
    }

    /// Says so when a platform already runs in this folder.
    pub(crate) fn refuse_if_running(&self) -> Result<()> {
        for name in [engine::NAME, sandbox::NAME] {
            if process::is_running(&self.lock(name))? {
                bail!("the local platform is already running; stop it with `cargo xtask down`");
            }
        }
        Ok(())
    }

    /// Makes the folder, and takes away what an earlier platform left in it.
    pub(super) fn empty(&self) -> Result<()> {
        remove(fs::remove_file(self.outputs()), &self.outputs())?;
        remove(fs::remove_dir_all(self.scratch()), &self.scratch())?;
        let scratch = self.scratch();
        fs::create_dir_all(&scratch).with_context(|| format!("{} cannot be made", scratch.display()))
    }
}

fn remove(outcome: io::Result<()>, path: &Path) -> Result<()> {
    match outcome {
        Err(error) if error.kind() != io::ErrorKind::NotFound => {
            Err(error).with_context(|| format!("{} cannot be removed", path.display()))
        }
        Ok(()) | Err(_) => Ok(()),
    }
}
