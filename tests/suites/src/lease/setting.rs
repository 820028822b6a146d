//! What the context needs of a world: tables, a bus, secrets; and how its functions are configured in it.

use std::time::Duration;

use lease::deps::{Deps, Settings};
use platform::aws::Aws;
use platform::config::Environment;
use platform::partner::{Limits, PartnerClient};
use platform::random::Random;
use platform::secrets::Secrets;
use serde_json::{Value, json};
use world::{Projection, Table, World};

use super::{
    ANT, ANT_SECRET, DOCUMENTS, HISTORY, NOTIFICATIONS, OPERATOR_ROLE, ORDERS, Options, REQUESTS,
    SEALING_SECRET, alipay::ALIPAY_APP, ant, key,
};
use crate::host::{BUS, OUTBOX};

/// Gives `world` the context's tables, bus and secrets.
pub fn furnish(world: &World) {
    world.table(Table::new(ORDERS, "order_id:S").index(
        "watch",
        "watch_shard:N",
        Some("watch_at:S"),
        Projection::KeysOnly,
    ));
    world.table(Table::new(DOCUMENTS, "order_id:S").sort("kind:S"));
    world.table(Table::new(HISTORY, "order_id:S").sort("version:N"));
    world.table(Table::new(REQUESTS, "order_id:S").sort("request:S").time_to_live("expires_at"));
    world.table(Table::new(NOTIFICATIONS, "msg_id:S").time_to_live("expires_at"));
    world.table(Table::new(OUTBOX, "shard:N").sort("entry:S"));
    world.bus(BUS);
    put_ant_secret(world, &[ant::FIRST_KEY]);
    let sealing = json!({"keys": [{"id": "2025-01", "key": "AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8="}]});
    world.put_parameter(SEALING_SECRET, &sealing.to_string());
}

/// Sets what is secret between Ant and us: these keys (id and secret), the first of which signs our calls.
pub fn put_ant_secret(world: &World, keys: &[(&str, &str)]) {
    let keys: Vec<Value> =
        keys.iter().map(|(id, secret)| json!({"access_key_id": id, "access_key_secret": secret})).collect();
    let alipay = json!({"app_id": ALIPAY_APP, "public_keys": [key::public_pem()]});
    let secret = json!({"keys": keys, "encryption_public_key": key::public_pem(), "alipay": alipay});
    world.put_parameter(ANT_SECRET, &secret.to_string());
}

/// Sets what is secret between Ant and us where Alipay's open platform does not notify us directly.
pub fn put_ant_secret_without_alipay(world: &World) {
    let (id, secret) = ant::FIRST_KEY;
    let keys = json!([{"access_key_id": id, "access_key_secret": secret}]);
    let secret = json!({"keys": keys, "encryption_public_key": key::public_pem()});
    world.put_parameter(ANT_SECRET, &secret.to_string());
}

/// What the operations work with in `world`, as it is after their start.
///
/// # Panics
/// When the configuration or the secrets are not what they take.
pub async fn deps(world: &World, aws: &Aws, options: Options) -> Deps {
    let variables = [
        ("AWS_REGION", "eu-central-1"),
        ("AWS_ACCESS_KEY_ID", "test"),
        ("AWS_SECRET_ACCESS_KEY", "test"),
        ("LEASE_ORDERS_TABLE", ORDERS),
        ("LEASE_DOCUMENTS_TABLE", DOCUMENTS),
        ("LEASE_HISTORY_TABLE", HISTORY),
        ("LEASE_REQUESTS_TABLE", REQUESTS),
        ("ANT_NOTIFICATIONS_TABLE", NOTIFICATIONS),
        ("OUTBOX_TABLE", OUTBOX),
        ("EVENT_BUS_NAME", BUS),
        ("ANT_URL", ANT),
        ("ANT_LATE_MS", if options.late { "60000" } else { "0" }),
        ("ANT_ABSENCE_CODES", options.absence_codes.unwrap_or("ORDER_NOT_EXIST")),
        ("ANT_SECRET_PARAMETER", ANT_SECRET),
        ("SEALING_SECRET_PARAMETER", SEALING_SECRET),
        ("OVERRIDE_CALLERS", OPERATOR_ROLE),
        ("ANT_DISABLED", if options.ant_disabled { "true" } else { "false" }),
    ];
    let settings = Environment::of(variables).load(Settings::read).expect("a configuration");
    let random = Random::seeded(7);
    let names = [ANT_SECRET, SEALING_SECRET];
    let secrets = Secrets::load(aws.ssm(), world.clock(), random.clone(), &names).await.expect("the secrets");
    let limits = Limits { timeout: Duration::from_secs(8), answer_bytes: 256 * 1024 };
    let client = PartnerClient::over(world.connector(), limits);
    settings.deps(aws, &secrets, client, random).expect("what the functions work with")
}
