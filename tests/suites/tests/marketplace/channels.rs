//! Channels (§10, Wire details; §11): one is added by configuration alone, each has its own rules, and each may be limited
//! or switched off without the others.

use std::time::Duration;

use marketplace::channel::{ChannelConfig, Settings};
use marketplace::deps::Base;
use platform::config::Environment;
use platform::random::Random;
use platform::secrets::FromSecret;
use serde_json::{Value, json};
use suites::marketplace::channels::{AES, PLAIN, PREFIX, Signed, parameter, put_channel};
use suites::marketplace::keys::Signer;
use suites::marketplace::{Answered, CUSTOMERS, Marketplace, NOW};
use world::Units;

use crate::people::{MD5_UPPER, customer};

/// A fresh process, with other members in a channel's configuration.
async fn configured(channel: &str, members: &Value) -> Marketplace {
    let app = Marketplace::new().await;
    put_channel(&app.world, channel, members);
    Marketplace::over(app.world.clone()).await
}

#[tokio::test(start_paused = true)]
async fn a_channel_is_added_by_configuration_alone() {
    let app = Marketplace::new().await;
    let mut third = parameter(PLAIN);
    third["sign_alg"] = json!("SHA1");
    third["product"] = json!({"min": 1000, "max": "2000.00", "step": 0, "periods": [3, 6], "rate": 0.24});
    third["admission"] = json!({"regions_blocked": ["北京"], "new_users_only": false});
    third["bank_codes"] = json!({"ICBC": "GSYH"});
    third["messages"] = json!({"region": "该地区不支持"});
    app.world.put_parameter("/tenor/test/rongshu/third-1", &third.to_string());
    let app = Marketplace::with(app.world.clone(), &[PLAIN, AES, "third-1"]).await;
    app.tell(&[customer(&json!({"is_customer": true}))]).await;
    let check = json!({"md5": MD5_UPPER});
    assert_eq!(app.call("third-1", "userCheck", &check).await.said()["remark"], "该地区不支持");
    assert_eq!(app.call(PLAIN, "userCheck", &check).await.said()["remark"], "仅限新用户");
    let terms = json!({"loanAmount": 1234.56, "loanPeriod": 3});
    assert_eq!(app.call("third-1", "loanCalculation", &terms).await.said()["actualAmount"], 1234.56);
    assert_eq!(app.call(AES, "loanCalculation", &terms).await.code, 10002);
    let banks = app.call("third-1", "getBankList", &json!({})).await.said();
    assert_eq!((&banks[2]["bankCode"], &banks[4]["bankCode"]), (&json!("GSYH"), &json!("GDB")));
}

#[tokio::test(start_paused = true)]
async fn a_window_of_nothing_takes_every_time_and_another_one_is_held_to() {
    let app = configured(PLAIN, &json!({"timestamp_window_ms": 0})).await;
    for timestamp in [json!(0), json!(NOW + 10_000_000_000), json!("9999999999999999999")] {
        let call = Signed { timestamp, ..Signed::new(PLAIN, NOW, "{}") }.signed_by(Signer::Platform);
        assert_eq!(Answered::of(PLAIN, &app.send("getBankList", call.body()).await).code, 0);
    }
    let app = configured(PLAIN, &json!({"timestamp_window_ms": 1000})).await;
    for (away, code) in [(1000, 0), (1001, 10003)] {
        let call = Signed::new(PLAIN, NOW - away, "{}");
        assert_eq!(Answered::of(PLAIN, &app.send("getBankList", call.body()).await).code, code);
    }
}

#[tokio::test(start_paused = true)]
async fn over_its_rate_a_channel_is_busy_and_the_others_are_not() {
    let app = configured(PLAIN, &json!({"requests_per_second": 6, "expected_concurrency": 2})).await;
    let code = async |channel: &str| {
        let answered = app.call(channel, "getBankList", &json!({})).await;
        assert!(answered.code == 0 || (answered.code, answered.message.as_str()) == (10001, "busy"));
        answered.code
    };
    for expected in [0, 0, 0, 10001, 10001] {
        assert_eq!(code(PLAIN).await, expected);
    }
    assert_eq!(code(AES).await, 0);
    let stranger = Signed::new(PLAIN, NOW, "{}").signed_by(Signer::Stranger).body();
    app.world.pass(Duration::from_secs(1)).await;
    for _ in 0..10 {
        assert_eq!(Answered::of(PLAIN, &app.send("getBankList", stranger.clone()).await).code, 10003);
    }
    for expected in [0, 0, 0, 10001] {
        assert_eq!(code(PLAIN).await, expected, "what nobody signed takes nothing of it");
    }
    assert_eq!(app.counted("rongshu_over_limit"), 3);
    assert_eq!(app.counted("internal_error"), 0);
}

