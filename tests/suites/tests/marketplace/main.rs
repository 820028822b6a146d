//! The marketplace context through its public face, in the in-process world (spec: marketplace). Modules mirror what the
//! specification talks about.

mod bank_list;
mod channels;
mod checks;
mod confirmations;
mod customer_events;
mod envelope;
mod keys;
mod loan_calculation;
mod loans;
mod orders;
mod people;
mod privacy;
mod repayments;
mod roles;
mod stored_items;
mod units;
mod user_check;
