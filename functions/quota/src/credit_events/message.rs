//! The messages on the wire (§10): one JSON object each.

use domain::quota::{
    AccountChange, AccountState, AccountType, Amount, AmountError, ApplyNo, Grant, GrantId, GrantIdError,
    GrantSource, GrantStatus, NewGrant, Pin,
};
use jiff::Timestamp;
use platform::{json, rfc3339};
use serde_json::{Map, Value};

use super::Reason;

/// DynamoDB takes 400 KB a row; the ids of one instant's messages stand together in one.
const LONGEST_EVENT_ID: usize = 1_024;
const LONGEST_BUSINESS_NAME: usize = 1_024;

/// What a message says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Message {
    /// `account_changed`.
    AccountChanged(AccountChange),
    /// `temp_credit_granted`.
    Granted(NewGrant),
}

/// Reads a message's body.
///
/// # Errors
/// It can never succeed.
pub fn read(body: &str) -> Result<Message, Reason> {
    let members = Members(json::object(body.as_bytes()).map_err(|_| Reason::Unreadable)?);
    match members.text("type")? {
        "account_changed" => members.account_change().map(Message::AccountChanged),
        "temp_credit_granted" => members.grant().map(Message::Granted),
        _ => Err(Reason::UnknownType),
    }
}

struct Members(Map<String, Value>);

impl Members {
    fn account_change(&self) -> Result<AccountChange, Reason> {
        Ok(AccountChange {
            pin: self.pin()?,
            event_id: self.event_id()?,
            state: AccountState::parse(self.text("state")?).ok_or(Reason::UnknownState)?,
            kind: AccountType::parse(self.text("account_type")?).ok_or(Reason::UnknownAccountType)?,
            temp_total: match self.0.get("temp_total") {
                None | Some(Value::Null) => None,
                Some(_) => Some(self.amount("temp_total", Amount::parse_total)?),
            },
            occurred_at: self.instant("occurred_at")?,
        })
    }

    fn grant(&self) -> Result<NewGrant, Reason> {
        self.event_id()?;
        Ok(NewGrant {
            pin: self.pin()?,
            apply_no: ApplyNo::new(self.text("apply_no")?)?,
            business_name: self.short_text("business_name", LONGEST_BUSINESS_NAME)?.to_owned(),
            source: GrantSource::parse(self.text("source_type")?).ok_or(Reason::UnknownSourceType)?,
            grant: Grant {
                id: self.grant_id()?,
                change_limit: self.positive_amount("change_limit")?,
                effective_time: self.instant("effective_time")?,
                invalid_time: match self.0.get("invalid_time") {
                    None => return Err(Reason::Incomplete),
                    Some(Value::Null) => None,
                    Some(_) => Some(self.instant("invalid_time")?),
                },
                update_time: self.instant("occurred_at")?,
                status: GrantStatus::Effective,
            },
        })
    }

    fn pin(&self) -> Result<Pin, Reason> {
        Pin::new(self.text("pin")?).map_err(Reason::from)
    }

    fn event_id(&self) -> Result<String, Reason> {
        match self.short_text("event_id", LONGEST_EVENT_ID)? {
            "" => Err(Reason::Incomplete),
            id => Ok(id.to_owned()),
        }
    }

    fn grant_id(&self) -> Result<GrantId, Reason> {
        GrantId::new(self.text("business_type")?, self.text("business_id")?).map_err(|error| match error {
            GrantIdError::Length(length) => length.into(),
            GrantIdError::Separator => Reason::BadBusinessType,
        })
    }

    /// Amounts are texts: a JSON number would be a float on its way here.
    fn amount(&self, name: &str, parse: fn(&str) -> Result<Amount, AmountError>) -> Result<Amount, Reason> {
        parse(self.text(name)?).map_err(|_| Reason::BadAmount)
    }

    fn positive_amount(&self, name: &str) -> Result<Amount, Reason> {
        let amount = self.amount(name, Amount::parse)?;
        if amount.is_zero() { Err(Reason::BadAmount) } else { Ok(amount) }
    }

    fn instant(&self, name: &str) -> Result<Timestamp, Reason> {
        rfc3339::parse(self.text(name)?).ok_or(Reason::BadTime)
    }

    fn short_text(&self, name: &str, longest: usize) -> Result<&str, Reason> {
        let text = self.text(name)?;
        if text.len() > longest { Err(Reason::TooLong) } else { Ok(text) }
    }

    fn text(&self, name: &str) -> Result<&str, Reason> {
        match self.0.get(name) {
            None | Some(Value::Null) => Err(Reason::Incomplete),
            Some(value) => value.as_str().ok_or(Reason::Unreadable),
        }
    }
}
