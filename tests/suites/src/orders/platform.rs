//! The platform as it is called: it has data of its users, or not yet, or fails.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use serde_json::{Value, json};
use world::{Reply, World};

use crate::marketplace::channels::{AES, AES_KEY, APP_ID, PLATFORM, decrypted};

/// What the platform answers to a pull.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Pulled {
    /// The data, as text.
    Data(String),
    /// It is not ready.
    NotReady,
    /// Another code than 0.
    Refused,
    /// No JSON.
    Garbage,
    /// A server's failure.
    Fails,
    /// A redirect.
    Redirect,
    /// No answer ever.
    Hangs,
    /// The data, after so long.
    Late(Duration, String),
}

/// The platform of one world.
#[derive(Clone, Default)]
pub struct Platform(Arc<Mutex<State>>);

#[derive(Default)]
struct State {
    answers: BTreeMap<(String, String), Pulled>,
    pulls: Vec<(String, String)>,
    tickets: u64,
}

impl Platform {
    /// The platform in `world`, which has no data of anybody.
    #[must_use]
    pub fn in_world(world: &World) -> Self {
        let platform = Self::default();
        let state = platform.clone();
        world.partner(PLATFORM, move |request| state.answer(request.uri().path(), request.body()));
        platform
    }

    /// The same platform, as it is now, in another world.
    #[must_use]
    pub fn copied_to(&self, world: &World) -> Self {
        let copy = Self::in_world(world);
        copy.state().answers.clone_from(&self.state().answers);
        copy
    }

    /// From now on a pull of `kind` about `uid` is answered so.
    pub fn answers(&self, uid: &str, kind: &str, pulled: Pulled) {
        self.state().answers.insert((uid.to_owned(), kind.to_owned()), pulled);
    }

    /// All that is pulled about `uid` is there.
    pub fn has_all(&self, uid: &str) {
        for kind in ["operator", "creditCard", "device"] {
            self.answers(uid, kind, Pulled::Data(data(uid, kind)));
        }
    }

    /// The pulls so far, each with the user and the kind.
    #[must_use]
    pub fn pulls(&self) -> Vec<(String, String)> {
        self.state().pulls.clone()
    }

    /// How often `kind` was pulled.
    #[must_use]
    pub fn times(&self, kind: &str) -> usize {
        self.state().pulls.iter().filter(|(_, pulled)| pulled == kind).count()
    }

    /// A number that nobody else in this world has; the same when a test is run again.
    pub(super) fn ticket(&self) -> u64 {
        let mut state = self.state();
        state.tickets += 1;
        state.tickets
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn answer(&self, path: &str, body: &[u8]) -> Reply {
        let envelope: Value = serde_json::from_slice(body).expect("an envelope");
        assert_eq!(envelope["appId"], APP_ID);
        let path: Vec<_> = path.trim_start_matches('/').split('/').collect();
        let [channel, "api", "v2", "data", file] = path[..] else { panic!("no pull: {path:?}") };
        let business = envelope["request"].as_str().expect("a text");
        let business = if channel == AES { decrypted(AES_KEY, business) } else { business.to_owned() };
        let business: Value = serde_json::from_str(&business).expect("JSON");
        let uid = business["uid"].as_str().expect("a uid").to_owned();
        let kind = file.trim_end_matches(".do").to_owned();
        let mut state = self.state();
        state.pulls.push((uid.clone(), kind.clone()));
        let ok = |body: Value| Reply::json(200, body.to_string());
        let ready = |data| ok(json!({"code": 0, "message": "ok", "status": "0", "type": 1, "data": data}));
        match state.answers.get(&(uid, kind)).cloned().unwrap_or(Pulled::NotReady) {
            Pulled::Data(data) => ready(data),
            Pulled::Late(time, data) => ready(data).delayed(time),
            Pulled::NotReady => ok(json!({"code": 0, "message": "ok", "status": "1", "type": 1})),
            Pulled::Refused => ok(json!({"code": 10001, "message": "failed"})),
            Pulled::Garbage => Reply::new(200, "<html>"),
            Pulled::Fails => Reply::new(500, ""),
            Pulled::Redirect => Reply::new(302, "").header("location", "https://elsewhere.test/"),
            Pulled::Hangs => Reply::hang(),
        }
    }
}

/// What the platform has of `uid`: something that no log and no row may show.
#[must_use]
pub fn data(uid: &str, kind: &str) -> String {
    json!({"of": uid, "kind": kind, "phone": "13900139000", "name": "李四"}).to_string()
}
