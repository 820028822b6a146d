//! `GET /ant-lease/orders/{order_id}` (seed 1.1.6): asks Ant for the order, and resolves on the way what was unknown.

use domain::lease::{Query, needs_query};
use platform::Scope;
use serde_json::{Map, Value};
use tracing::warn;

use crate::ant::{self, Reply};
use crate::change::Done;
use crate::deps::Deps;
use crate::failure::Failure;
use crate::look::{Asker, look};
use crate::store::StoredOrder;
use crate::wire::{BadInput, Call, Fields, Operation};

/// A member whose name has one of these in it tells who somebody is.
const IDENTITY: [&str; 8] = ["user", "phone", "mobile", "email", "idcard", "idnumber", "certno", "legal"];

/// The operation.
#[derive(Clone, Copy, Debug)]
pub struct OrderQuery;

impl Operation for OrderQuery {
    const FUNCTION: &'static str = "order-query";
    const ROUTE: (&'static str, &'static str) = ("GET", "");
    const HAS_BODY: bool = false;
    type Input = ();

    fn read(fields: Fields) -> Result<(), BadInput> {
        fields.finish()
    }

    async fn handle(
        deps: &Deps,
        scope: &Scope,
        call: Call<()>,
        stored: Option<StoredOrder>,
    ) -> Result<Done, Failure> {
        let mut stored = stored.ok_or(Failure::NotFound)?;
        let asker = Asker::of(&call.caller);
        let mut links = None;
        // The order itself is asked for last: what it answers is told.
        for query in needs_query(&stored.order).into_iter().filter(|query| *query != Query::TradeGet) {
            match look(deps, scope, &asker, stored.clone(), query).await {
                Ok((next, reply)) => {
                    stored = next;
                    links = links.or(reply.and_then(|reply| reply.text("sign_info").map(str::to_owned)));
                }
                // What Ant does not tell of the contract or the agreement does not keep the order from being told.
                Err(failure) => warn!(%failure, query = query.as_str(), "not told"),
            }
        }
        let (stored, reply) = look(deps, scope, &asker, stored, Query::TradeGet).await?;
        let mut data = told(&stored, reply.as_ref());
        data.extend(links.map(|links| ("sign_info".to_owned(), Value::from(links))));
        Ok(Done { stored, data, kept: false })
    }
}

fn told(stored: &StoredOrder, reply: Option<&Reply>) -> Map<String, Value> {
    let order = &stored.order;
    let method = order.unknown.as_ref().map(|unknown| unknown.intent.method().as_str());
    let mut at_ant = reply.and_then(|reply| ant::text_of(reply, "response_data")).unwrap_or_default();
    strip_identity(&mut at_ant);
    let terms = at_ant.get("terms").cloned().unwrap_or_else(|| Value::Array(vec![]));
    Map::from_iter([
        ("unknown_operation".to_owned(), method.into()),
        ("withhold_lost".to_owned(), order.withhold_lost.into()),
        ("unsign_pending".to_owned(), order.unsign_pending.into()),
        ("terms".to_owned(), terms),
        ("order".to_owned(), Value::Object(at_ant)),
    ])
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
