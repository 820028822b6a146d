//! `account_changed`: the state, the type, and perhaps the total.

use futures_util::future::join_all;
use serde_json::{Value, json};
use suites::quota::{ACCOUNTS, Quota, granted, opened, with};
use world::On;

use super::{account, changed};

const NOON: &str = "2019-06-21T12:00:00+08:00";

/// How many messages the account knows.
fn remembered(app: &Quota) -> usize {
    app.account("p-1").expect("an account")["event_ids"]["SS"].as_array().map_or(0, Vec::len)
}

#[tokio::test(start_paused = true)]
async fn the_first_message_opens_the_account_with_its_state_and_type_and_a_total_of_nothing() {
    for state in ["open", "closed", "temporarily_closed", "not_opened"] {
        for kind in ["NORMAL", "KDB"] {
            let app = Quota::new().await;
            app.take(&[with(with(changed("e-1", NOON), "state", state), "account_type", kind)]).await;
            assert_eq!(account(&app, "p-1"), [state, kind, "0"]);
            assert_eq!(app.outcomes(), ["changed"]);
            assert!(app.is_quiet());
        }
    }
}

#[tokio::test(start_paused = true)]
async fn a_later_message_changes_state_and_type_and_leaves_the_total_and_every_other_account() {
    let app = Quota::new().await;
    app.take(&[opened("p-1"), opened("p-2"), granted("p-1", "2104", "1", "80.5000")]).await;
    let other = app.account("p-2");
    for (hour, state, kind) in [
        (10, "closed", "NORMAL"),
        (11, "temporarily_closed", "KDB"),
        (12, "open", "KDB"),
        (13, "open", "NORMAL"),
    ] {
        let message = changed(&format!("e-{hour}"), &format!("2019-06-21T{hour}:00:00+08:00"));
        app.take(&[with(with(message, "state", state), "account_type", kind)]).await;
        assert_eq!(account(&app, "p-1"), [state, kind, "80.5"]);
    }
    assert_eq!(app.account("p-2"), other);
}

#[tokio::test(start_paused = true)]
async fn a_message_older_than_what_the_account_shows_is_ignored_even_by_a_nanosecond_and_in_another_offset() {
    for earlier in [
        "2019-06-21T11:59:59.999999999+08:00",
        "2019-06-21T03:59:59.999999999Z",
        "2019-06-21T13:59:59+10:00",
        "2019-06-20T22:29:59-05:30",
        "2001-01-01T00:00:00Z",
    ] {
        let app = Quota::new().await;
        let late = with(with(changed("e-2", earlier), "state", "closed"), "temp_total", "7");
        app.take(&[changed("e-1", NOON), late]).await;
        assert_eq!(account(&app, "p-1"), ["open", "NORMAL", "0"], "{earlier}");
        assert_eq!(app.outcomes(), ["changed", "late"], "{earlier}");
        assert!(app.is_quiet());
    }
}

#[tokio::test(start_paused = true)]
async fn a_message_later_by_a_nanosecond_counts_in_whatever_offset_it_is_written() {
    for later in
        ["2019-06-21T12:00:00.000000001+08:00", "2019-06-21T04:00:00.000000001Z", "2019-06-20T22:31:00-05:30"]
    {
        let app = Quota::new().await;
        app.take(&[changed("e-1", NOON), with(changed("e-2", later), "state", "closed")]).await;
        assert_eq!(account(&app, "p-1"), ["closed", "NORMAL", "0"], "{later}");
    }
}

#[tokio::test(start_paused = true)]
async fn of_one_instant_every_message_counts_once_in_the_order_in_which_they_came() {
    let app = Quota::new().await;
    let same = ["2019-06-21T12:00:00+08:00", "2019-06-21T04:00:00.000Z", "2019-06-20T22:30:00-05:30"];
    let message = |number: usize, state: &str, total: &str| {
        with(with(changed(&format!("e-{number}"), same[number]), "state", state), "temp_total", total)
    };
    app.take(&[message(0, "open", "1"), message(1, "closed", "2"), message(2, "temporarily_closed", "3")])
        .await;
    assert_eq!(account(&app, "p-1"), ["temporarily_closed", "NORMAL", "3"]);
    app.take(&[message(1, "closed", "2"), message(0, "open", "1"), message(2, "open", "9")]).await;
    assert_eq!(account(&app, "p-1"), ["temporarily_closed", "NORMAL", "3"], "all three are known");
    assert_eq!(app.outcomes(), ["changed", "changed", "changed", "repeated", "repeated", "repeated"]);
}

#[tokio::test(start_paused = true)]
async fn a_repeat_does_not_replace_the_total_again_though_grants_have_moved_it_since() {
    let app = Quota::new().await;
    let corrected = with(changed("e-1", NOON), "temp_total", "920.0000");
    app.take(&[corrected.clone(), granted("p-1", "2104", "1", "80"), corrected.clone()]).await;
    assert_eq!(app.total("p-1").as_deref(), Some("1000"));
    let grant = with(granted("p-1", "2104", "2", "50"), "invalid_time", "2019-12-27T00:00:00+08:00");
    app.take(&[grant]).await;
    app.cancel("p-1", "2104", "2").await;
    app.take(&[corrected]).await;
    assert_eq!(app.total("p-1").as_deref(), Some("1000"));
    assert_eq!(app.outcomes(), ["changed", "booked", "repeated", "booked", "repeated"]);
}

