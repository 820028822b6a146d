//! The business metrics of a cancel (§8): one REQ, then one SUCCESS or FALIED (sic), then one RANGE, which a repeat does
//! not have.

use domain::quota::{BusinessType, CancelRange};
use platform::Scope;
use platform::metrics::{Count, Under};

use crate::cancel::Cancelled;

const NAMESPACE: &str = "Tenor/Quota";
const REQUEST: &str = "CANCELTEMPREQ";
const SUCCESS: &str = "CANCELTEMPSUCCESS";
/// Dashboards depend on the spelling.
const FAILURE: &str = "CANCELTEMPFALIED";
const NO_RANGE: &str = "CANCELTEMPRANGE,NULL";

/// The business type as a dimension: the specification's types, and one word for all others.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Label(&'static str);

impl Label {
    /// There is no business type.
    pub(super) const UNKNOWN: Self = Self("UNKNOWN");
    const OTHER: Self = Self("OTHER");

    /// The label of a business type as it came.
    pub(super) fn of(business_type: Option<&str>) -> Self {
        let Some(text) = business_type.filter(|text| !text.is_empty()) else { return Self::UNKNOWN };
        BusinessType::parse(text).tabled().map_or(Self::OTHER, Self)
    }
}

fn count(scope: &Scope, name: &'static str, label: Label, key: &'static str) {
    scope.count(Count::named(NAMESPACE, name, [("businessType", label.0), ("key", key)]));
}

/// A call was taken.
pub(super) fn count_request(scope: &Scope, label: Label) {
    count(scope, REQUEST, label, "REQUEST");
}

/// Under which business type the call was counted, if it was: what is refused later has no body any more.
pub(super) fn counted_request(scope: &Scope) -> Option<Label> {
    scope.counts().into_iter().find_map(|(count, _)| match count.under {
        Under::Named { dimensions: [(_, business_type), _], .. } if count.name == REQUEST => {
            Some(Label(business_type))
        }
        Under::Named { .. } | Under::Label(_) | Under::Function => None,
    })
}

/// It succeeded.
pub(super) fn count_success(scope: &Scope, label: Label, cancelled: Cancelled) {
    count(scope, SUCCESS, label, "SUCCESS");
    if !cancelled.repeated {
        count(scope, CancelRange::of(cancelled.change_limit).metric(), label, "SUCCESS");
    }
}

/// It failed, with the gateway's code.
pub(super) fn count_failure(scope: &Scope, label: Label, code: &'static str) {
    count(scope, FAILURE, label, code);
    count(scope, NO_RANGE, label, code);
}
