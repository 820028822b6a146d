//! Many orders that stand where one stands, of users of their own, are told the same.

use std::collections::BTreeMap;

use serde_json::Value;
use suites::orders::{ORDER, UID};
use world::{Delivery, World};

use crate::burst::{Burst, Taken, copy_rows, lasting, messages, renamed};

/// How the other orders' names begin, before eight digits; their users' begin otherwise.
const OTHER: &str = "burst-";
const DIGITS: usize = 8;

/// The names of another order and its user.
fn names(order: usize) -> [(&'static str, String); 2] {
    [(ORDER, format!("{OTHER}{order:08}")), (UID, format!("user-of-{OTHER}{order:08}"))]
}

/// What is stored of an order: each row with its table.
type Stored = Vec<(&'static str, Value)>;

/// What is stored of [`ORDER`], and of each of the others with the names of [`ORDER`] in place of its own.
fn stored(world: &World, tables: &[&'static str]) -> (Stored, BTreeMap<usize, Stored>) {
    let (mut first, mut others) = (Stored::new(), BTreeMap::<_, Stored>::new());
    for table in tables {
        for row in world.items(table) {
            let text = row.to_string();
            if let Some(order) = order_in(&text) {
                let names = names(order);
                let back: Vec<_> = names.iter().map(|(old, new)| (new.as_str(), (*old).to_owned())).collect();
                // The user's name has the order's in it, and so comes first.
                let back: Vec<_> = back.into_iter().rev().collect();
                others.entry(order).or_default().push((*table, lasting(renamed(&text, &back))));
            } else {
                first.push((*table, lasting(row)));
            }
        }
    }
    (first, others)
}

/// The number of the order that a row is about, unless that is [`ORDER`].
fn order_in(row: &str) -> Option<usize> {
    let (_, rest) = row.split_once(OTHER)?;
    rest.get(..DIGITS)?.parse().ok()
}

/// Has many orders that stand where [`ORDER`] stands told the same, each once, and compares each with that one, which is
/// told alone before.
pub(crate) async fn burst<P>(
    world: &World,
    tables: &[&'static str],
    (queue, message): (&str, &Value),
    start: impl AsyncFn() -> P,
    take: impl AsyncFn(&P) -> Delivery,
) -> Taken {
    let orders = messages();
    copy_rows(world, tables, orders, |order| names(order).to_vec());
    let (before, _) = stored(world, tables);
    world.send(queue, &message.to_string(), &[]);
    take(&start().await).await;
    let (alone, _) = stored(world, tables);
    assert_ne!(before, alone, "{queue}: it changes something");
    let told = |order| renamed(&message.to_string(), &names(order)).to_string();
    let burst = Burst { world, function: queue, messages: (0..orders).map(told).collect() };
    let taken = burst.take(start, take).await;
    let (still, others) = stored(world, tables);
    assert!(still == alone && others.len() == orders, "{queue}");
    for (order, stored) in others {
        let odd: Vec<_> = stored.iter().zip(&alone).filter(|(own, first)| own != first).collect();
        assert!(stored.len() == alone.len() && odd.is_empty(), "{queue}: {order}: {odd:?}");
    }
    taken.tell(orders * alone.iter().filter(|row| !before.contains(row)).count())
}
