//! The rules of the house that no compiler holds (docs/ARCHITECTURE.md, Invariants).

mod arrows;
mod breaks;
mod configuration;
mod cost;
mod dependencies;
mod floats;
mod lengths;
mod names;
mod repository;
mod roles;
mod runbook;
