//! The controls of Ant's orders and faults.

use axum::Json;
use axum::body::Bytes;
use axum::extract::State;
use axum::http::{StatusCode, Uri};
use axum::response::{IntoResponse, Response};
use jiff::Timestamp;
use serde::Deserialize;
use serde_json::{Value, json};

use super::faults;
use super::orders::{LeaseTerm, Order};
use crate::control::{Refused, decoded, done, read};
use crate::received::now;
use crate::{Shared, lock};

const ORDERS: &str = "/_control/ant/orders/";
const STATUS_LENGTH: usize = 64;

/// `PUT /_control/ant/orders/{order_id}`: what is absent stays as it is.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Wanted {
    withhold_status: Option<String>,
    flow_status: Option<String>,
    terms: Option<Vec<LeaseTerm>>,
    closed: Option<bool>,
    plan_cancelled: Option<bool>,
    unsign_pending: Option<bool>,
}

impl Wanted {
    /// Statuses may be unheard of, but look like statuses.
    fn checked(self) -> Result<Self, Refused> {
        let terms = self.terms.iter().flatten().map(|term| &term.status);
        for status in self.withhold_status.iter().chain(&self.flow_status).chain(terms) {
            let plausible = (1..=STATUS_LENGTH).contains(&status.len())
                && status.bytes().all(|byte| byte.is_ascii_uppercase() || byte == b'_');
            if !plausible {
                return Err(Refused::Impossible(format!(
                    "{status:?} is no status: these are like NOT_RETURN"
                )));
            }
        }
        Ok(self)
    }

    fn set(self, order: &mut Order, number: u64, now: Timestamp) {
        if let Some(status) = self.withhold_status {
            order.set_withhold_status(&status, number, now);
        }
        if let Some(status) = self.flow_status {
            order.set_flow_status(&status, number);
        }
        order.terms = self.terms.unwrap_or_else(|| std::mem::take(&mut order.terms));
        order.closed = self.closed.unwrap_or(order.closed);
        order.plan_cancelled = self.plan_cancelled.unwrap_or(order.plan_cancelled);
        order.unsign_pending = self.unsign_pending.unwrap_or(order.unsign_pending);
    }
}

fn order_id(uri: &Uri) -> Result<String, Refused> {
    decoded(uri.path().strip_prefix(ORDERS).unwrap_or_default())
}

pub(super) async fn set_order(
    State(sandbox): State<Shared>,
    uri: Uri,
    body: Bytes,
) -> Result<Json<Value>, Refused> {
    let order_id = order_id(&uri)?;
    let wanted = read::<Wanted>(&body)?.checked()?;
    let number = sandbox.ant.next_number();
    wanted.set(lock(&sandbox.ant.mind).orders.get_or_create(&order_id), number, now());
    Ok(done())
}

/// What Ant knows of an order, and how often each method changed it.
pub(super) async fn order(State(sandbox): State<Shared>, uri: Uri) -> Result<Response, Refused> {
    let order_id = order_id(&uri)?;
    let shown = lock(&sandbox.ant.mind).orders.shown(&order_id);
    let unknown = || (StatusCode::NOT_FOUND, Json(json!({"error": format!("Ant has no order {order_id}")})));
    Ok(shown.map_or_else(|| unknown().into_response(), |order| Json(order).into_response()))
}

pub(super) async fn set_faults(State(sandbox): State<Shared>, body: Bytes) -> Result<Json<Value>, Refused> {
    let faults = faults::read(&body)?;
    lock(&sandbox.ant.mind).faults = faults;
    Ok(done())
}
