//! `POST …/withhold-plan/cancel` (seed 1.1.4): cancels every term that was not debited yet, for good, and reports what
//! was debited meanwhile (§9).

use domain::lease::{CancelReason, Intent, Query, Wish};
use platform::Scope;
use serde_json::Map;

use crate::ant::Parameters;
use crate::change::{Begun, Done, Step, begin};
use crate::deps::Deps;
use crate::failure::Failure;
use crate::look;
use crate::settle::settle;
use crate::store::StoredOrder;
use crate::wire::{BadInput, Call, Fields, Operation, required};

/// The operation.
#[derive(Clone, Copy, Debug)]
pub struct WithholdPlanCancel;

impl Operation for WithholdPlanCancel {
    const FUNCTION: &'static str = "withhold-plan-cancel";
    const ROUTE: (&'static str, &'static str) = ("POST", "/withhold-plan/cancel");
    const HAS_BODY: bool = true;
    type Input = CancelReason;

    fn read(mut fields: Fields) -> Result<CancelReason, BadInput> {
        let known = [CancelReason::RentingOut, CancelReason::RentingAndResale].map(CancelReason::as_str);
        let reason = fields.one_of("cancel_reason", &known)?;
        fields.finish()?;
        required("cancel_reason", reason.as_deref().and_then(CancelReason::parse))
    }

    async fn handle(
        deps: &Deps,
        scope: &Scope,
        call: Call<CancelReason>,
        stored: Option<StoredOrder>,
    ) -> Result<Done, Failure> {
        let (stored, reason) = (stored.ok_or(Failure::NotFound)?, call.input);
        let parameters = Parameters::from([
            ("order_id".to_owned(), call.order.as_str().to_owned()),
            ("cancel_reason".to_owned(), reason.as_str().to_owned()),
        ]);
        let wish = Wish::new(Intent::CancelPlan { reason });
        let step = Step::new(wish, parameters, format!("plan cancelled, {}", reason.as_str()));
        let stored = match begin(deps, scope, &call.caller, stored, &step).await? {
            Begun::Sent(stored) => stored,
            Begun::Before(stored) | Begun::NeedsTerms(stored) => {
                return Ok(Done { stored, data: Map::new(), kept: false });
            }
        };
        let outcome = deps.ant.change(scope, step.wish.intent.method(), &step.parameters).await;
        let terms =
            if outcome.is_ok() { look::observed(deps, scope, &stored, Query::TradeGet).await } else { None };
        settle(deps, scope, &call.caller, stored, &step, outcome, terms.as_slice()).await
    }
}
