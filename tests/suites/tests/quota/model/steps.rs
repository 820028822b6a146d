//! What may happen, and the messages that say so.

use proptest::prelude::*;
use proptest::sample::select;
use serde_json::{Value, json};

use super::{Moment, decimal, written};

pub(super) const PINS: [&str; 2] = ["p-1", "p-2"];
const TYPES: [&str; 6] = ["2004", "2101", "2103", "2104", "2201", "9999"];
const DAYS: [u32; 13] = [0, 31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31];

#[derive(Clone, Debug)]
pub(super) enum Step {
    Grant(Granted),
    Change(Changed),
    Cancel {
        pin: &'static str,
        business_type: &'static str,
        id: u8,
    },
    Expire(Moment),
    /// The clock is set, forwards or back.
    Now(Moment),
}

impl Step {
    /// Whose page may show it.
    pub(super) fn touches(&self) -> &[&'static str] {
        match self {
            Self::Grant(grant) => std::slice::from_ref(&grant.content.pin),
            Self::Change(change) => std::slice::from_ref(&change.pin),
            Self::Cancel { pin, .. } => std::slice::from_ref(pin),
            Self::Expire(_) | Self::Now(_) => &PINS,
        }
    }
}

#[derive(Clone, Debug)]
pub(super) struct Granted {
    pub(super) apply_no: u8,
    pub(super) occurred_at: Moment,
    pub(super) content: Content,
    /// As few digits as it takes, or all four decimals.
    short: bool,
}

/// What a repeat has in common with what was booked.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Content {
    pub(super) pin: &'static str,
    pub(super) business_type: &'static str,
    pub(super) id: u8,
    pub(super) amount: u64,
    pub(super) effective: Moment,
    pub(super) invalid: Option<Moment>,
    pub(super) source: &'static str,
}

#[derive(Clone, Debug)]
pub(super) struct Changed {
    pub(super) pin: &'static str,
    pub(super) event: u8,
    pub(super) state: &'static str,
    pub(super) kind: &'static str,
    pub(super) total: Option<u64>,
    pub(super) occurred_at: Moment,
}

/// A moment from the `first` month to the `last`, at the ends of days and months more often than not.
fn moment(first: u32, last: u32) -> impl Strategy<Value = Moment> {
    let day = prop_oneof![1..32_u32, Just(1), Just(30), Just(31)];
    (first..=last, day, select(vec![0, 9, 10, 23]))
        .prop_map(|(month, day, hour)| (month, day.min(DAYS[month as usize]), hour))
}

fn content() -> impl Strategy<Value = Content> {
    let amount = prop_oneof![1..30_000_000_u64, Just(1), Just(5_000_000), Just(999_999_999_999_999_999)];
    let invalid = prop::option::weighted(0.5, moment(6, 9));
    (select(&PINS), select(&TYPES), 0..3_u8, amount, moment(3, 8), invalid, select(&["BUSINESS", "AUTOTASK"]))
        .prop_map(|(pin, business_type, id, amount, effective, invalid, source)| Content {
            pin,
            business_type,
            id,
            amount,
            effective,
            invalid,
            source,
        })
}

/// A grant; its number mostly follows from which it is, so that some repeat each other and few contradict.
fn granted() -> impl Strategy<Value = Granted> {
    (content(), prop::option::weighted(0.2, 0..36_u8), moment(3, 8), any::<bool>()).prop_map(
        |(content, other_number, occurred_at, short)| {
            let kind = TYPES.iter().position(|kind| *kind == content.business_type).unwrap_or_default();
            let own = u8::try_from(kind * 6).unwrap_or_default() + content.id * 2;
            let apply_no = other_number.unwrap_or(own + u8::from(content.pin == PINS[1]));
            Granted { apply_no, occurred_at, content, short }
        },
    )
}

fn changed() -> impl Strategy<Value = Changed> {
    let state = select(&["open", "open", "open", "closed", "temporarily_closed", "not_opened"]);
    let total = prop::option::weighted(0.4, prop_oneof![0..30_000_000_u64, Just(0)]);
    let kind = select(&["NORMAL", "NORMAL", "NORMAL", "KDB"]);
    (select(&PINS), 0..4_u8, state, kind, total, moment(6, 6)).prop_map(
        |(pin, event, state, kind, total, occurred_at)| Changed {
            pin,
            event,
            state,
            kind,
            total,
            occurred_at,
        },
    )
}

fn any_step() -> impl Strategy<Value = Step> {
    let cancel = (select(&PINS), select(&TYPES), 0..3_u8).prop_map(|(pin, business_type, id)| Step::Cancel {
        pin,
        business_type,
        id,
    });
    prop_oneof![
        6 => granted().prop_map(Step::Grant),
        3 => changed().prop_map(Step::Change),
        4 => cancel,
        2 => moment(6, 12).prop_map(Step::Expire),
        2 => moment(6, 9).prop_map(Step::Now),
    ]
}

/// A history in which steps come again later, grants under another id and time.
pub(super) fn history() -> impl Strategy<Value = Vec<Step>> {
    let again = prop::collection::vec((any::<prop::sample::Index>(), moment(3, 8)), 0..8);
    (prop::collection::vec(any_step(), 1..25), again).prop_map(|(mut history, again)| {
        for (place, occurred_at) in again {
            let mut step = place.get(&history).clone();
            if let Step::Grant(grant) = &mut step {
                (grant.occurred_at, grant.short) = (occurred_at, !grant.short);
            }
            history.push(step);
        }
        history
    })
}

pub(super) fn message(grant: &Granted) -> Value {
    let Granted { apply_no, occurred_at, content, short } = grant;
    let amount = decimal(content.amount);
    let amount = if *short { amount.trim_end_matches('0').trim_end_matches('.') } else { amount.as_str() };
    json!({
        "event_id": format!("e-{occurred_at:?}"), "type": "temp_credit_granted",
        "apply_no": format!("a-{apply_no}"), "pin": content.pin, "business_type": content.business_type,
        "business_id": content.id.to_string(), "business_name": "临时提额", "change_limit": amount,
        "effective_time": written(content.effective), "invalid_time": content.invalid.map(written),
        "source_type": content.source, "occurred_at": written(*occurred_at),
    })
}

pub(super) fn change_message(change: &Changed) -> Value {
    json!({
        "event_id": format!("e-{}", change.event), "type": "account_changed", "pin": change.pin,
        "state": change.state, "account_type": change.kind, "temp_total": change.total.map(decimal),
        "occurred_at": written(change.occurred_at),
    })
}
