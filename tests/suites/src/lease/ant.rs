//! Ant, played in process: its gateway, what it knows of each order (§12, Sandbox's Ant), and what goes wrong there.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use platform::Clock;
use serde_json::{Map, Value};
use world::{Reply, World};

use super::spoil::{response, signed, spoilt};
use super::{ANT, envelope, fields, methods};

pub use super::envelope::Parameters;
pub use super::methods::{Flow, Order, Party, Term};
pub use super::notification::Notification;
pub use super::spoil::Spoil;

/// The access key that we sign with: its id and its secret.
pub const FIRST_KEY: (&str, &str) = ("AKfirst", "ant-secret-one");
/// Another one, which takes its place when keys are rotated.
pub const SECOND_KEY: (&str, &str) = ("AKsecond", "ant-secret-two");

/// What makes an order one that Ant has.
const SYNC: &str = "antchain.ato.front.trade.sync";

/// A handle to Ant.
#[derive(Clone)]
pub struct Ant(Arc<Mutex<State>>);

struct State {
    clock: Clock,
    keys: Vec<(String, String)>,
    orders: BTreeMap<String, Order>,
    planned: Vec<Planned>,
    calls: Vec<Call>,
    complaints: Vec<String>,
    /// Of what Ant makes: numbers of contracts and the like.
    made: u64,
    tickets: u64,
}

/// Something that is to go wrong.
#[derive(Clone, Debug)]
struct Planned {
    method: String,
    order: Option<String>,
    spoil: Spoil,
    after_effect: bool,
    times: usize,
}

/// A call that came through.
#[derive(Clone, Debug)]
pub struct Call {
    /// Ant's method.
    pub method: String,
    /// The order that it is about, if Ant knows one.
    pub order: Option<String>,
    /// The query as it came.
    pub query: Parameters,
    /// The form as it came.
    pub form: Parameters,
    /// What the form says: JSON texts read, what is encrypted in clear.
    pub clear: Map<String, Value>,
    /// Whether Ant did what was asked.
    pub performed: bool,
}