#[tokio::test(start_paused = true)]
async fn the_ids_of_an_earlier_instant_are_forgotten_with_it() {
    let app = Quota::new().await;
    app.take(&[changed("e-1", NOON), changed("e-2", NOON), changed("e-3", "2019-06-21T13:00:00+08:00")])
        .await;
    assert_eq!(remembered(&app), 1);
    app.take(&[changed("e-1", NOON)]).await;
    assert_eq!(app.outcomes(), ["changed", "changed", "changed", "late"]);
}

#[tokio::test(start_paused = true)]
async fn a_total_in_a_message_replaces_the_accounts_and_an_absent_or_null_one_leaves_it() {
    let app = Quota::new().await;
    let mut hour = 0;
    for (total, stands) in [
        (json!("920.0000"), "920"),
        (Value::Null, "920"),
        (json!("0.0001"), "0.0001"),
        (json!("99999999999999.9999"), "99999999999999.9999"),
        (json!("0"), "0"),
        (json!("999999999999999999999999.9999"), "999999999999999999999999.9999"),
        (json!("12.34"), "12.34"),
    ] {
        hour += 1;
        let message = changed(&format!("e-{hour}"), &format!("2019-06-21T{hour:02}:00:00+08:00"));
        app.take(&[with(message, "temp_total", total)]).await;
        assert_eq!(app.total("p-1").as_deref(), Some(stands));
    }
    app.take(&[changed("e-9", "2019-06-22T00:00:00+08:00")]).await;
    assert_eq!(app.total("p-1").as_deref(), Some("12.34"), "absent");
}

#[tokio::test(start_paused = true)]
async fn grants_cancels_and_expiries_move_the_total_from_where_a_message_put_it_and_never_below_nothing() {
    let app = Quota::new().await;
    let until = |id: &str, limit: &str, day: &str| {
        with(granted("p-1", "2104", id, limit), "invalid_time", format!("{day}T00:00:00+08:00"))
    };
    app.take(&[
        until("1", "500", "2019-12-27"),
        until("2", "300", "2019-07-01"),
        until("3", "40", "2019-07-02"),
    ])
    .await;
    app.take(&[with(changed("e-1", NOON), "temp_total", "720")]).await;
    app.cancel("p-1", "2104", "1").await;
    assert_eq!(app.total("p-1").as_deref(), Some("220"));
    app.expire("2019-07-01T00:00:00+08:00").await.unwrap();
    assert_eq!(app.total("p-1").as_deref(), Some("0"), "300 of 220");
    app.expire("2019-07-02T00:00:00+08:00").await.unwrap();
    assert_eq!(app.total("p-1").as_deref(), Some("0"), "40 of nothing");
    app.take(&[granted("p-1", "2104", "4", "0.5")]).await;
    assert_eq!(app.total("p-1").as_deref(), Some("0.5"));
}

#[tokio::test(start_paused = true)]
async fn a_cancel_of_more_than_the_total_holds_leaves_nothing() {
    let app = Quota::new().await;
    let grant = with(granted("p-1", "2104", "1", "500"), "invalid_time", "2019-12-27T00:00:00+08:00");
    app.take(&[grant, with(changed("e-1", NOON), "temp_total", "499.9999")]).await;
    let got = app.cancel("p-1", "2104", "1").await;
    assert!(got.body.contains(r#""code":"1111""#), "{}", got.body);
    assert_eq!(app.total("p-1").as_deref(), Some("0"));
}

/// Has two messages handled at once by functions of their own, whose first writes meet.
async fn at_once(app: &Quota, messages: [&Value; 2]) {
    for message in messages {
        app.tell(message);
    }
    app.world.meet(On::call("UpdateItem").to(ACCOUNTS), 2);
    join_all([app.deliver_one(), app.deliver_one()]).await;
}

#[tokio::test(start_paused = true)]
async fn of_two_messages_at_once_the_later_instant_stands_whichever_is_written_first() {
    let earlier = with(changed("e-1", NOON), "state", "closed");
    let later = with(changed("e-2", "2019-06-21T12:00:01+08:00"), "state", "temporarily_closed");
    for messages in [[&earlier, &later], [&later, &earlier]] {
        let app = Quota::new().await;
        at_once(&app, messages).await;
        assert_eq!(account(&app, "p-1"), ["temporarily_closed", "NORMAL", "0"]);
        assert!(app.is_quiet());
    }
}

#[tokio::test(start_paused = true)]
async fn two_messages_of_one_instant_at_once_are_both_known_and_one_delivered_twice_counts_once() {
    let (one, other) = (changed("e-1", NOON), changed("e-2", NOON));
    let app = Quota::new().await;
    at_once(&app, [&one, &other]).await;
    assert_eq!(app.outcomes(), ["changed", "changed"]);
    assert_eq!(remembered(&app), 2);
    let app = Quota::new().await;
    at_once(&app, [&one, &one]).await;
    assert_eq!(app.outcomes(), ["changed", "repeated"]);
    assert!(app.is_quiet());
}

#[tokio::test(start_paused = true)]
async fn a_repeat_that_is_overtaken_by_its_first_delivery_is_told_from_a_new_message() {
    let app = Quota::new().await;
    app.take(&[changed("e-0", NOON)]).await;
    let message = changed("e-1", NOON);
    app.tell(&message);
    app.tell(&message);
    // Both are refused the usual write, then both try to join the instant's messages.
    app.world.meet(On::call("UpdateItem").to(ACCOUNTS), 2);
    app.world.meet(On::call("UpdateItem").to(ACCOUNTS).after(2), 2);
    join_all([app.deliver_one(), app.deliver_one()]).await;
    assert_eq!(app.outcomes(), ["changed", "changed", "repeated"]);
    assert_eq!(remembered(&app), 2);
}
