use jiff::{SignedDuration, Timestamp};

use super::codes::coded;
use super::{AuthItem, AuthItems, Step, ThirdOrderStatus};

/// After so many failures a pull is given up (§11, Pulls).
const MOST_FAILURES: u32 = 8;
/// A failure so long after the beginning is the last.
const LONGEST: SignedDuration = SignedDuration::from_hours(24);
/// How long a run keeps an order's pulls to itself.
const LEASE: SignedDuration = SignedDuration::from_mins(5);

coded! {
    /// Where a pull stands (§5).
    PullState {
        /// The data is outstanding.
        Pending = 0,
        /// It is there.
        Done = 1,
        /// It will not come.
        FailedFinal = 2,
    }
}

/// What is pulled about a user (§4, 1.11).
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum PullKind {
    /// The operator's data.
    Operator,
    /// The credit cards' data.
    CreditCard,
    /// The device's data.
    Device,
}

/// Why a pull brought nothing. Each counts alike.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum PullFailure {
    /// The data is not ready: a `status` other than "0".
    NotReady,
    /// The platform refuses: a `code` other than 0.
    Refused,
    /// The answer cannot be read, or has no data but blanks.
    Unreadable,
    /// There was no answer.
    NoAnswer,
}

/// A pull of one kind.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Pull {
    /// Where it stands.
    pub state: PullState,
    /// How often it failed.
    pub failures: u32,
    /// Until when it is left alone.
    pub next_at: Timestamp,
}

/// The pulls of an order: a row of `rongshu_credit_data_pull_log` (§5).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PullLog {
    /// When the order was pushed.
    pub created_at: Timestamp,
    /// Until when a run has it.
    pub lease_until: Option<Timestamp>,
    /// The operator's data.
    pub operator: Pull,
    /// The credit cards' data.
    pub credit_card: Pull,
    /// The device's data.
    pub device: Pull,
}

impl PullKind {
    /// Every kind.
    pub const ALL: [Self; 3] = [Self::Operator, Self::CreditCard, Self::Device];

    /// Its name in the store, and in its path at the platform.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Operator => "operator",
            Self::CreditCard => "creditCard",
            Self::Device => "device",
        }
    }

    /// Reads a name; `None` for a text that is none.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.as_str() == text)
    }

    /// Its path, unless the channel is configured with another (§4).
    #[must_use]
    pub fn default_path(self) -> &'static str {
        match self {
            Self::Operator => "api/v2/data/operator.do",
            Self::CreditCard => "api/v2/data/creditCard.do",
            Self::Device => "api/v2/data/device.do",
        }
    }

    /// The items that it gives.
    #[must_use]
    pub fn items(self) -> &'static [AuthItem] {
        match self {
            Self::Operator => &[AuthItem::OperatorBasic, AuthItem::OperatorReport],
            Self::CreditCard => &[AuthItem::CreditCard],
            Self::Device => &[AuthItem::Device],
        }
    }
}

/// The data of an answer to a pull (§1, §11 Pulls).
///
/// # Errors
/// The answer has none; the error says why.
pub fn pulled<Data: AsRef<str>>(
    code: i64,
    status: Option<&str>,
    data: Option<Data>,
) -> Result<Data, PullFailure> {
    if code != 0 {
        return Err(PullFailure::Refused);
    }
    if status != Some("0") {
        return Err(PullFailure::NotReady);
    }
    data.filter(|data| !data.as_ref().trim().is_empty()).ok_or(PullFailure::Unreadable)
}

impl Pull {
    fn begun(now: Timestamp) -> Self {
        Self { state: PullState::Pending, failures: 0, next_at: now }
    }

    fn is_pending(&self) -> bool {
        self.state == PullState::Pending
    }

    fn failed(self, created_at: Timestamp, now: Timestamp) -> Self {
        let failures = self.failures.saturating_add(1);
        if failures >= MOST_FAILURES {
            return Self { state: PullState::FailedFinal, failures, ..self };
        }
        Self { failures, ..self.postponed(failures, created_at, now) }
    }

    /// Left alone as after so many failures; given up where that is too late.
    fn postponed(self, failures: u32, created_at: Timestamp, now: Timestamp) -> Self {
        if now.duration_since(created_at) >= LONGEST {
            return Self { state: PullState::FailedFinal, ..self };
        }
        Self { next_at: after(now, retry_delay(failures)), ..self }
    }
}

impl PullLog {
    /// The pulls of an order that is pushed now.
    #[must_use]
    pub fn begun(now: Timestamp) -> Self {
        let pull = Pull::begun(now);
        Self { created_at: now, lease_until: None, operator: pull, credit_card: pull, device: pull }
    }

