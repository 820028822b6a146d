//! Less than a processor, as Lambda gives it: a control group with a quota of time.

use std::{
    fmt, fs,
    path::{Path, PathBuf},
    process, thread,
    time::Duration,
};

use nix::unistd::Pid;

/// The memory at which Lambda gives a whole processor.
const MB_OF_A_PROCESSOR: u32 = 1_769;
/// The window that Lambda spreads the share over.
const PERIOD_US: u32 = 20_000;
/// How long the last process of a group may take to leave it.
const EMPTY_WITHIN: Duration = Duration::from_millis(50);

/// How much of the machine a program may use.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Speed {
    /// All that it wants.
    Full,
    /// What Lambda gives a function of this memory.
    Memory { mb: u32 },
}

impl Speed {
    /// Those below a whole processor that are measured.
    pub(super) const THROTTLED: [Self; 3] =
        [Self::Memory { mb: 128 }, Self::Memory { mb: 256 }, Self::Memory { mb: 512 }];

    /// Processor time in each period; `None` without a limit.
    fn quota_us(self) -> Option<u32> {
        match self {
            Self::Full => None,
            Self::Memory { mb } => Some(PERIOD_US * mb / MB_OF_A_PROCESSOR),
        }
    }
}

impl fmt::Display for Speed {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Full => formatter.write_str("full speed"),
            Self::Memory { mb } => write!(formatter, "{mb} MB"),
        }
    }
}

/// A control group, removed when this goes out of scope.
pub(super) struct Group(PathBuf);

impl Group {
    /// A group that is held to `speed`; `None` when it is full, or where this machine lets us make none.
    pub(super) fn of(speed: Speed) -> Option<Self> {
        let quota = speed.quota_us()?;
        let name = format!("tenor-bench-{}", process::id());
        unified(&Path::new("/sys/fs/cgroup").join(&name), quota)
            .or_else(|| divided(&Path::new("/sys/fs/cgroup/cpu").join(&name), quota))
    }

    /// Whether groups can be made here.
    pub(super) fn possible() -> bool {
        Self::of(Speed::THROTTLED[0]).is_some()
    }

    /// Puts a process into the group.
    pub(super) fn add(&self, process: Pid) -> std::io::Result<()> {
        fs::write(self.0.join("cgroup.procs"), process.to_string())
    }
}

impl Drop for Group {
    fn drop(&mut self) {
        // A group is only removed empty, and a killed process leaves it a moment after its end.
        if fs::remove_dir(&self.0).is_err() {
            thread::sleep(EMPTY_WITHIN);
            let _ = fs::remove_dir(&self.0);
        }
    }
}

/// The second version of control groups.
fn unified(folder: &Path, quota: u32) -> Option<Group> {
    made(folder, &[("cpu.max", format!("{quota} {PERIOD_US}"))])
}

/// The first version, where processor time is a tree of its own.
fn divided(folder: &Path, quota: u32) -> Option<Group> {
    made(folder, &[("cpu.cfs_period_us", PERIOD_US.to_string()), ("cpu.cfs_quota_us", quota.to_string())])
}

/// A group with its settings, which are files that the kernel has put there.
fn made(folder: &Path, settings: &[(&str, String)]) -> Option<Group> {
    fs::create_dir(folder).ok()?;
    let group = Group(folder.to_path_buf());
    let set = |(file, value): &(&str, String)| {
        let file = folder.join(file);
        file.exists() && fs::write(file, value).is_ok()
    };
    settings.iter().all(set).then_some(group)
}

#[cfg(test)]
mod tests {
    use super::Speed;

    #[test]
    fn the_share_is_lambdas() {
        let shares = Speed::THROTTLED.map(Speed::quota_us);
        assert_eq!(shares, [Some(1_447), Some(2_894), Some(5_788)]);
        assert_eq!(Speed::Full.quota_us(), None);
    }
}
