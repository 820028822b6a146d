//! A process of the platform, which may outlive the command that started it.
//!
//! It holds a lock on a file with its process id for as long as it lives: the locked file is its
//! standard input. So nothing is ever taken for running that is not, and no foreign process is stopped.

use std::{
    fs::{self, File, OpenOptions, TryLockError},
    io::Write as _,
    path::{Path, PathBuf},
    process::{Child, Command, Stdio},
    thread,
    time::{Duration, Instant},
};

use anyhow::{Context as _, Result, bail};
use local::Http;

use crate::children::{self, Group};

const READY_WITHIN: Duration = Duration::from_mins(1);
const POLL_INTERVAL: Duration = Duration::from_millis(50);
/// How much of a log is shown when its process did not start.
const LOG_TAIL_LINES: usize = 15;

/// What a process is started with.
pub(super) struct Start<'a> {
    /// What it is, in messages.
    pub(super) name: &'a str,
    /// The program with its arguments and environment.
    pub(super) command: Command,
    /// Where its output goes.
    pub(super) log: PathBuf,
    /// The file whose lock says that it lives.
    pub(super) lock: PathBuf,
    /// The address that answers 200 once it is ready.
    pub(super) health: String,
}

/// A running process, stopped with its whole group when this goes out of scope, unless it is left.
#[derive(Debug)]
pub(super) struct Process {
    group: Group,
    left: bool,
}

impl Process {
    /// Starts it and waits until it is ready.
    pub(super) fn start(mut start: Start<'_>) -> Result<Self> {
        let log = File::create(&start.log).with_context(|| format!("{}", start.log.display()))?;
        let errors = log.try_clone().context("a log file cannot be shared")?;
        let (held, lock) = (locked(&start.lock)?, locked_again(&start.lock)?);
        start.command.stdin(Stdio::from(held)).stdout(log).stderr(errors);
        let mut child = children::start(&mut start.command)?;
        let process = Self { group: children::group_of(&child)?, left: false };
        write_id(lock, process.group).with_context(|| format!("{}", start.lock.display()))?;
        await_ready(&start, &mut child)?;
        Ok(process)
    }

    /// Leaves it running after this command has ended.
    pub(super) fn leave(mut self) {
        children::release(self.group);
        self.left = true;
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        if !self.left {
            self.group.stop();
            children::release(self.group);
        }
    }
}

/// Whether the process that locks `path` lives.
pub(super) fn is_running(path: &Path) -> Result<bool> {
    let Ok(file) = File::open(path) else { return Ok(false) };
    match file.try_lock() {
        Ok(()) => Ok(false),
        Err(TryLockError::WouldBlock) => Ok(true),
        Err(TryLockError::Error(error)) => Err(error).with_context(|| format!("{}", path.display())),
    }
}

/// Stops the process that locks `path`; says whether there was one.
pub(super) fn stop_left(path: &Path) -> Result<bool> {
    if !is_running(path)? {
        return Ok(false);
    }
    let id = fs::read_to_string(path).with_context(|| format!("{}", path.display()))?;
    let id = id.trim().parse().with_context(|| format!("{} holds no process id", path.display()))?;
    Group::led_by(id).stop();
    Ok(true)
}

/// The lock file, locked; whoever inherits it keeps the lock.
fn locked(path: &Path) -> Result<File> {
    let file = locked_again(path)?;
    match file.try_lock() {
        Ok(()) => Ok(file),
        Err(error) => Err(error).with_context(|| format!("{} cannot be locked", path.display())),
    }
}

fn locked_again(path: &Path) -> Result<File> {
    OpenOptions::new()
        .create(true)
        .read(true)
        .write(true)
        .truncate(false)
        .open(path)
        .with_context(|| format!("{}", path.display()))
}

fn write_id(mut file: File, group: Group) -> std::io::Result<()> {
    file.set_len(0)?;
    writeln!(file, "{}", group.leader())
}

fn await_ready(start: &Start<'_>, child: &mut Child) -> Result<()> {
    let http = Http::new();
    let deadline = Instant::now() + READY_WITHIN;
    while http.get(&start.health).map_or(true, |answer| answer.status != 200) {
        let ended = child.try_wait().context("a process cannot be watched")?;
        if ended.is_some() || Instant::now() > deadline {
            let happened = if ended.is_some() { "ended at once" } else { "did not become ready" };
            bail!("{} {happened}; its log {} ends:\n{}", start.name, start.log.display(), tail(&start.log));
        }
        thread::sleep(POLL_INTERVAL);
    }
    Ok(())
}

fn tail(log: &Path) -> String {
    let text = fs::read_to_string(log).unwrap_or_default();
    let lines: Vec<_> = text.lines().collect();
    lines[lines.len().saturating_sub(LOG_TAIL_LINES)..].join("\n")
}
