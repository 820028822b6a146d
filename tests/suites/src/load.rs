//! What tests under load share: how large they are, what they measure, what sends and takes a burst.

mod drain;
mod measure;
mod source;
mod traffic;

pub use drain::{Drained, drain};
pub use measure::{kilobytes, ratio, size, tell, tell_row};
pub use source::Source;
pub use traffic::{Counts, Traffic, scattered};
