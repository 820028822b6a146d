//! What operators have: the list, and sending again.

use std::time::Duration;

use serde_json::{Value, json};
use suites::callbacks::{Callbacks, ORDER, Platform};
use suites::gateway::Post;
use world::{Fault, On};

/// An order whose first callback is dead, and whose second went through.
async fn with_a_dead_one() -> Callbacks {
    let app = Callbacks::new().await;
    app.cause(ORDER, 1, &[1]).await;
    kill(&app, ORDER).await;
    app.cause_and_wake(&[2]).await;
    app.work_all().await;
    assert_eq!(app.states(ORDER), ["dead", "delivered"]);
    app
}

/// Lets the callbacks of an order fail until they are given up.
async fn kill(app: &Callbacks, order: &str) {
    app.platform.always(order, Some(Platform::code(10_001)));
    // Its time is nearly over.
    for mut row in app.rows(order) {
        row["waited_ms"] = json!({"N": (24 * 3600 * 1000).to_string()});
        app.world.put_item("callbacks", &row);
    }
    app.wake(order);
    app.work_all().await;
    assert!(app.states(order).iter().all(|state| state == "dead"), "{:?}", app.states(order));
    app.platform.always(order, None);
}

fn ids(list: &Value) -> Vec<String> {
    let items = list["items"].as_array().cloned().unwrap_or_default();
    items.iter().filter_map(|item| item["callback_id"].as_str()).map(str::to_owned).collect()
}

