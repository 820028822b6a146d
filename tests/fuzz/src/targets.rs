//! The targets, each in a file of its own.

mod amounts;
mod ant_answer;
mod ant_notification;
mod configuration;
mod front_request;
mod http_event;
mod job_event;
mod lease_request;
mod operator_request;
mod page_address;
mod partner_answer;
mod queue_message;
mod rongshu_business;
mod rongshu_call;
mod rongshu_envelope;
mod session_token;
mod stored_data;
mod values;

use std::collections::BTreeSet;

use crate::Target;

/// Every target.
pub const TARGETS: [Target; 18] = [
    amounts::TARGET,
    ant_answer::TARGET,
    ant_notification::TARGET,
    configuration::TARGET,
    front_request::TARGET,
    http_event::TARGET,
    job_event::TARGET,
    lease_request::TARGET,
    operator_request::TARGET,
    page_address::TARGET,
    partner_answer::TARGET,
    queue_message::TARGET,
    rongshu_business::TARGET,
    rongshu_call::TARGET,
    rongshu_envelope::TARGET,
    session_token::TARGET,
    stored_data::TARGET,
    values::TARGET,
];

/// The operations of docs/openapi.yaml whose requests some target reads.
#[must_use]
pub fn operations() -> BTreeSet<&'static str> {
    let (front, lease) = (front_request::ROUTES.iter(), lease_request::ROUTES.iter());
    let (calls, business) = (rongshu_call::CALLS.iter(), rongshu_business::OPERATIONS.iter());
    let of_fronts = front.map(|(operation, _)| operation).chain(lease.map(|(operation, ..)| operation));
    let of_rongshu = calls.map(|(_, operation, _)| operation).chain(business.map(|(operation, _)| operation));
    let of_operators = operator_request::ROUTES.iter().map(|(operation, _)| operation);
    let all = of_fronts.chain(of_rongshu).chain(of_operators).chain([&ant_notification::OPERATION]);
    all.copied().collect()
}

/// The queues whose messages some target reads.
#[must_use]
pub fn queues() -> BTreeSet<&'static str> {
    queue_message::QUEUES.iter().map(|(queue, _)| *queue).collect()
}
