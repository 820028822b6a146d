//! The plan of a front order (§12, Plan).

use serde_json::{Value, json};
use suites::lease::bodies::{order, with};
use suites::lease::request::Request;
use suites::lease::{Lease, ORDER, done};

use super::{NO_NUMBERS, json_of, refused_for};

/// An order of these terms: index, rent, day.
fn of(terms: &[(u64, u64, &str)]) -> Value {
    let total: u64 = terms.iter().map(|(_, money, _)| money).sum();
    let list: Vec<Value> = terms
        .iter()
        .map(|(index, money, day)| json!({"termIndex": index, "rentalMoney": money, "payDay": day}))
        .collect();
    let order = with(with(order(), "rentTerm", terms.len()), "totalRentMoney", total);
    with(order, "repayStrategyList", list)
}

/// An order of so many terms of one fen.
fn of_length(terms: usize) -> Value {
    let terms: Vec<_> = (1..=terms).map(|index| (index as u64, 1, "2025-02-03")).collect();
    of(&terms)
}

async fn is_refused(lease: &Lease, order: &Value, field: &str) {
    refused_for(lease, &Request::put(ORDER).body(order), field).await;
}

#[tokio::test(start_paused = true)]
async fn a_plan_has_1_to_120_terms() {
    let lease = Lease::new().await;
    for (number, terms) in [1, 2, 119, 120].into_iter().enumerate() {
        done(&lease.put(&format!("LEASE-000{number}"), &of_length(terms)).await);
    }
    for terms in [0, 121] {
        is_refused(&lease, &of_length(terms), "rentTerm").await;
    }
}

#[tokio::test(start_paused = true)]
async fn there_are_as_many_terms_as_rent_term_says() {
    let lease = Lease::new().await;
    for rent_term in [1, 2, 4, 120] {
        is_refused(&lease, &with(order(), "rentTerm", rent_term), "repayStrategyList").await;
    }
    is_refused(&lease, &with(order(), "repayStrategyList", json!([])), "repayStrategyList").await;
}

#[tokio::test(start_paused = true)]
async fn the_indexes_are_exactly_1_to_rent_term_in_any_order() {
    let lease = Lease::new().await;
    let days = ["2025-02-03", "2025-03-03", "2025-04-03"];
    for indexes in [[1, 2, 4], [0, 1, 2], [1, 1, 2], [1, 2, 2], [2, 3, 4]] {
        let terms: Vec<_> = indexes.into_iter().zip(days).map(|(index, day)| (index, 1, day)).collect();
        is_refused(&lease, &of(&terms), "repayStrategyList").await;
    }
    let shuffled = of(&[(3, 1, days[2]), (1, 1, days[0]), (2, 1, days[1])]);
    done(&lease.put(ORDER, &shuffled).await);
}

#[tokio::test(start_paused = true)]
async fn money_is_whole_fen_of_1_or_more_and_adds_up() {
    let lease = Lease::new().await;
    for total in [3499, 3501, 0] {
        is_refused(&lease, &with(order(), "totalRentMoney", total), "totalRentMoney").await;
    }
    let day = "2025-02-03";
    is_refused(&lease, &of(&[(1, 0, day), (2, 1, day)]), "repayStrategyList").await;
    // Their sum is 1, if it is cut off at 64 bits.
    let most = i64::MAX as u64;
    let mut wrapped = of(&[(1, 1, day), (2, 1, day), (3, 1, day)]);
    wrapped["totalRentMoney"] = 1.into();
    for (term, money) in [most, most, 3].into_iter().enumerate() {
        wrapped["repayStrategyList"][term]["rentalMoney"] = money.into();
    }
    is_refused(&lease, &wrapped, "totalRentMoney").await;
    done(&lease.put(ORDER, &of(&[(1, 1, day)])).await);
}

#[tokio::test(start_paused = true)]
async fn what_is_no_whole_number_is_none_wherever_a_number_stands() {
    let lease = Lease::new().await;
    for bad in NO_NUMBERS {
        let bad = json_of(bad);
        for name in ["rentTerm", "totalRentMoney"] {
            is_refused(&lease, &with(order(), name, bad.clone()), name).await;
        }
        for name in ["termIndex", "rentalMoney"] {
            let mut order = order();
            order["repayStrategyList"][1][name] = bad.clone();
            is_refused(&lease, &order, name).await;
        }
        let mut order = order();
        order["orderProductInfoList"][0]["productNumber"] = bad;
        is_refused(&lease, &order, "productNumber").await;
    }
}

#[tokio::test(start_paused = true)]
async fn pay_days_are_days_of_the_calendar_that_do_not_decrease() {
    let lease = Lease::new().await;
    for bad in
        ["2025-02-29", "2025-13-01", "2025-00-10", "2025-01-32", "0000-01-01", "2025/02/03", "20250203xx"]
    {
        is_refused(&lease, &of(&[(1, 1, bad)]), "repayStrategyList").await;
    }
    for bad in ["2025-2-03", "2025-02-3", "2025-02-03 ", ""] {
        is_refused(&lease, &of(&[(1, 1, bad)]), "payDay").await;
    }
    let falls = of(&[(1, 1, "2025-02-04"), (2, 1, "2025-02-03")]);
    is_refused(&lease, &falls, "repayStrategyList").await;
    let stays = of(&[(2, 1, "2028-02-29"), (1, 1, "2028-02-29")]);
    done(&lease.put(ORDER, &stays).await);
}

#[tokio::test(start_paused = true)]
async fn a_term_has_its_three_members_and_no_other() {
    let lease = Lease::new().await;
    for name in ["termIndex", "rentalMoney", "payDay"] {
        let mut order = order();
        order["repayStrategyList"][0].as_object_mut().expect("a term").remove(name);
        is_refused(&lease, &order, name).await;
    }
    let mut order = order();
    order["repayStrategyList"][0]["interest"] = 1.into();
    is_refused(&lease, &order, "interest").await;
    order["repayStrategyList"] = json!([[1, 1, "2025-02-03"]]);
    is_refused(&lease, &order, "repayStrategyList").await;
    for bad in [json!({}), json!("[]"), json!([1]), json!([null])] {
        order["repayStrategyList"] = bad;
        is_refused(&lease, &order, "repayStrategyList").await;
    }
}
