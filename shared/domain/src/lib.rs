//! The rules of all contexts: pure, synchronous, without I/O, clock or AWS. Each module is a context and
//! follows its specification.

pub mod crm;
mod field;
pub mod ids;
pub mod instalment;
pub mod lease;
pub mod marketplace;
#[cfg(test)]
mod properties;
pub mod quota;
