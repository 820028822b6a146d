//! A list-driven raise: many grants, some of them twice, in any order, through five functions at once.

use std::collections::BTreeMap;

use futures_util::future::join_all;
use serde_json::Value;
use suites::load::size;
use suites::quota::{ACCOUNTS, Quota, granted, with};
use world::World;

/// How many grants there are, unless `TENOR_DRAIN` says otherwise.
const GRANTS_IN_THE_GATE: usize = 5_000;
/// How many messages wait at a time.
const WAVE: usize = 1_000;
/// No factor of a number of messages, so that its multiples meet each of them once.
const STRIDE: u64 = 1_000_003;

fn grants() -> u64 {
    u64::try_from(size("TENOR_DRAIN", GRANTS_IN_THE_GATE)).expect("a number of grants")
}

/// Whose the grant is: seven to a pin.
fn pin(number: u64) -> String {
    format!("p-{}", number / 7)
}

/// What the grant raises the quota by, in ten thousandths: everything from 0.0001 to 99,999.9999.
fn amount(number: u64) -> u64 {
    1 + number * 611_953 % 999_999_999
}

fn decimal(ten_thousandths: u64) -> String {
    format!("{}.{:04}", ten_thousandths / 10_000, ten_thousandths % 10_000)
}

fn message(number: u64) -> Value {
    let grant =
        granted(&pin(number), ["2201", "2202"][usize::from(number % 2 == 1)], &number.to_string(), "");
    with(with(grant, "change_limit", decimal(amount(number))), "source_type", "AUTOTASK")
}

/// Every grant, and every fourth once more, shuffled.
fn messages() -> impl Iterator<Item = Value> {
    let (grants, all) = (grants(), grants() + grants() / 4);
    (0..all).map(move |turn| {
        let place = turn * STRIDE % all;
        message(if place < grants { place } else { (place - grants) * 4 })
    })
}

/// Takes what waits until nothing does, by processes that begin anew, and tells how many grants were booked.
async fn drain(world: &World, wave: &[Value]) -> usize {
    let app = Quota::over(world.clone()).await;
    for message in wave {
        app.tell(message);
    }
    loop {
        let taken = join_all((0..5).map(|_| app.deliver())).await;
        if taken.iter().all(|delivery| delivery.handled.is_empty() && delivery.failed.is_empty()) {
            break;
        }
    }
    assert!(app.is_quiet(), "something is left, or dead");
    let outcomes = app.outcomes();
    let count = |wanted: &str| outcomes.iter().filter(|outcome| *outcome == wanted).count();
    assert_eq!(count("booked") + count("repeated"), wave.len(), "none comes again");
    count("booked")
}

/// A stored decimal, in ten thousandths.
fn stored(row: &Value) -> u64 {
    let text = row["temp_total"]["N"].as_str().expect("a total");
    let (whole, fraction) = text.split_once('.').unwrap_or((text, "0"));
    whole.parse::<u64>().expect("digits") * 10_000 + format!("{fraction:0<4}").parse::<u64>().expect("digits")
}

#[tokio::test(start_paused = true)]
async fn a_list_of_many_grants_drains_with_nothing_lost_and_nothing_twice_and_totals_to_the_last_digit() {
    let world = Quota::new().await.world.clone();
    let (mut messages, mut booked) = (messages().peekable(), 0);
    while messages.peek().is_some() {
        let wave: Vec<_> = messages.by_ref().take(WAVE).collect();
        booked += drain(&world, &wave).await;
    }
    let mut expected = BTreeMap::<_, u64>::new();
    for number in 0..grants() {
        *expected.entry(pin(number)).or_default() += amount(number);
    }
    let rows = world.items(ACCOUNTS);
    let found: BTreeMap<_, _> =
        rows.iter().map(|row| (row["pin"]["S"].as_str().expect("a pin").to_owned(), stored(row))).collect();
    assert!(found == expected, "the totals differ from the model's");
    assert_eq!(Ok(booked), usize::try_from(grants()));
}