impl Ant {
    /// Ant in `world`, at [`ANT`].
    #[must_use]
    pub fn in_world(world: &World) -> Self {
        let keys = [FIRST_KEY].map(|(id, secret)| (id.to_owned(), secret.to_owned())).to_vec();
        let ant = Self(Arc::new(Mutex::new(State {
            clock: world.clock(),
            keys,
            orders: BTreeMap::new(),
            planned: vec![],
            calls: vec![],
            complaints: vec![],
            made: 0,
            tickets: 0,
        })));
        let handle = ant.clone();
        world.partner(ANT, move |request| {
            let content_type = request.headers().get("content-type").and_then(|value| value.to_str().ok());
            let body = String::from_utf8_lossy(request.body()).into_owned();
            let is_call = request.method() == "POST" && request.uri().path() == "/gateway.do";
            let is_form = content_type == Some("application/x-www-form-urlencoded; charset=UTF-8");
            let mut state = handle.state();
            if !is_call || !is_form {
                let what = format!("{} {} {content_type:?}", request.method(), request.uri().path());
                state.complaints.push(what);
                return Reply::new(404, "");
            }
            state.receive(request.uri().query().unwrap_or_default(), &body)
        });
        ant
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Has the next call of `method` go wrong; nothing is done.
    pub fn fail(&self, method: &str, spoil: Spoil) {
        self.fail_times(method, spoil, 1);
    }

    /// Has the next calls of `method` go wrong; nothing is done.
    pub fn fail_times(&self, method: &str, spoil: Spoil, times: usize) {
        self.plan(method, None, spoil, false, times);
    }

    /// Has the next call of `method` about this order go wrong; nothing is done.
    pub fn fail_for(&self, order: &str, method: &str, spoil: Spoil) {
        self.plan(method, Some(order), spoil, false, 1);
    }

    /// Has the next call of `method` be done, and its answer go wrong.
    pub fn fail_after_effect(&self, method: &str, spoil: Spoil) {
        self.plan(method, None, spoil, true, 1);
    }

    /// Has calls of `method` (about this order, if one is given) go wrong, before or after they are done.
    pub fn plan(&self, method: &str, order: Option<&str>, spoil: Spoil, after_effect: bool, times: usize) {
        let (method, order) = (method.to_owned(), order.map(str::to_owned));
        self.state().planned.push(Planned { method, order, spoil, after_effect, times });
    }

    /// Nothing goes wrong any more.
    pub fn recover(&self) {
        self.state().planned.clear();
    }

    /// The calls that came through, oldest first; those that were to go wrong among them, unless they were not sent.
    #[must_use]
    pub fn calls(&self) -> Vec<Call> {
        self.state().calls.clone()
    }

    /// The methods of the calls since the last time that this was asked, and forgets the calls.
    #[expect(clippy::must_use_candidate, reason = "a test may want no more than to forget them")]
    pub fn heard(&self) -> Vec<String> {
        let calls = std::mem::take(&mut self.state().calls);
        calls.into_iter().map(|call| call.method).collect()
    }

    /// How often Ant did what `method` asks for about this order.
    #[must_use]
    pub fn effects(&self, order: &str, method: &str) -> u64 {
        self.order(order).effects.get(method).copied().unwrap_or_default()
    }

    /// What Ant could not take: calls that are not as the specification has them.
    #[must_use]
    pub fn complaints(&self) -> Vec<String> {
        self.state().complaints.clone()
    }

    /// Forgets what Ant complained about: the test meant it.
    pub fn forgive(&self) {
        self.state().complaints.clear();
    }

    /// What Ant knows of an order; nothing is as an order that Ant does not have.
    #[must_use]
    pub fn order(&self, order: &str) -> Order {
        self.state().orders.get(order).cloned().unwrap_or_default()
    }

    /// Every order, by its id.
    #[must_use]
    pub fn orders(&self) -> BTreeMap<String, Order> {
        self.state().orders.clone()
    }

    /// Ant knows nothing of an order any more.
    pub fn forget(&self, order: &str) {
        self.state().orders.remove(order);
    }

    /// Changes what Ant knows of an order.
    pub fn change(&self, order: &str, change: impl FnOnce(&mut Order)) {
        change(self.state().orders.entry(order.to_owned()).or_default());
    }

    /// The user signs the withhold agreement in Alipay.
    pub fn user_signs_withhold(&self, order: &str) {
        let now = self.now();
        self.change(order, |order| {
            order.withhold = Some("SIGNED".to_owned());
            order.signed_at = Some(now);
        });
    }

    /// The user signs every withhold agreement as soon as it is created.
    pub fn user_signs_at_once(&self, order: &str) {
        self.change(order, |order| order.signs_at_once = true);
    }

    /// The withhold agreement ends.
    pub fn withhold_ends(&self, order: &str) {
        self.change(order, |order| order.withhold = Some("TERMINATED".to_owned()));
    }

    /// The contract's flow comes to this status.
    ///
    /// # Panics
    /// When there is no contract.
    pub fn flow_becomes(&self, order: &str, status: &str) {
        self.change(order, |order| status.clone_into(&mut order.flow.as_mut().expect("a contract").status));
    }

    /// Contracts of this order are finished only when the user has signed them, too.
    pub fn waits_for_user(&self, order: &str) {
        self.change(order, |order| order.waits_for_user = true);
    }

    /// Seals that were accepted are not placed yet, as the list of a contract's parties shows.
    pub fn places_seals_late(&self, order: &str) {
        self.change(order, |order| {
            let parties = order.flow.iter_mut().flat_map(|flow| &mut flow.parties);
            parties.for_each(|party| party.sealed = false);
        });
    }

    /// The user applies to end the withhold agreement.
    pub fn user_applies_to_unsign(&self, order: &str) {
        self.change(order, |order| order.unsign_pending = true);
    }

    /// A term is paid.
    pub fn pay(&self, order: &str, index: u64) {
        self.change(order, |order| {
            let terms = order.terms.iter_mut().filter(|term| term.index == index);
            terms.for_each(|term| "RETURN_FULL".clone_into(&mut term.status));
        });
    }

    /// Every term is paid.
    pub fn pay_all(&self, order: &str) {
        for term in self.order(order).terms {
            self.pay(order, term.index);
        }
    }

    /// The keys that are good at Ant: ids and secrets.
    pub fn accept_keys(&self, keys: &[(&str, &str)]) {
        let keys = keys.iter().map(|(id, secret)| ((*id).to_owned(), (*secret).to_owned()));
        self.state().keys = keys.collect();
    }

    /// A notification, signed with the first good key.
    #[must_use]
    pub fn notification(&self, msg_id: &str, publish_type: &str, order: &str, content: &str) -> Notification {
        let (_, secret) = self.state().keys[0].clone();
        Notification::signed(
            &secret,
            [
                ("msg_id", msg_id),
                ("msg_publish_type", publish_type),
                ("order_id", order),
                ("msg_content", content),
            ],
        )
    }

    fn now(&self) -> String {
        self.state().now()
    }

    /// A request id, like no other's in this world and the same when the test is run again.
    pub(super) fn ticket(&self) -> String {
        let mut state = self.state();
        state.tickets += 1;
        format!("request-{}", state.tickets)
    }
}

impl State {
    fn now(&self) -> String {
        self.clock.now().strftime("%Y-%m-%dT%H:%M:%SZ").to_string()
    }

