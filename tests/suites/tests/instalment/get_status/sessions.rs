//! Who may ask (§3, design §3): an Ali-front session, and nobody else.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use ring::hmac;
use serde_json::{Value, json};
use suites::gateway::Post;
use suites::instalment::{GET_STATUS, Instalment};
use suites::session::{Key, WORLD_START, claims, part};

const DENIED: (i64, &str) = (403, r#"{"error":"access_denied"}"#);

async fn status_of(token: &str) -> i64 {
    let app = Instalment::new();
    app.contract("c-1", 1, Some("77-1"), "CLOSED");
    let (got, spent) = app.world.measure(app.send(&Post::anonymous(GET_STATUS).bearer(token))).await;
    if got.status == 403 {
        assert_eq!(got.brief(), DENIED);
        assert_eq!(spent.reads(), world::Units::default());
    }
    got.status
}

async fn status_with(change: impl FnOnce(&mut Value)) -> i64 {
    let mut claims = claims("c-1");
    change(&mut claims);
    let key = Key::first();
    status_of(&key.sign(&key.header(), &claims)).await
}

#[tokio::test(start_paused = true)]
async fn both_keys_of_a_rotation_are_valid_at_once() {
    assert_eq!(status_of(&Key::first().token("c-1")).await, 200);
    assert_eq!(status_of(&Key::second().token("c-1")).await, 200);
}

#[tokio::test(start_paused = true)]
async fn no_authorization_or_another_scheme_is_denied() {
    let app = Instalment::new();
    let post = Post::anonymous(GET_STATUS);
    assert_eq!(app.send(&post).await.brief(), DENIED);
    for header in ["", "Bearer", "Bearer ", "Basic Yzox", "Bearer a.b", "Bearer ...", "Bearer a b c"] {
        let got = app.send(&post.clone().header("authorization", header)).await;
        assert_eq!(got.brief(), DENIED, "{header}");
    }
}

#[tokio::test(start_paused = true)]
async fn the_scheme_is_read_without_regard_to_case() {
    let app = Instalment::new();
    app.contract("c-1", 1, None, "init");
    let header = format!("bearer {}", Key::first().token("c-1"));
    let got = app.send(&Post::anonymous(GET_STATUS).header("authorization", &header)).await;
    assert_eq!(got.status, 200);
}

#[tokio::test(start_paused = true)]
async fn an_unknown_key_id_or_none_is_denied() {
    assert_eq!(status_of(&Key::foreign().token("c-1")).await, 403);
    let header = json!({"alg": "EdDSA", "typ": "JWT"});
    assert_eq!(status_of(&Key::first().sign(&header, &claims("c-1"))).await, 403);
}

#[tokio::test(start_paused = true)]
async fn a_foreign_signature_under_a_known_key_id_is_denied() {
    let header = Key::first().header();
    assert_eq!(status_of(&Key::foreign().sign(&header, &claims("c-1"))).await, 403);
    assert_eq!(status_of(&Key::second().sign(&header, &claims("c-1"))).await, 403);
}

#[tokio::test(start_paused = true)]
async fn every_single_byte_that_changes_in_a_token_makes_it_worthless() {
    let token = Key::first().token("c-1");
    let app = Instalment::new();
    app.contract("c-1", 1, Some("77-1"), "CLOSED");
    for place in 0..token.len() {
        let mut changed = token.clone().into_bytes();
        changed[place] = if changed[place] == b'A' { b'B' } else { b'A' };
        let changed = String::from_utf8(changed).unwrap();
        let got = app.send(&Post::anonymous(GET_STATUS).bearer(&changed)).await;
        assert_eq!(got.brief(), DENIED, "byte {place}");
    }
}

#[tokio::test(start_paused = true)]
async fn an_unsigned_token_is_denied() {
    let key = Key::first();
    for alg in ["none", "None", "NONE", ""] {
        let header = json!({"alg": alg, "typ": "JWT", "kid": key.kid});
        let unsigned = format!("{}.{}.", part(&header), part(&claims("c-1")));
        assert_eq!(status_of(&unsigned).await, 403, "{alg}");
        assert_eq!(status_of(&key.sign(&header, &claims("c-1"))).await, 403, "{alg}");
    }
    let unsigned = format!("{}.{}.", part(&key.header()), part(&claims("c-1")));
    assert_eq!(status_of(&unsigned).await, 403);
}

#[tokio::test(start_paused = true)]
async fn a_token_signed_with_the_public_key_as_an_hmac_secret_is_denied() {
    let key = Key::first();
    let header = json!({"alg": "HS256", "typ": "JWT", "kid": key.kid});
    let signed = format!("{}.{}", part(&header), part(&claims("c-1")));
    let tag = hmac::sign(&hmac::Key::new(hmac::HMAC_SHA256, key.public()), signed.as_bytes());
    assert_eq!(status_of(&format!("{signed}.{}", URL_SAFE_NO_PAD.encode(tag))).await, 403);
}

#[tokio::test(start_paused = true)]
async fn a_token_expires_sixty_seconds_after_its_time() {
    assert_eq!(status_with(|claims| claims["exp"] = json!(WORLD_START - 60)).await, 200);
    assert_eq!(status_with(|claims| claims["exp"] = json!(WORLD_START - 61)).await, 403);
    assert_eq!(status_with(|claims| claims["exp"] = json!(i64::MIN)).await, 403);
    assert_eq!(status_with(|claims| claims["exp"] = json!(i64::MAX)).await, 200);
}

#[tokio::test(start_paused = true)]
async fn a_token_is_not_valid_before_its_time() {
    assert_eq!(status_with(|claims| claims["nbf"] = json!(WORLD_START + 60)).await, 200);
    assert_eq!(status_with(|claims| claims["nbf"] = json!(WORLD_START + 61)).await, 403);
}

#[tokio::test(start_paused = true)]
async fn a_token_for_another_front_is_denied() {
    for audience in [json!("bt"), json!("ALI-FRONT"), json!(""), json!(null), json!(["ali-front", "bt"])] {
        assert_eq!(status_with(|claims| claims["aud"] = audience).await, 403);
    }
}

#[tokio::test(start_paused = true)]
async fn a_token_without_expiry_audience_or_subject_is_denied() {
    for claim in ["exp", "aud", "sub"] {
        let without = |claims: &mut Value| {
            claims.as_object_mut().unwrap().remove(claim);
        };
        assert_eq!(status_with(without).await, 403, "{claim}");
    }
    assert_eq!(status_with(|claims| claims["sub"] = json!("")).await, 403);
    assert_eq!(status_with(|claims| claims["exp"] = json!("soon")).await, 403);
}

#[tokio::test(start_paused = true)]
async fn the_session_is_judged_before_the_body() {
    let app = Instalment::new();
    for body in ["{", r#"{"method":"drop"}"#, &"x".repeat(1_048_577)] {
        assert_eq!(app.send(&Post::anonymous(body)).await.brief(), DENIED);
    }
}

#[tokio::test(start_paused = true)]
async fn a_client_id_of_odd_unicode_is_an_id_like_any_other_and_one_too_long_to_be_a_key_has_no_contract() {
    for client in ["клиент-№1", "😀\u{200d}😀", " ", "a\u{0}b", "\u{202e}c-1", &"я".repeat(1_024)]
    {
        let app = Instalment::new();
        app.contract(client, 1, None, "init");
        assert_eq!(app.status(client).await.status, 200, "{client:?}");
    }
    assert_eq!(Instalment::new().status(&"я".repeat(1_025)).await.brief(), DENIED);
    assert_eq!(Instalment::new().status(&"x".repeat(100_000)).await.brief(), DENIED);
}

#[tokio::test(start_paused = true)]
async fn a_denial_says_why_in_the_log_alone() {
    let app = Instalment::new();
    assert_eq!(app.send(&Post::anonymous(GET_STATUS)).await.brief(), DENIED);
    let warnings = app.logged("WARN");
    assert_eq!(warnings.len(), 1);
    assert_eq!(warnings[0]["refusal"], "denied: no bearer token");
}