#[tokio::test(start_paused = true)]
async fn what_is_over_the_rate_changes_nothing_and_reads_nothing() {
    let app = configured(PLAIN, &json!({"requests_per_second": 1})).await;
    app.tell(&[customer(&json!({}))]).await;
    let check = json!({"md5": MD5_UPPER});
    assert_eq!(app.call(PLAIN, "userCheck", &check).await.code, 0);
    let before = app.world.items(CUSTOMERS);
    let (answered, spent) = app.world.measure(app.call(PLAIN, "userCheck", &check)).await;
    assert_eq!((answered.code, spent.reads(), spent.writes()), (10001, Units::whole(0), Units::whole(0)));
    assert_eq!(app.world.items(CUSTOMERS), before);
}

#[tokio::test(start_paused = true)]
async fn a_channel_that_is_switched_off_is_busy_for_who_signs_and_the_others_are_not() {
    let app = configured(AES, &json!({"disabled": true, "messages": {"busy": "请稍后"}})).await;
    let answered = app.call(AES, "getBankList", &json!({})).await;
    assert_eq!((answered.code, answered.message.as_str()), (10001, "请稍后"));
    assert_eq!(app.call(PLAIN, "getBankList", &json!({})).await.code, 0);
    let stranger = Signed::new(AES, NOW, "{}").signed_by(Signer::Stranger).body();
    assert_eq!(Answered::of(AES, &app.send("getBankList", stranger).await).code, 10003);
    // Switched on again: the next reading tells.
    put_channel(&app.world, AES, &json!({}));
    app.world.pass(Duration::from_mins(7)).await;
    assert_eq!(app.call(AES, "getBankList", &json!({})).await.code, 10001);
    tokio::task::yield_now().await;
    app.world.pass(Duration::from_secs(1)).await;
    assert_eq!(app.call(AES, "getBankList", &json!({})).await.code, 0);
}

fn problem(members: &Value) -> String {
    let mut parameter = parameter(AES);
    for (name, value) in members.as_object().unwrap() {
        parameter[name] = value.clone();
    }
    ChannelConfig::from_secret(&parameter.to_string()).map(|_| ()).unwrap_err()
}

#[test]
fn what_is_no_configuration_says_what_is_wrong_and_shows_no_key() {
    for (members, expected) in [
        (json!({"app_id": ""}), "has an empty app_id"),
        (json!({"aes_keys": []}), "has the cipher aes and no aes_keys"),
        (json!({"aes_keys": ["00"]}), "has aes_keys of which one is not 32 hexadecimal digits"),
        (json!({"aes_keys": ["0".repeat(32), "1".repeat(32), "2".repeat(32)]}), "has more than 2 aes_keys"),
        (json!({"platform_public_keys": []}), "has not 1 to 2 platform_public_keys"),
        (json!({"base_url": "platform.test"}), "has a base_url that has no scheme or host"),
        (json!({"product": {"min": 2, "max": 1}}), "has a product with no amount from min to max"),
        (json!({"product": {"min": "1.001"}}), "has a product.min that is more than two decimals"),
        (json!({"bank_codes": {"GDB": "ABC"}}), "has bank_codes with one code for two banks"),
        (
            json!({"bank_codes": {"CGB": "GDB"}}),
            "has bank_codes with CGB, which is no bank of ours, or nothing",
        ),
        (json!({"url_hosts": ["https://photos.test"]}), "has url_hosts of which one is no host"),
        (json!({"page_hosts": [""]}), "has page_hosts of which one is no host"),
        (json!({"contracts": [], "product": {"contracts": []}}), "has contracts in two places"),
        (
            json!({"admission": {"credit_days": 1}, "reborrow": {"credit_days": 1}}),
            "has credit_days in two places",
        ),
        (
            json!({"admission": {"audit_days": 1}, "reborrow": {"audit_days": 2}}),
            "has audit_days in two places",
        ),
        (json!({"messages": {"bussy": "x"}}), "has unknown messages: bussy"),
        (json!({"requests_per_second": 0}), "has requests_per_second or expected_concurrency of 0"),
        (json!({"callback_paths": {"auditing": "x"}}), "has callback_paths for auditing, which is none"),
    ] {
        assert_eq!(problem(&members), expected, "{members}");
    }
    let secret = "MIICdgIBADANBgkq";
    for members in [
        json!({"private_key": secret}),
        json!({"platform_public_keys": [secret]}),
        json!({"aes_key": secret}),
        json!({"cipher": secret}),
        json!({"timestamp_window_ms": -1}),
    ] {
        assert!(!problem(&members).contains(secret), "{members}");
    }
    assert!(problem(&json!({"private_key": secret})).starts_with("has a private_key that is no RSA key"));
    let config = ChannelConfig::from_secret(&parameter(AES).to_string()).unwrap();
    let shown = format!("{config:?}");
    assert!(!shown.contains("0001020304") && shown.contains("SigningKey(1024 bits)"), "{shown}");
}

