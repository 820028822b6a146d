//! Ant as the functions meet it: a gateway that checks what it gets, does it or not, at once or late, and answers, or not.

pub(super) mod account;
pub(super) mod asked;
mod fault;
mod heard;
mod law;

use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Arc, Mutex, MutexGuard};
use std::time::Duration;

use platform::Clock;
use serde_json::{Map, Value};
use suites::lease::ant::FIRST_KEY;
use suites::lease::envelope::{self, Parameters};
use suites::lease::methods::Answer;
use suites::lease::spoil::{Spoil, response, signed, spoilt};
use suites::lease::{ANT, ORDERS, bodies, fields};
use world::{Reply, World};

use self::account::{Account, Deed, NO_ORDER, Second};
use self::asked::Asked;
use self::fault::{Fault, When};
pub(super) use self::heard::{Heard, News};
use self::heard::{Late, Open};
use self::law::Incoming;
use super::people::{Ask, Caller};
use crate::chaos::Chaos;
use crate::context::Violation;
use crate::invocation::current;
use crate::lock;
use crate::random::Dice;
use crate::rows::attribute;

/// The longest that Ant takes to do what it did not answer.
const LATEST: Duration = Duration::from_secs(45);
/// For how long an answer is kept under a key.
pub(super) const KEPT_FOR: Duration = Duration::from_hours(24);
/// How often a change is told of that we made ourselves, in thousand.
const ECHOES: usize = 300;
/// How often a contract needs the user's signature besides the seals, in thousand.
const WAITS_FOR_USER: usize = 400;

/// Ant in one world.
#[derive(Clone)]
pub(super) struct Ant(Arc<Mutex<State>>);

struct State {
    dice: Dice,
    chaos: Arc<Chaos>,
    clock: Clock,
    accounts: BTreeMap<String, Account>,
    /// Of each order, the call of which Ant gave no usable answer, and told nothing since.
    open: BTreeMap<String, Open>,
    late: Vec<Late>,
    to_tell: Vec<News>,
    heard: Vec<Heard>,
    requests: BTreeMap<u64, (Ask, Caller)>,
    disturbed: BTreeSet<u64>,
    violations: Vec<Violation>,
    made: u64,
}

impl Ant {
    /// Ant in `world`.
    pub(super) fn in_world(world: &World, dice: Dice, chaos: Arc<Chaos>) -> Self {
        let ant = Self(Arc::new(Mutex::new(State {
            dice,
            chaos,
            clock: world.clock(),
            accounts: BTreeMap::new(),
            open: BTreeMap::new(),
            late: vec![],
            to_tell: vec![],
            heard: vec![],
            requests: BTreeMap::new(),
            disturbed: BTreeSet::new(),
            violations: vec![],
            made: 0,
        })));
        let (handle, inside) = (ant.clone(), world.clone());
        world.partner(ANT, move |request| {
            let body = String::from_utf8_lossy(request.body()).into_owned();
            handle.state().receive(&inside, request.uri().query().unwrap_or_default(), &body)
        });
        ant
    }

    /// Lets go of the world, which otherwise would keep itself alive.
    pub(super) fn leave(world: &World) {
        world.partner(ANT, |_| Reply::new(500, ""));
    }

    fn state(&self) -> MutexGuard<'_, State> {
        lock(&self.0)
    }

    /// What is asked in this invocation is asked by a caller.
    pub(super) fn expect(&self, invocation: u64, ask: Ask, caller: Caller) {
        self.state().requests.insert(invocation, (ask, caller));
    }

    /// What Ant has of an order.
    pub(super) fn account(&self, order: &str) -> Account {
        self.state().accounts.get(order).cloned().unwrap_or_default()
    }

    /// Whether such a call came in, from the `from`th on.
    pub(super) fn any(&self, from: usize, is_such: impl Fn(&Heard) -> bool) -> bool {
        self.state().heard.get(from..).unwrap_or_default().iter().any(is_such)
    }

    /// What Ant did twice within a day for requests with one key, if there is something. A withhold agreement may be
    /// created again, a flow takes several steps, and each wish of a user has an answer of its own.
    pub(super) fn second_effect_of_a_key(&self, order: &str) -> Option<String> {
        let state = self.state();
        let keyed = |heard: &&Heard| {
            let (ask, caller) = state.requests.get(&heard.invocation?)?;
            let once = !matches!(ask, Ask::Withhold | Ask::Flow | Ask::Confirm { .. });
            (once && heard.is_done && heard.order == order).then_some((caller.source, caller.key?))
        };
        let mut before = Vec::<(_, &Heard)>::new();
        for heard in &state.heard {
            let Some(key) = keyed(&heard) else { continue };
            let is_same = |(of, other): &&(_, &Heard)| {
                *of == key && other.asked == heard.asked && heard.at < other.at + KEPT_FOR
            };
            if let Some((_, first)) = before.iter().find(is_same) {
                return Some(format!("{key:?}: {first:?}, {heard:?}"));
            }
            before.push((key, heard));
        }
        None
    }

    /// How many calls came in.
    pub(super) fn count(&self) -> usize {
        self.state().heard.len()
    }

    /// Whether something went wrong at Ant in this invocation.
    pub(super) fn is_disturbed(&self, invocation: u64) -> bool {
        self.state().disturbed.contains(&invocation)
    }

    /// The call about this order that may have been carried out, and of which Ant told nothing since.
    pub(super) fn open(&self, order: &str) -> Option<Asked> {
        self.state().open.get(order).map(|open| open.asked.clone())
    }

    /// What came that must not come.
    pub(super) fn violation(&self) -> Option<Violation> {
        self.state().violations.first().cloned()
    }

    /// Somebody does something at Ant, which is told; whether there was anything to do.
    pub(super) fn live(&self, order: &str, deed: Deed) -> bool {
        let mut state = self.state();
        state.catch_up();
        let is_done = state.accounts.get_mut(order).is_some_and(|account| account.live(deed));
        if is_done {
            state.note(order, deed.publish_type());
        }
        is_done
    }

    /// Whether Ant still has something to do.
    pub(super) fn is_late(&self) -> bool {
        let mut state = self.state();
        state.catch_up();
        !state.late.is_empty()
    }

    /// What Ant has to tell.
    pub(super) fn news(&self) -> Vec<News> {
        self.state().to_tell.clone()
    }

    /// This was taken.
    pub(super) fn is_taken(&self, msg_id: &str) {
        self.state().to_tell.retain(|news| news.msg_id != msg_id);
    }
}

