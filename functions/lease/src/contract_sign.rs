//! `POST …/contract` (seed 1.1 step 2, 2.1): submits the contract that the user is to sign on Ant's page.

use domain::lease::{Intent, OrderId, Wish};
use platform::Scope;

use crate::change::{Done, Step, carry_out};
use crate::contract::{Contract, Shared};
use crate::deps::Deps;
use crate::failure::Failure;
use crate::store::StoredOrder;
use crate::wire::{BadInput, Call, Fields, Operation};

/// The operation.
#[derive(Clone, Copy, Debug)]
pub struct ContractSign;

impl Operation for ContractSign {
    const FUNCTION: &'static str = "contract-sign";
    const ROUTE: (&'static str, &'static str) = ("POST", "/contract");
    const HAS_BODY: bool = true;
    type Input = (Contract, Shared);

    fn read(mut fields: Fields) -> Result<Self::Input, BadInput> {
        let contract = Contract::take(&mut fields)?;
        let shared = Shared::take(&mut fields, 4..=24, 1..=64)?;
        fields.finish()?;
        contract.complete()?;
        Ok((contract, shared))
    }

    async fn handle(
        deps: &Deps,
        scope: &Scope,
        call: Call<Self::Input>,
        stored: Option<StoredOrder>,
    ) -> Result<Done, Failure> {
        let stored = stored.ok_or(Failure::NotFound)?;
        let step = step(deps, &call.order, &call.input)?;
        carry_out(deps, scope, &call.caller, stored, step).await
    }
}

/// The submission of a contract.
///
/// # Errors
/// Identity data could not be encrypted.
pub fn step(deps: &Deps, order: &OrderId, (contract, shared): &(Contract, Shared)) -> Result<Step, Failure> {
    let parameters = contract.parameters(order, shared, &deps.ant.encryption())?;
    let wish = Wish::new(Intent::SubmitContract { parties: contract.parties() });
    Ok(Step::new(wish, parameters, "contract submitted"))
}
