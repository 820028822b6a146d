//! What each operation costs in request units (docs/contexts/quota.md), exactly: in a transaction a row counts double, and
//! each index that it enters or leaves once.

use serde_json::{Value, json};
use suites::costs::assert_priced;
use suites::gateway::Post;
use suites::host::OUTBOX;
use suites::quota::{ACCOUNTS, APPLY_NUMBERS, FIRST_PAGE, GRANTS, Quota, by, granted, opened, with};
use world::{Spent, Units};

fn lasting(business_id: &str) -> Value {
    with(granted("p-1", "2104", business_id, "80"), "invalid_time", "2019-12-27T00:00:00+08:00")
}

/// What taking one message costs.
async fn taking(app: &Quota, message: Value) -> Spent {
    let messages = [message];
    let ((), spent) = app.world.measure(app.take(&messages)).await;
    spent
}

/// Reads and writes.
fn cost(spent: &Spent) -> (Units, Units) {
    (spent.reads(), spent.writes())
}

fn whole(reads: u64, writes: u64) -> (Units, Units) {
    (Units::whole(reads), Units::whole(writes))
}

#[tokio::test(start_paused = true)]
async fn a_grant_reads_nothing_and_is_one_transaction_of_three_items_and_two_index_rows() {
    let app = Quota::new().await;
    for message in [lasting("1"), lasting("2")] {
        let spent = taking(&app, message).await;
        assert_priced("credit-events", "a grant", &spent);
        assert_eq!(spent.by("TransactWriteItems"), spent);
        assert_eq!(spent.on(APPLY_NUMBERS).writes(), Units::whole(2));
        assert_eq!(spent.on(ACCOUNTS).writes(), Units::whole(2));
        assert_eq!(spent.on(GRANTS).writes(), Units::whole(2 + 1 + 1), "the row, `effective`, `due`");
    }
    let without_expiry = taking(&app, granted("p-1", "2201", "3", "80")).await;
    assert_eq!(cost(&without_expiry), whole(0, 7), "it does not enter `due`");
    let effects = app.world.effects();
    let expected = "TransactWriteItems [Put apply_numbers apply_no=a-p-1-2104-1; \
                    Put credit_apply pin=p-1 grant_id=2104#1; Update quota_accounts pin=p-1] -> 200";
    assert_eq!((effects.len(), effects[0].as_str()), (3, expected));
}

#[tokio::test(start_paused = true)]
async fn a_repeated_or_contradicted_grant_costs_the_three_items_of_its_transaction() {
    let app = Quota::new().await;
    taking(&app, lasting("1")).await;
    for message in
        [lasting("1"), with(lasting("1"), "change_limit", "1"), with(lasting("1"), "apply_no", "a-2")]
    {
        assert_eq!(cost(&taking(&app, message).await), whole(0, 6));
    }
}

#[tokio::test(start_paused = true)]
async fn an_account_that_changes_costs_one_write() {
    let app = Quota::new().await;
    assert_priced("credit-events", "an account that changes", &taking(&app, opened("p-1")).await);
    let later = with(opened("p-1"), "occurred_at", "2019-05-02T00:00:00+08:00");
    let later = with(with(later, "event_id", "e-2"), "temp_total", "920");
    assert_eq!(cost(&taking(&app, later.clone()).await), whole(0, 1));
    assert_eq!(cost(&taking(&app, opened("p-1")).await), whole(0, 1), "late");
    assert_eq!(cost(&taking(&app, later.clone()).await), whole(0, 1), "repeated");
    assert_eq!(cost(&taking(&app, with(later, "event_id", "e-3")).await), whole(0, 2), "of the same instant");
}

#[tokio::test(start_paused = true)]
async fn a_refused_message_costs_nothing() {
    let app = Quota::new().await;
    assert_eq!(taking(&app, json!({"type": "x"})).await, Spent::default());
}

