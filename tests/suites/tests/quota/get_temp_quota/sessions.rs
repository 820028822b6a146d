//! Who may ask (§4): whoever has a session of the Baitiao front, for the pin of that session alone.

use serde_json::{Value, json};
use suites::gateway::Post;
use suites::quota::{FIRST_PAGE, Quota, by, opened, with};
use suites::session::{Key, claims, part};
use world::Units;

use super::{failure, ids, lasting, with_grants};

/// 2019-06-25 12:00 in Shanghai, in seconds of the epoch.
const NOW: i64 = 1_561_435_200;

async fn app() -> Quota {
    with_grants("2019-06-25T12:00:00+08:00", &[lasting("2104", "1")]).await
}

/// The status for a token; a 401 has the whole failure body and reads nothing.
async fn status_of(token: &str) -> i64 {
    let app = app().await;
    let (got, spent) = app.world.measure(app.send_query(&Post::anonymous(FIRST_PAGE).bearer(token))).await;
    if got.status != 200 {
        assert_eq!(got.brief(), (401, failure("1001").as_str()));
        assert_eq!(spent.reads(), Units::default());
        assert_eq!(app.counted("internal_error"), 0);
    }
    got.status
}

async fn status_with(change: impl FnOnce(&mut Value)) -> i64 {
    let mut claims = claims("p-1");
    claims["aud"] = json!("bt");
    claims["exp"] = json!(NOW + 3_600);
    change(&mut claims);
    let key = Key::first();
    status_of(&key.sign(&key.header(), &claims)).await
}

#[tokio::test(start_paused = true)]
async fn both_keys_of_a_rotation_are_valid_and_no_other() {
    assert_eq!(status_of(&Key::first().baitiao_token("p-1")).await, 200);
    assert_eq!(status_of(&Key::second().baitiao_token("p-1")).await, 200);
    assert_eq!(status_of(&Key::foreign().baitiao_token("p-1")).await, 401);
}

#[tokio::test(start_paused = true)]
async fn without_a_session_the_answer_is_401_with_the_whole_failure_body() {
    let app = app().await;
    let got = app.send_query(&Post::anonymous(FIRST_PAGE)).await;
    assert_eq!(got.brief(), (401, failure("1001").as_str()));
    assert_eq!(got.header("content-type"), Some("application/json"));
    assert_eq!(got.header("cache-control"), Some("no-store"));
    for header in ["", "Bearer", "Bearer ", "Basic cC0x", "Bearer a.b", "Bearer ...", "Bearer a b c"] {
        let got = app.send_query(&Post::anonymous(FIRST_PAGE).header("authorization", header)).await;
        assert_eq!(got.brief(), (401, failure("1001").as_str()), "{header}");
    }
}

#[tokio::test(start_paused = true)]
async fn a_session_of_another_front_is_none() {
    assert_eq!(status_of(&Key::first().token("p-1")).await, 401, "ali-front");
    for audience in [json!("BT"), json!(""), json!(null), json!(["bt"]), json!(["bt", "ali-front"])] {
        assert_eq!(status_with(|claims| claims["aud"] = audience).await, 401);
    }
}

#[tokio::test(start_paused = true)]
async fn a_session_ends_sixty_seconds_after_its_time_and_does_not_begin_before_it() {
    assert_eq!(status_with(|claims| claims["exp"] = json!(NOW - 60)).await, 200);
    assert_eq!(status_with(|claims| claims["exp"] = json!(NOW - 61)).await, 401);
    assert_eq!(status_with(|claims| claims["nbf"] = json!(NOW + 60)).await, 200);
    assert_eq!(status_with(|claims| claims["nbf"] = json!(NOW + 61)).await, 401);
}

#[tokio::test(start_paused = true)]
async fn a_signature_that_is_not_the_keys_is_none() {
    let first = Key::first();
    let mut claims = claims("p-1");
    claims["aud"] = json!("bt");
    assert_eq!(status_of(&Key::second().sign(&first.header(), &claims)).await, 401);
    let none = json!({"alg": "none", "typ": "JWT", "kid": first.kid});
    assert_eq!(status_of(&format!("{}.{}.", part(&none), part(&claims))).await, 401);
    let token = first.baitiao_token("p-1");
    let (head, signature) = token.rsplit_once('.').unwrap();
    let of_another = first.baitiao_token("p-2");
    let (other_head, _) = of_another.rsplit_once('.').unwrap();
    assert_eq!(status_of(&format!("{other_head}.{signature}")).await, 401, "another pin's claims");
    assert_eq!(status_of(head).await, 401, "no signature");
}

#[tokio::test(start_paused = true)]
async fn a_session_without_a_pin_is_none() {
    assert_eq!(status_with(|claims| claims["sub"] = json!("")).await, 401);
    assert_eq!(status_with(|claims| claims["sub"] = json!(7)).await, 401);
    let without = |claims: &mut Value| {
        claims.as_object_mut().unwrap().remove("sub");
    };
    assert_eq!(status_with(without).await, 401);
}

#[tokio::test(start_paused = true)]
async fn the_session_is_judged_before_the_body() {
    let app = app().await;
    for body in ["{", r#"{"page":0,"pageSize":0}"#, &"x".repeat(1_048_577)] {
        assert_eq!(app.send_query(&Post::anonymous(body)).await.brief(), (401, failure("1001").as_str()));
        assert_eq!(app.send_query(&by("p-1", body)).await.brief(), (200, failure("1001").as_str()));
    }
    for event in [json!({}), json!(null), json!("x"), json!({"headers": 7}), json!({"body": {}})] {
        assert_eq!(app.send_query_event(event).await.brief(), (401, failure("1001").as_str()));
    }
}

#[tokio::test(start_paused = true)]
async fn na_and_h5_are_one_function_that_does_not_look_at_the_route() {
    let app = app().await;
    let mut answers = Vec::new();
    for channel in ["na", "h5"] {
        let event = by("p-1", FIRST_PAGE).event(&format!("/gw/generic/bt/{channel}/m/getTempQuotaInfo"));
        answers.push(app.send_query_event(event).await.body);
    }
    assert!(answers[0].contains(r#""businessId":"1""#));
    assert_eq!(answers[0], answers[1]);
}

#[tokio::test(start_paused = true)]
async fn a_pin_is_whatever_the_session_says_and_one_too_long_to_be_a_key_has_no_account() {
    for pin in ["jd_白条-№1", "😀\u{200d}😀", " ", "a\u{0}b", &"я".repeat(1_024)] {
        let app = Quota::new().await;
        app.take(&[with(opened(pin), "event_id", "e-1")]).await;
        assert!(app.query(pin, FIRST_PAGE).await.body.contains(r#""code":"1111""#), "{pin:?}");
    }
    let app = app().await;
    assert_eq!(ids(&app).await, ["1"]);
    let (got, spent) = app.world.measure(app.query(&"x".repeat(2_049), FIRST_PAGE)).await;
    assert_eq!(got.brief(), (200, failure("1006").as_str()));
    assert_eq!(spent.reads(), Units::default());
}

#[tokio::test(start_paused = true)]
async fn a_refusal_says_why_in_the_log_alone() {
    let app = app().await;
    app.send_query(&Post::anonymous(FIRST_PAGE)).await;
    let warnings = app.logged("WARN");
    assert_eq!(warnings.len(), 1);
    assert_eq!(warnings[0]["refusal"], "denied: no bearer token");
}
