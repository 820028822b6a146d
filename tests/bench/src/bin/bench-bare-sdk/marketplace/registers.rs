//! The accounts that orders wait for: none is due, as in most runs.

use std::env;

use aws_sdk_dynamodb::Client;
use bench::Error;
use lambda_runtime::{LambdaEvent, run, service_fn};

use super::orders::SHARDS;
use super::{CHANNEL, NOBODY, SEALING_SECRET};
use crate::clients::Aws;
use crate::dynamodb::{UNITS, number, text};
use crate::forms::Occasion;
use crate::secrets::Secrets;

/// depository-check: shard after shard is asked for what is due.
pub(super) async fn check(aws: &Aws) -> Result<(), Error> {
    let secrets = Secrets::read(aws, &[CHANNEL, SEALING_SECRET]).await?;
    for secret in [CHANNEL, SEALING_SECRET] {
        secrets.of(secret)?;
    }
    let (client, table) = (&aws.dynamodb(), &env::var("CL_DEPOSITORY_REGISTER_APPLY_TABLE")?);
    let get = client.get_item().table_name(table).key("uid", text(NOBODY)).key("order", text(NOBODY));
    get.send().await?;
    run(service_fn(async |event: LambdaEvent<Occasion>| {
        let time = crate::forms::sortable(&event.payload.time)?;
        for shard in 0..SHARDS {
            if is_due(client, table, shard, &time).await? {
                return Err("an account is due".into());
            }
        }
        Ok::<_, Error>(())
    }))
    .await
}

async fn is_due(client: &Client, table: &str, shard: u32, time: &str) -> Result<bool, Error> {
    let query = client.query().table_name(table).index_name("due");
    let page = query
        .key_condition_expression("#shard = :shard AND #at <= :time")
        .expression_attribute_names("#shard", "due_shard")
        .expression_attribute_names("#at", "due_at")
        .expression_attribute_values(":shard", number(shard))
        .expression_attribute_values(":time", text(time))
        .limit(25)
        .return_consumed_capacity(UNITS)
        .send()
        .await?;
    Ok(!page.items().is_empty())
}
