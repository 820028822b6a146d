//! The depository and the bank that binds cards, as they are asked.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use serde_json::{Value, json};
use world::{Reply, World};

/// Where the depository is.
pub const XW: &str = "https://xw.test";
/// Where the API is that binds cards.
pub const BANK: &str = "https://bank.test";

/// How the depository answers.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum XwSays {
    /// What is so.
    #[default]
    Truth,
    /// A server's failure.
    Fails,
    /// No such user.
    NotFound,
    /// No state.
    Garbage,
    /// The connection breaks.
    Breaks,
    /// No answer ever.
    Hangs,
    /// What is so, after so long.
    Late(Duration),
}

/// How the bank answers.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum Banks {
    /// It binds, and knows a repeat by its id.
    #[default]
    Binds,
    /// It binds, and no answer comes.
    HangsAfterwards,
    /// No answer ever.
    Hangs,
    /// A server's failure.
    Fails,
    /// These words, with this status of HTTP.
    Says(u16, Value),
    /// As it should, after so long.
    Late(Duration),
}

/// Both of one world.
#[derive(Clone, Default)]
pub struct Partners(Arc<Mutex<State>>);

#[derive(Clone, Default)]
struct State {
    accounts: BTreeSet<String>,
    xw: XwSays,
    bank: Banks,
    bound: BTreeMap<String, String>,
    tickets: u64,
}

impl Partners {
    /// Those in `world`, where nobody has an account.
    #[must_use]
    pub fn in_world(world: &World) -> Self {
        let partners = Self::default();
        let (xw, bank) = (partners.clone(), partners.clone());
        world.partner(XW, move |request| xw.account(request.uri().path()));
        world.partner(BANK, move |request| bank.bind(request.uri().path(), request.body()));
        partners
    }

    /// The same, as they are now, in another world.
    #[must_use]
    pub fn copied_to(&self, world: &World) -> Self {
        let copy = Self::in_world(world);
        copy.state().clone_from(&self.state());
        copy
    }

    /// From now on the depository answers so.
    pub fn xw_says(&self, says: XwSays) {
        self.state().xw = says;
    }

    /// From now on the bank answers so.
    pub fn bank(&self, answers: Banks) {
        self.state().bank = answers;
    }

    /// A user has an account from now on.
    pub fn opens(&self, uid: &str) {
        self.state().accounts.insert(uid.to_owned());
    }

    /// The cards that the bank has bound, by the request.
    #[must_use]
    pub fn bound(&self) -> BTreeMap<String, String> {
        self.state().bound.clone()
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

    fn account(&self, path: &str) -> Reply {
        let uid = path.strip_prefix("/users/").expect("a user");
        let state = self.state();
        let told = if state.accounts.contains(uid) { "open" } else { "none" };
        match state.xw {
            XwSays::Truth => Reply::json(200, json!({"state": told}).to_string()),
            XwSays::Late(time) => Reply::json(200, json!({"state": told}).to_string()).delayed(time),
            XwSays::Fails => Reply::new(500, ""),
            XwSays::NotFound => Reply::new(404, ""),
            XwSays::Garbage => Reply::json(200, r#"{"state":"perhaps"}"#),
            XwSays::Breaks => Reply::reset(),
            XwSays::Hangs => Reply::hang(),
        }
    }

    fn bind(&self, path: &str, body: &[u8]) -> Reply {
        assert_eq!(path, "/cards");
        let request: Value = serde_json::from_slice(body).expect("JSON");
        let text = |name: &str| request[name].as_str().expect("a text").to_owned();
        assert_eq!(request.as_object().map(serde_json::Map::len), Some(6));
        let mut state = self.state();
        let bind = |state: &mut State| {
            let number = state.bound.len() + 1;
            let reference = state.bound.entry(text("request_id")).or_insert(format!("card-{number}")).clone();
            json!({"status": "bound", "message": "ok", "card_ref": reference})
        };
        match state.bank.clone() {
            Banks::Binds => Reply::json(200, bind(&mut state).to_string()),
            Banks::Late(time) => Reply::json(200, bind(&mut state).to_string()).delayed(time),
            Banks::HangsAfterwards => {
                bind(&mut state);
                Reply::hang()
            }
            Banks::Hangs => Reply::hang(),
            Banks::Fails => Reply::new(500, ""),
            Banks::Says(status, told) => Reply::json(status, told.to_string()),
        }
    }
}
