//! How the projection of an organization is stored, in `crm_clients`. Readers take every schema version ever written.

use std::collections::BTreeSet;
use std::num::NonZeroU64;

use aws_sdk_dynamodb::types::AttributeValue;
use domain::crm::{
    Attempt, Attempts, Client, EventId, Inn, Kpp, MdmId, Migration, MigrationStatus, Ogrn, Okpo,
    OrganizationId, Outcome, RequestId, Snapshot, Stamp, Text, WizardChange, WizardStatus,
};
use domain::ids::IdError;
use platform::dynamodb::{Item, Row, RowError, SCHEMA_VERSION, STAMP, number, text};
use platform::{rfc3339, shards};

pub(super) const ORGANIZATION_ID: &str = "organization_id";
pub(super) const VERSION: &str = "version";
/// Since when the client waits, on waiting clients alone: the sort key of the index `waiting`.
pub(super) const WAITING_SINCE: &str = "waiting_since";
/// The partition key of the index `waiting`.
pub(super) const WAITING_SHARD: &str = "waiting_shard";
/// A task was created for the organization, by whatever request.
pub(super) const TASK_CREATED: &str = "task_created";
/// The requests that led to no task, of those that were answered since the latest one was made: an answer to an older
/// request may come after the latest one's.
pub(super) const REJECTED_REQUEST_IDS: &str = "rejected_request_ids";

const MDM_ID: &str = "mdm_id";
const STATUS: &str = "status";
const WIZARD_STATUS: &str = "wizard_status";
const MIGRATION_AT: &str = "migration_occurred_at";
const MIGRATION_EVENT_ID: &str = "migration_event_id";
const CHANGED_WIZARD_STATUS: &str = "changed_wizard_status";
const CHANGE_DATE: &str = "change_date";
const CHANGE_EVENT_ID: &str = "change_event_id";
const TIN: &str = "tin";
const REGISTRY_NUMBER: &str = "registry_number";
const KPP: &str = "kpp";
const OKPO: &str = "okpo";
const SNAPSHOT_AT: &str = "snapshot_occurred_at";
const SNAPSHOT_EVENT_ID: &str = "snapshot_event_id";
const REQUEST_ID: &str = "vtbc_request_id";
const REQUESTED_AT: &str = "requested_at";
const REQUESTS: &str = "requests";

const CURRENT_SCHEMA: u64 = 1;
/// Into how many partitions the waiting clients are split.
pub const SHARDS: u32 = 16;

/// A projection as it is stored.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ClientRow {
    /// The projection.
    pub client: Client,
    /// How often it was written; 0 is not stored yet.
    pub version: u64,
    /// The latest request about the organization.
    pub last_request: Option<RequestId>,
    rejected_requests: BTreeSet<String>,
}

impl ClientRow {
    /// The row of an organization of which nothing is known.
    #[must_use]
    pub fn empty(organization_id: OrganizationId) -> Self {
        let client = Client {
            organization_id,
            migration: None,
            wizard: None,
            snapshot: None,
            attempts: Attempts::Never,
        };
        Self { client, version: 0, last_request: None, rejected_requests: BTreeSet::new() }
    }

    /// The row with one request more, which nobody has answered.
    #[must_use]
    pub fn requested(mut self, request: RequestId, attempt: Attempt) -> Self {
        self.client.attempts = Attempts::Made(attempt);
        self.last_request = Some(request);
        self.rejected_requests.clear();
        self
    }

    /// Reads a row of the table or of its index.
    pub(super) fn read(item: &Item) -> Result<Self, RowError> {
        let row = Row::new(item);
        row.of_schema(CURRENT_SCHEMA)?;
        let last_request = id(row, REQUEST_ID, RequestId::optional)?;
        let rejected_requests = rejected_requests(item)?;
        let rejected =
            last_request.as_ref().is_some_and(|request| rejected_requests.contains(request.as_str()));
        Ok(Self {
            client: Client {
                organization_id: OrganizationId::new(row.text(ORGANIZATION_ID)?)
                    .map_err(|error| RowError::new(ORGANIZATION_ID, &error))?,
                migration: migration(row)?,
                wizard: wizard(row)?,
                snapshot: snapshot(row)?,
                attempts: attempts(row, item.contains_key(TASK_CREATED), rejected)?,
            },
            version: row.number(VERSION)?,
            last_request,
            rejected_requests,
        })
    }

    /// The row as the next version of it is written.
    pub(super) fn to_item(&self, stamp: &str) -> Item {
        let client = &self.client;
        let mut item = Writer(Item::new());
        item.text(ORGANIZATION_ID, client.organization_id.as_str());
        item.put(VERSION, number(self.version + 1));
        item.put(SCHEMA_VERSION, number(CURRENT_SCHEMA));
        item.text(STAMP, stamp);
        if let Some(migration) = &client.migration {
            item.optional(MDM_ID, migration.mdm_id.as_ref().map(MdmId::as_str));
            item.optional(STATUS, migration.status.as_ref().map(MigrationStatus::as_str));
            item.optional(WIZARD_STATUS, migration.wizard_status.as_ref().map(WizardStatus::as_str));
            item.stamp((MIGRATION_AT, MIGRATION_EVENT_ID), &migration.stamp);
        }
        if let Some(change) = &client.wizard {
            item.optional(CHANGED_WIZARD_STATUS, change.wizard_status.as_ref().map(WizardStatus::as_str));
            item.stamp((CHANGE_DATE, CHANGE_EVENT_ID), &change.stamp);
        }
        if let Some(snapshot) = &client.snapshot {
            item.optional(TIN, snapshot.inn.as_ref().map(Inn::as_str));
            item.optional(REGISTRY_NUMBER, snapshot.ogrn.as_ref().map(Ogrn::as_str));
            item.optional(KPP, snapshot.kpp.as_ref().map(Kpp::as_str));
            item.optional(OKPO, snapshot.okpo.as_ref().map(Okpo::as_str));
            item.stamp((SNAPSHOT_AT, SNAPSHOT_EVENT_ID), &snapshot.stamp);
        }
        item.attempts(&client.attempts);
        item.optional(REQUEST_ID, self.last_request.as_ref().map(RequestId::as_str));
        if !self.rejected_requests.is_empty() {
            let rejected = self.rejected_requests.iter().cloned().collect();
            item.put(REJECTED_REQUEST_IDS, AttributeValue::Ss(rejected));
        }
        if let Some(since) = client.waiting_since() {
            item.text(WAITING_SINCE, &rfc3339::sortable(since));
            item.put(WAITING_SHARD, number(shard_of(&client.organization_id)));
        }
        item.0
    }
}

