//! What is told of an order: the event of its end (docs/events), and its terms as our API shows them.

use domain::lease::{Alert, CloseReason, Order, Term};
use platform::Scope;
use platform::events::Event;
use platform::metrics::Count;
use platform::outbox::Pending;
use serde_json::{Map, Value};
use tracing::error;

use crate::CONTEXT;
use crate::ant::{self, Reply};
use crate::deps::Deps;

/// A member whose name has one of these in it tells who somebody is.
const IDENTITY: [&str; 8] = ["user", "phone", "mobile", "email", "idcard", "idnumber", "certno", "legal"];
/// The withhold agreement of an order that lives on it has ended.
const WITHHOLD_LOST: Count = Count::of("withhold_lost");

/// Wakes whoever has to look at what an order became.
pub fn alert(scope: &Scope, before: &Order, after: &Order) {
    for alert in Alert::between(before, after) {
        match alert {
            Alert::WithholdLost => {
                scope.count(WITHHOLD_LOST);
                error!(order_id = after.id.as_str(), "the withhold agreement of a living order has ended");
            }
        }
    }
}

/// `lease_closed`.
pub fn lease_closed(deps: &Deps, scope: &Scope, order: &Order) -> Pending {
    let event = Event::new("lease_closed", 1, scope.now())
        .with("order_id", order.id.as_str())
        .with("reason", order.close_reason.map(CloseReason::as_str))
        .with("order_version", order.version);
    deps.outbox.event(scope, CONTEXT, &event)
}

/// What Ant's `response_data` says of an order, without what tells who somebody is (R6); nothing, if it cannot be read.
#[must_use]
pub fn order_at_ant(reply: &Reply) -> Map<String, Value> {
    let mut data = ant::text_of(reply, "response_data").unwrap_or_default();
    strip_identity(&mut data);
    data
}

/// Terms under Ant's names.
#[must_use]
pub fn terms(terms: &[Term]) -> Value {
    let term = |term: &Term| {
        let members = [
            ("termIndex", Value::from(term.index)),
            ("status", Value::from(term.status.as_str())),
            ("rentalMoney", Value::from(term.rental_fen)),
        ];
        Value::Object(members.into_iter().map(|(name, value)| (name.to_owned(), value)).collect())
    };
    Value::Array(terms.iter().map(term).collect())
}

/// Takes out whatever tells who somebody is, however deep it stands.
fn strip_identity(members: &mut Map<String, Value>) {
    members.retain(|name, _| {
        let name: String = name.chars().filter(char::is_ascii_alphanumeric).collect();
        let name = name.to_ascii_lowercase();
        !IDENTITY.iter().any(|part| name.contains(part))
    });
    members.values_mut().for_each(strip_within);
}

fn strip_within(value: &mut Value) {
    match value {
        Value::Object(members) => strip_identity(members),
        Value::Array(items) => items.iter_mut().for_each(strip_within),
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => {}
    }
}
