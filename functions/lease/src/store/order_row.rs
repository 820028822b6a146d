//! How an order is stored. Every commit writes the whole row, on condition of the version that was read.

use aws_sdk_dynamodb::types::AttributeValue;
use domain::lease::{CancelReason, CloseReason, Contract, Order, OrderId, OrderState, Party, Source};
use jiff::Timestamp;
use platform::dynamodb::{Item, Row, RowError, SCHEMA_VERSION, number, text};
use platform::rfc3339;

use super::unknown_row;
use super::watch::{shard_of, watch_at};

pub(super) const ORDER_ID: &str = "order_id";
pub(super) const VERSION: &str = "version";
pub(super) const WATCH_SHARD: &str = "watch_shard";
pub(super) const WATCH_AT: &str = "watch_at";
const STATE: &str = "state";
const MERCHANT_ID: &str = "merchant_id";
const WITHHOLD_LOST: &str = "withhold_lost";
const UNSIGN_PENDING: &str = "unsign_pending";
const SIGN_NO: &str = "sign_no";
const DROPPED_SIGN_NO: &str = "dropped_sign_no";
const FLOW_ID: &str = "flow_id";
const ACCOUNT_ID: &str = "account_id";
const PARTIES: &str = "parties";
const TAG: &str = "tag";
const SEALED: &str = "sealed";
const CANCEL_REASON: &str = "cancel_reason";
const CLOSE_REASON: &str = "close_reason";
const UNKNOWN: &str = "unknown_operation";
const LOOKS: &str = "looks";
const NOTIFIED_AT: &str = "notified_at";
const CREATED_AT: &str = "created_at";
const UPDATED_AT: &str = "updated_at";
/// The version that is written now.
const CURRENT_SCHEMA: u64 = 1;

/// An order with what only its row knows.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StoredOrder {
    /// The order.
    pub order: Order,
    /// Whose lease it is at Ant; every question about it names the merchant.
    pub merchant_id: String,
    /// On whose behalf the unknown operation was begun.
    pub on_behalf: Option<OnBehalf>,
    /// How often it was looked at in vain since it last changed.
    pub looks: u32,
    /// When Ant told that something happened to it that was not looked at yet.
    pub notified_at: Option<Timestamp>,
    /// When it was to be looked at, as it was read.
    pub due_at: Option<Timestamp>,
    /// When it was registered.
    pub created_at: Timestamp,
}

/// On whose behalf an operation was begun: its transition and its answer are owed to them, whoever finds it out.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OnBehalf {
    /// The caller's ARN.
    pub who: String,
    /// Which generation of systems called.
    pub source: Source,
    /// The function that they called.
    pub operation: String,
    /// What for, for the history.
    pub why: String,
    /// Their Idempotency-Key with its fingerprint, if they gave one.
    pub request: Option<(String, String)>,
}

impl StoredOrder {
    /// An order that was just registered.
    #[must_use]
    pub fn registered(id: OrderId, merchant_id: String, now: Timestamp) -> Self {
        let order = Order::registered(id);
        Self {
            order,
            merchant_id,
            on_behalf: None,
            looks: 0,
            notified_at: None,
            due_at: None,
            created_at: now,
        }
    }

    /// The same with the order as it became, which ends every wait.
    #[must_use]
    pub fn became(&self, order: Order) -> Self {
        let on_behalf = if order.unknown.is_some() { self.on_behalf.clone() } else { None };
        Self { order, on_behalf, looks: 0, ..self.clone() }
    }

    /// Ant's `sign_no` of the order's contract, if there is one.
    #[must_use]
    pub fn sign_no(&self) -> Option<&str> {
        self.order.contract.as_ref().map(|contract| contract.sign_no.as_str())
    }

    pub(super) fn to_item(&self, now: Timestamp) -> Item {
        let Self { order, merchant_id, on_behalf, looks, notified_at, due_at: _, created_at } = self;
        let mut item = Item::new();
        let mut put = |name: &str, value: AttributeValue| {
            item.insert(name.to_owned(), value);
        };
        put(ORDER_ID, text(order.id.as_str()));
        put(VERSION, number(order.version));
        put(STATE, text(order.state.as_str()));
        put(MERCHANT_ID, text(merchant_id));
        put(WITHHOLD_LOST, AttributeValue::Bool(order.withhold_lost));
        put(UNSIGN_PENDING, AttributeValue::Bool(order.unsign_pending));
        if let Some(contract) = &order.contract {
            put(SIGN_NO, text(&contract.sign_no));
            put(FLOW_ID, text(&contract.flow_id));
            put(ACCOUNT_ID, text(&contract.account_id));
            put(PARTIES, parties_item(&contract.parties));
        }
        if let Some(sign_no) = &order.dropped_sign_no {
            put(DROPPED_SIGN_NO, text(sign_no));
        }
        if let Some(reason) = order.cancel_reason {
            put(CANCEL_REASON, text(reason.as_str()));
        }
        if let Some(reason) = order.close_reason {
            put(CLOSE_REASON, text(reason.as_str()));
        }
        if let Some(unknown) = &order.unknown {
            put(UNKNOWN, AttributeValue::M(unknown_row::to_item(unknown, on_behalf.as_ref())));
        }
        if let Some(at) = notified_at {
            put(NOTIFIED_AT, text(rfc3339::sortable(*at)));
        }
        if let Some(at) = watch_at(order, *notified_at, *looks, now) {
            put(WATCH_AT, text(rfc3339::sortable(at)));
            put(WATCH_SHARD, number(shard_of(&order.id)));
        }
        put(LOOKS, number(looks));
        put(CREATED_AT, text(rfc3339::sortable(*created_at)));
        put(UPDATED_AT, text(rfc3339::sortable(now)));
        put(SCHEMA_VERSION, number(CURRENT_SCHEMA));
        item
    }

