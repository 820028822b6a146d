//! `DELETE …/withhold-sign` (seed 1.1.2): ends the withhold agreement of a closed order.

use domain::lease::{Intent, OrderId, Wish};
use platform::Scope;

use crate::ant::Parameters;
use crate::change::{Done, Step, carry_out};
use crate::deps::Deps;
use crate::failure::Failure;
use crate::store::StoredOrder;
use crate::wire::{BadInput, Call, Fields, Operation};

/// The operation.
#[derive(Clone, Copy, Debug)]
pub struct WithholdUnsign;

impl Operation for WithholdUnsign {
    const FUNCTION: &'static str = "withhold-unsign";
    const ROUTE: (&'static str, &'static str) = ("DELETE", "/withhold-sign");
    const HAS_BODY: bool = false;
    /// Whether the caller asks to override.
    type Input = bool;

    fn read(mut fields: Fields) -> Result<bool, BadInput> {
        let asked = fields.one_of("override", &["true", "false"])?.as_deref() == Some("true");
        fields.finish()?;
        Ok(asked)
    }

    async fn handle(
        deps: &Deps,
        scope: &Scope,
        call: Call<bool>,
        stored: Option<StoredOrder>,
    ) -> Result<Done, Failure> {
        let stored = stored.ok_or(Failure::NotFound)?;
        let override_allowed = call.caller.overrides(call.input)?;
        let wish = Wish { override_allowed, ..Wish::new(Intent::Unbind) };
        let why = if override_allowed {
            "withhold agreement ended by override"
        } else {
            "withhold agreement ended"
        };
        carry_out(deps, scope, &call.caller, stored, Step::new(wish, parameters(&call.order), why)).await
    }
}

fn parameters(order: &OrderId) -> Parameters {
    Parameters::from([("order_id".to_owned(), order.as_str().to_owned())])
}
