//! The bank binds no cards for a while, or binds them and does not say so.

use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use futures_util::future::join_all;
use serde_json::json;
use suites::confirmations::{BANK, Banks, CARDS, Confirmations, bind};
use suites::load::Traffic;
use suites::orders::credit::but;

use super::{ABSENT, all_have_accounts, approved, in_time, names, orders, tell_of, too_late};

/// How long we wait for the bank.
const TIMEOUT: Duration = Duration::from_secs(8);

async fn with_accounts() -> Confirmations {
    let app = approved().await;
    all_have_accounts(&app);
    app
}

/// Everybody binds a card; how many are told which status.
async fn all_bind(app: &Confirmations) -> BTreeMap<u64, usize> {
    let of = |order: usize| {
        let [(_, order), (_, user)] = names(order);
        but(bind(), &json!({"orderId": order, "uid": user}))
    };
    let bodies: Vec<_> = (0..orders()).map(of).collect();
    let mut told = BTreeMap::new();
    for answer in join_all(bodies.iter().map(|body| app.bind(body))).await {
        *told.entry(answer.status()).or_default() += 1;
    }
    told
}

/// Every user has one card, and the bank has bound it once.
fn all_have_a_card(app: &Confirmations) -> usize {
    let bound = app.partners.bound();
    let rows = app.world.items(CARDS);
    let cards: Vec<_> = rows.iter().filter_map(|row| row["card_ref"]["S"].as_str()).collect();
    let users: BTreeSet<_> = rows.iter().map(|row| row["user"]["S"].to_string()).collect();
    let at_bank: BTreeSet<_> = bound.values().map(String::as_str).collect();
    assert_eq!((bound.len(), cards.len(), users.len()), (orders(), orders(), orders()));
    assert_eq!(cards.into_iter().collect::<BTreeSet<_>>(), at_bank);
    for order in 0..orders() {
        let [(_, order), _] = names(order);
        assert!(app.items(&order).contains(&"bankCard".to_owned()), "{order}: {:?}", app.items(&order));
    }
    bound.len()
}

#[tokio::test(start_paused = true)]
async fn cards_are_not_bound_while_the_bank_is_absent_and_each_once_when_it_is_back() {
    let app = with_accounts().await;
    let traffic = Traffic::in_world(&app.world, 0);
    traffic.leaves(BANK, ABSENT);
    for _ in 0..3 {
        assert_eq!(all_bind(&app).await, BTreeMap::from([(3003, orders())]));
    }
    assert!(app.world.items(CARDS).is_empty(), "no card of which it is not known");
    let absent = traffic.calls_to(BANK).len();
    traffic.returns(BANK);
    assert_eq!(all_bind(&app).await, BTreeMap::from([(3001, orders())]));
    let effects = all_have_a_card(&app);
    tell_of("the bank", orders(), [absent, traffic.calls_to(BANK).len()], None, effects);
}

#[tokio::test(start_paused = true)]
async fn a_bank_that_is_too_late_has_bound_the_card_and_binds_no_second() {
    let app = with_accounts().await;
    app.partners.bank(Banks::Late(too_late(TIMEOUT)));
    assert_eq!(all_bind(&app).await, BTreeMap::from([(3003, orders())]));
    app.partners.bank(Banks::Late(in_time(TIMEOUT)));
    assert_eq!(all_bind(&app).await, BTreeMap::from([(3001, orders())]));
    all_have_a_card(&app);
}