    pub(super) fn read(item: &Item) -> Result<Self, RowError> {
        let row = Row::new(item);
        row.of_schema(CURRENT_SCHEMA)?;
        let id = OrderId::new(row.text(ORDER_ID)?).map_err(|error| RowError::new(ORDER_ID, &error))?;
        let state = row.text(STATE)?;
        let (unknown, on_behalf) = match item.get(UNKNOWN) {
            None => (None, None),
            Some(value) => {
                let members = value.as_m().map_err(|_| RowError::new(UNKNOWN, &"is no map"))?;
                let (unknown, on_behalf) = unknown_row::read(members)?;
                (Some(unknown), on_behalf)
            }
        };
        let order = Order {
            id,
            version: row.number(VERSION)?,
            state: OrderState::parse(state).ok_or_else(|| RowError::new(STATE, &"is no state"))?,
            unknown,
            withhold_lost: flag(item, WITHHOLD_LOST)?,
            unsign_pending: flag(item, UNSIGN_PENDING)?,
            contract: contract(item)?,
            dropped_sign_no: row.optional_text(DROPPED_SIGN_NO)?.map(str::to_owned),
            cancel_reason: known(row, CANCEL_REASON, CancelReason::parse)?,
            close_reason: known(row, CLOSE_REASON, CloseReason::parse)?,
        };
        Ok(Self {
            order,
            merchant_id: row.text(MERCHANT_ID)?.to_owned(),
            on_behalf,
            looks: u32::try_from(row.number(LOOKS)?).map_err(|error| RowError::new(LOOKS, &error))?,
            notified_at: row.optional_instant(NOTIFIED_AT)?,
            due_at: row.optional_instant(WATCH_AT)?,
            created_at: row.instant(CREATED_AT)?,
        })
    }
}

pub(super) fn parties_item(parties: &[Party]) -> AttributeValue {
    let party = |party: &Party| {
        let mut members = Item::from([(SEALED.to_owned(), AttributeValue::Bool(party.sealed))]);
        if let Some(tag) = &party.tag {
            members.insert(TAG.to_owned(), text(tag));
        }
        AttributeValue::M(members)
    };
    AttributeValue::L(parties.iter().map(party).collect())
}

pub(super) fn parties(item: &Item) -> Result<Vec<Party>, RowError> {
    let wrong = || RowError::new(PARTIES, &"is no list of parties");
    let list = item.get(PARTIES).and_then(|value| value.as_l().ok()).ok_or_else(wrong)?;
    let party = |value: &AttributeValue| {
        let members = value.as_m().map_err(|_| wrong())?;
        let tag = Row::new(members).optional_text(TAG)?.map(str::to_owned);
        Ok(Party { tag, sealed: flag(members, SEALED)? })
    };
    list.iter().map(party).collect()
}

fn contract(item: &Item) -> Result<Option<Contract>, RowError> {
    let row = Row::new(item);
    let Some(sign_no) = row.optional_text(SIGN_NO)? else {
        return Ok(None);
    };
    Ok(Some(Contract {
        sign_no: sign_no.to_owned(),
        flow_id: row.text(FLOW_ID)?.to_owned(),
        account_id: row.text(ACCOUNT_ID)?.to_owned(),
        parties: parties(item)?,
    }))
}

fn flag(item: &Item, attribute: &'static str) -> Result<bool, RowError> {
    let value = item.get(attribute).and_then(|value| value.as_bool().ok());
    value.copied().ok_or_else(|| RowError::new(attribute, &"is neither true nor false"))
}

/// One of a closed set that may be missing.
pub(super) fn known<T>(
    row: Row<'_>,
    attribute: &'static str,
    parse: impl Fn(&str) -> Option<T>,
) -> Result<Option<T>, RowError> {
    let read = |text| parse(text).ok_or_else(|| RowError::new(attribute, &"is not one that is known"));
    row.optional_text(attribute)?.map(read).transpose()
}
