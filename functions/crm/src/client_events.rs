//! The queue `client-events` (§12, §13): what changes in the bank's tables, kept as one projection per organization.

mod consumer;
mod message;

use domain::crm::{BackSystemId, Client, MdmId, Migration, OrganizationId, Snapshot, WizardChange};
use domain::ids::IdError;
use platform::Scope;
use platform::dynamodb::{DynamoDbError, ErrorKind};
use tracing::info;

use crate::store::{BackIdStore, ClientStore};

pub use consumer::{ClientEvents, Settings};
pub use message::read;

/// How often something is tried that other writers stand in the way of.
const TRIES: u32 = 5;

/// What a message says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Message {
    /// A part of an organization's projection.
    Part(OrganizationId, Part),
    /// An id in a back system.
    BackSystemId(MdmId, BackSystemId),
    /// An id in a system that is none of ours.
    ForeignSystem,
}

/// A part of the projection.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Part {
    /// `migration_client`.
    Migration(Migration),
    /// `wizard_status_changed`.
    Wizard(WizardChange),
    /// `client_snapshot`.
    Snapshot(Snapshot),
}

/// What came of a message.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// The projection shows it.
    Applied,
    /// It changed nothing: the projection shows something newer, or this very event.
    NotNewer,
    /// It is about a system that is none of ours.
    Ignored,
}

/// Why a message can never succeed (§13).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Reason {
    /// No JSON object, or a member of the wrong type.
    Unreadable,
    /// A member that its type needs is missing or blank.
    Incomplete,
    /// An id is longer than 200 characters.
    TooLong,
    /// `type` is none that is known.
    UnknownType,
    /// A date is no RFC 3339 instant with an offset.
    BadDate,
}

impl From<IdError> for Reason {
    fn from(error: IdError) -> Self {
        error.reason(Self::Incomplete, Self::TooLong)
    }
}

impl From<Reason> for &'static str {
    fn from(reason: Reason) -> Self {
        match reason {
            Reason::Unreadable => "unreadable",
            Reason::Incomplete => "incomplete",
            Reason::TooLong => "too_long",
            Reason::UnknownType => "unknown_type",
            Reason::BadDate => "bad_date",
        }
    }
}

/// Why a message is not handled, and may be later.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// Its row was changed by others at every try.
    #[error("raced {TRIES} times")]
    Raced,
    /// The database failed.
    #[error(transparent)]
    Database(#[from] DynamoDbError),
}

/// What messages are applied to.
#[derive(Clone, Debug)]
pub struct Projection {
    /// The organizations.
    pub clients: ClientStore,
    /// Their ids in the back systems.
    pub back_ids: BackIdStore,
}

/// Applies a message. Whatever order messages come in and however often, the newest part is shown in the end.
///
/// # Errors
/// It may succeed later.
pub async fn handle(store: &Projection, scope: &Scope, message: &Message) -> Result<Outcome, Error> {
    match message {
        Message::Part(organization_id, part) => apply(&store.clients, scope, organization_id, part).await,
        Message::BackSystemId(mdm_id, id) => {
            let shown = store.back_ids.show(scope, mdm_id, id).await?;
            Ok(if shown { Outcome::Applied } else { Outcome::NotNewer })
        }
        Message::ForeignSystem => Ok(Outcome::Ignored),
    }
}

async fn apply(
    store: &ClientStore,
    scope: &Scope,
    organization_id: &OrganizationId,
    part: &Part,
) -> Result<Outcome, Error> {
    let mut row = store.find(scope, organization_id).await?;
    for tries in 1..=TRIES {
        if !replace(&mut row.client, part) {
            return Ok(Outcome::NotNewer);
        }
        match store.write(scope, &row).await {
            Ok(Ok(())) => {
                if row.client.lacks_log_entry() {
                    let organization_id = organization_id.as_str();
                    info!(organization_id, "a client in the Wizard has no entry in the log");
                }
                return Ok(Outcome::Applied);
            }
            Ok(Err(stands)) => row = *stands,
            Err(error) if error.kind == ErrorKind::Contended && tries < TRIES => {
                scope.pause(tries).await;
                row = store.find(scope, organization_id).await?;
            }
            Err(error) => return Err(error.into()),
        }
    }
    Err(Error::Raced)
}

/// Puts a part in its place if it is newer than what stands there.
fn replace(client: &mut Client, part: &Part) -> bool {
    match part {
        Part::Migration(new) => {
            let newer = client.migration.as_ref().is_none_or(|old| new.stamp.supersedes(&old.stamp));
            if newer {
                client.migration = Some(new.clone());
            }
            newer
        }
        Part::Wizard(new) => {
            let newer = client.wizard.as_ref().is_none_or(|old| new.stamp.supersedes(&old.stamp));
            if newer {
                client.wizard = Some(new.clone());
            }
            newer
        }
        Part::Snapshot(new) => {
            let newer = client.snapshot.as_ref().is_none_or(|old| new.stamp.supersedes(&old.stamp));
            if newer {
                client.snapshot = Some(new.clone());
            }
            newer
        }
    }
}
