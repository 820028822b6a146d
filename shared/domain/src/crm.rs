//! Communication tasks of `InforCRM` for clients who hesitate before the migration Wizard: whom to ask about, what a
//! reply and a push change (spec: crm, whose §13 wins over the rest of it).

mod client;
#[cfg(test)]
#[expect(clippy::disallowed_methods, reason = "tests may unwrap")]
mod fixtures;
mod ids;
mod moscow;
mod push;
mod reaction;
mod reply;
mod request;
mod selection;
mod status;
mod task;
mod text;
mod validity;

pub use client::{
    Attempt, Attempts, BackSystem, BackSystemId, Client, Migration, Outcome, Snapshot, Stamp, WizardChange,
};
pub use ids::{
    ApplicationId, BackId, EventId, Inn, Kpp, MdmId, MessageId, Ogrn, Okpo, OrganizationId, RequestId, TaskId,
};
pub use moscow::{MOSCOW, dt, moscow_day};
pub use push::{Push, PushEffect, judge_push};
pub use reaction::{Level2, REACTIONS, Reaction, ReactionKind, is_known, reaction};
pub use reply::{Answer, Reply, ReplyEffect, judge_reply};
pub use request::{RequestData, SkipReason, SystemCode, Warning};
pub use selection::{Rules, Selection, judge};
pub use status::{MigrationStatus, Rejection, StatusCode, TaskStatus, WizardStatus};
pub use task::{LastPush, Progress, SendState, Task, TaskState};
pub use text::{StatusMessage, Text};
pub use validity::{inn_is_valid, kpp_is_valid, ogrn_is_valid, okpo_is_valid};
