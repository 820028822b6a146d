//! A small burst through real queues and HTTP (docs/RELIABILITY.md, Load): much at once, as far as the engine bears it.

use std::thread;

use serde_json::{Value, json};
use suites::lease::bodies;

use crate::{
    lease::Lease,
    marketplace::Order,
    quota::Pin,
    world::{CONTRACT_EVENTS, Client, dead_letter, eventually, put_in_queue},
};

/// How many call at once.
const CALLERS: usize = 6;
/// How many clients and accounts there are.
const OWNERS: usize = 4;
/// What a contract goes through, one event each; the last counts, in whatever order they come.
const STATES: [&str; 4] = ["scoring", "signing", "waiting", "active"];
/// The grants of an account, of 1.0001 each.
const GRANTS: usize = 4;
const CREDIT_EVENTS: &str = "credit-events";
const CANCEL: &str = "antchain.ato.withhold.plan.cancel";

/// Has all of them call, and gives what each got.
fn at_once<A: Send>(call: impl Fn() -> A + Sync) -> Vec<A> {
    thread::scope(|scope| {
        let callers: Vec<_> = (0..CALLERS).map(|_| scope.spawn(&call)).collect();
        callers.into_iter().map(|caller| caller.join().unwrap()).collect()
    })
}

/// Sends every message twice, by several senders at once, and one that nobody can read.
fn burst(queue: &str, unreadable: &str, messages: &[String]) {
    let twice: Vec<_> = messages.iter().rev().chain(messages).collect();
    thread::scope(|scope| {
        for part in twice.chunks(twice.len().div_ceil(CALLERS)) {
            scope.spawn(|| part.iter().for_each(|message| put_in_queue(queue, message)));
        }
        put_in_queue(queue, unreadable);
    });
    assert_eq!(dead_letter(queue, unreadable).attribute("dead_letter_reason"), "unreadable");
}

fn contract_event(client: &Client, step: usize) -> String {
    let mut event = client.event(&format!("e-{step}"), STATES[step]);
    event["occurred_at"] = json!(format!("2026-01-02T03:04:{step:02}Z"));
    event.to_string()
}

#[test]
fn a_burst_of_contract_events_counts_each_once() {
    let clients: Vec<_> = (0..OWNERS).map(|number| Client::unknown(&format!("burst-{number}"))).collect();
    let of = |client| (0..STATES.len()).map(move |step| contract_event(client, step));
    let events: Vec<_> = clients.iter().flat_map(of).collect();
    burst(CONTRACT_EVENTS, &format!("unreadable {}", clients[0].id), &events);
    for client in &clients {
        (0..STATES.len()).for_each(|step| client.await_event(&format!("e-{step}")));
        let rows = client.rows();
        assert_eq!((rows.len(), &rows[0]["state"]["S"]), (1, &json!("active")), "{}", client.id);
    }
}

fn grant(pin: &Pin, number: usize) -> String {
    let mut grant = pin.granted("1.0001", "2099-12-27T00:00:00+08:00");
    for name in ["event_id", "apply_no", "business_id"] {
        grant[name] = json!(format!("{}-{number}", pin.business_id));
    }
    grant.to_string()
}

#[test]
fn a_burst_of_grants_books_each_once_and_to_the_last_digit() {
    let pins: Vec<_> = (0..OWNERS).map(|number| Pin::new(&format!("burst-{number}"))).collect();
    let of = |pin| (0..GRANTS).map(move |number| grant(pin, number));
    let opened = pins.iter().map(|pin| pin.opened().to_string());
    let messages: Vec<_> = opened.chain(pins.iter().flat_map(of)).collect();
    burst(CREDIT_EVENTS, &format!("unreadable {}", pins[0].id), &messages);
    for pin in &pins {
        eventually(&format!("{} has all its grants", pin.id), || {
            pin.account().filter(|row| row["state"]["S"] == "open" && pin.total() == "4.0004")
        });
    }
}

#[test]
fn calls_at_once_about_one_thing_have_one_effect() {
    let (client, pin) = (Client::with_active_contract("at-once"), Pin::with_grant("at-once", "500.0000"));
    client.lender_answers(&client.line("CLOSED", "50000.00"));
    let (order, lease) = (Order::new("840", "at-once"), Lease::new("at-once"));
    lease.waits_for_the_user();
    lease.becomes_at_ant(&json!({"withhold_status": "SIGNED"}));
    assert_eq!(lease.call("POST", "/sign-flow", Some(&bodies::contract())).status, 200);
    thread::scope(|scope| {
        scope.spawn(|| renew(&client));
        scope.spawn(|| give_back(&pin));
        scope.spawn(|| push(&order));
        scope.spawn(|| cancel(&lease));
    });
}

fn renew(client: &Client) {
    assert!(at_once(|| client.renew().status).iter().all(|status| *status == 200));
    let states: Vec<_> = client.rows().iter().map(|row| row["state"]["S"].clone()).collect();
    assert_eq!(states, ["CLOSED", "init"]);
}

fn give_back(pin: &Pin) {
    let answers = at_once(|| pin.cancel("na", &pin.business_id).json().unwrap()["code"].clone());
    assert!(answers.iter().all(|code| *code == "1111"), "{answers:?}");
    assert_eq!(pin.total(), "0");
}

fn push(order: &Order) {
    let answers = at_once(|| order.call("pushOrder", &order.push(15_000)).status());
    assert!(answers.iter().all(|status| *status == 2001), "{answers:?}");
    let rows = ["third_orders", "third_order_history"].map(|table| order.rows(table, "order").len());
    assert_eq!(rows, [1, 1]);
}

fn cancel(lease: &Lease) {
    let body = json!({"cancel_reason": "RENTING_AND_RESALE"});
    let answers = at_once(|| lease.call("POST", "/withhold-plan/cancel", Some(&body)).status);
    assert!(
        answers.contains(&200) && answers.iter().all(|status| [200, 409].contains(status)),
        "{answers:?}"
    );
    assert_eq!((lease.state().as_str(), lease.calls_of(CANCEL)), ("PLAN_CANCELLED", 1));
    let is_step = |row: &Value| row["to"]["S"] == "PLAN_CANCELLED";
    assert_eq!(lease.rows("lease_history").into_iter().filter(is_step).count(), 1);
}
