//! The order that the platform asks for: `{"orderId": …}` (§3).

use domain::marketplace::{Json, Object, OrderKey, OrderNumber};
use platform::Scope;

use crate::channel::Channel;
use crate::endpoint::Failure;
use crate::json;
use crate::store::{OrderStore, StoredOrder};

const ORDER_ID: &str = "orderId";

/// Reads whose order it is; other members are not looked at.
///
/// # Errors
/// [`Failure::Parameter`]: there is no `orderId`, or it is none.
pub fn read(text: &str) -> Result<OrderNumber, Failure> {
    let Json::Object(members) = json::read(text)? else {
        return Err(Failure::parameter("request: no object"));
    };
    number(&members)
}

/// The same out of what was read.
///
/// # Errors
/// [`Failure::Parameter`]: there is no `orderId`, or it is none.
pub fn number(members: &Object<'_>) -> Result<OrderNumber, Failure> {
    let id = members.get(ORDER_ID).and_then(Json::identifier);
    let id = id.ok_or_else(|| Failure::field(ORDER_ID, &"missing, or of a wrong kind"))?;
    OrderNumber::of_text(id).map_err(|error| Failure::field(ORDER_ID, &error))
}

/// The order of the channel that asks; one strong read.
///
/// # Errors
/// [`Failure::Parameter`]: the channel has no such order, whoever else has.
pub async fn find(
    store: &OrderStore,
    scope: &Scope,
    channel: &Channel,
    number: OrderNumber,
) -> Result<StoredOrder, Failure> {
    let key = OrderKey { channel: channel.id.clone(), number };
    let order = store.order(scope, &key).await?;
    order.ok_or_else(|| Failure::field(ORDER_ID, &"unknown order"))
}
