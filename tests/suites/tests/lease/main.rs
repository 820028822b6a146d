//! The lease context through its public face, in the in-process world (spec: lease). Modules mirror what the
//! specification talks about.

mod answers;
mod examples;
mod fields;
mod identity;
mod requests;
mod rules;
mod sign_flow;
mod states;
mod transmissions;
mod unknown;
