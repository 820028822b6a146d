use std::num::NonZeroU64;

use jiff::Timestamp;
use jiff::civil::Date;

use super::{
    BackId, EventId, Inn, Kpp, MdmId, MigrationStatus, Ogrn, Okpo, OrganizationId, WizardStatus, moscow_day,
};

/// When a part of the projection was true, and which event told it. Ordered by the instant, then by the event id
/// (§13), so that whatever order the events come in, the same one is shown in the end.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Stamp {
    /// `occurred_at`, or the `change_date` of a log entry.
    pub at: Timestamp,
    /// The event.
    pub event_id: EventId,
}

impl Stamp {
    /// Whether what it tells replaces what is `shown`: it is later, or as late with a greater event id. A repeat of
    /// the shown event does not.
    #[must_use]
    pub fn supersedes(&self, shown: &Self) -> bool {
        self > shown
    }
}

/// The row of `product_migration_clients`; a field is absent where the bank's is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Migration {
    /// The organization in the master data.
    pub mdm_id: Option<MdmId>,
    /// The status of the migration.
    pub status: Option<MigrationStatus>,
    /// The status of the Wizard, as of this row.
    pub wizard_status: Option<WizardStatus>,
    /// When the row was so.
    pub stamp: Stamp,
}

/// An entry of `wizard_status_change_log`; of several, the one with the latest `change_date` counts (§5).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct WizardChange {
    /// What the Wizard's status became.
    pub wizard_status: Option<WizardStatus>,
    /// When: from here the days are counted.
    pub stamp: Stamp,
}

/// The row of `clientsnapshot`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Snapshot {
    /// `tin`.
    pub inn: Option<Inn>,
    /// `registry_number`.
    pub ogrn: Option<Ogrn>,
    /// `kpp`.
    pub kpp: Option<Kpp>,
    /// `okpo`.
    pub okpo: Option<Okpo>,
    /// When the row was so.
    pub stamp: Stamp,
}

/// A back system whose ids `InforCRM` knows.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum BackSystem {
    /// ЦФТ.
    Ibso,
    /// `InforCRM` itself.
    Infor,
}

impl BackSystem {
    /// Every system.
    pub const ALL: [Self; 2] = [Self::Ibso, Self::Infor];

    /// `back_system_name` in the bank's table: in lower case (§9).
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Ibso => "ibso",
            Self::Infor => "infor",
        }
    }

    /// Reads a `back_system_name`; `None` for a system that is none of ours, whose ids are ignored (§13).
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|system| system.as_str() == text.trim())
    }
}

/// A row of `clients_back_system_ids`: it hangs on an `MdmId`, not on an organization.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BackSystemId {
    /// In which system.
    pub system: BackSystem,
    /// The id there.
    pub id: BackId,
    /// When it was so; of several rows for a system the newest counts (§9).
    pub stamp: Stamp,
}

/// What came of the latest request about an organization.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// No reply so far.
    Unanswered,
    /// `InforCRM` created no task.
    Rejected,
}

/// The latest request about an organization.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Attempt {
    /// Its `request_date`: the `time` of the run that made it.
    pub requested_at: Timestamp,
    /// What came of it.
    pub outcome: Outcome,
    /// How many requests there are with it.
    pub number: NonZeroU64,
}

impl Attempt {
    /// The day whose only row it is.
    #[must_use]
    pub fn day(&self) -> Date {
        moscow_day(self.requested_at)
    }
}

/// What was asked about an organization so far.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Attempts {
    /// Nothing.
    Never,
    /// Something, and no request led to a task.
    Made(Attempt),
    /// One of the requests, not necessarily the latest, led to a task: nothing is ever asked again (§5).
    TaskCreated,
}

/// The projection of an organization (§12). A part is absent until its first event came.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Client {
    /// The organization.
    pub organization_id: OrganizationId,
    /// Where its migration stands.
    pub migration: Option<Migration>,
    /// The latest change of the Wizard's status.
    pub wizard: Option<WizardChange>,
    /// Its numbers.
    pub snapshot: Option<Snapshot>,
    /// What was asked about it.
    pub attempts: Attempts,
}

impl Client {
    /// Since when the client hesitates: the latest `change_date`, if the client stands before the Wizard in a
    /// hesitant status and no task was ever created (§5). `None` keeps it out of the index of the daily scan.
    #[must_use]
    pub fn waiting_since(&self) -> Option<Timestamp> {
        let change = self.wizard.as_ref()?;
        if self.hesitates() { Some(change.stamp.at) } else { None }
    }

    /// Whether the client would hesitate, had its status an entry in the log: it is not asked about, and that is
    /// logged (§5).
    #[must_use]
    pub fn lacks_log_entry(&self) -> bool {
        self.wizard.is_none() && self.hesitates()
    }

    fn hesitates(&self) -> bool {
        let untouched = match self.attempts {
            Attempts::Never | Attempts::Made(_) => true,
            Attempts::TaskCreated => false,
        };
        let status = self.migration.as_ref().and_then(|migration| migration.status.as_ref());
        untouched
            && status == Some(&MigrationStatus::InWizard)
            && self.wizard_status().is_some_and(WizardStatus::is_hesitant)
    }

