//! `POST …/sign-flow` (seed 1, 1.1): takes the steps of the whole sequence as far as they go without the user, says what
//! it waits for, and goes on where it stopped, whoever calls again and whatever crashed.

use std::time::Duration;

use domain::lease::{NextStep, OrderState, Query, WaitingFor, next_step};
use platform::Scope;
use serde_json::{Map, Value};

use crate::change::{Caller, Done, Step, carry_out};
use crate::contract::{Contract, Shared, Withhold};
use crate::contract_seal::{Sealing, seal};
use crate::deps::Deps;
use crate::failure::Failure;
use crate::look::{self, Asker, look, resolve};
use crate::pre_order::{PreOrder, bounded};
use crate::store::{Document, Kind, StoredOrder};
use crate::wire::{BadInput, Call, Fields, Operation};
use crate::{contract_sign, pre_order_sync, withhold_sign};

/// With less time left no step is begun: one call to Ant may take 8 s (design §6).
const LEAST_TIME: Duration = Duration::from_secs(9);
/// Steps beyond this are a loop that should not be.
const MOST_STEPS: usize = 64;

/// The operation.
#[derive(Clone, Copy, Debug)]
pub struct SignFlow;

/// What the steps are filled with: as it was given, and as it is used.
#[derive(Clone, Default)]
pub struct Filling {
    given: Map<String, Value>,
    /// What is to be kept of it, if that is not kept already.
    news: Option<String>,
    contract: Contract,
    withhold: Withhold,
    shared: Shared,
}

impl Operation for SignFlow {
    const FUNCTION: &'static str = "sign-flow";
    const ROUTE: (&'static str, &'static str) = ("POST", "/sign-flow");
    const HAS_BODY: bool = true;
    const TAKES_STEPS: bool = true;
    type Input = Filling;

    fn read(fields: Fields) -> Result<Filling, BadInput> {
        Filling::read(fields)
    }

    async fn handle(
        deps: &Deps,
        scope: &Scope,
        call: Call<Filling>,
        stored: Option<StoredOrder>,
    ) -> Result<Done, Failure> {
        let stored = stored.ok_or(Failure::NotFound)?;
        let mut stored = resolve(deps, scope, &Asker::of(&call.caller), stored).await?;
        let filling = call.input.with_kept(deps, scope, &stored).await?;
        match stored.order.state {
            // What is missing is said before anything is done (§12).
            OrderState::New | OrderState::Synced => filling.contract.complete()?,
            OrderState::ContractSigning
            | OrderState::WithholdSigning
            | OrderState::WithholdSigned
            | OrderState::Sealing
            | OrderState::Active
            | OrderState::PlanCancelled
            | OrderState::Fulfilled
            | OrderState::Closed
            | OrderState::Unbound => {}
        }
        let mut waiting_for = Some(WaitingFor::Retry);
        for _ in 0..MOST_STEPS {
            if scope.remaining() < LEAST_TIME {
                break;
            }
            match Box::pin(advance(deps, scope, &call.caller, stored, &filling)).await? {
                Advance::To(next) => stored = next,
                Advance::Waits(next, what) => {
                    (stored, waiting_for) = (next, what);
                    break;
                }
            }
        }
        let data = told(deps, scope, &stored, waiting_for).await?;
        // That there was no time is about the moment alone: under the same key the next call goes on.
        Ok(Done { stored, data, kept: waiting_for == Some(WaitingFor::Retry) })
    }
}

impl Filling {
    fn read(mut fields: Fields) -> Result<Self, BadInput> {
        let given = fields.rest().clone();
        bounded(&Value::Object(given.clone()).to_string())?;
        let contract = Contract::take(&mut fields)?;
        let withhold = Withhold::take(&mut fields)?;
        let shared = Shared::take(&mut fields, 4..=24, 1..=64)?;
        fields.finish()?;
        Ok(Self { given, news: None, contract, withhold, shared })
    }

    /// With what earlier calls gave, as far as this one does not give it anew.
    async fn with_kept(self, deps: &Deps, scope: &Scope, stored: &StoredOrder) -> Result<Self, Failure> {
        let needed = match stored.order.state {
            OrderState::New | OrderState::Synced | OrderState::ContractSigning => true,
            OrderState::WithholdSigning
            | OrderState::WithholdSigned
            | OrderState::Sealing
            | OrderState::Active
            | OrderState::PlanCancelled
            | OrderState::Fulfilled
            | OrderState::Closed
            | OrderState::Unbound => false,
        };
        if !needed {
            return Ok(self);
        }
        let kept = deps.store.document(scope, &stored.order.id, Kind::Contract).await?;
        let mut members = match &kept {
            None => Map::new(),
            Some(text) => {
                platform::json::object(text.as_bytes()).map_err(|error| BadInput(error.to_string()))?
            }
        };
        members.extend(self.given);
        let text = Value::Object(members.clone()).to_string();
        let news = (!members.is_empty() && kept.as_ref() != Some(&text)).then_some(text);
        Ok(Self { news, ..Self::read(Fields::of(members))? })
    }

    /// What is kept of it with the next step.
    fn documents(&self) -> Vec<Document> {
        self.news.iter().map(|text| Document { kind: Kind::Contract, text: text.clone() }).collect()
    }
}

