//! Everything under `/ant-lease/orders/{order_id}` (§3, §12): who calls, about which order, under which key.

use std::future::Future;

use domain::lease::{OrderId, Source};
use platform::Scope;
use platform::http::{Answer, BodyRule, Endpoint, IamCaller, Refusal, Request};
use platform::metrics::Source as MetricSource;
use platform::{Masked, fingerprint, json};
use serde_json::{Map, Value};

use super::answer::{Written, failed, is_kept, refuse, success};
use super::{BadInput, Fields};
use crate::CONTEXT;
use crate::admit::admit;
use crate::change::{Caller, Done};
use crate::deps::Deps;
use crate::failure::Failure;
use crate::store::{Answered, RequestKey, Running, StoredOrder};

const KEY_HEADER: &str = "idempotency-key";
const LONGEST_KEY: usize = 255;

/// An operation of our API about one order.
pub trait Operation {
    /// The function's name.
    const FUNCTION: &'static str;
    /// The HTTP method and the path behind the order, as they are part of what an Idempotency-Key stands for.
    const ROUTE: (&'static str, &'static str);
    /// Whether the request has a body; the fields of one that has none are its query's.
    const HAS_BODY: bool;
    /// Whether it asks Ant for several things, one after the other: its request runs until it answers.
    const TAKES_STEPS: bool = false;
    /// What the caller says.
    type Input;

    /// Reads what the caller says; `source` is taken already.
    ///
    /// # Errors
    /// What is wrong with it.
    fn read(fields: Fields) -> Result<Self::Input, BadInput>;

    /// Does it. `stored` is `None` for an order that we do not have.
    ///
    /// # Errors
    /// Why it was not done.
    fn handle(
        deps: &Deps,
        scope: &Scope,
        call: Call<Self::Input>,
        stored: Option<StoredOrder>,
    ) -> impl Future<Output = Result<Done, Failure>>;
}

/// A call about one order.
#[derive(Clone, Debug)]
pub struct Call<I> {
    /// Which order.
    pub order: OrderId,
    /// Who calls, and how.
    pub caller: Caller,
    /// What they say.
    pub input: I,
}

/// The endpoint of an operation.
#[derive(Debug)]
pub struct Route<O> {
    /// What it works with.
    pub deps: Deps,
    operation: std::marker::PhantomData<O>,
}

impl<O: Operation> Route<O> {
    /// The endpoint over these.
    #[must_use]
    pub fn new(deps: Deps) -> Self {
        Self { deps, operation: std::marker::PhantomData }
    }

    async fn run(&self, scope: &Scope, call: Call<O::Input>) -> Written {
        let (order, caller) = (call.order.clone(), call.caller.clone());
        let result = match admit(&self.deps, scope, &caller, &order).await {
            Ok(stored) => Box::pin(O::handle(&self.deps, scope, call, stored)).await,
            Err(failure) => Err(failure),
        };
        let (written, to_keep) = match result {
            Ok(done) => (success(&done.stored.order, &done.data), !done.kept),
            Err(failure) => {
                let to_keep = is_kept(&failure);
                (failed(failure), to_keep)
            }
        };
        match &caller.request {
            Some(key) if to_keep => self.keep(scope, &order, key, written).await,
            Some(_) | None => written,
        }
    }

    /// An answer that cannot be kept is given all the same: what it tells is so.
    async fn keep(&self, scope: &Scope, order: &OrderId, key: &RequestKey, written: Written) -> Written {
        let answered = Answered { status: written.status.as_u16(), body: written.body.clone() };
        let running = if O::TAKES_STEPS { Running::Own } else { Running::Foreign };
        if let Err(failure) = self.deps.store.keep_answer(scope, order, key, (answered, running)).await {
            tracing::error!(%failure, "an answer could not be kept");
        }
        written
    }

    fn open(&self, request: &Request<IamCaller>) -> Result<Call<O::Input>, Failure> {
        let order = request.path("order_id").unwrap_or_default();
        let order = OrderId::new(order).map_err(|error| BadInput(format!("order_id: {error}")))?;
        let mut members = Self::members(request)?;
        let source = match members.remove("source") {
            None | Some(Value::Null) => Source::default(),
            Some(Value::String(text)) => {
                Source::parse(&text).ok_or_else(|| BadInput("source: is neither new nor old".into()))?
            }
            Some(_) => return Err(BadInput("source: is no text".into()).into()),
        };
        let request_key = key(request, source, &order, O::ROUTE, &members)?;
        let caller = Caller {
            who: request.caller.arn.clone().map_or_else(|| "unknown".to_owned(), Masked::into_inner),
            source,
            operation: O::FUNCTION,
            request: request_key,
            may_override: self.deps.overrides.allow(request.caller.arn.as_ref()),
        };
        Ok(Call { order, caller, input: O::read(Fields::of(members))? })
    }

    /// What the caller says: the body's members, or the query's.
    fn members(request: &Request<IamCaller>) -> Result<Map<String, Value>, BadInput> {
        let query = request.query().map_err(|refusal| BadInput(refusal.to_string()))?;
        let of_query = query.names().map(|name| (name.to_owned(), Value::from(query.get(name))));
        if !O::HAS_BODY {
            return Ok(of_query.collect());
        }
        if let Some((name, _)) = of_query.into_iter().next() {
            return Err(BadInput(format!("{}: is unknown in the query", name.escape_debug())));
        }
        json::object(request.body().as_bytes()).map_err(|error| BadInput(error.to_string()))
    }
}

/// The request's Idempotency-Key with what it stands for: method, path, and what the caller says without `source`.
fn key(
    request: &Request<IamCaller>,
    source: Source,
    order: &OrderId,
    (method, path): (&str, &str),
    members: &Map<String, Value>,
) -> Result<Option<RequestKey>, BadInput> {
    let Some(key) = request.header(KEY_HEADER) else {
        return Ok(None);
    };
    if key.is_empty() || key.len() > LONGEST_KEY || !key.bytes().all(|byte| byte.is_ascii_graphic()) {
        return Err(BadInput(format!("Idempotency-Key: is not 1 to {LONGEST_KEY} visible characters")));
    }
    let said = Value::Object(members.clone()).to_string();
    Ok(Some(RequestKey::new(source, key, fingerprint(&[method, order.as_str(), path, &said]))))
}

impl<O: Operation> Endpoint for Route<O> {
    type Caller = IamCaller;
    const SOURCE: MetricSource = MetricSource { context: CONTEXT, function: O::FUNCTION };
    const BODY: BodyRule = if O::HAS_BODY { BodyRule::JSON } else { BodyRule::Unread };

    fn gate(&self) -> &() {
        &()
    }

    async fn answer(&self, scope: &Scope, request: Request<IamCaller>) -> Result<Answer, Refusal> {
        let written = match self.open(&request) {
            Ok(call) => self.run(scope, call).await,
            Err(failure) => failed(failure),
        };
        Ok(written.into_answer())
    }

    fn refuse(&self, _: &Scope, refusal: &Refusal) -> Answer {
        refuse(refusal)
    }
}