#[test]
fn the_specifications_names_are_taken_in_place_of_ours() {
    let mut parameter = parameter(AES);
    parameter["product"] = json!({"contracts": [{"title": "合同", "url": "https://c.test/1"}]});
    parameter["reborrow"] = json!({"credit_days": 7, "audit_days": 9});
    let config = ChannelConfig::from_secret(&parameter.to_string()).unwrap();
    assert_eq!((config.contracts.len(), config.contracts[0].title.as_str()), (1, "合同"));
    assert_eq!((config.admission.credit_days, config.admission.audit_days), (7, 9));
}

#[test]
fn the_variables_name_channels_that_can_be_and_the_default_is_one_of_them() {
    let read = |channels: &str, default: &str| {
        let variables = [
            ("RONGSHU_CHANNELS", channels),
            ("RONGSHU_PARAMETER_PREFIX", "/tenor/rongshu"),
            ("RONGSHU_DEFAULT_CHANNEL", default),
        ];
        Environment::of(variables).load(Settings::read).map_err(|error| error.to_string())
    };
    let settings = read("840, rongshu", "840").unwrap();
    assert_eq!(settings.parameters(), ["/tenor/rongshu/840", "/tenor/rongshu/rongshu"]);
    let problem = |channels, default| read(channels, default).map(|_| ()).unwrap_err();
    assert_eq!(problem("840", "841"), "configuration: RONGSHU_DEFAULT_CHANNEL is none of RONGSHU_CHANNELS");
    for channels in ["", "840,840", "840,", "8#40", "1,2,3,4,5,6,7,8,9"] {
        assert!(problem(channels, "840").starts_with("configuration: RONGSHU_CHANNELS "), "{channels}");
    }
}

#[tokio::test(start_paused = true)]
async fn plain_http_is_for_a_developers_machine_alone() {
    let app = Marketplace::new().await;
    put_channel(&app.world, PLAIN, &json!({"base_url": "http://127.0.0.1:3900/rongshu/840"}));
    let started = async |stage: &str| {
        let variables = [
            ("TENOR_ENV", stage),
            ("RONGSHU_CHANNELS", PLAIN),
            ("RONGSHU_PARAMETER_PREFIX", PREFIX),
            ("RONGSHU_DEFAULT_CHANNEL", PLAIN),
        ];
        let settings = Environment::of(variables).load(Settings::read).unwrap();
        let aws = suites::aws(&app.world);
        let loaded = Base::load(aws, app.world.clock(), Random::seeded(1), settings, &[]).await;
        loaded.map(|_| ()).map_err(|error| error.to_string())
    };
    assert_eq!(started("local").await, Ok(()));
    let problem =
        "channel 840: its base_url speaks plain HTTP, which only TENOR_ENV=local may, to a loopback address";
    assert_eq!(started("production").await, Err(problem.to_owned()));
    app.world.delete_parameter(&format!("{PREFIX}/{PLAIN}"));
    let missing = started("local").await.unwrap_err();
    assert!(missing.contains("there is no parameter /tenor/test/rongshu/840"), "{missing}");
}
