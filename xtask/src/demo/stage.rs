//! Where a story is played: it does a step, shows it, and stops at the first wrong answer.

use std::{
    fmt::Display,
    thread,
    time::{Duration, Instant},
};

use anyhow::{Context as _, Result, bail};
use local::{KeyNumber, Platform, Response, TokenRequest};
use serde_json::Value;

use crate::ui;

const WAIT_AT_MOST: Duration = Duration::from_secs(15);
const POLL_INTERVAL: Duration = Duration::from_millis(100);

/// A platform with an audience.
pub(super) struct Stage {
    platform: Platform,
    steps: u32,
}

impl Stage {
    pub(super) fn new(platform: Platform) -> Self {
        Self { platform, steps: 0 }
    }

    /// How many steps were played.
    pub(super) fn steps(&self) -> u32 {
        self.steps
    }

    /// Begins a step.
    pub(super) fn step(&mut self, title: &str) {
        self.steps += 1;
        ui::line("");
        ui::line(format_args!("{:>2}. {title}", self.steps));
    }

    /// A session token of `client` at Ali-front, good for an hour.
    pub(super) fn token(&self, client: &str) -> String {
        let request =
            TokenRequest { key: KeyNumber::One, audience: "ali-front", subject: client, expires_in_s: 3600 };
        self.platform.sessions.token(&request)
    }

    /// Sets what the lender answers about a contract.
    pub(super) fn lender_answers(&self, contract_number: &str, answer: &Value) -> Result<()> {
        show_call("sandbox", format_args!("MKK has {contract_number}: {answer}"));
        self.platform.control(
            "PUT",
            &format!("/mkk/lines/{contract_number}"),
            answer.to_string().as_bytes(),
        )?;
        Ok(())
    }

    /// How often the lender was asked about a contract.
    pub(super) fn lender_was_asked(&self, contract_number: &str, times: usize) -> Result<()> {
        let path = format!("/requests?partner=mkk&order={contract_number}");
        let requests = self.platform.control("GET", &path, b"")?.json()?;
        let asked = requests.as_array().map_or(0, Vec::len);
        expect(&format!("calls to MKK about {contract_number}"), &asked, &times)
    }

    /// Calls a route, and compares the answer.
    pub(super) fn post(
        &self,
        route: &str,
        token: Option<&str>,
        body: &Value,
        expected: (u16, &Value),
    ) -> Result<()> {
        show_call("POST", format_args!("{route} {body}"));
        let answer = self.platform.post(route, token, body.to_string().as_bytes())?;
        check_answer(&answer, expected)
    }

    /// Sends a message to a queue.
    pub(super) fn send(&self, queue: &str, body: &str) -> Result<()> {
        show_call("SQS", format_args!("{queue} {body}"));
        Ok(self.platform.engine.send_message(self.platform.outputs.queue(queue)?, body)?)
    }

    /// Waits for the `state` of a client's newest row in the table `contracts`.
    pub(super) fn contract_state(&self, client: &str, expected: &str) -> Result<()> {
        let table = self.platform.outputs.table("contracts")?;
        let state = wait_for(|| {
            let rows = self.platform.engine.items(table, "client_id", client)?;
            let state = rows.last().map(|row| row["state"]["S"].as_str().unwrap_or_default().to_owned());
            Ok(state.filter(|state| state == expected))
        })?;
        expect(&format!("the newest contract of {client}"), &state.as_deref(), &Some(expected))
    }

    /// Waits for a message in a queue's dead-letter queue, and compares its body and its reason.
    pub(super) fn dead_letter(&self, queue: &str, body: &str, reason: &str) -> Result<()> {
        let url = self.platform.outputs.dlq(queue)?;
        let message = wait_for(|| Ok(self.platform.engine.receive_messages(url)?.into_iter().next()))?;
        let message = message.with_context(|| format!("nothing came to the dead-letter queue of {queue}"))?;
        expect("the dead letter", &message.body.as_str(), &body)?;
        expect("its reason", &message.attribute("dead_letter_reason"), &reason)?;
        Ok(self.platform.engine.delete_message(url, &message)?)
    }
}

fn show_call(kind: &str, what: impl Display) {
    ui::line(format_args!("    {kind:<8}{what}"));
}

fn check_answer(answer: &Response, (status, body): (u16, &Value)) -> Result<()> {
    ui::line(format_args!("    {:<8}{}", answer.status, answer.text()));
    let actual = answer.json()?;
    if answer.status != status || actual != *body {
        bail!("the answer is wrong: expected {status} {body}");
    }
    Ok(())
}

fn expect<T: PartialEq + std::fmt::Debug>(what: &str, actual: &T, expected: &T) -> Result<()> {
    ui::line(format_args!("    {:<8}{what}: {actual:?}", "seen"));
    if actual != expected {
        bail!("{what} is {actual:?}, and {expected:?} was expected");
    }
    Ok(())
}

/// Looks until there is something to see, or the patience is over.
fn wait_for<T>(mut look: impl FnMut() -> Result<Option<T>>) -> Result<Option<T>> {
    let deadline = Instant::now() + WAIT_AT_MOST;
    loop {
        let seen = look()?;
        if seen.is_some() || Instant::now() > deadline {
            return Ok(seen);
        }
        thread::sleep(POLL_INTERVAL);
    }
}
