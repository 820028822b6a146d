//! The platform as it is called back: it takes what is rightly signed, unless a test says otherwise.

use std::collections::{BTreeMap, VecDeque};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use jiff::Timestamp;
use serde_json::{Value, json};
use world::{Reply, World};

use crate::marketplace::channels::{AES, AES_KEY, APP_ID, PLATFORM, decrypted, hash};
use crate::marketplace::keys::Signer;

/// A callback that came.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Arrived {
    /// When.
    pub at: Timestamp,
    /// The order, `<channel>#<number>`.
    pub order: String,
    /// The path behind the channel.
    pub path: String,
    /// What is told.
    pub body: Value,
    /// The envelope's timestamp.
    pub timestamp: i64,
}

/// The platform of one world.
#[derive(Clone, Default)]
pub struct Platform(Arc<Mutex<State>>);

#[derive(Default)]
struct State {
    answers: BTreeMap<String, VecDeque<Reply>>,
    always: BTreeMap<String, Reply>,
    arrived: Vec<Arrived>,
}

impl Platform {
    /// The platform in `world`.
    #[must_use]
    pub fn in_world(world: &World) -> Self {
        let platform = Self::default();
        let (state, clock) = (platform.clone(), world.clock());
        world.partner(PLATFORM, move |request| state.take(clock.now(), request.uri().path(), request.body()));
        platform
    }

    /// The next callbacks of an order are answered so, one after the other.
    pub fn answers(&self, order: &str, replies: impl IntoIterator<Item = Reply>) {
        self.state().answers.entry(order.to_owned()).or_default().extend(replies);
    }

    /// From now on the callbacks of an order are answered so; without a reply they are taken again.
    pub fn always(&self, order: &str, reply: Option<Reply>) {
        match reply {
            Some(reply) => self.state().always.insert(order.to_owned(), reply),
            None => self.state().always.remove(order),
        };
    }

    /// What came of an order, oldest first, whatever was answered.
    #[must_use]
    pub fn arrived(&self, order: &str) -> Vec<Arrived> {
        self.state().arrived.iter().filter(|one| one.order == order).cloned().collect()
    }

    /// The numbers in what came of an order.
    #[must_use]
    pub fn numbers(&self, order: &str) -> Vec<u64> {
        self.arrived(order).iter().filter_map(|one| one.body["n"].as_u64()).collect()
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn take(&self, at: Timestamp, path: &str, body: &[u8]) -> Reply {
        let envelope: Value = serde_json::from_slice(body).expect("an envelope");
        let text = |name: &str| envelope[name].as_str().expect("a text").to_owned();
        let (channel, path) = path.trim_start_matches('/').split_once('/').expect("a channel's path");
        let timestamp = &envelope["timestamp"];
        let timestamp = timestamp.as_str().map_or_else(|| timestamp.to_string(), str::to_owned);
        let signed = format!("appId={APP_ID}&request={}&timestamp={timestamp}", text("request"));
        assert_eq!(text("appId"), APP_ID);
        assert!(Signer::Us.signed(hash(channel), &signed, &text("sign")), "signed by us: {envelope}");
        let business = text("request");
        let business = if channel == AES { decrypted(AES_KEY, &business) } else { business };
        let body: Value = serde_json::from_str(&business).expect("JSON");
        let order = format!("{channel}#{}", body["orderId"].as_str().expect("an order"));
        let timestamp = timestamp.parse().expect("milliseconds");
        let mut state = self.state();
        let answer = state.answers.get_mut(&order).and_then(VecDeque::pop_front);
        let answer = answer.or_else(|| state.always.get(&order).cloned());
        state.arrived.push(Arrived { at, order, path: path.to_owned(), body, timestamp });
        answer.unwrap_or_else(taken)
    }
}

/// What the platform answers when it takes a callback.
pub(super) fn taken() -> Reply {
    Reply::json(200, json!({"code": 0, "message": "ok"}).to_string())
}

impl Platform {
    /// The answer to a callback that it takes.
    #[must_use]
    pub fn takes() -> Reply {
        taken()
    }

    /// The answer of this code.
    #[must_use]
    pub fn code(code: i64) -> Reply {
        Reply::json(200, json!({"code": code, "message": "failed"}).to_string())
    }
}
