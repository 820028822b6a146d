use aws_sdk_dynamodb::operation::update_item::builders::UpdateItemFluentBuilder;
use aws_sdk_dynamodb::types::AttributeValue;
use domain::quota::AccountChange;
use platform::Scope;
use platform::dynamodb::{self, DynamoDbError, Item, Row, SCHEMA_VERSION, STAMP, Written, number, text};
use platform::{fingerprint, rfc3339};

use super::QuotaStore;
use super::row::{
    ACCOUNT_TYPE, CREATED_AT, CURRENT_SCHEMA, EVENT_IDS, OCCURRED_AT, PIN, STATE, TEMP_TOTAL, UPDATED_AT,
};

/// How changing an account ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum AccountChanged {
    /// The row shows it.
    Now,
    /// The row shows this very message: nothing was written.
    Repeated,
    /// The row shows a later message: nothing was written.
    Late,
    /// Another message of the same instant was faster: try again.
    Raced,
}

/// Which messages the row may already show.
#[derive(Clone, Copy)]
enum Before {
    /// Earlier ones only.
    Earlier,
    /// Others of the same instant, too: their ids are remembered, so that none of them counts twice.
    SameInstant,
}

impl Before {
    fn condition(self) -> &'static str {
        match self {
            Self::Earlier => "attribute_not_exists(#occurred_at) OR #occurred_at < :occurred_at",
            Self::SameInstant => "#occurred_at = :occurred_at AND NOT contains(#event_ids, :event_id)",
        }
    }

    fn remember(self) -> &'static str {
        match self {
            Self::Earlier => "#event_ids = :event_ids, ",
            Self::SameInstant => "",
        }
    }

    fn remember_more(self) -> &'static str {
        match self {
            Self::Earlier => "",
            Self::SameInstant => " ADD #event_ids :event_ids",
        }
    }
}

impl QuotaStore {
    /// Gives the account the message's state and type, and its total where the message has one; a row is opened where
    /// there is none. One write, two if another message has the same instant.
    ///
    /// # Errors
    /// DynamoDB failed.
    pub async fn change_account(
        &self,
        scope: &Scope,
        change: &AccountChange,
    ) -> Result<AccountChanged, DynamoDbError> {
        let row = match self.write_change(scope, change, Before::Earlier).await? {
            Written::Applied => return Ok(AccountChanged::Now),
            Written::Lost(row) => row.unwrap_or_default(),
        };
        if occurred_at(&row) > Some(rfc3339::sortable(change.occurred_at).as_str()) {
            return Ok(AccountChanged::Late);
        }
        if shows(&row, &remembered(&change.event_id)) {
            return Ok(AccountChanged::Repeated);
        }
        Ok(match self.write_change(scope, change, Before::SameInstant).await? {
            Written::Applied => AccountChanged::Now,
            Written::Lost(_) => AccountChanged::Raced,
        })
    }

    async fn write_change(
        &self,
        scope: &Scope,
        change: &AccountChange,
        before: Before,
    ) -> Result<Written, DynamoDbError> {
        let stamp = scope.stamp();
        let now = rfc3339::sortable(scope.now());
        let event_id = remembered(&change.event_id);
        let total = match change.temp_total {
            Some(_) => ":temp_total",
            None => "if_not_exists(#temp_total, :temp_total)",
        };
        let expression = format!(
            "SET #state = :state, #account_type = :account_type, #temp_total = {total}, {}\
             #occurred_at = :occurred_at, #created_at = if_not_exists(#created_at, :now), \
             #updated_at = :now, #schema_version = :schema_version, #stamp = :stamp{}",
            before.remember(),
            before.remember_more()
        );
        let call = named(self.client.update_item().table_name(&self.tables.accounts))
            .key(PIN, text(change.pin.as_str()))
            .condition_expression(before.condition())
            .update_expression(expression)
            .expression_attribute_values(":state", text(change.state.as_str()))
            .expression_attribute_values(":account_type", text(change.kind.as_str()))
            .expression_attribute_values(":temp_total", number(change.temp_total.unwrap_or_default()))
            .expression_attribute_values(":occurred_at", text(rfc3339::sortable(change.occurred_at)))
            .expression_attribute_values(":event_ids", AttributeValue::Ss(vec![event_id.clone()]))
            .expression_attribute_values(":now", text(now))
            .expression_attribute_values(":schema_version", number(CURRENT_SCHEMA))
            .expression_attribute_values(":stamp", text(&stamp));
        let call = match before {
            Before::Earlier => call,
            Before::SameInstant => call.expression_attribute_values(":event_id", text(event_id)),
        };
        dynamodb::update(scope, &stamp, call).await
    }
}

fn named(call: UpdateItemFluentBuilder) -> UpdateItemFluentBuilder {
    call.expression_attribute_names("#state", STATE)
        .expression_attribute_names("#account_type", ACCOUNT_TYPE)
        .expression_attribute_names("#temp_total", TEMP_TOTAL)
        .expression_attribute_names("#occurred_at", OCCURRED_AT)
        .expression_attribute_names("#event_ids", EVENT_IDS)
        .expression_attribute_names("#created_at", CREATED_AT)
        .expression_attribute_names("#updated_at", UPDATED_AT)
        .expression_attribute_names("#schema_version", SCHEMA_VERSION)
        .expression_attribute_names("#stamp", STAMP)
}

fn occurred_at(row: &Item) -> Option<&str> {
    Row::new(row).optional_text(OCCURRED_AT).ok().flatten()
}

/// What the row keeps of a message's id, which may be long: 32 digits of its fingerprint.
fn remembered(event_id: &str) -> String {
    let mut digits = fingerprint(&[event_id]);
    digits.truncate(32);
    digits
}

fn shows(row: &Item, event_id: &str) -> bool {
    let ids = row.get(EVENT_IDS).and_then(|ids| ids.as_ss().ok());
    ids.is_some_and(|ids| ids.iter().any(|id| id == event_id))
}
