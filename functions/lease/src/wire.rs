//! The platform's own API (§8, §12): how its requests are read and its answers written. Every operation under
//! `/ant-lease/orders/{order_id}` goes through [`Route`].

mod answer;
mod fields;
mod overrides;
mod route;

pub use answer::{Written, ant_failure, success};
pub use fields::{BadInput, Fields};
pub use overrides::OverrideCallers;
pub use route::{Call, Operation, Route};

pub use fields::required;
