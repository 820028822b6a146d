//! How accounts and grants are stored. Readers take every schema version ever written.

use domain::quota::{Account, AccountState, AccountType, Amount, Grant, GrantId};
use platform::dynamodb::{Item, Row, RowError};

use super::StatusTexts;

pub(super) const PIN: &str = "pin";
pub(super) const CREATED_AT: &str = "created_at";
pub(super) const UPDATED_AT: &str = "updated_at";

pub(super) const STATE: &str = "state";
pub(super) const ACCOUNT_TYPE: &str = "account_type";
pub(super) const TEMP_TOTAL: &str = "temp_total";
pub(super) const OCCURRED_AT: &str = "occurred_at";
/// Fingerprints of the ids of the account's messages with the latest `occurred_at`: none of them is applied twice.
pub(super) const EVENT_IDS: &str = "event_ids";

pub(super) const GRANT_ID: &str = "grant_id";
pub(super) const APPLY_NO: &str = "apply_no";
pub(super) const CREDIT_TYPE: &str = "credit_type";
pub(super) const CHANGE_WAY: &str = "change_way";
pub(super) const CHANGE_LIMIT: &str = "change_limit";
pub(super) const BUSINESS_NAME: &str = "business_name";
pub(super) const SOURCE_TYPE: &str = "source_type";
pub(super) const EFFECTIVE_TIME: &str = "effective_time";
pub(super) const INVALID_TIME: &str = "invalid_time";
pub(super) const UPDATE_TIME: &str = "update_time";
pub(super) const STATUS: &str = "status";
/// The effective time, on effective grants alone: the sort key of the index `effective`.
pub(super) const LIVE_SINCE: &str = "live_since";
/// The expiry, stored or filled, on effective grants alone: the sort key of the index `due`.
pub(super) const DUE_AT: &str = "due_at";
/// The partition key of the index `due`.
pub(super) const DUE_SHARD: &str = "due_shard";

/// What an application's number was used for.
pub(super) const CONTENT: &str = "content";

/// The only credit type that is written.
pub(super) const TEMP: &str = "TEMP";
/// The only change way that is written.
pub(super) const BOTH: &str = "BOTH";
/// The version that is written now.
pub(super) const CURRENT_SCHEMA: u64 = 1;

fn amount(row: Row<'_>, attribute: &'static str) -> Result<Amount, RowError> {
    Amount::stored(row.decimal_text(attribute)?).map_err(|error| RowError::new(attribute, &error))
}

/// Reads a row of `quota_accounts`.
pub(super) fn account(item: &Item) -> Result<Account, RowError> {
    let row = Row::new(item);
    row.of_schema(CURRENT_SCHEMA)?;
    let (state, kind) = (row.text(STATE)?, row.text(ACCOUNT_TYPE)?);
    Ok(Account {
        state: AccountState::parse(state).ok_or_else(|| RowError::new(STATE, &"is no state"))?,
        kind: AccountType::parse(kind).ok_or_else(|| RowError::new(ACCOUNT_TYPE, &"is no type"))?,
        temp_total: temp_total(item)?,
    })
}

/// Reads an account's total.
pub(super) fn temp_total(item: &Item) -> Result<Amount, RowError> {
    amount(Row::new(item), TEMP_TOTAL)
}

/// Reads a row of `credit_apply`, or of its index `effective`; `None` for one of another credit type, which is no
/// grant of ours. An error names the grant.
pub(super) fn grant(item: &Item, statuses: &StatusTexts) -> Result<Option<Grant>, RowError> {
    let row = Row::new(item);
    let read = || {
        if row.text(CREDIT_TYPE)? != TEMP {
            return Ok(None);
        }
        row.of_schema(CURRENT_SCHEMA)?;
        temp_grant(row, statuses).map(Some)
    };
    read().map_err(|error: RowError| {
        let problem = format!("{} (grant {})", error.problem, grant_key(item));
        RowError::new(error.attribute, &problem)
    })
}

fn temp_grant(row: Row<'_>, statuses: &StatusTexts) -> Result<Grant, RowError> {
    let status = statuses.parse(row.text(STATUS)?);
    Ok(Grant {
        id: grant_id(row)?,
        change_limit: amount(row, CHANGE_LIMIT)?,
        // The index has the effective time as its key, and only as that.
        effective_time: match row.optional_instant(LIVE_SINCE)? {
            Some(live_since) => live_since,
            None => row.instant(EFFECTIVE_TIME)?,
        },
        invalid_time: row.optional_instant(INVALID_TIME)?,
        update_time: row.instant(UPDATE_TIME)?,
        status: status.ok_or_else(|| RowError::new(STATUS, &"is no status"))?,
    })
}

/// The key that a row of `credit_apply` stands under, for a log; a table has no row without one.
pub(super) fn grant_key(item: &Item) -> &str {
    Row::new(item).text(GRANT_ID).unwrap_or_default()
}

/// Reads which grant a row is.
pub(super) fn grant_id(row: Row<'_>) -> Result<GrantId, RowError> {
    let (business_type, business_id) = row.text(GRANT_ID)?.split_once('#').unwrap_or_default();
    GrantId::new(business_type, business_id).map_err(|error| RowError::new(GRANT_ID, &error))
}

/// Reads whose row it is, and the amount of the grant, where the index `due` shows no more.
pub(super) fn due(item: &Item) -> Result<(String, GrantId, Amount), RowError> {
    let row = Row::new(item);
    Ok((row.text(PIN)?.to_owned(), grant_id(row)?, amount(row, CHANGE_LIMIT)?))
}
