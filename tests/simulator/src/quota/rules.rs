//! The rules of the specification, written down again: which grants are listed, and when they run out.

use jiff::tz::{Offset, TimeZone};
use jiff::{Span, Timestamp};

use super::rows::{Account, Grant};

/// Grants that became effective then or earlier are not listed: 2019-04-01 00:00:00 in Shanghai.
const LISTED_FROM: i64 = 1_554_048_000;
/// List-driven grants that changed then or earlier are not listed: 2019-03-26 00:00:00 in Shanghai.
const LIST_DRIVEN_FROM: i64 = 1_553_529_600;
const SHANGHAI: Offset = Offset::constant(8);

/// The status of a grant that counts.
pub(super) const EFFECTIVE: &str = "2";
/// That of one that was given back.
pub(super) const CANCELLED: &str = "3";
/// That of one that ran out.
pub(super) const EXPIRED: &str = "4";

/// Whether a business type is a pledge, which is neither shown nor given back (C2).
#[must_use]
pub(super) fn is_pledge(business_type: &str) -> bool {
    ["2004", "2007"].contains(&business_type)
}

/// Whether a grant that counts is listed at `now`: §2.1.
#[must_use]
pub(super) fn is_listed(grant: &Grant, now: Timestamp) -> bool {
    let lasts = match (grant.invalid, months(&grant.business_type)) {
        (Some(invalid), _) => invalid > now,
        (None, Some(months)) => grant.effective > months_from(now, -months),
        (None, None) => false,
    };
    let is_list_driven = ["2201", "2202"].contains(&grant.business_type.as_str());
    lasts
        && !is_pledge(&grant.business_type)
        && grant.effective.as_second() > LISTED_FROM
        && (!is_list_driven || grant.updated.as_second() > LIST_DRIVEN_FROM)
}

/// When a grant runs out, if it does: stored, or filled (§2.2).
#[must_use]
pub(super) fn expiry(grant: &Grant) -> Option<Timestamp> {
    grant.invalid.or_else(|| Some(months_from(grant.effective, months(&grant.business_type)?)))
}

/// The day of an instant in Shanghai.
#[must_use]
pub(super) fn day(at: Timestamp) -> String {
    SHANGHAI.to_datetime(at).date().to_string()
}

/// What a query of an account meets (Q2).
#[must_use]
pub(super) fn code(account: Option<&Account>) -> &'static str {
    let standing = account.map_or(("not_opened", ""), |of| (of.state.as_str(), of.kind.as_str()));
    match standing {
        ("not_opened", _) => "1006",
        ("closed", _) => "1110",
        ("temporarily_closed", _) => "1117",
        (_, "KDB") => "10012",
        _ => "1111",
    }
}

/// How long a grant of a type lasts that has no expiry.
fn months(business_type: &str) -> Option<i64> {
    match business_type {
        "2101" => Some(1),
        "2103" => Some(3),
        _ => None,
    }
}

fn months_from(at: Timestamp, months: i64) -> Timestamp {
    let there = SHANGHAI.to_datetime(at).saturating_add(Span::new().months(months));
    TimeZone::fixed(SHANGHAI).to_timestamp(there).expect("a year that there is")
}
