//! `PUT /ant-lease/orders/{order_id}` (seed 1.1 step 1, 1.11.1): registers an order and syncs it to Ant.

use domain::lease::{Intent, OrderId, OrderState, Wish};
use platform::Scope;

use crate::ant;
use crate::change::{Done, Step, carry_out};
use crate::deps::Deps;
use crate::failure::Failure;
use crate::pre_order::PreOrder;
use crate::store::{Document, Kind, StoredOrder};
use crate::wire::{BadInput, Call, Fields, Operation};

/// The operation.
#[derive(Clone, Copy, Debug)]
pub struct PreOrderSync;

impl Operation for PreOrderSync {
    const FUNCTION: &'static str = "pre-order-sync";
    const ROUTE: (&'static str, &'static str) = ("PUT", "");
    const HAS_BODY: bool = true;
    type Input = PreOrder;

    fn read(fields: Fields) -> Result<PreOrder, BadInput> {
        PreOrder::read(fields)
    }

    async fn handle(
        deps: &Deps,
        scope: &Scope,
        call: Call<PreOrder>,
        stored: Option<StoredOrder>,
    ) -> Result<Done, Failure> {
        let merchant_id = call.input.merchant_id.clone();
        let stored = match stored {
            // Ant knows the order under its merchant by now.
            Some(stored) if stored.merchant_id != merchant_id && stored.order.state != OrderState::New => {
                return Err(Failure::Conflict("the order is another merchant's"));
            }
            Some(stored) => StoredOrder { merchant_id, ..stored },
            None => StoredOrder::registered(call.order.clone(), merchant_id, scope.now()),
        };
        carry_out(deps, scope, &call.caller, stored, step(deps, &call.order, &call.input)?).await
    }
}

/// The sync of a front order, which is kept with it.
///
/// # Errors
/// Identity data could not be encrypted.
pub fn step(deps: &Deps, order: &OrderId, given: &PreOrder) -> Result<Step, Failure> {
    let content = given.content(order, &deps.ant.encryption())?;
    let document = Document { kind: Kind::Order, text: given.document() };
    let step = Step::new(Wish::new(Intent::Sync), ant::registration(content), "front order synced");
    Ok(Step { documents: vec![document], ..step })
}
