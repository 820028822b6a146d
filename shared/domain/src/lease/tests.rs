//! The rules, case by case, and what holds of any sequence of them.

mod applying;
mod fixtures;
mod judging;
mod next_steps;
mod observing;
mod plans;
mod properties;
mod resolving;
mod vocabulary;
