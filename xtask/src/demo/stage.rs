//! Where a story is played: it does a step, shows it, and stops at the first wrong answer.

mod rongshu;

use std::{
    fmt::{self, Debug, Display},
    thread,
    time::{Duration, Instant},
};

use anyhow::{Context as _, Result, bail};
use local::{KeyNumber, Platform, Response, TokenRequest};
use serde_json::Value;

use crate::ui;

const WAIT_AT_MOST: Duration = Duration::from_secs(15);
/// Where lease orders are.
const LEASES: &str = "/ant-lease/orders/";
const POLL_INTERVAL: Duration = Duration::from_millis(100);

/// Whose session a call comes with.
#[derive(Debug, Clone, Copy)]
pub(super) enum Caller<'a> {
    /// A good session of this client with Ali-front.
    Client(&'a str),
    /// A good session of this pin with the Baitiao front.
    Pin(&'a str),
    /// A session of this client that is over.
    Expired(&'a str),
    /// A session of this client with another front end.
    Foreign(&'a str),
    /// No session.
    Nobody,
}

impl Display for Caller<'_> {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Client(client) => write!(formatter, "session of {client}"),
            Self::Pin(pin) => write!(formatter, "session of {pin}"),
            Self::Expired(client) => write!(formatter, "expired session of {client}"),
            Self::Foreign(client) => write!(formatter, "session of {client} with another front end"),
            Self::Nobody => write!(formatter, "no session"),
        }
    }
}

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
        caller: Caller<'_>,
        body: &Value,
        expected: (u16, &Value),
    ) -> Result<()> {
        show_call("POST", format_args!("{route} {body}  ({caller})"));
        let token = self.token(caller);
        let answer = self.platform.post(route, token.as_deref(), body.to_string().as_bytes())?;
        check_answer(&answer, expected)
    }

    /// Calls a route that IAM guards, and compares the answer.
    pub(super) fn post_signed(&self, route: &str, body: &Value, expected: (u16, &Value)) -> Result<()> {
        show_call("POST", format_args!("{route} {body}  (signed)"));
        check_answer(&self.platform.post_signed(route, body.to_string().as_bytes())?, expected)
    }

    /// Calls a route about a lease order, signed, and compares the status and these members of the answer.
    pub(super) fn lease(
        &self,
        call: (&str, &str),
        body: Option<&Value>,
        expected: (u16, &[(&str, Value)]),
    ) -> Result<Value> {
        self.lease_with(&[], call, body, expected)
    }

    /// The same with an `Idempotency-Key`.
    pub(super) fn lease_with_key(
        &self,
        key: &str,
        call: (&str, &str),
        body: &Value,
        expected: (u16, &[(&str, Value)]),
    ) -> Result<Value> {
        ui::line(format_args!("    {:<8}Idempotency-Key: {key}", ""));
        self.lease_with(&[("idempotency-key", key)], call, Some(body), expected)
    }

    fn lease_with(
        &self,
        headers: &[(&str, &str)],
        (method, path): (&str, &str),
        body: Option<&Value>,
        (status, members): (u16, &[(&str, Value)]),
    ) -> Result<Value> {
        let text = body.map(Value::to_string).unwrap_or_default();
        show_call(method, format_args!("{LEASES}{path} {text}  (signed)"));
        let route = format!("{LEASES}{path}");
        let answer = self.platform.call_signed(method, &route, headers, text.as_bytes())?;
        ui::line(format_args!("    {:<8}{}", answer.status, answer.text()));
        let seen = answer.json()?;
        if answer.status != status {
            bail!("the answer is wrong: expected {status}");
        }
        for (pointer, expected) in members {
            expect(pointer, seen.pointer(pointer).unwrap_or(&Value::Null), expected)?;
        }
        Ok(seen)
    }

    /// Looks whether something is so.
    pub(super) fn sees(what: &str, is_so: bool) -> Result<()> {
        expect(what, &is_so, &true)
    }

    /// Has Ant notify us, and compares the status that we answer.
    pub(super) fn ant_notifies(&self, notification: &Value, status: u16) -> Result<()> {
        show_call("sandbox", format_args!("Ant notifies us: {notification}"));
        let body = notification.to_string();
        let answer = self.platform.control("POST", "/ant/notify", body.as_bytes())?.json()?;
        expect(&format!("our answer {}", answer["body"]), &answer["http_status"], &status.into())
    }

    /// How often a method changed Ant's order.
    pub(super) fn ant_was_changed(&self, order: &str, method: &str, times: u64) -> Result<()> {
        let state = self.platform.control("GET", &format!("/ant/orders/{order}"), b"")?.json()?;
        let effects = state["effects"][method].as_u64().unwrap_or_default();
        expect(&format!("effects of {method} on {order}"), &effects, &times)
    }

    /// Invokes a function as its schedule does.
    pub(super) fn invoke(&self, function: &str, event: &Value) -> Result<()> {
        show_call("invoke", format_args!("{function} {event}"));
        let answer = self.platform.engine.invoke(self.platform.outputs.function(function)?, event)?;
        expect(&format!("{function} succeeds"), &answer.text(), &"null".to_owned())
    }

    /// Waits for the total that is stored of an account.
    pub(super) fn account_total(&self, pin: &str, expected: &str) -> Result<()> {
        let table = self.platform.outputs.table("quota_accounts")?;
        let total = wait_for(|| {
            let rows = self.platform.engine.items(table, "pin", pin)?;
            let total = rows.first().and_then(|row| row["temp_total"]["N"].as_str()).map(str::to_owned);
            Ok(total.filter(|total| trimmed(total) == trimmed(expected)))
        })?;
        expect(&format!("total of the account of {pin} is {expected}"), &total.is_some(), &true)
    }

    /// Tells the sandbox what to do.
    pub(super) fn control(&self, method: &str, path: &str, body: &Value) -> Result<()> {
        show_call("sandbox", format_args!("{method} {path} {body}"));
        self.platform.control(method, path, body.to_string().as_bytes())?;
        Ok(())
    }

    /// Waits for `InforCRM` to be asked about an organization, and tells the request's id.
    pub(super) fn infor_request(&self, organization_id: &str) -> Result<String> {
        let asked = wait_for(|| Ok(self.infor_requests(organization_id)?.pop()))?;
        let asked = asked.with_context(|| format!("InforCRM was not asked about {organization_id}"))?;
        expect("the request is as InforCRM wants it", &asked["verified"], &Value::Bool(true))?;
        Ok(asked["body"]["requestID"].as_str().unwrap_or_default().to_owned())
    }

    /// How often `InforCRM` was asked about an organization.
    pub(super) fn infor_was_asked(&self, organization_id: &str, times: usize) -> Result<()> {
        let asked = self.infor_requests(organization_id)?.len();
        expect(&format!("requests to InforCRM about {organization_id}"), &asked, &times)
    }

    fn infor_requests(&self, organization_id: &str) -> Result<Vec<Value>> {
        let path = format!("/requests?partner=infor&order={organization_id}");
        Ok(self.platform.control("GET", &path, b"")?.json()?.as_array().cloned().unwrap_or_default())
    }

    /// Waits until a row of `infor_communication_task` has these columns.
    pub(super) fn task_shows(&self, request_id: &str, columns: &[(&str, &str)]) -> Result<()> {
        let table = self.platform.outputs.table("infor_communication_task")?;
        for (column, expected) in columns {
            let shown = wait_for(|| {
                let rows = self.platform.engine.items(table, "vtbc_request_id", request_id)?;
                let shown = rows.first().and_then(|row| row[*column]["S"].as_str()).map(str::to_owned);
                Ok(shown.filter(|shown| shown == expected))
            })?;
            expect(&format!("column {column}"), &shown.as_deref(), &Some(*expected))?;
        }
        Ok(())
    }

    /// Waits until nothing is left in a queue.
    pub(super) fn queue_is_empty(&self, queue: &str) -> Result<()> {
        let url = self.platform.outputs.queue(queue)?;
        let empty = wait_for(|| Ok((self.platform.engine.messages_in(url)? == 0).then_some(())))?;
        expect(&format!("the queue {queue} is empty"), &empty.is_some(), &true)
    }

    /// Sends a message to a queue.
    pub(super) fn send(&self, queue: &str, body: &str) -> Result<()> {
        show_call("SQS", format_args!("{queue} {body}"));
        Ok(self.platform.engine.send_message(self.platform.outputs.queue(queue)?, body)?)
    }

    /// Opens a page, and looks for a text in it.
    pub(super) fn page(&self, route: &str, text: &str) -> Result<()> {
        show_call("GET", route);
        let answer = self.platform.get(route)?;
        let found = answer.status == 200 && answer.text().contains(text);
        expect(&format!("{route} is a page with «{text}»"), &found, &true)
    }

    /// Compares the states of all of a client's contracts, oldest first.
    pub(super) fn contract_states(&self, client: &str, expected: &[&str]) -> Result<()> {
        let rows =
            self.platform.engine.items(self.platform.outputs.table("contracts")?, "client_id", client)?;
        let states: Vec<&str> = rows.iter().filter_map(|row| row["state"]["S"].as_str()).collect();
        expect(&format!("states of the contracts of {client}"), &states.as_slice(), &expected)
    }

    /// Waits for the `state` of a client's newest row in the table `contracts`.
    pub(super) fn contract_state(&self, client: &str, expected: &str) -> Result<()> {
        let table = self.platform.outputs.table("contracts")?;
        let state = wait_for(|| {
            let rows = self.platform.engine.items(table, "client_id", client)?;
            let state = rows.last().and_then(|row| row["state"]["S"].as_str()).map(str::to_owned);
            Ok(state.filter(|state| state == expected))
        })?;
        expect(&format!("state of the newest contract of {client}"), &state.as_deref(), &Some(expected))
    }

    /// Waits until an event was taken, whatever came of it.
    pub(super) fn event_is_taken(&self, client: &str, event_id: &str) -> Result<()> {
        let table = self.platform.outputs.table("contract_event_ids")?;
        let taken = wait_for(|| {
            let ids = self.platform.engine.items(table, "client_id", client)?;
            Ok(ids.iter().any(|item| item["event_id"]["S"] == event_id).then_some(()))
        })?;
        expect(&format!("event {event_id} is taken"), &taken.is_some(), &true)
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

    fn token(&self, caller: Caller<'_>) -> Option<String> {
        let (subject, audience, expires_in_s) = match caller {
            Caller::Client(client) => (client, "ali-front", 3600),
            Caller::Pin(pin) => (pin, "bt", 3600),
            Caller::Expired(client) => (client, "ali-front", -3600),
            Caller::Foreign(client) => (client, "bt", 3600),
            Caller::Nobody => return None,
        };
        let request = TokenRequest { key: KeyNumber::One, audience, subject, expires_in_s };
        Some(self.platform.sessions.token(&request))
    }
}

/// A decimal without the zeros that mean nothing.
fn trimmed(decimal: &str) -> &str {
    if decimal.contains('.') { decimal.trim_end_matches('0').trim_end_matches('.') } else { decimal }
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

fn expect<T: PartialEq + Debug>(what: &str, actual: &T, expected: &T) -> Result<()> {
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