    /// When a call may have been made that comes now: what passes while somebody waits, the clock shows only when the
    /// next call comes.
    fn times(&self) -> [String; 2] {
        let at = |ago| {
            let then = self.clock.now() - Duration::from_secs(ago);
            then.strftime("%Y-%m-%dT%H:%M:%SZ").to_string()
        };
        [0, 1].map(at)
    }

    fn receive(&mut self, query: &str, body: &str) -> Reply {
        let read = envelope::parameters(query).and_then(|query| Ok((query, envelope::parameters(body)?)));
        let (query, form) = match read {
            Ok(read) => read,
            Err(complaint) => return self.complain(complaint, ""),
        };
        let secret = match envelope::check(&self.keys, (&query, &form), &self.times()) {
            Ok(secret) => secret,
            Err(complaint) => return self.complain(complaint, ""),
        };
        let id = query["req_msg_id"].clone();
        if self.calls.iter().any(|call| call.query["req_msg_id"] == id) {
            return self.complain(format!("req_msg_id {id} came before"), &secret);
        }
        let method = query.get("method").cloned().unwrap_or_default();
        let clear = match fields::check(&method, &form) {
            Ok(clear) => clear,
            Err(complaint) => return self.complain(format!("{method}: {complaint}"), &secret),
        };
        let order = methods::order_of(&self.orders, &clear);
        let planned = self.planned(&method, order.as_deref());
        if planned.as_ref().is_some_and(|planned| planned.spoil == Spoil::NotSent) {
            return Reply::refused();
        }
        let performs = planned.as_ref().is_none_or(|planned| planned.after_effect);
        let answer = if performs { self.perform(&method, order.as_deref(), &clear) } else { Ok(Map::new()) };
        let performed = performs && answer.is_ok();
        self.calls.push(Call { method, order, query, form, clear, performed });
        match planned {
            Some(planned) => spoilt(planned.spoil, &id, &answer, &secret),
            None => signed(&response(&id, &answer), &secret),
        }
    }

    /// Answers as Ant does what it cannot take, and keeps it: a test that did not mean it fails.
    fn complain(&mut self, complaint: String, secret: &str) -> Reply {
        let reply = signed(&response("", &Err(("PARAMETER_INVALID", complaint.clone()))), secret);
        self.complaints.push(complaint);
        reply
    }

    fn planned(&mut self, method: &str, order: Option<&str>) -> Option<Planned> {
        let fits = |planned: &Planned| {
            planned.times > 0
                && planned.method == method
                && planned.order.as_deref().is_none_or(|wanted| Some(wanted) == order)
        };
        let planned = self.planned.iter_mut().find(|planned| fits(planned))?;
        planned.times -= 1;
        Some(planned.clone())
    }

    fn perform(&mut self, method: &str, id: Option<&str>, clear: &Map<String, Value>) -> methods::Answer {
        let id = id.ok_or(("ORDER_NOT_EXIST", "订单不存在".to_owned()))?;
        if method == SYNC {
            self.orders.entry(id.to_owned()).or_default();
        }
        let order = self.orders.get_mut(id).filter(|order| order.synced.is_some() || method == SYNC);
        let order = order.ok_or(("ORDER_NOT_EXIST", "订单不存在".to_owned()))?;
        self.made += 1;
        let answer = methods::perform(order, id, method, clear, self.made)?;
        if !methods::is_question(method) {
            *order.effects.entry(method.to_owned()).or_default() += 1;
        }
        Ok(answer)
    }
}
