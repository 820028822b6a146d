//! Asking Ant to do something: what is wanted is written on the order before the call, what came of it after.

use aws_sdk_dynamodb::types::AttributeValue;
use bench::Error;
use serde_json::json;

use super::ant::{Parameters, Reply};
use super::orders::{Caller, Entry, Order};
use super::{Lease, Told};
use crate::dynamodb::text;
use crate::outbox::Event;

/// Who tells the context's events.
const SOURCE: &str = "tenor.lease";

/// A document of an order: its kind and its text.
type Document = (&'static str, String);
/// How an answer becomes one.
type Links = fn(&Reply) -> Result<Document, Error>;

/// Something to ask of Ant.
pub(super) struct Step {
    /// Ant's method.
    pub(super) method: &'static str,
    /// What Ant is told.
    pub(super) parameters: Parameters,
    /// What is wanted, beside the method.
    pub(super) wanted: Vec<(&'static str, AttributeValue)>,
    /// The state that it leads to.
    pub(super) to: &'static str,
    /// What else it brings.
    pub(super) brings: Vec<(&'static str, AttributeValue)>,
    /// What of the answer becomes the order's.
    pub(super) answered: &'static [&'static str],
    /// How many versions it takes.
    pub(super) versions: u64,
    /// Why, for the history.
    pub(super) why: String,
    /// A document that is kept from the start.
    pub(super) document: Option<Document>,
    /// What of the answer becomes a document.
    pub(super) links: Option<Links>,
}

impl Step {
    /// A step that leads to a state and to nothing else.
    pub(super) fn new(method: &'static str, parameters: Parameters, to: &'static str, why: &str) -> Self {
        Self {
            method,
            parameters,
            wanted: Vec::new(),
            to,
            brings: Vec::new(),
            answered: &[],
            versions: 1,
            why: why.to_owned(),
            document: None,
            links: None,
        }
    }
}

impl Lease {
    /// Asks Ant for one thing.
    pub(super) async fn carry_out(&self, caller: &Caller, order: &Order, step: &Step) -> Result<Told, Error> {
        let begun = self.begin(caller, order, step).await?;
        let reply = self.ant.call(step.method, &step.parameters).await?;
        let next = self.settle(caller, &begun, step, &reply).await?;
        Ok((next, reply.members))
    }

    /// Writes what is wanted.
    pub(super) async fn begin(&self, caller: &Caller, order: &Order, step: &Step) -> Result<Order, Error> {
        let begun = order.begun(caller, step.method, &step.wanted)?;
        let mut puts = vec![self.orders.put(order, &begun)?];
        if order.text("state")? == "NEW" {
            let why = format!("{}: registered", caller.operation);
            puts.push(self.orders.entry(caller, &begun, &Entry { from: None, why, req_msg_id: None })?);
        }
        if let Some((kind, clear)) = &step.document {
            puts.push(self.orders.document_put(order, kind, clear)?);
        }
        self.orders.commit(puts).await?;
        Ok(begun)
    }

    /// Writes what came of it, and tells of a close.
    pub(super) async fn settle(
        &self,
        caller: &Caller,
        begun: &Order,
        step: &Step,
        reply: &Reply,
    ) -> Result<Order, Error> {
        let answered = step.answered.iter().map(|&member| Ok((member, text(reply.text(member)?))));
        let answered: Vec<_> = answered.collect::<Result<_, Error>>()?;
        let brought = step.brings.iter().cloned().chain(answered).chain([("state", text(step.to))]);
        let next = begun.settled(step.versions, brought)?;
        let mut puts = vec![self.orders.put(begun, &next)?];
        let from = begun.text("state")?;
        if from != step.to {
            let why = format!("{}: {}", caller.operation, step.why);
            let entry = Entry { from: Some(from), why, req_msg_id: Some(&reply.req_msg_id) };
            puts.push(self.orders.entry(caller, &next, &entry)?);
        }
        if let Some(links) = step.links {
            let (kind, clear) = links(reply)?;
            puts.push(self.orders.document_put(&next, kind, &clear)?);
        }
        let event = if step.to == "CLOSED" { Some(closed(&next)?) } else { None };
        puts.extend(event.as_ref().map(|event| self.outbox.row(event)));
        self.orders.commit(puts).await?;
        if let Some(event) = event {
            self.outbox.deliver(event).await?;
        }
        Ok(next)
    }
}

fn closed(order: &Order) -> Result<Event, Error> {
    let members = json!({
        "order_id": order.text("order_id")?,
        "reason": order.text("close_reason")?,
        "order_version": order.version()?,
    });
    Ok(Event::new(SOURCE, "lease_closed", members))
}
