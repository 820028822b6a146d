//! A message on the wire (§11, Internal messages): one JSON object. Money is decimal text, times are RFC 3339; a text that is
//! null or blank is absent. Members that we do not know are the core's own matter.

use domain::marketplace::{ChannelId, CoreMessageKind, OrderKey, OrderNumber, Yuan};
use jiff::Timestamp;
use platform::{json, rfc3339};
use serde_json::{Map, Value};

use super::Reason;
use crate::store::CoreMessage;

/// The longest id that the core gives something, in characters.
const LONGEST: usize = 200;

/// The members of a message, or of an object within it.
#[derive(Debug)]
pub struct Members(Map<String, Value>);

/// Reads a message's body.
///
/// # Errors
/// It is no JSON object.
pub fn read(body: &str) -> Result<Members, Reason> {
    json::object(body.as_bytes()).map(Members).map_err(|_| Reason::Unreadable)
}

impl Members {
    /// What every message says of itself; `told` is what it tells, in a word. Without a channel it is about an order of
    /// the `default` one.
    ///
    /// # Errors
    /// Something is missing, or not what it should be.
    pub fn message(
        &self,
        kind: CoreMessageKind,
        told: &'static str,
        default: &ChannelId,
    ) -> Result<CoreMessage, Reason> {
        let event_id = self.id("event_id")?;
        let channel = match self.text("channel_id")? {
            Some(channel) => ChannelId::of_text(channel).map_err(|_| Reason::BadOrder)?,
            None => default.clone(),
        };
        Ok(CoreMessage {
            order: OrderKey { channel, number: self.order_number()? },
            kind,
            event_id,
            occurred_at: self.instant("occurred_at")?.ok_or(Reason::Incomplete)?,
            told,
        })
    }

    /// A text that must be there.
    ///
    /// # Errors
    /// It is not, or is none.
    pub fn required(&self, name: &str) -> Result<&str, Reason> {
        self.text(name)?.ok_or(Reason::Incomplete)
    }

    /// The id that the core has given an event or a contract.
    ///
    /// # Errors
    /// It is missing, no text, or longer than 200 characters.
    pub fn id(&self, name: &str) -> Result<String, Reason> {
        let id = self.required(name)?;
        if id.chars().count() > LONGEST { Err(Reason::TooLong) } else { Ok(id.to_owned()) }
    }

    /// An amount.
    ///
    /// # Errors
    /// It is missing, or no decimal text of an amount.
    pub fn amount(&self, name: &str) -> Result<Yuan, Reason> {
        Yuan::parse(self.required(name)?).map_err(|_| Reason::BadTerms)
    }

    /// An amount that may be missing.
    ///
    /// # Errors
    /// It is no decimal text of an amount.
    pub fn optional_amount(&self, name: &str) -> Result<Option<Yuan>, Reason> {
        self.text(name)?.map(Yuan::parse).transpose().map_err(|_| Reason::BadTerms)
    }

    /// A whole number that may be missing.
    ///
    /// # Errors
    /// It is no number, or no whole one.
    pub fn whole(&self, name: &str) -> Result<Option<i64>, Reason> {
        let whole = |value: &Value| match value {
            Value::Number(number) => number.as_i64().ok_or(Reason::BadNumber),
            Value::Null | Value::Bool(_) | Value::String(_) | Value::Array(_) | Value::Object(_) => {
                Err(Reason::Unreadable)
            }
        };
        self.present(name).map(whole).transpose()
    }

    /// A number of periods.
    ///
    /// # Errors
    /// It is missing, or no whole number of its range.
    pub fn periods(&self, name: &str) -> Result<u16, Reason> {
        periods(self.present(name).ok_or(Reason::Incomplete)?)
    }

    /// A list of numbers of periods.
    ///
    /// # Errors
    /// It is missing, or holds something else.
    pub fn periods_list(&self, name: &str) -> Result<Vec<u16>, Reason> {
        self.list(name)?.iter().map(periods).collect()
    }

    /// An object.
    ///
    /// # Errors
    /// It is missing, or none.
    pub fn object(&self, name: &str) -> Result<Self, Reason> {
        members(self.present(name).ok_or(Reason::Incomplete)?)
    }

    /// A list of objects.
    ///
    /// # Errors
    /// It is missing, or holds something else.
    pub fn objects(&self, name: &str) -> Result<Vec<Self>, Reason> {
        self.list(name)?.iter().map(members).collect()
    }

    /// A list of objects that may be missing.
    ///
    /// # Errors
    /// It is none, or holds something else.
    pub fn optional_objects(&self, name: &str) -> Result<Option<Vec<Self>>, Reason> {
        self.present(name).map(|_| self.objects(name)).transpose()
    }

    /// An instant that may be missing.
    ///
    /// # Errors
    /// It is no RFC 3339 text.
    pub fn instant(&self, name: &str) -> Result<Option<Timestamp>, Reason> {
        self.text(name)?.map(|text| rfc3339::parse(text).ok_or(Reason::BadTime)).transpose()
    }

    fn list(&self, name: &str) -> Result<&Vec<Value>, Reason> {
        self.present(name).ok_or(Reason::Incomplete)?.as_array().ok_or(Reason::Unreadable)
    }

    /// As text or as an integer (§11, Channels).
    fn order_number(&self) -> Result<OrderNumber, Reason> {
        match self.present("order_id") {
            Some(Value::Number(number)) => {
                number.as_u64().map(OrderNumber::of_integer).ok_or(Reason::BadOrder)
            }
            Some(_) | None => OrderNumber::of_text(self.required("order_id")?).map_err(|_| Reason::BadOrder),
        }
    }

    fn text(&self, name: &str) -> Result<Option<&str>, Reason> {
        let text = self.present(name).map(|value| value.as_str().ok_or(Reason::Unreadable)).transpose()?;
        Ok(text.map(str::trim).filter(|text| !text.is_empty()))
    }

    fn present(&self, name: &str) -> Option<&Value> {
        self.0.get(name).filter(|value| !value.is_null())
    }
}

fn members(value: &Value) -> Result<Members, Reason> {
    value.as_object().cloned().map(Members).ok_or(Reason::Unreadable)
}

fn periods(value: &Value) -> Result<u16, Reason> {
    if !value.is_number() {
        return Err(Reason::Unreadable);
    }
    value.as_u64().and_then(|number| u16::try_from(number).ok()).ok_or(Reason::BadTerms)
}
