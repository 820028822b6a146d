//! What the CRM functions are told and what they say.

use bench::Error;
use jiff::Timestamp;
use jiff::tz::Offset;
use serde::{Deserialize, Serialize};

const MOSCOW: Offset = Offset::constant(3);
/// How long an id may be.
const COLUMN_CHARACTERS: usize = 200;

/// The message of client-events that is measured.
#[derive(Deserialize)]
pub(super) struct MigrationClient<'a> {
    #[serde(rename = "type")]
    pub(super) kind: &'a str,
    pub(super) event_id: &'a str,
    pub(super) organization_id: &'a str,
    pub(super) mdm_id: Option<&'a str>,
    pub(super) status: Option<&'a str>,
    pub(super) wizard_status: Option<&'a str>,
    pub(super) occurred_at: &'a str,
}

/// The message between infor-scan and infor-request.
#[derive(Deserialize, Serialize)]
pub(super) struct WorkItem<'a> {
    pub(super) time: &'a str,
    pub(super) shard: u32,
}

/// A request.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Request<'a> {
    #[serde(rename = "requestID")]
    pub(super) id: String,
    pub(super) dt: String,
    pub(super) client_id_list: Vec<SystemId<'a>>,
    pub(super) inn: &'a str,
    pub(super) ogrn: &'a str,
    pub(super) kpp: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) okpo: Option<&'a str>,
}

/// A client's id in a system.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct SystemId<'a> {
    pub(super) system_code: &'static str,
    pub(super) id: &'a str,
}

/// The message of infor-inbound that is measured.
#[derive(Deserialize)]
pub(super) struct Reply<'a> {
    #[serde(rename = "replyUID")]
    pub(super) request_id: &'a str,
    #[serde(rename = "requestID")]
    pub(super) message_id: Option<&'a str>,
    #[serde(rename = "statusCode")]
    pub(super) status_code: &'a str,
    #[serde(rename = "statusMsg")]
    pub(super) status_msg: Option<&'a str>,
    #[serde(rename = "taskID")]
    pub(super) task_id: &'a str,
}

/// An id, without what surrounds it.
pub(super) fn id(text: &str) -> Result<&str, Error> {
    let text = text.trim();
    if text.is_empty() || text.chars().count() > COLUMN_CHARACTERS {
        return Err("no id".into());
    }
    Ok(text)
}

/// An instant as a request says it: in Moscow's time with three decimals.
pub(super) fn dt(instant: Timestamp) -> String {
    let local = MOSCOW.to_datetime(instant);
    let milliseconds = local.subsec_nanosecond() / 1_000_000;
    format!("{}.{milliseconds:03}+03:00", local.strftime("%Y-%m-%dT%H:%M:%S"))
}
