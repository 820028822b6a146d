//! `POST …/contract/seal` (seed 1.1 steps 5 and 6): seals a party after the withhold agreement is signed, and asks
//! whether that finished the contract.

use domain::lease::{Intent, Order, Query, Wish};
use platform::Scope;

use crate::ant::Parameters;
use crate::change::{Begun, Caller, Done, Step, begin};
use crate::deps::Deps;
use crate::failure::Failure;
use crate::look;
use crate::settle::settle;
use crate::store::StoredOrder;
use crate::wire::{BadInput, Call, Fields, Operation};

/// The operation.
#[derive(Clone, Copy, Debug)]
pub struct ContractSeal;

/// Which party, and what else Ant is told of it.
#[derive(Clone, Debug, Default)]
pub struct Sealing {
    tag: Option<String>,
    biz_flow_id: Option<String>,
    account_id: Option<String>,
}

impl Operation for ContractSeal {
    const FUNCTION: &'static str = "contract-seal";
    const ROUTE: (&'static str, &'static str) = ("POST", "/contract/seal");
    const HAS_BODY: bool = true;
    type Input = Sealing;

    fn read(mut fields: Fields) -> Result<Sealing, BadInput> {
        let tag = fields.text("tag", 2..=32)?;
        let biz_flow_id = fields.text("biz_flow_id", 4..=64)?;
        let account_id = fields.text("account_id", 4..=64)?;
        fields.finish()?;
        Ok(Sealing { tag, biz_flow_id, account_id })
    }

    async fn handle(
        deps: &Deps,
        scope: &Scope,
        call: Call<Sealing>,
        stored: Option<StoredOrder>,
    ) -> Result<Done, Failure> {
        let stored = stored.ok_or(Failure::NotFound)?;
        seal(deps, scope, &call.caller, stored, call.input, true).await
    }
}

impl Sealing {
    /// The sealing of a party, without more.
    #[must_use]
    pub fn of(tag: Option<String>) -> Self {
        Self { tag, ..Self::default() }
    }

    fn parameters(&self, order: &Order) -> Parameters {
        let sign_no = order.contract.as_ref().map(|contract| contract.sign_no.clone());
        let named = [
            ("sign_no", sign_no),
            ("tag", self.tag.clone()),
            ("biz_flow_id", self.biz_flow_id.clone()),
            ("account_id", self.account_id.clone()),
        ];
        named.into_iter().filter_map(|(name, value)| Some((name.to_owned(), value?))).collect()
    }
}

/// Seals a party. Whether all are sealed is Ant's to say: the order becomes active only on its word.
///
/// # Errors
/// The rules forbid it, or Ant did not say OK.
pub async fn seal(
    deps: &Deps,
    scope: &Scope,
    caller: &Caller,
    stored: StoredOrder,
    sealing: Sealing,
    answers: bool,
) -> Result<Done, Failure> {
    let parameters = sealing.parameters(&stored.order);
    let why = sealing.tag.as_ref().map_or_else(|| "sealed".to_owned(), |tag| format!("{tag} sealed"));
    let wish = Wish::new(Intent::Seal { tag: sealing.tag });
    let step = Step { answers, ..Step::new(wish, parameters, why) };
    let stored = match begin(deps, scope, caller, stored, &step).await? {
        Begun::Sent(stored) => stored,
        Begun::Before(stored) | Begun::NeedsTerms(stored) => {
            return Ok(Done { stored, data: serde_json::Map::new(), kept: false });
        }
    };
    let outcome = deps.ant.change(scope, step.wish.intent.method(), &step.parameters).await;
    let flow =
        if outcome.is_ok() { look::observed(deps, scope, &stored, Query::SignFlowGet).await } else { None };
    settle(deps, scope, caller, stored, &step, outcome, flow.as_slice()).await
}
