//! What every Lambda needs around its operation.
pub mod clock;
pub use clock::Clock;