/// Where a step led.
enum Advance {
    /// The next step may be taken.
    To(StoredOrder),
    /// There is nothing to do but to wait, or nothing at all.
    Waits(StoredOrder, Option<WaitingFor>),
}

async fn advance(
    deps: &Deps,
    scope: &Scope,
    caller: &Caller,
    stored: StoredOrder,
    filling: &Filling,
) -> Result<Advance, Failure> {
    let id = stored.order.id.clone();
    match next_step(&stored.order) {
        NextStep::Sync => {
            let kept = deps.store.document(scope, &id, Kind::Order).await?;
            let order = PreOrder::kept(&kept.ok_or(Failure::NotFound)?)?;
            let step = pre_order_sync::step(deps, &id, &order)?;
            Box::pin(go_on(deps, scope, caller, stored, step, filling)).await
        }
        NextStep::SubmitContract => {
            let step = contract_sign::step(deps, &id, &(filling.contract.clone(), filling.shared.clone()))?;
            Box::pin(go_on(deps, scope, caller, stored, step, filling)).await
        }
        NextStep::CreateWithhold => {
            let step = withhold_sign::step(&id, &(filling.withhold.clone(), filling.shared.clone()));
            Box::pin(go_on(deps, scope, caller, stored, step, filling)).await
        }
        NextStep::AskWithhold => ask(deps, scope, caller, stored, Query::WithholdSignQuery).await,
        NextStep::AskFlow => ask(deps, scope, caller, stored, Query::SignFlowGet).await,
        NextStep::Seal { tag } => {
            let done = seal(deps, scope, caller, stored, Sealing::of(tag), false).await?;
            Ok(Advance::To(done.stored))
        }
        NextStep::Done => Ok(Advance::Waits(stored, None)),
    }
}

async fn go_on(
    deps: &Deps,
    scope: &Scope,
    caller: &Caller,
    stored: StoredOrder,
    mut step: Step,
    filling: &Filling,
) -> Result<Advance, Failure> {
    step.answers = false;
    step.documents.extend(filling.documents());
    let done = carry_out(deps, scope, caller, stored, step).await?;
    Ok(Advance::To(done.stored))
}

/// Asks what the user, or Ant, has done meanwhile; if nothing, that is waited for.
async fn ask(
    deps: &Deps,
    scope: &Scope,
    caller: &Caller,
    stored: StoredOrder,
    query: Query,
) -> Result<Advance, Failure> {
    let before = stored.order.state;
    let (stored, reply) = look(deps, scope, &Asker::of(caller), stored, query).await?;
    if stored.order.state != before {
        return Ok(Advance::To(stored));
    }
    let waiting_for = match (query, stored.order.unknown.is_some()) {
        (_, true) => WaitingFor::Retry,
        (Query::WithholdSignQuery | Query::TradeGet, false) => WaitingFor::WithholdSignature,
        // We have had every party sealed, but by Ant's own list a seal is missing still.
        (Query::SignFlowGet, false) if reply.is_some_and(|reply| reply.lacks_a_seal()) => WaitingFor::Sealing,
        // Every party is sealed, and the contract is not finished: the user has not signed it.
        (Query::SignFlowGet, false) => WaitingFor::ContractUserSignature,
    };
    Ok(Advance::Waits(stored, Some(waiting_for)))
}

/// What the caller is told: what is waited for, and what the user needs for it.
async fn told(
    deps: &Deps,
    scope: &Scope,
    stored: &StoredOrder,
    waiting_for: Option<WaitingFor>,
) -> Result<Map<String, Value>, Failure> {
    let mut data = Map::from_iter([("waiting_for".to_owned(), waiting_for.map(WaitingFor::as_str).into())]);
    let needs_links = match waiting_for {
        Some(WaitingFor::ContractUserSignature | WaitingFor::WithholdSignature) => true,
        Some(WaitingFor::Sealing | WaitingFor::Retry) | None => false,
    };
    let (mut sign_info, mut sign_string) = (None, None);
    if needs_links {
        sign_info = contract_links(deps, scope, stored).await?;
        sign_string = deps.store.document(scope, &stored.order.id, Kind::SignString).await?;
    }
    data.insert("sign_info".to_owned(), sign_info.into());
    data.insert("sign_str".to_owned(), sign_string.into());
    Ok(data)
}

/// The contract's signing links. Those that are kept may be an earlier contract's, if the answer that brought the new
/// ones was lost: then Ant is asked.
async fn contract_links(deps: &Deps, scope: &Scope, stored: &StoredOrder) -> Result<Option<String>, Failure> {
    let kept = deps.store.document(scope, &stored.order.id, Kind::SignInfo).await?;
    let kept = kept.as_deref().and_then(|kept| kept.split_once('\n'));
    if let Some((_, links)) = kept.filter(|(sign_no, _)| Some(*sign_no) == stored.sign_no()) {
        return Ok(Some(links.to_owned()));
    }
    let reply = look::ask(deps, scope, stored, Query::SignFlowGet).await;
    Ok(reply.and_then(|reply| reply.text("sign_info").map(str::to_owned)))
}
