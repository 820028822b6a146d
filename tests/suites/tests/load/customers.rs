//! Our house tells of many people at once, and of each more than once.

use serde_json::{Value, json};
use suites::marketplace::{CUSTOMERS, Marketplace};

use crate::burst::{Burst, Taken, messages};

/// How many events there are of a person; the last counts, in whatever order they come.
const OF_A_PERSON: usize = 4;

fn event(person: usize, step: usize) -> String {
    json!({
        "event_id": format!("e-{person}-{step}"), "type": "customer_changed", "name": "张三",
        "cid": format!("{}19900307{:03}4", 110_101 + person / 1_000, person % 1_000), "phone": format!("138{person:08}"), "birthday": "1990-03-07",
        "region": format!("region {person} {step}"), "is_customer": false, "blacklisted": false,
        "loan_in_progress": false, "refused_at": null, "occurred_at": format!("2018-08-01T00:00:{step:02}Z"),
    })
    .to_string()
}

fn column<'a>(row: &'a Value, name: &str) -> &'a str {
    row[name]["S"].as_str().unwrap_or_default()
}

pub(crate) async fn the_last_event_of_everybody_is_shown_under_all_digests() -> Taken {
    let people = messages() / OF_A_PERSON;
    let app = Marketplace::new().await;
    let events = (0..people).flat_map(|person| (0..OF_A_PERSON).map(move |step| event(person, step)));
    let burst = Burst { world: &app.world, function: "customer-events", messages: events.collect() };
    let start = async || Marketplace::over(app.world.clone()).await;
    let taken = burst.take(start, async |app: &Marketplace| app.deliver().await).await;
    let rows = app.world.items(CUSTOMERS);
    for person in 0..people {
        let last = format!("region {person} {}", OF_A_PERSON - 1);
        let theirs: Vec<_> = rows.iter().filter(|row| column(row, "region") == last).collect();
        assert_eq!(theirs.len(), 3, "by the id number, the phone and the mask: {person}");
        assert!(theirs.iter().all(|row| row["customer"] == theirs[0]["customer"]), "{person}");
    }
    assert_eq!(rows.len(), 3 * people, "and under no other");
    taken.tell(rows.len())
}
