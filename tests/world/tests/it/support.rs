//! SDK clients over the world's connector.

use aws_credential_types::Credentials;
use aws_sdk_dynamodb::config::retry::RetryConfig;
use aws_sdk_dynamodb::config::{BehaviorVersion, Region};
use aws_sdk_dynamodb::types::AttributeValue;
use aws_smithy_async::rt::sleep::TokioSleep;
use aws_smithy_runtime_api::client::http::HttpConnector;
use aws_smithy_runtime_api::client::orchestrator::{HttpRequest, HttpResponse};
use aws_smithy_runtime_api::client::result::ConnectorError;
use aws_smithy_types::body::SdkBody;
use world::{Table, World};

/// A `DynamoDB` client that does not retry.
pub(crate) fn dynamo(world: &World) -> aws_sdk_dynamodb::Client {
    aws_sdk_dynamodb::Client::from_conf(dynamo_config(world).retry_config(RetryConfig::disabled()).build())
}

/// A `DynamoDB` client's configuration, retries as the SDK has them.
pub(crate) fn dynamo_config(world: &World) -> aws_sdk_dynamodb::config::Builder {
    aws_sdk_dynamodb::Config::builder()
        .behavior_version(BehaviorVersion::latest())
        .region(Region::new("eu-central-1"))
        .endpoint_url("http://dynamodb.test")
        .credentials_provider(Credentials::from_keys("test", "test", None))
        .http_client(world.http_client())
        .sleep_impl(TokioSleep::new())
}

/// A world with a table of contracts: client, then sequence, with an index by number.
pub(crate) fn world_with_contracts() -> World {
    let world = World::new();
    world.table(contracts());
    world
}

pub(crate) fn contracts() -> Table {
    Table::new("contracts", "client_id:S")
        .sort("sequence:N")
        .index("by_number", "contract_number:S", None, world::Projection::KeysOnly)
        .time_to_live("expires_at")
}

pub(crate) fn s(text: &str) -> AttributeValue {
    AttributeValue::S(text.to_owned())
}

pub(crate) fn n(number: i64) -> AttributeValue {
    AttributeValue::N(number.to_string())
}

/// An SQS client that does not retry.
pub(crate) fn sqs(world: &World) -> aws_sdk_sqs::Client {
    let config = aws_sdk_sqs::Config::builder()
        .behavior_version(BehaviorVersion::latest())
        .region(Region::new("eu-central-1"))
        .credentials_provider(Credentials::from_keys("test", "test", None))
        .http_client(world.http_client())
        .sleep_impl(TokioSleep::new())
        .retry_config(RetryConfig::disabled());
    aws_sdk_sqs::Client::from_conf(config.build())
}

/// Writes one contract in its given state, on condition that it is not in that state yet.
pub(crate) async fn put_state(
    client: &aws_sdk_dynamodb::Client,
    state: &str,
) -> Result<(), aws_sdk_dynamodb::Error> {
    client
        .update_item()
        .table_name("contracts")
        .key("client_id", s("c-1"))
        .key("sequence", n(1))
        .update_expression("SET #s = :s")
        .condition_expression("attribute_not_exists(#s) OR #s <> :s")
        .expression_attribute_names("#s", "state")
        .expression_attribute_values(":s", s(state))
        .send()
        .await?;
    Ok(())
}

/// Calls a partner as the platform does: through the connector itself.
pub(crate) async fn call_partner(
    world: &World,
    method: &str,
    url: &str,
    body: &'static str,
) -> Result<HttpResponse, ConnectorError> {
    let mut request = HttpRequest::new(SdkBody::from(body));
    request.set_method(method).expect("a method");
    request.set_uri(url).expect("an address");
    world.connector().call(request).await
}
