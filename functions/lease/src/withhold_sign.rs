//! `POST …/withhold-sign` (seed 1.1 step 3, 1.1.1): creates a withhold agreement that the user is to sign in Alipay.

use domain::lease::{Intent, OrderId, Wish};
use platform::Scope;

use crate::change::{Done, Step, carry_out};
use crate::contract::{Shared, Withhold};
use crate::deps::Deps;
use crate::failure::Failure;
use crate::store::StoredOrder;
use crate::wire::{BadInput, Call, Fields, Operation};

/// The operation.
#[derive(Clone, Copy, Debug)]
pub struct WithholdSign;

impl Operation for WithholdSign {
    const FUNCTION: &'static str = "withhold-sign";
    const ROUTE: (&'static str, &'static str) = ("POST", "/withhold-sign");
    const HAS_BODY: bool = true;
    type Input = (Withhold, Shared);

    fn read(mut fields: Fields) -> Result<Self::Input, BadInput> {
        let withhold = Withhold::take(&mut fields)?;
        let shared = Shared::take(&mut fields, 1..=128, 1..=128)?;
        fields.finish()?;
        Ok((withhold, shared))
    }

    async fn handle(
        deps: &Deps,
        scope: &Scope,
        call: Call<Self::Input>,
        stored: Option<StoredOrder>,
    ) -> Result<Done, Failure> {
        let stored = stored.ok_or(Failure::NotFound)?;
        carry_out(deps, scope, &call.caller, stored, step(&call.order, &call.input)).await
    }
}

/// The creation of a withhold agreement.
#[must_use]
pub fn step(order: &OrderId, (withhold, shared): &(Withhold, Shared)) -> Step {
    let parameters = withhold.parameters(order, shared);
    Step::new(Wish::new(Intent::CreateWithhold), parameters, "withhold sign created")
}
