//! What a loan is repaid with: its standing, its plan, and wishes to repay (§2.2, §3 1.9 to 1.13, §11 Repayment).

mod callbacks;
mod crash_points;
mod growth;
mod loan_results;
mod money;
mod plans;
mod questions;
mod races;
mod repays;
mod roles;
mod sequences;
mod standings;
mod trials;
mod units;
