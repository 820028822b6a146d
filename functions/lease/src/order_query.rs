//! `GET /ant-lease/orders/{order_id}` (seed 1.1.6): asks Ant for the order, and resolves on the way what was unknown.

use domain::lease::{Query, needs_query};
use platform::Scope;
use serde_json::{Map, Value};
use tracing::warn;

use crate::ant::Reply;
use crate::change::Done;
use crate::deps::Deps;
use crate::failure::Failure;
use crate::look::{Asker, look};
use crate::store::StoredOrder;
use crate::telling;
use crate::wire::{BadInput, Call, Fields, Operation};

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
    let at_ant = reply.map(telling::order_at_ant).unwrap_or_default();
    let terms = at_ant.get("terms").cloned().unwrap_or_else(|| Value::Array(vec![]));
    Map::from_iter([
        ("unknown_operation".to_owned(), method.into()),
        ("withhold_lost".to_owned(), order.withhold_lost.into()),
        ("unsign_pending".to_owned(), order.unsign_pending.into()),
        ("terms".to_owned(), terms),
        ("order".to_owned(), Value::Object(at_ant)),
    ])
}
