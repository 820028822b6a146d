//! One measured process: started, watched, stopped.

use std::{
    fs::{self, File},
    path::{Path, PathBuf},
    process::{Child, Command, Stdio},
    thread,
    time::{Duration, Instant},
};

use anyhow::{Context as _, Result, bail};
use nix::{
    sched::{CpuSet, sched_getaffinity, sched_setaffinity},
    sys::{
        signal::{Signal, kill},
        wait::{WaitPidFlag, WaitStatus, waitpid},
    },
    time::{ClockId, clock_getcpuclockid},
    unistd::{Pid, SysconfVar, sysconf},
};

use super::throttle::Group;
use crate::children;

/// Stops itself before it becomes the program, so that the clocks can be read first.
const LAUNCHER: &str = "kill -STOP $$; exec \"$0\" \"$@\"";
/// What a process does after it has asked for its next event, until it sleeps, counts as before.
const SETTLED: Duration = Duration::from_millis(2);
/// How much of the output is shown when a process fails.
const OUTPUT_BYTES: usize = 4_096;

/// Keeps this process, its later threads and everything that it starts on one processor: Lambda gives no more
/// below 1,769 MB, and waking another processor, dear in a virtual machine, would count as the program's work.
pub(super) fn stay_on_one_processor() -> Result<()> {
    let ourselves = Pid::from_raw(0);
    let allowed = sched_getaffinity(ourselves)?;
    let last = (0..CpuSet::count()).rev().find(|&processor| allowed.is_set(processor).unwrap_or(false));
    let mut one = CpuSet::new();
    one.set(last.context("there is no processor")?)?;
    sched_setaffinity(ourselves, &one).context("the benchmark cannot be kept on one processor")
}

/// What to start.
#[derive(Debug, Clone)]
pub(super) struct Program {
    /// The binary.
    pub(super) path: PathBuf,
    /// Its arguments.
    pub(super) arguments: Vec<String>,
    /// Its whole environment.
    pub(super) environment: Vec<(String, String)>,
}

/// The process.
pub(super) struct Process {
    child: Child,
    group: children::Group,
    clock: ClockId,
    /// The processor time that was spent before the program began.
    before: Duration,
    /// When it began.
    pub(super) begun: Instant,
    output: PathBuf,
}

impl Process {
    /// Starts `program`, in a control group if there is one. What it prints goes to the file `output`, so that
    /// nobody is woken by it.
    pub(super) fn start(program: &Program, output: &Path, throttle: Option<&Group>) -> Result<Self> {
        let mut command = Command::new("/bin/sh");
        command.args(["-c", LAUNCHER]).arg(&program.path).args(&program.arguments).env_clear();
        command.envs(program.environment.iter().map(|(name, value)| (name, value)));
        let file = File::create(output).with_context(|| format!("{}", output.display()))?;
        command.stdin(Stdio::null()).stdout(file.try_clone()?).stderr(file);
        let child = children::start(&mut command)?;
        let group = children::group_of(&child)?;
        let pid = Pid::from_raw(group.leader());
        if !matches!(waitpid(pid, Some(WaitPidFlag::WUNTRACED))?, WaitStatus::Stopped(..)) {
            bail!("{} did not start", program.path.display());
        }
        if let Some(throttle) = throttle {
            throttle.add(pid).context("the process cannot be put into its control group")?;
        }
        let clock = clock_getcpuclockid(pid).context("the process has no clock")?;
        let before = clock.now()?.into();
        let begun = Instant::now();
        kill(pid, Signal::SIGCONT)?;
        Ok(Self { child, group, clock, before, begun, output: output.to_path_buf() })
    }

    /// Whether it runs.
    pub(super) fn lives(&mut self) -> bool {
        matches!(self.child.try_wait(), Ok(None))
    }

    /// The processor time, user and system, that the program has spent, once it sleeps.
    pub(super) fn cpu(&self) -> Result<Duration> {
        thread::sleep(SETTLED);
        let spent: Duration = self.clock.now().context("the process has gone away")?.into();
        Ok(spent.saturating_sub(self.before))
    }

    /// Its resident memory in bytes.
    pub(super) fn resident_bytes(&self) -> Result<u64> {
        let path = Path::new("/proc").join(self.group.leader().to_string()).join("statm");
        let text = fs::read_to_string(&path).with_context(|| format!("{}", path.display()))?;
        let page = sysconf(SysconfVar::PAGE_SIZE)?.and_then(|size| u64::try_from(size).ok());
        let pages = resident_pages(&text).context("/proc has an unknown shape")?;
        Ok(pages * page.context("pages have no size")?)
    }

    /// Stops it, and gives the end of what it printed.
    pub(super) fn stop(mut self) -> String {
        self.end();
        end_of(&fs::read(&self.output).unwrap_or_default())
    }

    fn end(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
        children::release(self.group);
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        self.end();
    }
}

/// The second number of `/proc/…/statm`.
fn resident_pages(statm: &str) -> Option<u64> {
    statm.split(' ').nth(1)?.parse().ok()
}

/// The end of what a process has printed.
fn end_of(output: &[u8]) -> String {
    String::from_utf8_lossy(&output[output.len().saturating_sub(OUTPUT_BYTES)..]).into_owned()
}

#[cfg(test)]
mod tests {
    use super::{OUTPUT_BYTES, end_of, resident_pages};

    #[test]
    fn the_resident_pages_are_the_second_number() {
        assert_eq!(resident_pages("5321 1402 980 500 0 700 0\n"), Some(1402));
        assert_eq!(resident_pages(""), None);
    }

    #[test]
    fn the_end_of_the_output_is_kept() {
        assert_eq!(end_of(b"whole"), "whole");
        let long = [vec![b'a'; 3 * OUTPUT_BYTES], b"end".to_vec()].concat();
        assert!(end_of(&long).ends_with("aend"));
        assert_eq!(end_of(&long).len(), OUTPUT_BYTES);
    }
}
