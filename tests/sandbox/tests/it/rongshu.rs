//! Rongshu, the marketplace.
mod callbacks;
mod calls;
mod envelope;
mod faults;
mod keys;
mod lender;
mod people;
mod pulls;
mod secrets;
