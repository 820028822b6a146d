//! The platform as a test sees it: a client of its own, its contract, its lender.

use std::{
    process,
    sync::LazyLock,
    thread,
    time::{Duration, Instant},
};

use local::{KeyNumber, Message, Outputs, Platform, Response, TokenRequest};
use serde_json::{Value, json};

/// The queue of the instalment context.
pub(crate) const CONTRACT_EVENTS: &str = "contract-events";

const WAIT_AT_MOST: Duration = Duration::from_secs(30);
const POLL_INTERVAL: Duration = Duration::from_millis(250);

/// The platform that `cargo xtask test` started.
pub(crate) fn platform() -> &'static Platform {
    static PLATFORM: LazyLock<Platform> =
        LazyLock::new(|| Platform::new(Outputs::from_env().unwrap()).unwrap());
    &PLATFORM
}

/// A client with one contract, of which no other test knows.
#[derive(Debug, Clone)]
pub(crate) struct Client {
    pub(crate) id: String,
    pub(crate) contract_number: String,
}

impl Client {
    /// A client of whom onboarding has not told us.
    pub(crate) fn unknown(test: &str) -> Self {
        let test = format!("{test}-{}", process::id());
        Self { id: format!("c-{test}"), contract_number: format!("77-{test}") }
    }

    /// A client whose contract is active.
    pub(crate) fn with_active_contract(test: &str) -> Self {
        let client = Self::unknown(test);
        tell(&client.event("onboarded", "active"));
        client.await_state("active");
        client
    }

    /// What onboarding says about the contract.
    pub(crate) fn event(&self, event_id: &str, state: &str) -> Value {
        json!({
            "event_id": event_id,
            "type": "contract_upserted",
            "client_id": self.id,
            "contract_number": self.contract_number,
            "state": state,
            "occurred_at": "2026-01-02T03:04:05Z",
        })
    }

    /// What MKK answers about the contract, or its fault.
    pub(crate) fn lender_answers(&self, answer: &Value) {
        let path = format!("/mkk/lines/{}", self.contract_number);
        platform().control("PUT", &path, answer.to_string().as_bytes()).unwrap();
    }

    /// MKK's line with this status and balance; its limit is 50000.00.
    pub(crate) fn line(&self, status: &str, balance: &str) -> Value {
        json!({
            "contract_number": self.contract_number,
            "status": status,
            "line_limit": "50000.00",
            "line_balance": balance,
        })
    }

    /// How often MKK was asked about the contract.
    pub(crate) fn calls_to_lender(&self) -> usize {
        let path = format!("/requests?partner=mkk&order={}", self.contract_number);
        platform().control("GET", &path, b"").unwrap().json().unwrap().as_array().unwrap().len()
    }

    /// A good token of the client.
    pub(crate) fn token(&self) -> String {
        self.token_with(KeyNumber::One, "ali-front", 3600)
    }

    /// A token of the client, good or not.
    pub(crate) fn token_with(&self, key: KeyNumber, audience: &str, expires_in_s: i64) -> String {
        platform().sessions.token(&TokenRequest { key, audience, subject: &self.id, expires_in_s })
    }

    /// Asks for the status, as Ali-front does.
    pub(crate) fn get_status(&self) -> Response {
        get_status(Some(&self.token()))
    }

    /// Asks for a renewal, as Ali-front does.
    pub(crate) fn renew(&self) -> Response {
        let body = br#"{"method":"renew_contract","params":{}}"#;
        platform().post("/renew_contract", Some(&self.token()), body).unwrap()
    }

    /// The client's rows, oldest first.
    pub(crate) fn rows(&self) -> Vec<Value> {
        let table = platform().outputs.table("contracts").unwrap();
        platform().engine.items(table, "client_id", &self.id).unwrap()
    }

    /// Waits until the newest row has this state.
    pub(crate) fn await_state(&self, state: &str) {
        eventually(&format!("{} is {state}", self.id), || {
            let rows = self.rows();
            rows.last().filter(|row| row["state"]["S"] == state).map(|_row| ())
        });
    }

    /// Waits until an event was taken, whatever came of it.
    pub(crate) fn await_event(&self, event_id: &str) {
        let table = platform().outputs.table("contract_event_ids").unwrap();
        eventually(&format!("{event_id} of {} is taken", self.id), || {
            let taken = platform().engine.items(table, "client_id", &self.id).unwrap();
            taken.iter().find(|item| item["event_id"]["S"] == event_id).map(|_item| ())
        });
    }
}

/// Onboarding says this.
pub(crate) fn tell(event: &Value) {
    put_in_queue(CONTRACT_EVENTS, &event.to_string());
}

/// Puts a message, however wrong, in a queue.
pub(crate) fn put_in_queue(queue: &str, body: &str) {
    let queue = platform().outputs.queue(queue).unwrap();
    platform().engine.send_message(queue, body).unwrap();
}

/// Waits for the dead letter of a queue whose body holds `text`, and takes it.
pub(crate) fn dead_letter(queue: &str, text: &str) -> Message {
    let queue = platform().outputs.dlq(queue).unwrap();
    eventually(&format!("{text} is a dead letter"), || {
        let letters = platform().engine.receive_messages(queue).unwrap();
        let found = letters.into_iter().find(|letter| letter.body.contains(text))?;
        platform().engine.delete_message(queue, &found).unwrap();
        Some(found)
    })
}

/// Asks for the status with any token.
pub(crate) fn get_status(token: Option<&str>) -> Response {
    platform().post("/get_status", token, br#"{"method":"get_status","params":{}}"#).unwrap()
}

/// The answer is this one.
#[track_caller]
pub(crate) fn assert_answer(answer: &Response, status: u16, body: &Value) {
    assert_eq!((answer.status, &answer.json().unwrap()), (status, body));
}

/// Looks until there is something to see.
#[track_caller]
pub(crate) fn eventually<T>(what: &str, mut look: impl FnMut() -> Option<T>) -> T {
    let deadline = Instant::now() + WAIT_AT_MOST;
    loop {
        if let Some(seen) = look() {
            return seen;
        }
        assert!(Instant::now() < deadline, "it did not come about that {what}");
        #[expect(clippy::disallowed_methods, reason = "real processes take real time")]
        thread::sleep(POLL_INTERVAL);
    }
}
