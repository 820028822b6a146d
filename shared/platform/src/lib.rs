//! What every Lambda needs around its operation: entry points, sessions, configuration, DynamoDB
//! helpers, the partner client, logs and metrics. It knows no context (docs/ARCHITECTURE.md, Map).

pub mod aws;
pub mod callbacks;
pub mod clock;
pub mod config;
mod done;
pub mod dynamodb;
pub mod events;
mod fingerprint;
pub mod http;
pub mod json;
pub mod logs;
pub mod mask;
pub mod metrics;
pub mod object_store;
pub mod outbox;
pub mod output;
pub mod partner;
pub mod random;
pub mod rfc3339;
pub mod rsa;
pub mod schedule;
pub mod scope;
pub mod seal;
pub mod secrets;
pub mod session;
pub mod shards;
pub mod sqs;
pub mod start;

pub use clock::Clock;
pub use fingerprint::fingerprint;
pub use mask::Masked;
pub use output::Output;
pub use random::Random;
pub use scope::Scope;

/// glibc's allocator is slower under the many small, short allocations of an SDK call (docs/PERFORMANCE.md).
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;