impl State {
    fn note(&mut self, order: &str, publish_type: &'static str) {
        self.made += 1;
        let msg_id = format!("m-{}", self.made);
        self.chaos.tell(format!("  Ant notes {msg_id} {publish_type} of {order}"));
        self.to_tell.push(News { msg_id, publish_type, order: order.to_owned() });
    }

    fn complain(&mut self, invariant: &'static str, seen: String) -> Reply {
        let answer = Err(("PARAMETER_INVALID", seen.clone()));
        self.violations.push(Violation { invariant, seen });
        signed(&response("", &answer), FIRST_KEY.1)
    }

    fn receive(&mut self, world: &World, query: &str, body: &str) -> Reply {
        self.catch_up();
        match self.read(query, body) {
            Ok((query, clear)) => self.take(world, &query, &clear),
            Err(complaint) => self.complain("wire", complaint),
        }
    }

    /// Reads a call: signed, with an id of its own, with the method's fields, and nothing of a person in clear.
    fn read(&self, query: &str, body: &str) -> Result<(Parameters, Map<String, Value>), String> {
        let (query, form) = (envelope::parameters(query)?, envelope::parameters(body)?);
        let keys = [(FIRST_KEY.0.to_owned(), FIRST_KEY.1.to_owned())];
        // Who goes next is drawn after a call was signed: how old it is, is no fault of it.
        let times = [query.get("req_time").cloned().unwrap_or_default()];
        envelope::check(&keys, (&query, &form), &times)?;
        let id = &query["req_msg_id"];
        if self.heard.iter().any(|heard| heard.req_msg_id == *id) {
            return Err(format!("{id} came before"));
        }
        if let Some(clear) =
            bodies::IDENTITIES.iter().find(|one| form.values().any(|text| text.contains(**one)))
        {
            return Err(format!("{clear} came in clear"));
        }
        let clear = fields::check(&query["method"], &form)?;
        Ok((query, clear))
    }

    fn take(&mut self, world: &World, query: &Parameters, clear: &Map<String, Value>) -> Reply {
        let (method, req_msg_id) = (&query["method"], query["req_msg_id"].clone());
        let Some((order, asked)) = self.order_of(clear).zip(Asked::of(method, clear)) else {
            let declined = Err(("SIGN_FLOW_NOT_EXIST", "签署流程不存在".to_owned()));
            return signed(&response(&req_msg_id, &declined), FIRST_KEY.1);
        };
        if !asked.is_question() {
            self.judge(world, &order, &asked, method);
        }
        let fault = Fault::drawn(&self.dice, &self.chaos, &asked);
        let answer = match fault.when {
            When::AtOnce => self.perform(&order, &asked),
            When::Never | When::Later(_) => Ok(Map::new()),
        };
        let is_done = fault.when == When::AtOnce && answer.is_ok() && !asked.is_question();
        self.keep(&order, &asked, (fault, is_done), &answer, &req_msg_id);
        self.chaos.tell(format!("  Ant gets {asked:?} of {order}: {fault:?} {is_done} {answer:?}"));
        if is_done && self.dice.happens(ECHOES) {
            self.note(&order, "ORDER_STATUS_CHANGE");
        }
        match fault.spoil {
            None => signed(&response(&req_msg_id, &answer), FIRST_KEY.1),
            Some(spoil) => spoilt(spoil, &req_msg_id, &answer, FIRST_KEY.1),
        }
    }

