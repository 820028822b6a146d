//! Communication tasks of `InforCRM` for clients who hesitate before the migration Wizard: whom to ask about, what a
//! reply and a push change (spec: crm, whose §13 wins over the rest of it).

mod client;
#[cfg(test)]
#[expect(clippy::disallowed_methods, reason = "tests may unwrap")]
mod fixtures;
mod ids;
mod moscow;
mod request;
mod selection;
mod status;
mod text;
mod validity;

pub use client::{
    Attempt, Attempts, BackSystem, BackSystemId, Client, Migration, Outcome, Snapshot, Stamp, WizardChange,
};
pub use ids::{
    ApplicationId, BackId, EventId, Inn, Kpp, MdmId, MessageId, Ogrn, Okpo, OrganizationId, RequestId, TaskId,
};
pub use moscow::{MOSCOW, dt, moscow_day};
pub use request::{RequestData, SkipReason, SystemCode, Warning};
pub use selection::{Rules, Selection, judge};
pub use status::{MigrationStatus, Rejection, StatusCode, TaskStatus, WizardStatus};
pub use text::{StatusMessage, Text};
pub use validity::{inn_is_valid, kpp_is_valid, ogrn_is_valid, okpo_is_valid};
