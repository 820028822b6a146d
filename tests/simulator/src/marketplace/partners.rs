//! The platform, the depository and the bank: what they were asked, and what they say.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Arc, Mutex, MutexGuard};
use std::time::Duration;

use platform::callbacks::{self, HEAD};
use platform::rfc3339;
use serde_json::{Value, json};
use suites::confirmations::{BANK, XW};
use suites::marketplace::channels::{AES, AES_KEY, APP_ID, PLATFORM, decrypted, hash};
use suites::marketplace::keys::Signer;
use suites::orders::{CALLBACKS, data};
use world::{Reply, WeakWorld, World};

use crate::chaos::Chaos;
use crate::invocation::{Calling, current};
use crate::lock;
use crate::rows::attribute;

/// How long the depository may take to answer (`XW_TIMEOUT_MS`).
const XW_TIMEOUT: Duration = Duration::from_secs(3);

/// A callback that came.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Arrived {
    /// What it says.
    pub(super) body: String,
    /// Whether the platform took it; the answer may have got lost.
    pub(super) is_taken: bool,
}

/// The partners of one world.
#[derive(Clone)]
pub(super) struct Partners {
    state: Arc<Mutex<State>>,
    world: WeakWorld,
    chaos: Arc<Chaos>,
}

/// A callback that is under way, and until when its worker has the order for itself.
#[derive(Clone, Debug)]
struct Call {
    calling: Calling,
    lease_until: String,
}

#[derive(Default)]
struct State {
    ready: BTreeSet<String>,
    accounts: BTreeSet<String>,
    arrived: BTreeMap<String, Vec<Arrived>>,
    calls: BTreeMap<String, Vec<Call>>,
    overlaps: Vec<String>,
    bound: BTreeMap<String, (String, String)>,
    complaints: Vec<String>,
    unanswered: BTreeSet<u64>,
}

impl Partners {
    /// Those in `world`: nobody's data is ready, and nobody has an account.
    #[must_use]
    pub(super) fn in_world(world: &World, chaos: Arc<Chaos>) -> Self {
        let partners = Self { state: Arc::default(), world: world.weak(), chaos };
        let [platform, xw, bank] = [(); 3].map(|()| partners.clone());
        world.partner(PLATFORM, move |request| platform.platform(request.uri().path(), request.body()));
        world.partner(XW, move |request| xw.account(request.uri().path()));
        world.partner(BANK, move |request| bank.slowly(bank.bind(request.body())));
        partners
    }

    /// The data of a user can be pulled from now on.
    pub(super) fn ready(&self, uid: &str) {
        self.state().ready.insert(uid.to_owned());
    }

    /// A user has an account from now on.
    pub(super) fn opens(&self, uid: &str) {
        self.state().accounts.insert(uid.to_owned());
    }

    /// Whether a user has an account.
    #[must_use]
    pub(super) fn has_account(&self, uid: &str) -> bool {
        self.state().accounts.contains(uid)
    }

    /// What came of an order, oldest first.
    #[must_use]
    pub(super) fn arrived(&self, order: &str) -> Vec<Arrived> {
        self.state().arrived.get(order).cloned().unwrap_or_default()
    }

    /// The requests to bind by which cards were bound: each with the person's and the card's number, and the reference.
    #[must_use]
    pub(super) fn bound(&self) -> BTreeMap<String, (String, String)> {
        self.state().bound.clone()
    }

    /// What a partner would not accept.
    #[must_use]
    pub(super) fn complaints(&self) -> Vec<String> {
        self.state().complaints.clone()
    }

    /// The callbacks that came while another of their order was under way.
    #[must_use]
    pub(super) fn overlaps(&self) -> Vec<String> {
        self.state().overlaps.clone()
    }

    /// Whether the depository did not answer this invocation in time, or not with an answer. Only a binding and a confirmation
    /// ask it, and of the partners it alone is one without whom a call fails (§10).
    #[must_use]
    pub(super) fn is_disturbed(&self, invocation: u64) -> bool {
        self.state().unanswered.contains(&invocation)
    }

