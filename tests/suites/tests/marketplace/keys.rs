//! Keys that are replaced (§10, Wire details): two are valid at once, and a configuration that was just replaced is read
//! when a signature does not fit, at most once a minute.

use std::time::Duration;

use serde_json::{Value, json};
use suites::marketplace::channels::{AES, AES_KEY, PLAIN, Signed, decrypted, encrypted, put_channel};
use suites::marketplace::keys::Signer;
use suites::marketplace::{Answered, Marketplace, NOW};

const NEXT_AES_KEY: &str = "FFFEFDFCFBFAF9F8F7F6F5F4F3F2F1F0";

async fn code(app: &Marketplace, signer: Signer) -> i64 {
    let call = Signed::new(PLAIN, app.now(), "{}").signed_by(signer);
    Answered::of(PLAIN, &app.send("getBankList", call.body()).await).code
}

fn signed_with(app: &Marketplace, signers: &[Signer]) {
    let keys: Vec<_> = signers.iter().map(|signer| signer.public()).collect();
    put_channel(&app.world, PLAIN, &json!({"platform_public_keys": keys}));
}

#[tokio::test(start_paused = true)]
async fn each_of_two_keys_is_good_and_no_third() {
    let app = Marketplace::new().await;
    signed_with(&app, &[Signer::Platform, Signer::PlatformNext]);
    let app = Marketplace::over(app.world.clone()).await;
    for (signer, expected) in [(Signer::Platform, 0), (Signer::PlatformNext, 0), (Signer::Stranger, 10003)] {
        assert_eq!(code(&app, signer).await, expected, "{signer:?}");
    }
}

#[tokio::test(start_paused = true)]
async fn a_key_that_was_just_put_is_good_at_once_and_one_that_was_taken_away_after_five_minutes() {
    let app = Marketplace::new().await;
    assert_eq!(code(&app, Signer::PlatformNext).await, 10003);
    app.world.pass(Duration::from_mins(1)).await;
    signed_with(&app, &[Signer::PlatformNext]);
    let reads = app.world.parameter_reads();
    assert_eq!(code(&app, Signer::PlatformNext).await, 0, "read again for the signature");
    assert_eq!(app.world.parameter_reads(), reads + 1);
    assert_eq!(code(&app, Signer::Platform).await, 10003, "the old one is gone with that");
    signed_with(&app, &[Signer::Platform]);
    assert_eq!(code(&app, Signer::PlatformNext).await, 0, "what is known serves on");
    app.world.pass(Duration::from_mins(7)).await;
    assert_eq!(code(&app, Signer::PlatformNext).await, 0, "and once more, beside which it is read");
    tokio::task::yield_now().await;
    app.world.pass(Duration::from_secs(1)).await;
    assert_eq!(code(&app, Signer::PlatformNext).await, 10003);
    assert_eq!(code(&app, Signer::Platform).await, 0);
}

#[tokio::test(start_paused = true)]
async fn whoever_signs_badly_has_the_secrets_read_once_a_minute_at_most() {
    let app = Marketplace::new().await;
    let reads = app.world.parameter_reads();
    for _ in 0..50 {
        assert_eq!(code(&app, Signer::Stranger).await, 10003);
    }
    assert_eq!(app.world.parameter_reads(), reads + 1);
    app.world.pass(Duration::from_mins(1)).await;
    assert_eq!(code(&app, Signer::Stranger).await, 10003);
    assert_eq!(app.world.parameter_reads(), reads + 2);
}

#[tokio::test(start_paused = true)]
async fn a_call_under_either_aes_key_is_read_and_answered_under_the_first() {
    let app = Marketplace::new().await;
    put_channel(&app.world, AES, &json!({"aes_keys": [NEXT_AES_KEY, AES_KEY]}));
    let app = Marketplace::over(app.world.clone()).await;
    for key in [AES_KEY, NEXT_AES_KEY] {
        let call = Signed { request: encrypted(key, "{}"), ..Signed::new(AES, NOW, "{}") };
        let got = app.send("getBankList", call.signed_by(Signer::Platform).body()).await;
        let body: Value = serde_json::from_str(&got.body).unwrap();
        assert_eq!(body["code"], 0, "{body}");
        let response = decrypted(NEXT_AES_KEY, body["response"].as_str().unwrap());
        assert_eq!(serde_json::from_str::<Value>(&response).unwrap().as_array().map(Vec::len), Some(17));
    }
    let call = Signed { request: encrypted(&"0".repeat(32), "{}"), ..Signed::new(AES, NOW, "{}") };
    let got = app.send("getBankList", call.signed_by(Signer::Platform).body()).await;
    assert_eq!(Answered::of(AES, &got).code, 10002);
}
