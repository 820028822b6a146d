//! What we promise to others: every HTTP route in docs/openapi.yaml, every queue's message in docs/messages. The schemas are
//! held against the code in both directions, and their examples are run.

mod changes;
mod consumers;
mod examples;
mod messages;
mod produced;
mod routes;
