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
