//! Who may cancel (§4): whoever has a session of the Baitiao front. A call without one counts nothing.

use serde_json::{Value, json};
use suites::gateway::Post;
use suites::session::{Key, claims, part};
use world::Units;

use super::{ABSENT, CANCELLED, app, stands};
use crate::cancel_metrics::counted;

const GOOD: &str = r#"{"businessId":"W1","businessType":"2201"}"#;
/// 2019-06-25 12:00 in Shanghai, in seconds of the epoch.
const NOW: i64 = 1_561_435_200;

async fn assert_denied(post: &Post, what: &str) {
    let app = app().await;
    let (got, spent) = app.world.measure(app.send_cancel(post)).await;
    assert_eq!(got.brief(), (401, ABSENT.1), "{what}");
    assert_eq!((spent.reads(), spent.writes()), (Units::default(), Units::default()), "{what}");
    assert_eq!(stands(&app), ("2".into(), "500".into()), "{what}");
    assert_eq!(counted(&app), [] as [&str; 0], "{what}");
    assert_eq!(app.counted("internal_error"), 0, "{what}");
}

fn with_claims(change: impl FnOnce(&mut Value)) -> Post {
    let mut claims = claims("p-1");
    claims["aud"] = json!("bt");
    claims["exp"] = json!(NOW + 3_600);
    change(&mut claims);
    let key = Key::first();
    Post::anonymous(GOOD).bearer(&key.sign(&key.header(), &claims))
}

#[tokio::test(start_paused = true)]
async fn without_a_good_session_the_answer_is_401_with_the_failure_body_and_nothing_is_counted() {
    let post = Post::anonymous(GOOD);
    assert_denied(&post, "none").await;
    for header in ["", "Bearer ", "Basic cC0x", "Bearer a.b.c"] {
        assert_denied(&post.clone().header("authorization", header), header).await;
    }
    assert_denied(&post.clone().bearer(&Key::first().token("p-1")), "ali-front").await;
    assert_denied(&post.clone().bearer(&Key::foreign().baitiao_token("p-1")), "a foreign key").await;
    assert_denied(&with_claims(|claims| claims["exp"] = json!(NOW - 61)), "expired").await;
    assert_denied(&with_claims(|claims| claims["nbf"] = json!(NOW + 61)), "not yet valid").await;
    assert_denied(&with_claims(|claims| claims["sub"] = json!("")), "no pin").await;
    assert_denied(&with_claims(|claims| claims["aud"] = json!(["bt"])), "a list of audiences").await;
    let first = Key::first();
    let forged = Key::second().sign(&first.header(), &json!({"sub": "p-1", "aud": "bt", "exp": NOW + 60}));
    assert_denied(&post.clone().bearer(&forged), "another key's signature").await;
    let none = part(&json!({"alg": "none", "kid": first.kid}));
    let unsigned = format!("{none}.{}.", part(&json!({"sub": "p-1", "aud": "bt", "exp": NOW + 60})));
    assert_denied(&post.bearer(&unsigned), "unsigned").await;
}

#[tokio::test(start_paused = true)]
async fn the_session_is_judged_before_the_body() {
    for body in ["{", "{}", &"x".repeat(1_048_577)] {
        assert_denied(&Post::anonymous(body), body.get(..9).unwrap_or(body)).await;
    }
    let app = app().await;
    for event in [json!({}), json!(null), json!("x"), json!({"headers": 7}), json!({"body": {}})] {
        assert_eq!(app.send_cancel_event(event).await.brief(), (401, ABSENT.1));
    }
    assert_eq!(counted(&app), [] as [&str; 0]);
}

#[tokio::test(start_paused = true)]
async fn a_session_that_ended_a_minute_ago_and_one_of_the_second_key_are_good() {
    let app = app().await;
    assert_eq!(
        app.send_cancel(&with_claims(|claims| claims["exp"] = json!(NOW - 60))).await.brief(),
        CANCELLED
    );
    let second = Post::anonymous(GOOD).bearer(&Key::second().baitiao_token("p-1"));
    assert_eq!(app.send_cancel(&second).await.brief(), CANCELLED);
}
