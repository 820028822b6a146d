//! Nothing that Ant did not sign is believed: no byte of it, with no key but ours, also while keys are replaced.

use std::time::Duration;

use suites::lease::ant::{FIRST_KEY, Notification, SECOND_KEY};
use suites::lease::request::notification_event;
use suites::lease::{Lease, ORDER, put_ant_secret};

use super::{FORM, JSON, code, stored, taken, unsigned};

const THIRD_KEY: (&str, &str) = ("AKthird", "ant-secret-three");

fn by(key: (&str, &str), msg_id: &str) -> Notification {
    let fields = [
        ("msg_id", msg_id),
        ("msg_publish_type", "ASYNC_UNSIGN_APPLY"),
        ("order_id", ORDER),
        ("msg_content", "{\"a\":[1]}"),
    ];
    Notification::signed(key.1, fields)
}

/// A context with an active order, Ant's calls forgotten.
async fn active() -> Lease {
    let lease = Lease::new().await;
    lease.active(ORDER).await;
    lease.ant.heard();
    lease
}

/// Whether the byte at `at` is one of the two digits of a `%2F`, which may be written in either case.
fn is_escaped_digit(body: &[u8], at: usize) -> bool {
    [1, 2].iter().any(|back| at >= *back && body[at - back] == b'%')
}

/// Bodies that differ from this one in one byte, and not only in the case of an escape's digits.
fn changed(body: &str) -> impl Iterator<Item = (usize, Vec<u8>)> {
    let body = body.as_bytes().to_vec();
    (0..body.len()).flat_map(move |at| {
        let own = body[at];
        let mut others = vec![own ^ 1, own ^ 2, own ^ 0x20, own ^ 0x80, b'A', b'&', b'=', b'%', b'+', b'"'];
        others.retain(|other| *other != own);
        if is_escaped_digit(&body, at) {
            others.retain(|other| !other.eq_ignore_ascii_case(&own));
        }
        others.sort_unstable();
        others.dedup();
        let body = body.clone();
        others.into_iter().map(move |other| {
            let mut changed = body.clone();
            changed[at] = other;
            (at, changed)
        })
    })
}

#[tokio::test(start_paused = true)]
async fn a_message_that_differs_in_one_byte_is_refused_and_leaves_nothing() {
    let lease = active().await;
    let notification = by(FIRST_KEY, "m-1");
    let before = lease.world.state_without(&[]);
    let effects = lease.world.effects().len();
    let mut unsigned = 0;
    for (content_type, body) in [(FORM, notification.form()), (JSON, notification.json())] {
        for (at, changed) in changed(&body) {
            let mut event = notification_event(content_type, "", true);
            event["body"] = base64(&changed).into();
            let got = lease.notify_with(event).await;
            // What is no form or no JSON any more is refused as such.
            let (status, word) = code(&got);
            let refused = (status, word.as_str());
            assert!(
                [(401, "SIGNATURE_INVALID"), (400, "INVALID_ARGUMENT")].contains(&refused),
                "{at}: {refused:?} {}",
                String::from_utf8_lossy(&changed)
            );
            unsigned += usize::from(status == 401);
        }
    }
    assert!(unsigned > 1_000, "{unsigned}");
    assert_eq!(lease.world.effects().len(), effects);
    assert_eq!(lease.world.state_without(&[]), before);
    assert_eq!(lease.ant.heard(), [""; 0]);
    assert_eq!(lease.counted("ant_bad_signature"), unsigned as u64);
    taken(&lease.notify_with(notification.form_event()).await);
}

fn base64(bytes: &[u8]) -> String {
    use base64::Engine;
    base64::engine::general_purpose::STANDARD.encode(bytes)
}

#[tokio::test(start_paused = true)]
async fn a_field_more_or_less_is_refused() {
    let lease = active().await;
    let whole = by(FIRST_KEY, "m-1");
    for name in ["msg_id", "msg_publish_type", "order_id", "msg_content", "sign"] {
        let mut less = whole.clone();
        less.0.remove(name);
        unsigned(&lease.notify_with(less.form_event()).await);
        unsigned(&lease.notify_with(less.json_event()).await);
    }
    for (name, value) in [("extra", "x"), ("extra", ""), ("Sign", "x"), ("sign_type", "HmacSHA1")] {
        let mut more = whole.clone();
        more.0.insert(name.to_owned(), value.to_owned());
        unsigned(&lease.notify_with(more.form_event()).await);
        unsigned(&lease.notify_with(more.json_event()).await);
    }
    assert!(stored(&lease).is_empty());
}

