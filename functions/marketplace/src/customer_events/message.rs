//! The message on the wire (§10): one JSON object. A text that is null, empty or blank is absent.

use domain::marketplace::{IdNumber, PersonName, Phone};
use jiff::Timestamp;
use jiff::civil::Date;
use platform::{json, rfc3339};
use serde_json::{Map, Value};

use super::Reason;
use crate::store::{Facts, StoredCustomer};

/// The longest id of an event, and the longest name of a region, in characters.
const LONGEST: usize = 200;

/// `customer_changed`. Its `Debug` is masked.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CustomerChanged {
    /// `event_id`
    pub event_id: String,
    /// `occurred_at`
    pub occurred_at: Timestamp,
    /// `name`
    pub name: PersonName,
    /// `cid`
    pub id_number: IdNumber,
    /// `phone`
    pub phone: Phone,
    /// What is told.
    pub facts: Facts,
}

impl CustomerChanged {
    /// Whether it is newer than what is shown; of two events of one instant the one with the greater id is.
    #[must_use]
    pub fn supersedes(&self, shown: &StoredCustomer) -> bool {
        (self.occurred_at, self.event_id.as_str()) > (shown.occurred_at, shown.event_id.as_str())
    }
}

/// Reads a message's body.
///
/// # Errors
/// It can never succeed.
pub fn read(body: &str) -> Result<CustomerChanged, Reason> {
    let members = Members(json::object(body.as_bytes()).map_err(|_| Reason::Unreadable)?);
    if members.required("type")? != "customer_changed" {
        return Err(Reason::UnknownType);
    }
    let id_number = IdNumber::parse(members.required("cid")?).map_err(|_| Reason::BadPerson)?;
    // A day is a day, not an instant; whoever does not tell it has it in the id number.
    let birthday = members.text("birthday")?.map(|text| Date::strptime("%Y-%m-%d", text));
    let birthday = birthday.transpose().map_err(|_| Reason::BadDate)?.unwrap_or(id_number.birthday());
    Ok(CustomerChanged {
        event_id: members.bounded("event_id")?.ok_or(Reason::Incomplete)?,
        occurred_at: members.instant("occurred_at")?.ok_or(Reason::Incomplete)?,
        name: PersonName::parse(members.required("name")?).map_err(|_| Reason::BadPerson)?,
        phone: Phone::parse(members.required("phone")?).map_err(|_| Reason::BadPerson)?,
        id_number,
        facts: Facts {
            is_customer: members.flag("is_customer")?,
            blacklisted: members.flag("blacklisted")?,
            loan_in_progress: members.flag("loan_in_progress")?,
            birthday,
            region: members.bounded("region")?,
            refused_at: members.instant("refused_at")?,
        },
    })
}

struct Members(Map<String, Value>);

impl Members {
    fn flag(&self, name: &str) -> Result<bool, Reason> {
        match self.0.get(name) {
            None | Some(Value::Null) => Err(Reason::Incomplete),
            Some(value) => value.as_bool().ok_or(Reason::Unreadable),
        }
    }

    fn instant(&self, name: &str) -> Result<Option<Timestamp>, Reason> {
        self.text(name)?.map(|text| rfc3339::parse(text).ok_or(Reason::BadDate)).transpose()
    }

    fn bounded(&self, name: &str) -> Result<Option<String>, Reason> {
        match self.text(name)? {
            Some(text) if text.chars().count() > LONGEST => Err(Reason::TooLong),
            text => Ok(text.map(str::to_owned)),
        }
    }

    fn required(&self, name: &str) -> Result<&str, Reason> {
        self.text(name)?.ok_or(Reason::Incomplete)
    }

    fn text(&self, name: &str) -> Result<Option<&str>, Reason> {
        let text = match self.0.get(name) {
            None | Some(Value::Null) => None,
            Some(value) => Some(value.as_str().ok_or(Reason::Unreadable)?),
        };
        Ok(text.map(str::trim).filter(|text| !text.is_empty()))
    }
}

#[cfg(test)]
#[expect(clippy::disallowed_methods, reason = "tests may unwrap")]
mod tests {
    use proptest::prelude::*;

    use super::read;

    proptest! {
        #[test]
        fn whatever_comes_is_read_or_refused_and_what_is_read_does_not_print(
            date in "20[0-9]{2}-0[1-9]-[12][0-8]",
            cid in "[0-9]{6}19[0-9]{2}0[1-9]1[0-9]{4}[0-9Xx]",
            phone in "[0-9]{11}",
            rest in "\\PC{0,30}",
        ) {
            let _ = read(&rest);
            let event = serde_json::json!({
                "event_id": "e-1", "type": "customer_changed", "name": "张三", "cid": cid, "phone": phone,
                "birthday": date, "region": rest, "is_customer": true, "blacklisted": true,
                "loan_in_progress": false, "occurred_at": format!("{date}T00:00:00Z"),
            });
            let printed = format!("{:?}", read(&event.to_string()).unwrap());
            prop_assert!(!printed.contains(&cid) && !printed.contains(&phone) && !printed.contains("张三"));
        }
    }
}