#[tokio::test(start_paused = true)]
async fn a_dead_callback_is_sent_again_at_its_place_with_a_whole_life_before_it() {
    let app = with_a_dead_one().await;
    // Whatever looks for repeats over five minutes must not take it for one.
    for _ in 0..2 {
        let got = app.resend(&json!({"callback_id": Callbacks::id(1)})).await;
        assert_eq!(got.brief(), (200, r#"{"resent":1}"#));
        let before = app.platform.numbers(ORDER).len();
        app.platform.answers(ORDER, [Platform::code(10_001)]);
        app.work_all().await;
        assert_eq!(app.platform.numbers(ORDER).len(), before + 1, "it really went out");
        assert_eq!(app.states(ORDER), ["pending", "delivered"]);
        assert_eq!(app.rows(ORDER)[0]["failures"]["N"], "1");
        let mut row = app.rows(ORDER)[0].clone();
        row["waited_ms"] = json!({"N": (24 * 3600 * 1000).to_string()});
        app.world.put_item("callbacks", &row);
        app.platform.answers(ORDER, [Platform::code(10_001)]);
        app.world.pass(Duration::from_secs(75)).await;
        app.wake(ORDER);
        app.work_all().await;
        assert_eq!(app.states(ORDER), ["dead", "delivered"]);
    }
    app.resend(&json!({"callback_id": Callbacks::id(1)})).await;
    app.work_all().await;
    assert_eq!(app.states(ORDER), ["delivered", "delivered"]);
    assert_eq!(app.platform.numbers(ORDER).last(), Some(&1));
    assert_eq!(app.attempts(0).len(), 6, "what was tried before stands there still");
    assert!(app.head(ORDER).get("due_at").is_none());
}

#[tokio::test(start_paused = true)]
async fn a_resent_callback_goes_out_before_what_waits_behind_it() {
    let app = with_a_dead_one().await;
    app.platform.answers(ORDER, [Platform::code(10_001)]);
    app.cause_and_wake(&[3]).await;
    app.work_all().await;
    assert_eq!(app.states(ORDER), ["dead", "delivered", "pending"]);
    app.resend(&json!({"callback_id": Callbacks::id(1)})).await;
    app.work_all().await;
    let numbers = app.platform.numbers(ORDER);
    assert_eq!(numbers[numbers.len() - 2..], [1, 3]);
    assert_eq!(app.states(ORDER), ["delivered"; 3]);
}

#[tokio::test(start_paused = true)]
async fn a_callback_resent_while_the_worker_is_at_the_order_is_not_lost() {
    let app = with_a_dead_one().await;
    app.cause_and_wake(&[3]).await;
    let (world, scope) = (app.world.clone(), app.scope());
    app.world.before(On::call("POST").to(suites::marketplace::channels::PLATFORM), move || async move {
        let store =
            platform::callbacks::CallbackStore::new(suites::aws(&world).dynamodb(), "callbacks".into());
        let id = platform::callbacks::CallbackId::parse(&Callbacks::id(1)).expect("an id");
        assert!(store.resend(&scope, &id).await.expect("DynamoDB answers"));
    });
    app.work_all().await;
    assert_eq!(app.states(ORDER), ["delivered"; 3]);
    assert!(app.head(ORDER).get("due_at").is_none());
}

#[tokio::test(start_paused = true)]
async fn what_is_not_dead_is_409_what_is_unknown_404_and_what_is_neither_400() {
    let app = with_a_dead_one().await;
    let status = async |body: Value| app.resend(&body).await.status;
    assert_eq!(status(json!({"callback_id": Callbacks::id(2)})).await, 409);
    assert_eq!(status(json!({"callback_id": Callbacks::id(3)})).await, 404);
    for unknown in ["", "x", "840#1#head", "841#1#00000000000000000001-000"] {
        assert_eq!(status(json!({"callback_id": unknown})).await, 404, "{unknown}");
    }
    for bad in [
        json!({}),
        json!([]),
        json!({"callback_id": 1}),
        json!({"callback_id": Callbacks::id(1), "dead_since": "2018-01-01T00:00:00Z"}),
        json!({"dead_since": "yesterday"}),
        json!({"dead_since": "2018-01-01T00:00:00Z", "more": true}),
    ] {
        assert_eq!(status(bad.clone()).await, 400, "{bad}");
    }
    assert_eq!(app.states(ORDER), ["dead", "delivered"]);
    assert_eq!(status(json!({"callback_id": Callbacks::id(1)})).await, 200);
    assert_eq!(status(json!({"callback_id": Callbacks::id(1)})).await, 409, "it is no longer dead");
}

#[tokio::test(start_paused = true)]
async fn a_call_that_is_not_authorized_is_403() {
    let app = with_a_dead_one().await;
    let body = json!({"callback_id": Callbacks::id(1)}).to_string();
    assert_eq!(app.post(Post::anonymous(body)).await.status, 403);
    assert_eq!(
        app.respond(app.of_operators().0, Post::anonymous("").event("/ops/callbacks")).await.status,
        403
    );
    assert_eq!(app.states(ORDER), ["dead", "delivered"]);
}

#[tokio::test(start_paused = true)]
async fn what_died_since_an_instant_is_resent_oldest_first_and_a_bounded_number_a_call() {
    let app = Callbacks::new().await;
    app.cause("840#old", 1, &[1]).await;
    kill(&app, "840#old").await;
    app.world.pass(Duration::from_mins(1)).await;
    let since = app.world.time().now();
    for order in 0..30 {
        let order = format!("840#{order:03}");
        app.cause(&order, 1, &[1]).await;
        kill(&app, &order).await;
        app.world.pass(Duration::from_secs(1)).await;
    }
    let body = json!({"dead_since": since.to_string()});
    assert_eq!(app.resend(&body).await.brief(), (200, r#"{"resent":25}"#));
    assert_eq!(app.states("840#024"), ["pending"]);
    assert_eq!(app.states("840#025"), ["dead"]);
    assert_eq!(app.resend(&body).await.brief(), (200, r#"{"resent":5}"#));
    assert_eq!(app.resend(&body).await.brief(), (200, r#"{"resent":0}"#));
    app.work_all().await;
    for order in 0..30 {
        assert_eq!(app.states(&format!("840#{order:03}")), ["delivered"]);
    }
    assert_eq!(app.states("840#old"), ["dead"], "it died before");
}

#[tokio::test(start_paused = true)]
async fn a_resend_that_fails_in_between_says_how_many_it_did_and_the_next_calls_do_the_rest() {
    let app = Callbacks::new().await;
    let since = app.world.time().now();
    for order in 0..5 {
        let order = format!("840#{order}");
        app.cause(&order, 1, &[1]).await;
        kill(&app, &order).await;
    }
    let body = json!({"dead_since": since.to_string()});
    app.world.fail(On::call("TransactWriteItems").after(2), Fault::InternalError);
    assert_eq!(app.resend(&body).await.brief(), (200, r#"{"resent":2}"#));
    app.world.fail(On::call("TransactWriteItems"), Fault::InternalError);
    assert_eq!(app.resend(&body).await.status, 503, "nothing was done: it is no 0");
    assert_eq!(app.resend(&body).await.brief(), (200, r#"{"resent":3}"#));
    assert_eq!(app.resend(&body).await.brief(), (200, r#"{"resent":0}"#));
    app.work_all().await;
    assert!((0..5).all(|order| app.states(&format!("840#{order}")) == ["delivered"]));
}

#[tokio::test(start_paused = true)]
async fn a_resend_whose_wake_up_is_lost_goes_out_with_the_relays() {
    let app = with_a_dead_one().await;
    app.world.fail(On::any().to("partner-callback"), Fault::InternalError);
    assert_eq!(app.resend(&json!({"callback_id": Callbacks::id(1)})).await.status, 200);
    assert_eq!(app.counted("wake_up_unsent"), 1);
    app.live(2).await;
    assert_eq!(app.states(ORDER), ["delivered"; 2]);
}

#[tokio::test(start_paused = true)]
async fn the_list_shows_the_callbacks_of_an_order_with_their_attempts_and_not_what_they_tell() {
    let app = with_a_dead_one().await;
    let list = app.listed("order=840%23120522&state=&cursor=").await;
    let members: Vec<_> = list.as_object().expect("an object").keys().collect();
    assert_eq!(members, ["items", "next"]);
    assert_eq!(list["next"], Value::Null);
    assert_eq!(ids(&list), [Callbacks::id(1), Callbacks::id(2)]);
    let first = &list["items"][0];
    assert_eq!(
        (&first["order"], &first["kind"], &first["state"]),
        (&json!(ORDER), &json!("audit"), &json!("dead"))
    );
    let attempt = &first["attempts"][0];
    assert_eq!(
        (&attempt["outcome"], &attempt["code"], &attempt["latency_ms"]),
        (&json!("refused"), &json!(10_001), &json!(0))
    );
    assert!(attempt["at"].as_str().is_some_and(|at| at.starts_with("2018-08-08T")));
    assert_eq!(first.as_object().map(serde_json::Map::len), Some(5));
    assert!(!list.to_string().contains("orderId"));
    assert_eq!(ids(&app.listed("order=840%23120522&state=delivered").await), [Callbacks::id(2)]);
    assert_eq!(ids(&app.listed("order=840%23nobody").await), [""; 0]);
}

#[tokio::test(start_paused = true)]
async fn every_list_goes_on_page_by_page_oldest_first() {
    let app = Callbacks::new().await;
    for version in 1..=60 {
        app.cause(ORDER, version, &[version]).await;
        app.cause(&format!("840#x{version}"), 1, &[1]).await;
        if version <= 30 {
            app.wake(&format!("840#x{version}"));
        }
        app.world.pass(Duration::from_secs(1)).await;
    }
    app.work_all().await;
    for (query, all) in [
        ("order=840%23120522", 60),
        ("state=pending", 90),
        ("state=delivered", 30),
        ("", 120),
        ("state=dead", 0),
    ] {
        let (mut seen, mut cursor) = (Vec::new(), String::new());
        loop {
            let list = app.listed(&format!("{query}&cursor={cursor}")).await;
            assert!(ids(&list).len() <= 25);
            seen.extend(list["items"].as_array().expect("items").clone());
            let Some(next) = list["next"].as_str() else { break };
            cursor = next.to_owned();
        }
        assert_eq!(seen.len(), all, "{query}");
        let numbers: Vec<_> = seen.iter().map(|item| item["callback_id"].as_str().expect("an id")).collect();
        let distinct: std::collections::BTreeSet<_> = numbers.iter().collect();
        assert_eq!(distinct.len(), all, "{query}");
    }
}

#[tokio::test(start_paused = true)]
async fn what_cannot_be_read_is_listed_by_its_id_and_hides_nothing_else() {
    let app = with_a_dead_one().await;
    let mut row = app.rows(ORDER)[0].clone();
    row["schema_version"] = json!({"N": "2"});
    app.world.put_item("callbacks", &row);
    let is_next_to_the_other = [("order=840%23120522", true), ("state=dead", false), ("", true)];
    for (query, is_next_to_the_other) in is_next_to_the_other {
        let list = app.listed(query).await;
        assert_eq!(list["unreadable"], json!([Callbacks::id(1)]), "{query}");
        let others = is_next_to_the_other.then(|| Callbacks::id(2));
        assert_eq!(ids(&list), Vec::from_iter(others), "{query}");
        assert_eq!(list["next"], Value::Null, "{query}");
    }
}

#[tokio::test(start_paused = true)]
async fn a_query_that_is_none_is_400() {
    let app = Callbacks::new().await;
    for query in
        ["state=gone", "cursor=x", "order=840%231&cursor=e30", "page=2", "state=dead&state=dead", "order=%ff"]
    {
        let got = app.list(query).await;
        assert_eq!(got.status, 400, "{query}");
        assert!(got.body.contains(r#""error":"bad_request""#), "{}", got.body);
    }
}

#[tokio::test(start_paused = true)]
async fn a_database_that_fails_is_503_and_nothing_is_half_resent() {
    let app = with_a_dead_one().await;
    app.world.fail(On::call("TransactWriteItems").to("callbacks"), Fault::InternalError);
    assert_eq!(app.resend(&json!({"callback_id": Callbacks::id(1)})).await.status, 503);
    assert_eq!(app.states(ORDER), ["dead", "delivered"]);
    app.world.fail(On::call("Query").to("callbacks").times(2), Fault::InternalError);
    assert_eq!(app.list("order=840%23120522").await.status, 503);
}