    fn state(&self) -> MutexGuard<'_, State> {
        lock(&self.state)
    }

    fn platform(&self, path: &str, body: &[u8]) -> Reply {
        let envelope: Value = serde_json::from_slice(body).unwrap_or_default();
        let text = |name: &str| envelope[name].as_str().unwrap_or_default().to_owned();
        let (channel, path) = path.trim_start_matches('/').split_once('/').unwrap_or_default();
        let timestamp =
            envelope["timestamp"].as_str().map_or_else(|| envelope["timestamp"].to_string(), str::to_owned);
        let signed = format!("appId={APP_ID}&request={}&timestamp={timestamp}", text("request"));
        if !Signer::Us.signed(hash(channel), &signed, &text("sign")) {
            self.state().complaints.push(format!("not signed: {envelope}"));
            return Reply::json(200, r#"{"code":10003,"message":"sign error"}"#);
        }
        let request = text("request");
        let business = if channel == AES { decrypted(AES_KEY, &request) } else { request };
        let read: Value = serde_json::from_str(&business).unwrap_or_default();
        match path.strip_prefix("api/v2/data/") {
            Some(file) => self.pulled(read["uid"].as_str().unwrap_or_default(), file.trim_end_matches(".do")),
            None => self.called_back(
                &format!("{channel}#{}", read["orderId"].as_str().unwrap_or_default()),
                business,
            ),
        }
    }

    fn pulled(&self, uid: &str, kind: &str) -> Reply {
        if self.chaos.partner_fails() {
            return Reply::json(200, r#"{"code":10001,"message":"failed"}"#);
        }
        if !self.state().ready.contains(uid) {
            return Reply::json(200, r#"{"code":0,"message":"ok","status":"1","type":1}"#);
        }
        let told = json!({"code": 0, "message": "ok", "status": "0", "type": 1, "data": data(uid, kind)});
        Reply::json(200, told.to_string())
    }

    /// Only one worker sends an order's callbacks, until its lease runs out.
    fn note_call(&self, order: &str, body: &str) {
        let (Some(calling), Some(world)) = (Calling::current(), self.world.get()) else { return };
        let now = rfc3339::sortable(world.time().now());
        let heads = world.items(CALLBACKS).into_iter().filter(|row| attribute(row, callbacks::SEQ) == HEAD);
        let head = heads.into_iter().find(|head| attribute(head, callbacks::ORDER) == order);
        let lease_until = head.map(|head| attribute(&head, callbacks::LEASE_UNTIL)).unwrap_or_default();
        let mut state = self.state();
        let calls = state.calls.entry(order.to_owned()).or_default();
        calls.retain(|call| call.calling.is_under_way());
        let others = calls.iter().filter(|call| call.calling.invocation != calling.invocation);
        let overlaps: Vec<_> = others.filter(|call| call.lease_until > now).cloned().collect();
        calls.push(Call { calling, lease_until });
        let told = overlaps.iter().map(|other| format!("{order} at {now}: {body} beside that of {other:?}"));
        state.overlaps.extend(told);
    }

    fn called_back(&self, order: &str, body: String) -> Reply {
        self.note_call(order, &body);
        self.slowly(self.answer_callback(order, body))
    }

    /// The answer, now and then later than anybody waits for; what was asked for is done at once.
    fn slowly(&self, answer: Reply) -> Reply {
        answer.delayed(self.chaos.partner_takes())
    }

    fn answer_callback(&self, order: &str, body: String) -> Reply {
        let is_taken = !self.chaos.partner_fails();
        self.chaos.tell(format!("  platform gets of {order} {body} taken {is_taken}"));
        self.state().arrived.entry(order.to_owned()).or_default().push(Arrived { body, is_taken });
        if is_taken {
            return Reply::json(200, r#"{"code":0,"message":"ok"}"#);
        }
        if self.chaos.partner_fails() {
            return Reply::json(200, r#"{"code":10001,"message":"failed"}"#);
        }
        self.chaos.useless_answer()
    }

    fn account(&self, path: &str) -> Reply {
        let (fails, takes) = (self.chaos.partner_fails(), self.chaos.partner_takes());
        if fails || takes >= XW_TIMEOUT {
            self.state().unanswered.extend(current());
        }
        let uid = path.strip_prefix("/users/").unwrap_or_default();
        let told = if self.has_account(uid) { "open" } else { "none" };
        let answer =
            if fails { Reply::new(500, "") } else { Reply::json(200, json!({"state": told}).to_string()) };
        answer.delayed(takes)
    }

    fn bind(&self, body: &[u8]) -> Reply {
        if self.chaos.partner_fails() {
            return Reply::json(200, r#"{"status":"refused","message":"try another card"}"#);
        }
        let request: Value = serde_json::from_slice(body).unwrap_or_default();
        let text = |name: &str| request[name].as_str().unwrap_or_default().to_owned();
        let of = format!("{} {}", text("cid"), text("card_no"));
        let mut state = self.state();
        let number = state.bound.len() + 1;
        let entry = state.bound.entry(text("request_id")).or_insert((of.clone(), format!("card-{number}")));
        let (same, reference) = (entry.0 == of, entry.1.clone());
        if !same {
            state.complaints.push(format!("one request for two bindings: {}", text("request_id")));
        }
        Reply::json(200, json!({"status": "bound", "message": "ok", "card_ref": reference}).to_string())
    }
}
