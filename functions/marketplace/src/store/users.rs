//! The platform's users ("create user", §3.1), and how a person is sealed.

use aws_sdk_dynamodb::types::Update;
use aws_sdk_dynamodb::types::builders::UpdateBuilder;
use domain::marketplace::{ChannelId, IdNumber, OrderKey, PersonError, PersonName, Phone, Uid};
use jiff::Timestamp;
use platform::dynamodb::{SCHEMA_VERSION, STAMP, number, text};
use platform::random::Random;
use platform::rfc3339;
use platform::seal::{SealError, Sealed, Sealer, SealingKeys};
use platform::secrets::Secret;
use serde::{Deserialize, Serialize};

use super::orders::OrderStore;

/// What a seal is bound to, whatever the tables are called.
const SEALED_FOR_ORDER: &str = "third_orders";
const SEALED_FOR_USER: &str = "rongshu_users";
pub(super) const USER: &str = "user";
const CURRENT_SCHEMA: u64 = 1;

/// What persons are sealed with.
#[derive(Clone, Debug)]
pub struct Sealing {
    /// The keys.
    pub keys: Secret<SealingKeys>,
    /// Where nonces come from.
    pub random: Random,
}

/// Who asks for a loan. Its `Debug` is masked.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Person {
    /// `idInfo.name`
    pub name: PersonName,
    /// `idInfo.cid`
    pub id_number: IdNumber,
    /// `registerPhone`
    pub phone: Phone,
}

/// Why a sealed person cannot be had.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum SealedPersonError {
    /// It cannot be opened.
    #[error(transparent)]
    Seal(#[from] SealError),
    /// What was sealed is no person.
    #[error("what was sealed is no person")]
    NoPerson,
}

/// What is sealed of a person.
#[derive(Deserialize, Serialize)]
struct Clear {
    name: String,
    cid: String,
    phone: String,
}

impl Sealing {
    /// Seals a person for the row of an order.
    ///
    /// # Errors
    /// There is no nonce.
    pub fn seal_for_order(&self, order: &OrderKey, person: &Person) -> Result<Sealed, SealError> {
        self.sealer().seal(SEALED_FOR_ORDER, &[&order.to_string()], &person.to_clear())
    }

    /// Opens the person in the row of an order.
    ///
    /// # Errors
    /// It was not sealed for this order, or under a key that is not known.
    pub fn open_of_order(&self, order: &OrderKey, sealed: &Sealed) -> Result<Person, SealedPersonError> {
        let clear = self.sealer().open(SEALED_FOR_ORDER, &[&order.to_string()], sealed)?;
        Person::of_clear(&clear)
    }

    /// Seals a person for the row of a user.
    ///
    /// # Errors
    /// There is no nonce.
    pub fn seal_for_user(
        &self,
        channel: &ChannelId,
        uid: &Uid,
        person: &Person,
    ) -> Result<Sealed, SealError> {
        self.sealer().seal(SEALED_FOR_USER, &[&user_key(channel, uid)], &person.to_clear())
    }

    fn sealer(&self) -> Sealer {
        Sealer::new(self.keys.current(), self.random.clone())
    }
}

impl Person {
    fn to_clear(&self) -> Vec<u8> {
        let clear = Clear {
            name: self.name.as_str().to_owned(),
            cid: self.id_number.as_str().to_owned(),
            phone: self.phone.as_str().to_owned(),
        };
        // Three texts always serialise.
        serde_json::to_vec(&clear).unwrap_or_default()
    }

    fn of_clear(clear: &[u8]) -> Result<Self, SealedPersonError> {
        let clear: Clear = serde_json::from_slice(clear).map_err(|_| SealedPersonError::NoPerson)?;
        let read = || -> Result<Self, PersonError> {
            Ok(Self {
                name: PersonName::parse(&clear.name)?,
                id_number: IdNumber::parse(&clear.cid)?,
                phone: Phone::parse(&clear.phone)?,
            })
        };
        read().map_err(|_| SealedPersonError::NoPerson)
    }
}

impl OrderStore {
    /// The user's row: begun by their first push, renewed by each that is taken.
    pub(super) fn user_update(
        &self,
        channel: &ChannelId,
        uid: &Uid,
        person: &Sealed,
        now: Timestamp,
        stamp: &str,
    ) -> UpdateBuilder {
        let (sealed, key_id) = person.clone().into_attributes();
        Update::builder()
            .table_name(&self.tables.users)
            .key(USER, text(user_key(channel, uid)))
            .update_expression(
                "SET #person = :person, #person_key_id = :person_key_id, #updated_at = :now, \
                 #created_at = if_not_exists(#created_at, :now), #schema = :schema, #stamp = :stamp",
            )
            .expression_attribute_names("#person", "person")
            .expression_attribute_names("#person_key_id", "person_key_id")
            .expression_attribute_names("#updated_at", "updated_at")
            .expression_attribute_names("#created_at", "created_at")
            .expression_attribute_names("#schema", SCHEMA_VERSION)
            .expression_attribute_names("#stamp", STAMP)
            .expression_attribute_values(":person", sealed)
            .expression_attribute_values(":person_key_id", key_id)
            .expression_attribute_values(":now", text(rfc3339::sortable(now)))
            .expression_attribute_values(":schema", number(CURRENT_SCHEMA))
            .expression_attribute_values(":stamp", text(stamp))
    }
}

pub(super) fn user_key(channel: &ChannelId, uid: &Uid) -> String {
    format!("{}#{}", channel.as_str(), uid.as_str())
}