struct Writer(Item);

impl Writer {
    fn put(&mut self, attribute: &str, value: AttributeValue) {
        self.0.insert(attribute.to_owned(), value);
    }

    fn text(&mut self, attribute: &str, value: &str) {
        self.put(attribute, text(value));
    }

    fn optional(&mut self, attribute: &str, value: Option<&str>) {
        if let Some(value) = value {
            self.text(attribute, value);
        }
    }

    fn stamp(&mut self, (at, event_id): (&str, &str), stamp: &Stamp) {
        self.text(at, &rfc3339::sortable(stamp.at));
        self.text(event_id, stamp.event_id.as_str());
    }

    fn attempts(&mut self, attempts: &Attempts) {
        match attempts {
            Attempts::Never => {}
            Attempts::Made(attempt) => {
                self.text(REQUESTED_AT, &rfc3339::sortable(attempt.requested_at));
                self.put(REQUESTS, number(attempt.number));
            }
            Attempts::TaskCreated => self.put(TASK_CREATED, AttributeValue::Bool(true)),
        }
    }
}

fn rejected_requests(item: &Item) -> Result<BTreeSet<String>, RowError> {
    match item.get(REJECTED_REQUEST_IDS).map(AttributeValue::as_ss) {
        None => Ok(BTreeSet::new()),
        Some(Ok(ids)) => Ok(ids.iter().cloned().collect()),
        Some(Err(_)) => Err(RowError::new(REJECTED_REQUEST_IDS, &"is no set of strings")),
    }
}

fn attempts(row: Row<'_>, created: bool, rejected: bool) -> Result<Attempts, RowError> {
    if created {
        return Ok(Attempts::TaskCreated);
    }
    let Some(requested_at) = row.optional_instant(REQUESTED_AT)? else { return Ok(Attempts::Never) };
    let number = NonZeroU64::new(row.number(REQUESTS)?);
    Ok(Attempts::Made(Attempt {
        requested_at,
        outcome: if rejected { Outcome::Rejected } else { Outcome::Unanswered },
        number: number.ok_or_else(|| RowError::new(REQUESTS, &"is zero"))?,
    }))
}

fn migration(row: Row<'_>) -> Result<Option<Migration>, RowError> {
    let Some(stamp) = stamp(row, (MIGRATION_AT, MIGRATION_EVENT_ID))? else { return Ok(None) };
    Ok(Some(Migration {
        mdm_id: id(row, MDM_ID, MdmId::optional)?,
        status: status(row, STATUS)?.map(MigrationStatus::from),
        wizard_status: status(row, WIZARD_STATUS)?.map(WizardStatus::from),
        stamp,
    }))
}

fn wizard(row: Row<'_>) -> Result<Option<WizardChange>, RowError> {
    let Some(stamp) = stamp(row, (CHANGE_DATE, CHANGE_EVENT_ID))? else { return Ok(None) };
    let wizard_status = status(row, CHANGED_WIZARD_STATUS)?.map(WizardStatus::from);
    Ok(Some(WizardChange { wizard_status, stamp }))
}

fn snapshot(row: Row<'_>) -> Result<Option<Snapshot>, RowError> {
    let Some(stamp) = stamp(row, (SNAPSHOT_AT, SNAPSHOT_EVENT_ID))? else { return Ok(None) };
    Ok(Some(Snapshot {
        inn: id(row, TIN, Inn::optional)?,
        ogrn: id(row, REGISTRY_NUMBER, Ogrn::optional)?,
        kpp: id(row, KPP, Kpp::optional)?,
        okpo: id(row, OKPO, Okpo::optional)?,
        stamp,
    }))
}

fn stamp(row: Row<'_>, (at, event_id): (&'static str, &'static str)) -> Result<Option<Stamp>, RowError> {
    let Some(instant) = row.optional_instant(at)? else { return Ok(None) };
    let event_id = EventId::new(row.text(event_id)?).map_err(|error| RowError::new(event_id, &error))?;
    Ok(Some(Stamp { at: instant, event_id }))
}

fn status(row: Row<'_>, attribute: &'static str) -> Result<Option<Text>, RowError> {
    Ok(row.optional_text(attribute)?.and_then(Text::clip).map(|(text, _)| text))
}

fn id<T>(
    row: Row<'_>,
    attribute: &'static str,
    read: fn(Option<&str>) -> Result<Option<T>, IdError>,
) -> Result<Option<T>, RowError> {
    read(row.optional_text(attribute)?).map_err(|error| RowError::new(attribute, &error))
}

fn shard_of(organization_id: &OrganizationId) -> u32 {
    shards::shard_of(&[organization_id.as_str()], SHARDS)
}
