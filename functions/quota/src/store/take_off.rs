use aws_sdk_dynamodb::types::Update;
use aws_sdk_dynamodb::types::builders::UpdateBuilder;
use domain::quota::{Amount, Grant, GrantId, GrantStatus, Pin};
use platform::Scope;
use platform::dynamodb::{DynamoDbError, STAMP, Transacted, Transaction, Verdict, number, text};
use platform::outbox::Pending;
use platform::rfc3339;

use super::QuotaStore;
use super::row::{
    self, DUE_AT, DUE_SHARD, GRANT_ID, LIVE_SINCE, PIN, STATUS, TEMP_TOTAL, UPDATE_TIME, UPDATED_AT,
};

const OPERATION: &str = "TransactWriteItems";

/// How the account's total goes down: DynamoDB has no maximum, so that it stops at zero is said by the condition.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Subtraction {
    /// By the amount, which it holds.
    Amount,
    /// To zero: it holds less than the amount.
    ToZero,
}

/// How taking a grant off ended.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum TakenOff {
    /// This request did it.
    Now,
    /// The grant is no longer effective: as it stands.
    NotEffective(Box<Grant>),
    /// The total is not what the subtraction takes it for: this one is needed.
    TotalDiffers(Subtraction),
}

impl Subtraction {
    /// The one that takes `amount` off `total`.
    fn of(amount: Amount, total: Amount) -> Self {
        if total >= amount { Self::Amount } else { Self::ToZero }
    }

    fn condition(self) -> &'static str {
        match self {
            Self::Amount => "#temp_total >= :amount",
            Self::ToZero => "#temp_total < :amount",
        }
    }

    fn expression(self) -> &'static str {
        match self {
            Self::Amount => "SET #temp_total = #temp_total - :amount, #updated_at = :now, #stamp = :stamp",
            Self::ToZero => "SET #temp_total = :zero, #updated_at = :now, #stamp = :stamp",
        }
    }
}

impl QuotaStore {
    /// Gives an effective grant its final `status`, takes its amount off the account's total, and puts the event that
    /// tells of it, if there is one, in the outbox: one transaction.
    ///
    /// # Errors
    /// DynamoDB failed, or a row is gone that must be there.
    pub async fn take_off(
        &self,
        scope: &Scope,
        pin: &Pin,
        id: &GrantId,
        amount: Amount,
        (status, subtraction): (GrantStatus, Subtraction),
        event: Option<&Pending>,
    ) -> Result<TakenOff, DynamoDbError> {
        let stamp = scope.stamp();
        let now = rfc3339::sortable(scope.now());
        let mut transaction = Transaction::new()
            .update(self.ended(pin, id, self.statuses.text(status), &now, &stamp))
            .update(self.reduced(pin, amount, subtraction, &now, &stamp));
        if let Some(event) = event {
            transaction = transaction.put(event.put(&stamp));
        }
        let verdicts = match transaction.commit(&self.client, scope, &stamp).await? {
            Transacted::Applied => return Ok(TakenOff::Now),
            Transacted::Lost(verdicts) => verdicts,
        };
        match verdicts.as_slice() {
            [Verdict::ConditionFailed(Some(item)), ..] => {
                let grant = row::grant(item, &self.statuses).map_err(|error| error.of(OPERATION))?;
                let grant = grant.ok_or_else(|| DynamoDbError::vanished(OPERATION))?;
                Ok(TakenOff::NotEffective(Box::new(grant)))
            }
            [Verdict::Passed | Verdict::Contended, Verdict::ConditionFailed(Some(account)), ..] => {
                // Without a total that can be read neither condition would ever hold.
                let total = row::temp_total(account).map_err(|error| error.of(OPERATION))?;
                Ok(TakenOff::TotalDiffers(Subtraction::of(amount, total)))
            }
            _ => Err(DynamoDbError::vanished(OPERATION)),
        }
    }

    fn ended(&self, pin: &Pin, id: &GrantId, status: &str, now: &str, stamp: &str) -> UpdateBuilder {
        Update::builder()
            .table_name(&self.tables.grants)
            .key(PIN, text(pin.as_str()))
            .key(GRANT_ID, text(id.to_key()))
            .condition_expression("#status = :effective")
            .update_expression(
                "SET #status = :status, #update_time = :now, #stamp = :stamp \
                 REMOVE #live_since, #due_at, #due_shard",
            )
            .expression_attribute_names("#status", STATUS)
            .expression_attribute_names("#update_time", UPDATE_TIME)
            .expression_attribute_names("#stamp", STAMP)
            .expression_attribute_names("#live_since", LIVE_SINCE)
            .expression_attribute_names("#due_at", DUE_AT)
            .expression_attribute_names("#due_shard", DUE_SHARD)
            .expression_attribute_values(":effective", text(self.statuses.text(GrantStatus::Effective)))
            .expression_attribute_values(":status", text(status))
            .expression_attribute_values(":now", text(now))
            .expression_attribute_values(":stamp", text(stamp))
    }

    fn reduced(
        &self,
        pin: &Pin,
        amount: Amount,
        subtraction: Subtraction,
        now: &str,
        stamp: &str,
    ) -> UpdateBuilder {
        let update = Update::builder()
            .table_name(&self.tables.accounts)
            .key(PIN, text(pin.as_str()))
            .condition_expression(subtraction.condition())
            .update_expression(subtraction.expression())
            .expression_attribute_names("#temp_total", TEMP_TOTAL)
            .expression_attribute_names("#updated_at", UPDATED_AT)
            .expression_attribute_names("#stamp", STAMP)
            .expression_attribute_values(":amount", number(amount))
            .expression_attribute_values(":now", text(now))
            .expression_attribute_values(":stamp", text(stamp));
        match subtraction {
            Subtraction::Amount => update,
            Subtraction::ToZero => update.expression_attribute_values(":zero", number(0)),
        }
    }
}