#[tokio::test(start_paused = true)]
async fn anothers_signature_and_that_of_another_message_are_refused() {
    let lease = active().await;
    unsigned(&lease.notify_with(by(THIRD_KEY, "m-1").form_event()).await);
    unsigned(&lease.notify_with(by((FIRST_KEY.0, ""), "m-1").form_event()).await);
    let mut borrowed = by(FIRST_KEY, "m-1");
    borrowed.0.insert("sign".to_owned(), by(FIRST_KEY, "m-2").0["sign"].clone());
    unsigned(&lease.notify_with(borrowed.json_event()).await);
    assert!(stored(&lease).is_empty());
}

#[tokio::test(start_paused = true)]
async fn while_keys_are_rotated_both_are_good_whichever_signs() {
    let lease = active().await;
    for keys in [[FIRST_KEY, SECOND_KEY], [SECOND_KEY, FIRST_KEY]] {
        put_ant_secret(&lease.world, &keys);
        lease.ant.accept_keys(&keys);
        let lease = lease.restarted().await;
        let tag = keys[0].0;
        taken(&lease.notify_with(by(FIRST_KEY, &format!("{tag}-1")).form_event()).await);
        taken(&lease.notify_with(by(SECOND_KEY, &format!("{tag}-2")).json_event()).await);
        unsigned(&lease.notify_with(by(THIRD_KEY, &format!("{tag}-3")).form_event()).await);
    }
    assert_eq!(stored(&lease).len(), 4);
}

#[tokio::test(start_paused = true)]
async fn a_key_that_has_been_taken_away_is_good_no_longer() {
    let lease = active().await;
    put_ant_secret(&lease.world, &[SECOND_KEY]);
    lease.ant.accept_keys(&[SECOND_KEY]);
    let lease = lease.restarted().await;
    unsigned(&lease.notify_with(by(FIRST_KEY, "m-1").form_event()).await);
    taken(&lease.notify_with(by(SECOND_KEY, "m-2").form_event()).await);
}

#[tokio::test(start_paused = true)]
async fn a_secret_that_is_replaced_while_the_function_runs_is_learnt_from_the_first_bad_signature() {
    let lease = active().await;
    let reads = lease.world.parameter_reads();
    put_ant_secret(&lease.world, &[SECOND_KEY, FIRST_KEY]);
    lease.ant.accept_keys(&[SECOND_KEY, FIRST_KEY]);
    taken(&lease.notify_with(by(FIRST_KEY, "m-1").form_event()).await);
    assert_eq!(lease.world.parameter_reads(), reads, "a good signature asks for nothing");
    taken(&lease.notify_with(by(SECOND_KEY, "m-2").form_event()).await);
    assert_eq!(lease.world.parameter_reads(), reads + 1);
    taken(&lease.notify_with(by(SECOND_KEY, "m-3").form_event()).await);
    assert_eq!(lease.world.parameter_reads(), reads + 1);
    assert_eq!(stored(&lease), ["m-1", "m-2", "m-3"]);
    assert_eq!(lease.counted("ant_bad_signature"), 0);
}

#[tokio::test(start_paused = true)]
async fn bad_signatures_have_the_secret_read_at_most_once_a_minute() {
    let lease = active().await;
    let reads = lease.world.parameter_reads();
    for second in 0..125 {
        unsigned(&lease.notify_with(by(THIRD_KEY, "m-1").form_event()).await);
        let expected = 1 + usize::from(second >= 60) + usize::from(second >= 120);
        assert_eq!(lease.world.parameter_reads(), reads + expected, "second {second}");
        lease.world.pass(Duration::from_secs(1)).await;
    }
    assert_eq!(lease.counted("ant_bad_signature"), 125);
    put_ant_secret(&lease.world, &[FIRST_KEY, THIRD_KEY]);
    unsigned(&lease.notify_with(by(THIRD_KEY, "m-1").form_event()).await);
    lease.world.pass(Duration::from_mins(1)).await;
    taken(&lease.notify_with(by(THIRD_KEY, "m-1").form_event()).await);
}