    fn judge(&mut self, world: &World, order: &str, asked: &Asked, method: &str) {
        let rows = world.items(ORDERS);
        let row = rows.into_iter().find(|row| attribute(row, "order_id") == order).unwrap_or_default();
        let account = self.accounts.get(order).cloned().unwrap_or_default();
        let request = current().and_then(|invocation| self.requests.get(&invocation)).copied();
        let open = self.open.get(order).map(|open| &open.asked);
        let incoming = Incoming { order, asked, row: &row, account: &account, request, open, method };
        if let Err(violation) = incoming.judge() {
            self.violations.push(violation);
        }
    }

    /// Keeps what a call told and left open.
    fn keep(
        &mut self,
        order: &str,
        asked: &Asked,
        (fault, is_done): (Fault, bool),
        answer: &Answer,
        id: &str,
    ) {
        let (at, is_usable) = (self.clock.now(), fault.is_usable());
        if fault.spoil.is_some() {
            self.disturbed.extend(current());
        }
        if let When::Later(after) = fault.when {
            let (order, asked) = (order.to_owned(), asked.clone());
            self.late.push(Late { at: at + after, order, asked, heard: self.heard.len() });
        }
        let result_code = match (fault.spoil, answer) {
            (Some(Spoil::ResultCode(code)), _) => code,
            (_, Ok(_)) => "OK",
            (_, Err((code, _))) => code,
        };
        if asked.is_question() {
            self.tells(order, asked, is_usable, result_code);
        } else if !is_usable {
            self.open.insert(order.to_owned(), Open { asked: asked.clone(), is_done, at });
        } else if self.open.get(order).is_some_and(|open| open.asked == *asked) {
            self.open.remove(order);
        }
        self.heard.push(Heard {
            order: order.to_owned(),
            asked: asked.clone(),
            invocation: current(),
            at,
            req_msg_id: id.to_owned(),
            result_code: result_code.to_owned(),
            is_done,
        });
    }

    /// A question is answered: does it tell what became of a call? That it was not done Ant can say only once it will
    /// not do it any more; that a registration was not, by the code for an order that it does not have.
    fn tells(&mut self, order: &str, question: &Asked, is_usable: bool, result_code: &str) {
        let Some(open) = self.open.get(order) else { return };
        let is_so = self.accounts.get(order).is_some_and(|account| account.shows(&open.asked));
        let is_final = open.is_done || is_so || self.clock.now() >= open.at + LATEST;
        let is_about = open.asked.is_told_by(question);
        let is_absent = result_code == NO_ORDER.0 && matches!(open.asked, Asked::Sync { .. });
        let is_about = is_about && (result_code == "OK" || is_absent);
        if is_usable && is_final && is_about {
            self.open.remove(order);
        }
    }

    fn order_of(&self, clear: &Map<String, Value>) -> Option<String> {
        let named = clear.get("order_id").or_else(|| clear.get("biz_content")?.get("orderId"));
        if let Some(id) = named {
            return id.as_str().map(str::to_owned);
        }
        let sign_no = clear.get("sign_no")?.as_str()?;
        let has_it = |account: &Account| account.contracts.iter().any(|one| one.sign_no == sign_no);
        self.accounts.iter().find(|(_, account)| has_it(account)).map(|(id, _)| id.clone())
    }

    fn perform(&mut self, order: &str, asked: &Asked) -> Answer {
        self.tried(order, asked).unwrap_or_else(|second| {
            let seen = format!("{order}: {} once more: {asked:?}, {:?}", second.0, self.accounts.get(order));
            self.violations.push(Violation { invariant: "second-effect", seen });
            Err(("STATUS_INVALID", "状态不允许".to_owned()))
        })
    }

    fn tried(&mut self, order: &str, asked: &Asked) -> Result<Answer, Second> {
        self.made += 1;
        let (made, waits_for_user) = (self.made, self.dice.happens(WAITS_FOR_USER));
        self.accounts.entry(order.to_owned()).or_default().perform(asked, made, waits_for_user)
    }

    /// Does what is to be done by now that nobody waits for.
    fn catch_up(&mut self) {
        let now = self.clock.now();
        let (due, rest) = std::mem::take(&mut self.late).into_iter().partition(|late: &Late| late.at <= now);
        self.late = rest;
        let mut due: Vec<Late> = due;
        due.sort_by_key(|late| late.at);
        for Late { order, asked, heard, .. } in due {
            // What became impossible meanwhile, Ant does not do.
            let is_done = matches!(self.tried(&order, &asked), Ok(Ok(_)));
            self.chaos.tell(format!("  Ant does late {asked:?} of {order}: {is_done}"));
            self.heard[heard].is_done |= is_done;
            if let Some(open) = self.open.get_mut(&order).filter(|open| open.asked == asked) {
                open.is_done |= is_done;
            }
        }
    }
}
