//! The processes that a command starts, each the leader of its own group, so that it can be stopped
//! together with everything it started: the engine with its functions, cargo with its compilers.

use std::{
    os::unix::process::CommandExt as _,
    process::{Child, Command, ExitStatus},
    sync::{Mutex, MutexGuard, PoisonError},
    thread,
    time::Duration,
};

use anyhow::{Context as _, Result, bail};
use nix::{
    sys::signal::{Signal, killpg},
    unistd::Pid,
};

use crate::ui;

/// How long a group may take to end by itself before it is killed.
const GRACE: Duration = Duration::from_millis(500);

/// What a shell reports for a command that SIGINT ended.
const INTERRUPTED: i32 = 130;

/// The groups to stop when the command is interrupted.
static RUNNING: Mutex<Vec<Group>> = Mutex::new(Vec::new());

/// A process group.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Group(Pid);

impl Group {
    /// The group whose leader has the process id `id`.
    pub(crate) fn led_by(id: i32) -> Self {
        Self(Pid::from_raw(id))
    }

    /// The process id of its leader.
    pub(crate) fn leader(self) -> i32 {
        self.0.as_raw()
    }

    /// Asks every process of the group to end, and kills those that do not.
    pub(crate) fn stop(self) {
        // A group that is gone already is what was wanted.
        if killpg(self.0, Signal::SIGTERM).is_ok() {
            thread::sleep(GRACE);
            let _ = killpg(self.0, Signal::SIGKILL);
        }
    }
}

/// From here on SIGINT, SIGTERM and SIGHUP stop every running group before the command itself ends.
pub(crate) fn stop_on_interrupt() -> Result<()> {
    ctrlc::set_handler(|| {
        // The lock is never given back: nothing starts any more.
        let groups = running();
        ui::line("Interrupted: stopping everything that was started.");
        groups.iter().for_each(|group| group.stop());
        std::process::exit(INTERRUPTED);
    })
    .context("the interrupt handler cannot be set")
}

/// Starts `command` as the leader of a new group, which an interrupt stops.
pub(crate) fn start(command: &mut Command) -> Result<Child> {
    let mut groups = running();
    let child = command
        .process_group(0)
        .spawn()
        .with_context(|| format!("{} cannot be started", command.get_program().display()))?;
    groups.push(group_of(&child)?);
    Ok(child)
}

/// Runs `command` to its end.
pub(crate) fn run(command: &mut Command) -> Result<ExitStatus> {
    let child = start(command)?;
    wait(child)
}

/// Runs `command` to its end, which must be a good one; `failure` says what else it is.
pub(crate) fn run_well(command: &mut Command, failure: &str) -> Result<()> {
    let status = run(command)?;
    if !status.success() {
        bail!("{failure} ({status})");
    }
    Ok(())
}

/// Waits for the end of a child that [`start`] started.
pub(crate) fn wait(mut child: Child) -> Result<ExitStatus> {
    let group = group_of(&child)?;
    let status = child.wait().context("a process cannot be waited for")?;
    release(group);
    Ok(status)
}

/// The group that a child leads.
pub(crate) fn group_of(child: &Child) -> Result<Group> {
    Ok(Group::led_by(i32::try_from(child.id()).context("a process id is out of range")?))
}

/// From here on an interrupt leaves `group` alone.
pub(crate) fn release(group: Group) {
    running().retain(|other| *other != group);
}

fn running() -> MutexGuard<'static, Vec<Group>> {
    RUNNING.lock().unwrap_or_else(PoisonError::into_inner)
}
