//! What the in-process suites share: session tokens, gateway events, and the running of functions in a
//! [`world::World`].

pub mod callbacks;
pub mod confirmations;
pub mod contract;
pub mod costs;
pub mod crm;
pub mod delivery;
pub mod gateway;
pub mod host;
pub mod instalment;
pub mod lease;
pub mod load;
pub mod loans;
pub mod marketplace;
pub mod orders;
pub mod quota;
pub mod repayments;
pub mod roles;
pub mod session;
pub mod template;
pub mod webview;

use aws_credential_types::Credentials;
use aws_smithy_types::retry::RetryConfig;
use platform::aws::{Aws, AwsSettings};
use world::World;

/// AWS clients whose every request goes to `world`; nothing is retried behind a test's back.
#[must_use]
pub fn aws(world: &World) -> Aws {
    over(world, RetryConfig::disabled())
}

/// The same with the SDK's retries.
#[must_use]
pub fn aws_with_retries(world: &World) -> Aws {
    over(world, RetryConfig::standard())
}

fn over(world: &World, retries: RetryConfig) -> Aws {
    let settings = AwsSettings {
        region: "eu-central-1".into(),
        credentials: Credentials::new("test", "test", None, None, "test"),
        endpoint_url: None,
        roots: None,
    };
    Aws::over(settings, world.http_client(), retries)
}
