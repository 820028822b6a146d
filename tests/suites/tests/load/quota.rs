//! A list of grants comes at once, many of them of the same account.

use std::collections::BTreeMap;

use serde_json::Value;
use suites::quota::{ACCOUNTS, APPLY_NUMBERS, GRANTS, Quota, granted};

use crate::burst::{Burst, Taken, messages};

/// How many grants an account has.
const OF_AN_ACCOUNT: usize = 5;

fn pin(number: usize) -> String {
    format!("p-{}", number / OF_AN_ACCOUNT)
}

fn grant(number: usize) -> Value {
    granted(&pin(number), "2201", &number.to_string(), &format!("{}.0001", number + 1))
}

pub(crate) async fn every_grant_is_booked_once_and_the_totals_are_exact() -> Taken {
    let world = Quota::new().await.world.clone();
    let grants = messages();
    let burst = Burst {
        world: &world,
        function: "credit-events",
        messages: (0..grants).map(|number| grant(number).to_string()).collect(),
    };
    let start = async || Quota::over(world.clone()).await;
    let taken = burst.take(start, async |app: &Quota| app.deliver().await).await;
    let mut expected = BTreeMap::<_, (usize, usize)>::new();
    for number in 0..grants {
        let (whole, fraction) = expected.entry(pin(number)).or_default();
        (*whole, *fraction) = (*whole + number + 1, *fraction + 1);
    }
    let expected: BTreeMap<_, _> = expected
        .into_iter()
        .map(|(pin, (whole, fraction))| (pin, format!("{whole}.{fraction:04}")))
        .collect();
    let text = |value: &Value| value.as_str().expect("a text").to_owned();
    let rows = world.items(ACCOUNTS);
    let found: BTreeMap<_, _> =
        rows.iter().map(|row| (text(&row["pin"]["S"]), text(&row["temp_total"]["N"]))).collect();
    assert_eq!(found, expected);
    assert_eq!((world.items(GRANTS).len(), world.items(APPLY_NUMBERS).len()), (grants, grants));
    taken.tell(grants)
}
