use aws_sdk_dynamodb::types::builders::{PutBuilder, UpdateBuilder};
use aws_sdk_dynamodb::types::{Put, Update};
use domain::quota::{AccountState, AccountType, Grant, GrantStatus, NewGrant, expiry};
use platform::Scope;
use platform::config::{Environment, Variable};
use platform::dynamodb::{
    DynamoDbError, Item, Row, SCHEMA_VERSION, STAMP, Transacted, Transaction, Verdict, number, text,
};
use platform::{fingerprint, rfc3339};

use super::QuotaStore;
use super::due::shard_of;
use super::row::{
    ACCOUNT_TYPE, APPLY_NO, BOTH, BUSINESS_NAME, CHANGE_LIMIT, CHANGE_WAY, CONTENT, CREATED_AT, CREDIT_TYPE,
    CURRENT_SCHEMA, DUE_AT, DUE_SHARD, EFFECTIVE_TIME, GRANT_ID, INVALID_TIME, LIVE_SINCE, PIN, SOURCE_TYPE,
    STATE, STATUS, TEMP, TEMP_TOTAL, UPDATE_TIME, UPDATED_AT,
};

const APPLY_NUMBERS_TABLE: Variable = Variable {
    name: "APPLY_NUMBERS_TABLE",
    meaning: "The table of the application numbers that were used.",
    default: None,
};

/// What grants are booked in.
#[derive(Clone, Debug)]
pub struct BookingStore {
    quota: QuotaStore,
    apply_numbers: String,
}

/// How booking a grant ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Booked {
    /// It counts.
    Now,
    /// It was booked before, with the same content: nothing was written.
    Repeated,
    /// Its application's number, or its business id, was booked before with other content: nothing was written.
    Contradicted,
    /// What was booked before is not known: try again.
    Raced,
}

impl BookingStore {
    /// The store, with the table of application numbers.
    #[must_use]
    pub fn new(quota: QuotaStore, apply_numbers: String) -> Self {
        Self { quota, apply_numbers }
    }

    /// Reads that table's name.
    pub fn read_table(environment: &mut Environment) -> Option<String> {
        environment.read(APPLY_NUMBERS_TABLE)
    }

    /// The accounts and the grants.
    #[must_use]
    pub fn quota(&self) -> &QuotaStore {
        &self.quota
    }

    /// Books a grant: its application's number, its row, and its amount on the account's total, which it opens where
    /// there is none. One transaction, no read.
    ///
    /// # Errors
    /// DynamoDB failed.
    pub async fn book(&self, scope: &Scope, new: &NewGrant) -> Result<Booked, DynamoDbError> {
        let stamp = scope.stamp();
        let now = rfc3339::sortable(scope.now());
        let content = content(new);
        let transaction = Transaction::new()
            .put(self.number_claim(new, &content, &now, &stamp))
            .put(self.grant_row(new, &now, &stamp))
            .update(self.raised(new, &now, &stamp));
        let verdicts = match transaction.commit(&self.quota.client, scope, &stamp).await? {
            Transacted::Applied => return Ok(Booked::Now),
            Transacted::Lost(verdicts) => verdicts,
        };
        Ok(match verdicts.as_slice() {
            [Verdict::ConditionFailed(Some(claim)), ..] if is_of(claim, &content) => Booked::Repeated,
            [Verdict::ConditionFailed(Some(_)), ..]
            | [Verdict::Passed, Verdict::ConditionFailed(Some(_)), ..] => Booked::Contradicted,
            _ => Booked::Raced,
        })
    }

    fn number_claim(&self, new: &NewGrant, content: &str, now: &str, stamp: &str) -> PutBuilder {
        Put::builder()
            .table_name(&self.apply_numbers)
            .item(APPLY_NO, text(new.apply_no.as_str()))
            .item(CONTENT, text(content))
            .item(CREATED_AT, text(now))
            .item(SCHEMA_VERSION, number(CURRENT_SCHEMA))
            .item(STAMP, text(stamp))
            .condition_expression("attribute_not_exists(#apply_no)")
            .expression_attribute_names("#apply_no", APPLY_NO)
    }

