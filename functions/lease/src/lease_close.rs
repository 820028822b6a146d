//! `POST …/close` (seed 1.9.1): closes an order that is fulfilled, or whose plan was cancelled (R2, R3).

use domain::lease::{CloseReason, Intent, Query, Wish};
use platform::Scope;

use crate::ant;
use crate::change::{Begun, Done, Step, begin};
use crate::deps::Deps;
use crate::failure::Failure;
use crate::look::{Asker, look};
use crate::settle::settle;
use crate::store::StoredOrder;
use crate::wire::{BadInput, Call, Fields, Operation, required};

/// The operation.
#[derive(Clone, Copy, Debug)]
pub struct LeaseClose;

/// Why, and what upstream says for it.
#[derive(Clone, Debug)]
pub struct Close {
    reason: CloseReason,
    return_confirmed: bool,
    evidence_id: Option<String>,
}

impl Operation for LeaseClose {
    const FUNCTION: &'static str = "lease-close";
    const ROUTE: (&'static str, &'static str) = ("POST", "/close");
    const HAS_BODY: bool = true;
    type Input = Close;

    fn read(mut fields: Fields) -> Result<Close, BadInput> {
        let known = [CloseReason::Fulfilled, CloseReason::RentingAndResale, CloseReason::RentingOut];
        let reason = fields.one_of("reason", &known.map(CloseReason::as_str))?;
        let reason = required("reason", reason.as_deref().and_then(CloseReason::parse))?;
        let return_confirmed = fields.flag("return_confirmed")?;
        let evidence_id = fields.text("evidence_id", 1..=64)?;
        fields.finish()?;
        Ok(Close { reason, return_confirmed, evidence_id })
    }

    async fn handle(
        deps: &Deps,
        scope: &Scope,
        call: Call<Close>,
        stored: Option<StoredOrder>,
    ) -> Result<Done, Failure> {
        let stored = stored.ok_or(Failure::NotFound)?;
        let mut step = step(&call.input, &stored);
        let begun = match begin(deps, scope, &call.caller, stored, &step).await? {
            Begun::NeedsTerms(stored) => {
                let asker = Asker::of(&call.caller);
                let (stored, _) = look(deps, scope, &asker, stored, Query::TradeGet).await?;
                step.wish.terms_seen = true;
                begin(deps, scope, &call.caller, stored, &step).await?
            }
            begun @ (Begun::Sent(_) | Begun::Before(_)) => begun,
        };
        match begun {
            Begun::Sent(stored) => {
                let outcome = deps.ant.change(scope, step.wish.intent.method(), &step.parameters).await;
                settle(deps, scope, &call.caller, stored, &step, outcome, &[]).await
            }
            Begun::Before(stored) => Ok(Done { stored, data: serde_json::Map::new(), kept: false }),
            Begun::NeedsTerms(_) => Err(Failure::Precondition("terms are not paid")),
        }
    }
}

fn step(close: &Close, stored: &StoredOrder) -> Step {
    let Close { reason, return_confirmed, evidence_id } = close;
    let intent = Intent::Close { reason: *reason, evidence: evidence_id.is_some() };
    let wish = Wish { return_confirmed: *return_confirmed, ..Wish::new(intent) };
    let why = match evidence_id {
        Some(evidence) => format!("closed, {}, evidence {evidence}", reason.as_str()),
        None => format!("closed, {}", reason.as_str()),
    };
    Step::new(wish, ant::close(&stored.order.id, &stored.merchant_id, reason.as_str()), why)
}
