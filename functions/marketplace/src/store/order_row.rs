//! How an order is stored. Every change writes the whole row, on condition of the version that was read.

use std::collections::BTreeMap;

use aws_sdk_dynamodb::types::AttributeValue;
use domain::marketplace::{
    AmountLimit, AmountOption, AuthItem, AuthItems, ChannelId, OrderKey, OrderNumber, PeriodUnit,
    ThirdOrderStatus, Uid, Yuan,
};
use jiff::Timestamp;
use platform::dynamodb::{Item, Row, RowError, SCHEMA_VERSION, number, text};
use platform::rfc3339;
use platform::seal::Sealed;

use super::applied::{self, Applied};
use super::approval;
use super::data::DataKind;
use super::work::{WORK_AT, WORK_SHARD, Work};

pub(super) const ORDER: &str = "order";
pub(super) const VERSION: &str = "version";
const STATUS: &str = "status";
const ORDER_NO: &str = "order_no";
const UID: &str = "uid";
const LOAN_AMOUNT: &str = "loan_amount";
const PERIOD: &str = "period";
const PERIOD_UNIT: &str = "period_unit";
const AUTH_ITEMS: &str = "auth_items";
const CONTENT_DIGEST: &str = "content_digest";
const DATA_KEYS: &str = "data_keys";
const ID_NUMBER_DIGEST: &str = "id_number_digest";
const PHONE_DIGEST: &str = "phone_digest";
const PERSON: &str = "person";
const PERSON_KEY_ID: &str = "person_key_id";
const CREATED_AT: &str = "created_at";
const UPDATED_AT: &str = "updated_at";
/// The version that is written now.
const CURRENT_SCHEMA: u64 = 1;

/// A third-party order (三方表, §2.1).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StoredOrder {
    /// Its channel and its number there.
    pub key: OrderKey,
    /// How often it was written.
    pub version: u64,
    /// Where it stands.
    pub status: ThirdOrderStatus,
    /// What was pushed.
    pub content: OrderContent,
    /// The items that are there.
    pub items: AuthItems,
    /// Where its raw data stands, by kind.
    pub data_keys: BTreeMap<DataKind, String>,
    /// When a job is to work on it; of one that is in progress, when the job that has it is given up.
    pub work_at: Option<Timestamp>,
    /// What credit was approved for.
    pub approval: Option<Approval>,
    /// Which message of the core changed it last, of each kind.
    pub applied: Applied,
    /// Our own number of it.
    pub order_no: String,
    /// When it was pushed first.
    pub created_at: Timestamp,
}

/// What a push says, as far as it is kept in the order's row.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OrderContent {
    /// The platform's user.
    pub uid: Uid,
    /// The amount that is asked for.
    pub loan_amount: Yuan,
    /// For how many periods.
    pub period: u16,
    /// What a period is, if it was said.
    pub period_unit: Option<PeriodUnit>,
    /// What tells two contents apart.
    pub digest: String,
    /// The person, sealed.
    pub person: Sealed,
    /// What the person's customer rows are found by.
    pub lookup: PersonDigests,
}

/// Keyed digests of a person: who has no key cannot make them out of anybody's numbers.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PersonDigests {
    /// Of the id number, with a final X in upper case.
    pub id_number: String,
    /// Of the phone's number.
    pub phone: String,
}

/// What credit was approved for (§10, credit-result).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Approval {
    /// `amountLimit`
    pub limit: AmountLimit,
    /// `amountOption`
    pub options: Vec<AmountOption>,
}

impl StoredOrder {
    /// The order as it becomes by a step; `work_at` is when a job is to work on it.
    #[must_use]
    pub fn become_status(&self, status: ThirdOrderStatus, work_at: Option<Timestamp>) -> Self {
        Self { status, work_at, version: self.version + 1, ..self.clone() }
    }

    pub(super) fn to_item(&self, now: Timestamp) -> Item {
        let mut item = self.content.to_item();
        let mut put = |name: &str, value: AttributeValue| {
            item.insert(name.to_owned(), value);
        };
        put(ORDER, text(self.key.to_string()));
        put(VERSION, number(self.version));
        put(STATUS, number(self.status.code()));
        put(ORDER_NO, text(&self.order_no));
        let items: Vec<_> = self.items.iter().map(|item| item.as_str().to_owned()).collect();
        // A set must not be empty.
        if !items.is_empty() {
            put(AUTH_ITEMS, AttributeValue::Ss(items));
        }
        let data_keys = self.data_keys.iter().map(|(kind, key)| (kind.as_str().to_owned(), text(key)));
        put(DATA_KEYS, AttributeValue::M(data_keys.collect()));
        if let (Some(work), Some(work_at)) = (Work::of(self.status), self.work_at) {
            put(WORK_SHARD, text(work.shard_of(&self.key)));
            put(WORK_AT, text(rfc3339::sortable(work_at)));
        }
        if let Some(approval) = &self.approval {
            put(approval::LIMIT, approval::limit_item(&approval.limit));
            put(approval::OPTIONS, approval::options_item(&approval.options));
        }
        if !self.applied.is_empty() {
            put(applied::APPLIED, applied::to_attribute(&self.applied));
        }
        put(CREATED_AT, text(rfc3339::sortable(self.created_at)));
        put(UPDATED_AT, text(rfc3339::sortable(now)));
        put(SCHEMA_VERSION, number(CURRENT_SCHEMA));
        item
    }