    fn grant_row(&self, new: &NewGrant, now: &str, stamp: &str) -> PutBuilder {
        let grant = &new.grant;
        let effective_time = rfc3339::sortable(grant.effective_time);
        let row = Put::builder()
            .table_name(&self.quota.tables.grants)
            .item(PIN, text(new.pin.as_str()))
            .item(GRANT_ID, text(grant.id.to_key()))
            .item(APPLY_NO, text(new.apply_no.as_str()))
            .item(CREDIT_TYPE, text(TEMP))
            .item(CHANGE_WAY, text(BOTH))
            .item(CHANGE_LIMIT, number(grant.change_limit))
            .item(BUSINESS_NAME, text(&new.business_name))
            .item(SOURCE_TYPE, text(new.source.as_str()))
            .item(EFFECTIVE_TIME, text(&effective_time))
            .item(LIVE_SINCE, text(effective_time))
            .item(UPDATE_TIME, text(rfc3339::sortable(grant.update_time)))
            .item(STATUS, text(self.quota.statuses.text(GrantStatus::Effective)))
            .item(CREATED_AT, text(now))
            .item(SCHEMA_VERSION, number(CURRENT_SCHEMA))
            .item(STAMP, text(stamp))
            .condition_expression("attribute_not_exists(#grant_id)")
            .expression_attribute_names("#grant_id", GRANT_ID);
        let row = match grant.invalid_time {
            Some(invalid_time) => row.item(INVALID_TIME, text(rfc3339::sortable(invalid_time))),
            None => row,
        };
        match expiry(grant) {
            Some(expiry) => {
                row.item(DUE_AT, text(rfc3339::sortable(expiry))).item(DUE_SHARD, number(shard_of(&new.pin)))
            }
            None => row,
        }
    }

    fn raised(&self, new: &NewGrant, now: &str, stamp: &str) -> UpdateBuilder {
        Update::builder()
            .table_name(&self.quota.tables.accounts)
            .key(PIN, text(new.pin.as_str()))
            .update_expression(
                "SET #temp_total = if_not_exists(#temp_total, :zero) + :amount, \
                 #state = if_not_exists(#state, :not_opened), \
                 #account_type = if_not_exists(#account_type, :normal), \
                 #created_at = if_not_exists(#created_at, :now), #updated_at = :now, \
                 #schema_version = :schema_version, #stamp = :stamp",
            )
            .expression_attribute_names("#temp_total", TEMP_TOTAL)
            .expression_attribute_names("#state", STATE)
            .expression_attribute_names("#account_type", ACCOUNT_TYPE)
            .expression_attribute_names("#created_at", CREATED_AT)
            .expression_attribute_names("#updated_at", UPDATED_AT)
            .expression_attribute_names("#schema_version", SCHEMA_VERSION)
            .expression_attribute_names("#stamp", STAMP)
            .expression_attribute_values(":zero", number(0))
            .expression_attribute_values(":amount", number(new.grant.change_limit))
            .expression_attribute_values(":not_opened", text(AccountState::NotOpened.as_str()))
            .expression_attribute_values(":normal", text(AccountType::Normal.as_str()))
            .expression_attribute_values(":now", text(now))
            .expression_attribute_values(":schema_version", number(CURRENT_SCHEMA))
            .expression_attribute_values(":stamp", text(stamp))
    }
}

/// What a repeat must have in common with what was booked: everything but the message's own id and time.
fn content(new: &NewGrant) -> String {
    let Grant { id, change_limit, effective_time, invalid_time, update_time: _, status: _ } = &new.grant;
    fingerprint(&[
        new.pin.as_str(),
        &id.to_key(),
        &change_limit.to_string(),
        &rfc3339::sortable(*effective_time),
        &invalid_time.map(rfc3339::sortable).unwrap_or_default(),
        &new.business_name,
        new.source.as_str(),
    ])
}

fn is_of(claim: &Item, content: &str) -> bool {
    Row::new(claim).text(CONTENT).is_ok_and(|booked| booked == content)
}
