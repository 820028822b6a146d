//! `POST /get_status` (§5, §7, §8, §10, §13).

mod bad_input;
mod lender_faults;
mod races;
mod screens;
mod sessions;
