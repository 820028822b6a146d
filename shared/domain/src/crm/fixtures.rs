//! The client and the task of the seed's examples (§11), for the tests of the rules.

use jiff::{SignedDuration, Timestamp};

use super::{
    Attempts, BackId, BackSystem, BackSystemId, Client, EventId, Inn, Kpp, LastPush, MdmId, Migration,
    MigrationStatus, Ogrn, Okpo, OrganizationId, Progress, SendState, Snapshot, Stamp, Task, TaskId, Text,
    WizardChange, WizardStatus,
};

pub(super) fn at(text: &str) -> Timestamp {
    text.parse().unwrap()
}

pub(super) fn text(text: &str) -> Text {
    Text::clip(text).unwrap().0
}

/// The time of the daily run, 06:00 in Moscow.
pub(super) fn now() -> Timestamp {
    at("2023-07-27T03:00:00Z")
}

pub(super) fn ago(seconds: i64) -> Timestamp {
    now() - SignedDuration::from_secs(seconds)
}

pub(super) fn days_ago(days: i64) -> Timestamp {
    ago(days * 86_400)
}

pub(super) fn stamp(at: Timestamp, event: &str) -> Stamp {
    Stamp { at, event_id: EventId::new(event).unwrap() }
}

pub(super) fn change(status: &str, at: Timestamp) -> WizardChange {
    WizardChange { wizard_status: Some(WizardStatus::from(text(status))), stamp: stamp(at, "w-1") }
}

/// A client that is due to the second: in the Wizard since eight days, to sign since seven.
pub(super) fn client() -> Client {
    Client {
        organization_id: OrganizationId::new("354815252").unwrap(),
        migration: Some(Migration {
            mdm_id: MdmId::new("123456").ok(),
            status: Some(MigrationStatus::InWizard),
            wizard_status: Some(WizardStatus::Ready),
            stamp: stamp(days_ago(8), "m-1"),
        }),
        wizard: Some(change("TO_SIGN", days_ago(7))),
        snapshot: Some(Snapshot {
            inn: Inn::new("1200009193").ok(),
            ogrn: Ogrn::new("1231200000844").ok(),
            kpp: Kpp::new("120001001").ok(),
            okpo: Okpo::new("02847208").ok(),
            stamp: stamp(days_ago(30), "s-1"),
        }),
        attempts: Attempts::Never,
    }
}

pub(super) fn back_id(system: BackSystem, id: &str, at: Timestamp, event: &str) -> BackSystemId {
    BackSystemId { system, id: BackId::new(id).unwrap(), stamp: stamp(at, event) }
}

pub(super) fn task_id(id: &str) -> TaskId {
    TaskId::new(id).unwrap()
}

pub(super) fn task(progress: Progress) -> Task {
    Task { send_state: SendState::Sent, progress }
}

pub(super) fn created(id: Option<&str>, push: Option<LastPush>) -> Task {
    task(Progress::Created { task_id: id.map(task_id), push })
}
