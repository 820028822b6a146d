//! `POST …/unsign-confirm` (seed 1.1.5): answers a user who wants to end the withhold agreement.

use domain::lease::{Intent, OrderId, Refusal, UnsignAnswer, Wish};
use platform::Scope;

use crate::ant::Parameters;
use crate::change::{Done, Step, carry_out};
use crate::deps::Deps;
use crate::failure::Failure;
use crate::store::StoredOrder;
use crate::wire::{BadInput, Call, Fields, Operation};

/// The operation.
#[derive(Clone, Copy, Debug)]
pub struct UnsignConfirm;

/// The merchant's answer, and whether the caller asks to override.
#[derive(Clone, Debug)]
pub struct Confirmation {
    answer: UnsignAnswer,
    asks_override: bool,
}

impl Operation for UnsignConfirm {
    const FUNCTION: &'static str = "unsign-confirm";
    const ROUTE: (&'static str, &'static str) = ("POST", "/unsign-confirm");
    const HAS_BODY: bool = true;
    type Input = Confirmation;

    fn read(mut fields: Fields) -> Result<Confirmation, BadInput> {
        let operate = fields.required_text("operate", 1..=16)?;
        let code = fields.text("refuse_reason_code", 1..=64)?;
        let owed_fen = fields.whole("user_owe_money")?;
        let service = fields.text("user_in_service", 0..=1_024)?;
        let asks_override = fields.flag("override")?;
        fields.finish()?;
        let answer = UnsignAnswer::of(&operate, code.as_deref(), owed_fen, service.as_deref())?;
        Ok(Confirmation { answer, asks_override })
    }

    async fn handle(
        deps: &Deps,
        scope: &Scope,
        call: Call<Confirmation>,
        stored: Option<StoredOrder>,
    ) -> Result<Done, Failure> {
        let stored = stored.ok_or(Failure::NotFound)?;
        let Confirmation { answer, asks_override } = call.input;
        let intent = Intent::ConfirmUnsign { agree: answer.is_agreed() };
        let override_allowed = call.caller.overrides(asks_override)?;
        let wish = Wish { override_allowed, ..Wish::new(intent) };
        let why = format!("unsign answered, {}", answer.operate());
        let step = Step::new(wish, parameters(&call.order, &answer), why);
        carry_out(deps, scope, &call.caller, stored, step).await
    }
}

/// Only what belongs to the answer is sent (§5).
fn parameters(order: &OrderId, answer: &UnsignAnswer) -> Parameters {
    let mut named = vec![("order_id", order.as_str().to_owned()), ("operate", answer.operate().to_owned())];
    if let UnsignAnswer::Refuse(refusal) = answer {
        named.push(("refuse_reason_code", refusal.code().to_owned()));
        named.push(match refusal {
            Refusal::UserOweMoney { owed_fen } => ("user_owe_money", owed_fen.to_string()),
            Refusal::UserInService { service } => ("user_in_service", service.clone()),
        });
    }
    named.into_iter().map(|(name, value)| (name.to_owned(), value)).collect()
}