    /// The pull of a kind.
    #[must_use]
    pub fn pull(&self, kind: PullKind) -> &Pull {
        match kind {
            PullKind::Operator => &self.operator,
            PullKind::CreditCard => &self.credit_card,
            PullKind::Device => &self.device,
        }
    }

    /// What is to be pulled now.
    #[must_use]
    pub fn due(&self, now: Timestamp) -> Vec<PullKind> {
        let is_due = |kind: &PullKind| self.pull(*kind).is_pending() && self.pull(*kind).next_at <= now;
        PullKind::ALL.into_iter().filter(is_due).collect()
    }

    /// When something is to be pulled next: once no run has the order any more. `None` if all is final.
    #[must_use]
    pub fn next_pull_at(&self) -> Option<Timestamp> {
        let pending = PullKind::ALL.into_iter().map(|kind| self.pull(kind)).filter(|pull| pull.is_pending());
        let next_at = pending.map(|pull| pull.next_at).min()?;
        Some(self.lease_until.map_or(next_at, |lease_until| lease_until.max(next_at)))
    }

    /// The log for a run that takes it for five minutes; `None` while another has it, or if nothing is due. What is due is
    /// judged by the run's `time`, leases by the clock's `now`. Two runs at once are kept apart by the write, whose
    /// condition is the log that was read.
    #[must_use]
    pub fn leased(&self, time: Timestamp, now: Timestamp) -> Option<Self> {
        let is_free = self.lease_until.is_none_or(|until| until <= now);
        let is_due = !self.due(time).is_empty();
        (is_free && is_due).then(|| Self { lease_until: Some(after(now, LEASE)), ..self.clone() })
    }

    /// The log when the run is through with it.
    #[must_use]
    pub fn released(&self) -> Self {
        Self { lease_until: None, ..self.clone() }
    }

    /// The log after a pull. What is final stays as it is, whatever comes late.
    #[must_use]
    pub fn settled(&self, kind: PullKind, outcome: Result<(), PullFailure>, now: Timestamp) -> Self {
        self.with_pending(kind, |pull| match outcome {
            Ok(()) => Pull { state: PullState::Done, ..pull },
            Err(_) => pull.failed(self.created_at, now),
        })
    }

    /// The log after a pull that brought something which we could not keep: it is tried again as after one failure more,
    /// which does not count, for it is not the platform's. After 24 hours it is given up all the same.
    #[must_use]
    pub fn postponed(&self, kind: PullKind, now: Timestamp) -> Self {
        self.with_pending(kind, |pull| pull.postponed(pull.failures.saturating_add(1), self.created_at, now))
    }

    fn with_pending(&self, kind: PullKind, becomes: impl FnOnce(Pull) -> Pull) -> Self {
        let mut log = self.clone();
        let pull = match kind {
            PullKind::Operator => &mut log.operator,
            PullKind::CreditCard => &mut log.credit_card,
            PullKind::Device => &mut log.device,
        };
        if pull.is_pending() {
            *pull = becomes(*pull);
        }
        log
    }

    /// The items that the pulls have given.
    #[must_use]
    pub fn items(&self) -> AuthItems {
        let done = PullKind::ALL.into_iter().filter(|kind| self.pull(*kind).state == PullState::Done);
        done.flat_map(PullKind::items).copied().collect()
    }

    /// Whether nothing more will come.
    #[must_use]
    pub fn is_final(&self) -> bool {
        PullKind::ALL.into_iter().all(|kind| !self.pull(kind).is_pending())
    }

    /// What the order becomes by it: `ToBeParsed` once all is final, and only of an order that waits for data. A late
    /// pull changes nothing (§7.6).
    #[must_use]
    pub fn leads_to(&self, status: ThirdOrderStatus) -> Option<ThirdOrderStatus> {
        let next = ThirdOrderStatus::ToBeParsed;
        (self.is_final() && status.step_to(next) == Step::Go).then_some(next)
    }
}

/// How long to wait after so many failures in a row: 1, 5, 15 and 60 minutes, then an hour each time (§4, §11 Pulls).
fn retry_delay(failures: u32) -> SignedDuration {
    SignedDuration::from_mins(match failures {
        0 | 1 => 1,
        2 => 5,
        3 => 15,
        _ => 60,
    })
}

fn after(now: Timestamp, delay: SignedDuration) -> Timestamp {
    now.checked_add(delay).unwrap_or(Timestamp::MAX)
}

#[cfg(test)]
mod tests {
    use super::retry_delay;

    #[test]
    fn the_wait_grows_to_an_hour() {
        let minutes: Vec<_> = (1..=6).map(|failures| retry_delay(failures).as_mins()).collect();
        assert_eq!(minutes, [1, 5, 15, 60, 60, 60]);
        assert_eq!(retry_delay(u32::MAX).as_mins(), 60);
    }
}