    /// The Wizard's status now: of the newer of row and log, of the row if they are of the same instant (§13). A
    /// newer row without a status leaves none.
    fn wizard_status(&self) -> Option<&WizardStatus> {
        match (&self.migration, &self.wizard) {
            (Some(row), Some(change)) if change.stamp.at > row.stamp.at => change.wizard_status.as_ref(),
            (Some(row), _) => row.wizard_status.as_ref(),
            (None, change) => change.as_ref()?.wizard_status.as_ref(),
        }
    }
}

#[cfg(test)]
#[expect(clippy::disallowed_methods, reason = "tests may unwrap")]
mod tests {
    use jiff::Timestamp;
    use proptest::prelude::*;

    use super::{Attempt, Attempts, BackSystem, Client, Outcome, Stamp};
    use crate::crm::fixtures::{change, client, days_ago, now, stamp, text};
    use crate::crm::{MigrationStatus, WizardStatus};
    use crate::properties::cases;

    fn migrated(edit: impl FnOnce(&mut super::Migration)) -> Client {
        let mut client = client();
        client.migration.iter_mut().for_each(|migration| migration.stamp.at = days_ago(6));
        client.migration.as_mut().map(edit).unwrap();
        client
    }

    #[test]
    fn a_client_waits_since_the_latest_change_whatever_the_row_of_its_migration_said_later() {
        assert_eq!(client().waiting_since(), Some(days_ago(7)));
        assert_eq!(migrated(|_| ()).waiting_since(), Some(days_ago(7)));
    }

    #[test]
    fn only_a_client_in_the_wizard_waits() {
        let status = |status| migrated(|migration| migration.status = status).waiting_since();
        assert_eq!(status(Some(MigrationStatus::from(text("migrated")))), None);
        assert_eq!(status(None), None);
        assert_eq!(Client { migration: None, ..client() }.waiting_since(), None);
    }

    #[test]
    fn the_newer_of_row_and_log_says_the_wizards_status_and_the_row_where_they_are_of_one_instant() {
        let waits = |row: Option<&str>, row_days_ago, log| {
            let mut client = migrated(|migration| {
                migration.wizard_status = row.map(|row| WizardStatus::from(text(row)));
                migration.stamp.at = days_ago(row_days_ago);
            });
            client.wizard = Some(change(log, days_ago(7)));
            client.waiting_since().is_some()
        };
        assert!(waits(Some("SIGNED"), 8, "TO_SIGN"), "an older row does not count");
        assert!(!waits(Some("SIGNED"), 7, "TO_SIGN"), "a row of the same instant does");
        assert!(!waits(Some("SIGNED"), 6, "TO_SIGN"));
        assert!(!waits(None, 6, "TO_SIGN"), "a newer row without a status leaves none");
        assert!(waits(None, 8, "TO_SIGN"));
        assert!(waits(Some("OK"), 7, "SIGNED"));
        assert!(!waits(Some("OK"), 8, "SIGNED"));
    }

    #[test]
    fn a_client_without_a_log_entry_does_not_wait_and_that_is_told() {
        let without = Client { wizard: None, ..client() };
        assert_eq!((without.waiting_since(), without.lacks_log_entry()), (None, true));
        assert!(!client().lacks_log_entry());
        let elsewhere = Client { migration: None, ..without };
        assert!(!elsewhere.lacks_log_entry(), "it would not wait with an entry either");
    }

    #[test]
    fn a_client_who_ever_had_a_task_never_waits_again() {
        let with = |attempts| Client { attempts, ..client() }.waiting_since();
        assert_eq!(with(Attempts::TaskCreated), None);
        for outcome in [Outcome::Unanswered, Outcome::Rejected] {
            let attempt = Attempt { requested_at: now(), outcome, number: std::num::NonZeroU64::MIN };
            assert_eq!(with(Attempts::Made(attempt)), Some(days_ago(7)));
        }
    }

    #[test]
    fn a_back_system_is_named_in_lower_case_and_others_are_ignored() {
        for system in BackSystem::ALL {
            assert_eq!(BackSystem::parse(system.as_str()), Some(system));
        }
        for other in ["IBSO", "Infor", "abs", ""] {
            assert_eq!(BackSystem::parse(other), None, "{other}");
        }
    }

    fn any_stamp() -> impl Strategy<Value = Stamp> {
        (0_i64..4, 0_u8..4)
            .prop_map(|(second, event)| stamp(Timestamp::from_second(second).unwrap(), &format!("e-{event}")))
    }

    proptest! {
        #![proptest_config(cases())]

        #[test]
        fn the_latest_instant_and_then_the_greatest_event_is_shown_whatever_order_they_come_in(
            stamps in prop::collection::vec(any_stamp(), 1..12),
        ) {
            let shown = |stamps: &[Stamp]| {
                let mut shown = stamps[0].clone();
                for stamp in stamps {
                    if stamp.supersedes(&shown) {
                        shown = stamp.clone();
                    }
                }
                shown
            };
            let backwards: Vec<_> = stamps.iter().rev().cloned().collect();
            let last = stamps.iter().max_by_key(|stamp| (stamp.at, stamp.event_id.as_str())).unwrap();
            prop_assert_eq!(&shown(&stamps), last);
            prop_assert_eq!(&shown(&backwards), last);
            prop_assert!(!last.supersedes(last), "a repeat changes nothing");
        }
    }
}