    pub(super) fn read(item: &Item) -> Result<Self, RowError> {
        let row = Row::new(item);
        row.of_schema(CURRENT_SCHEMA)?;
        Ok(Self {
            key: order_key(row.text(ORDER)?).ok_or_else(|| RowError::new(ORDER, &"is no order"))?,
            version: row.number(VERSION)?,
            status: coded(row, STATUS, ThirdOrderStatus::of)?,
            content: OrderContent::read(row)?,
            items: auth_items(row)?,
            data_keys: data_keys(item)?,
            work_at: row.optional_instant(WORK_AT)?,
            approval: approval::read(item)?,
            applied: applied::read(item)?,
            order_no: row.text(ORDER_NO)?.to_owned(),
            created_at: row.instant(CREATED_AT)?,
        })
    }
}

impl OrderContent {
    fn to_item(&self) -> Item {
        let (person, person_key_id) = self.person.clone().into_attributes();
        let mut item: Item = [
            (UID, text(self.uid.as_str())),
            (LOAN_AMOUNT, text(self.loan_amount.to_string())),
            (PERIOD, number(self.period)),
            (CONTENT_DIGEST, text(&self.digest)),
            (ID_NUMBER_DIGEST, text(&self.lookup.id_number)),
            (PHONE_DIGEST, text(&self.lookup.phone)),
            (PERSON, person),
            (PERSON_KEY_ID, person_key_id),
        ]
        .map(|(name, value)| (name.to_owned(), value))
        .into();
        if let Some(unit) = self.period_unit {
            item.insert(PERIOD_UNIT.to_owned(), number(unit.code()));
        }
        item
    }

    fn read(row: Row<'_>) -> Result<Self, RowError> {
        let amount = Yuan::parse(row.text(LOAN_AMOUNT)?);
        let period_unit = match row.optional_number_text(PERIOD_UNIT)? {
            Some(_) => Some(coded(row, PERIOD_UNIT, PeriodUnit::of)?),
            None => None,
        };
        Ok(Self {
            uid: Uid::of_text(row.text(UID)?).map_err(|error| RowError::new(UID, &error))?,
            loan_amount: amount.map_err(|error| RowError::new(LOAN_AMOUNT, &error))?,
            period: coded(row, PERIOD, Some)?,
            period_unit,
            digest: row.text(CONTENT_DIGEST)?.to_owned(),
            person: Sealed::of(row, PERSON, PERSON_KEY_ID)?,
            lookup: PersonDigests {
                id_number: row.text(ID_NUMBER_DIGEST)?.to_owned(),
                phone: row.text(PHONE_DIGEST)?.to_owned(),
            },
        })
    }
}

/// Reads `840#120522`.
pub(super) fn order_key(text: &str) -> Option<OrderKey> {
    let (channel, number) = text.split_once('#')?;
    Some(OrderKey { channel: ChannelId::of_text(channel).ok()?, number: OrderNumber::of_text(number).ok()? })
}

/// One of a closed set that is stored by its code.
pub(super) fn coded<T>(
    row: Row<'_>,
    attribute: &'static str,
    of: impl Fn(u16) -> Option<T>,
) -> Result<T, RowError> {
    let code = u16::try_from(row.number(attribute)?).ok();
    code.and_then(of).ok_or_else(|| RowError::new(attribute, &"is no code that is known"))
}

fn auth_items(row: Row<'_>) -> Result<AuthItems, RowError> {
    let known = |name: &String| {
        AuthItem::parse(name).ok_or_else(|| RowError::new(AUTH_ITEMS, &"has what is no item"))
    };
    row.texts(AUTH_ITEMS)?.iter().map(known).collect()
}

fn data_keys(item: &Item) -> Result<BTreeMap<DataKind, String>, RowError> {
    let wrong = || RowError::new(DATA_KEYS, &"is no map of keys");
    let members = item.get(DATA_KEYS).and_then(|value| value.as_m().ok()).ok_or_else(wrong)?;
    let pair = |(kind, key): (&String, &AttributeValue)| {
        let kind = DataKind::parse(kind).ok_or_else(wrong)?;
        Ok((kind, key.as_s().map_err(|_| wrong())?.clone()))
    };
    members.iter().map(pair).collect()
}
