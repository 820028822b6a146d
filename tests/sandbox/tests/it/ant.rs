//! Ant's gateway.
mod caller;
mod content;
mod controls;
mod envelope;
mod faults;
mod fields;
mod notify;
mod orders;
mod secrets;