#[tokio::test(start_paused = true)]
async fn a_cancel_is_one_read_one_transaction_of_three_items_and_the_outbox_delete_and_a_repeat_one_read() {
    let app = Quota::new().await;
    app.take(&[opened("p-1"), lasting("1"), lasting("2")]).await;
    let before = app.world.effects().len();
    let (_, spent) = app.world.measure(app.cancel("p-1", "2104", "1")).await;
    assert_priced("cancel-temp-quota", "a cancel", &spent);
    assert_eq!(spent.by("GetItem").reads(), Units::whole(1));
    assert_eq!(spent.by("TransactWriteItems").on(GRANTS).writes(), Units::whole(2 + 1 + 1));
    assert_eq!(spent.by("TransactWriteItems").on(ACCOUNTS).writes(), Units::whole(2));
    assert_eq!(spent.by("TransactWriteItems").on(OUTBOX).writes(), Units::whole(2));
    assert_eq!(spent.on(OUTBOX).writes(), Units::whole(2 + 1), "the event, and its delete");
    let effects = &app.world.effects()[before..];
    let expected = "TransactWriteItems [Update credit_apply pin=p-1 grant_id=2104#1; \
                    Update quota_accounts pin=p-1; Put outbox shard=";
    assert!(effects.len() == 3 && effects[0].starts_with(expected), "{effects:?}");
    let (_, repeat) = app.world.measure(app.cancel("p-1", "2104", "1")).await;
    assert_priced("cancel-temp-quota", "a repeat", &repeat);
    let post =
        |id: &str| Post::signed(json!({"pin": "p-1", "businessType": "2104", "businessId": id}).to_string());
    let (_, by_credit_man) = app.world.measure(app.credit_man_cancel(&post("2"))).await;
    assert_priced("cancel-temp-credit", "a cancel", &by_credit_man);
    let (_, repeat) = app.world.measure(app.credit_man_cancel(&post("2"))).await;
    assert_eq!(cost(&repeat), whole(1, 0));
}

#[tokio::test(start_paused = true)]
async fn a_cancel_that_takes_the_total_to_nothing_costs_the_failed_transaction_too() {
    let app = Quota::new().await;
    let corrected = with(with(opened("p-1"), "event_id", "e-2"), "temp_total", "79.9999");
    app.take(&[lasting("1"), corrected]).await;
    let (_, spent) = app.world.measure(app.cancel("p-1", "2104", "1")).await;
    assert_eq!(cost(&spent), whole(1, 6 + 9), "its three items");
}

#[tokio::test(start_paused = true)]
async fn a_cancel_of_nothing_costs_one_read_and_of_a_pledge_none() {
    let app = Quota::new().await;
    app.take(&[opened("p-1"), granted("p-1", "2004", "1", "80")]).await;
    let (_, absent) = app.world.measure(app.cancel("p-1", "2104", "9")).await;
    assert_eq!(cost(&absent), whole(1, 0));
    let (_, pledge) = app.world.measure(app.cancel("p-1", "2004", "1")).await;
    assert_eq!(pledge, Spent::default());
}

#[tokio::test(start_paused = true)]
async fn a_page_is_one_read_of_the_account_and_one_query_that_grows_with_the_effective_grants_alone() {
    let app = Quota::new().await;
    app.take(&[opened("p-1")]).await;
    let grants: Vec<Value> = (0..30).map(|number| lasting(&number.to_string())).collect();
    app.take(&grants[..10]).await;
    let body = json!({"pin": "p-1", "page": 1, "pageSize": 10}).to_string();
    for _ in 0..2 {
        let (_, spent) = app.world.measure(app.query("p-1", FIRST_PAGE)).await;
        assert_priced("get-temp-quota", "a page of grants", &spent);
        assert_eq!(spent.by("GetItem").on(ACCOUNTS).reads(), Units::whole(1));
        assert_eq!(spent.by("Query").on(GRANTS).reads(), Units::whole(1));
        let (_, by_credit_man) = app.world.measure(app.credit_man_query(&Post::signed(body.clone()))).await;
        assert_priced("query-temp-credit", "a page of grants", &by_credit_man);
        // The second time round: twenty more that were given back.
        app.take(&grants[10..]).await;
        for number in 10..30 {
            app.cancel("p-1", "2104", &number.to_string()).await;
        }
    }
    let last_page = by("p-1", r#"{"page":"1","pageSize":"50"}"#);
    let (_, spent) = app.world.measure(app.send_query(&last_page)).await;
    assert_eq!(cost(&spent), whole(2, 0), "whatever the page");
}

#[tokio::test(start_paused = true)]
async fn an_expiry_is_half_a_read_a_shard_and_one_transaction_as_of_a_cancel() {
    let app = Quota::new().await;
    app.take(&[opened("p-1"), lasting("1"), lasting("2"), granted("p-1", "2101", "3", "80")]).await;
    let (run, spent) = app.world.measure(app.expire("2019-12-27T00:10:00+08:00")).await;
    run.unwrap();
    assert_eq!(cost(&spent), whole(2, 3 * 6));
    assert_priced("temp-credit-expiry", "a run that finds three grants", &spent);
}
