//! What each operation costs (design §12).

use serde_json::json;
use suites::costs::assert_priced;
use suites::marketplace::channels::PLAIN;
use suites::marketplace::{CUSTOMERS, Marketplace};
use world::Units;

use crate::people::{CID, MD5_UPPER, NAME, PHONE, PHONE_MD5, customer, md5};

#[tokio::test(start_paused = true)]
async fn a_check_is_one_query_for_each_digest_and_writes_nothing() {
    let app = Marketplace::new().await;
    app.tell(&[customer(&json!({}))]).await;
    for (business, reads) in [
        (json!({"md5": MD5_UPPER}), 1),
        (json!({"mobileMd5": PHONE_MD5}), 1),
        (json!({"name": NAME, "phone": &PHONE[..7], "cid": &CID[..13]}), 1),
        (json!({"md5": MD5_UPPER, "mobileMd5": PHONE_MD5}), 2),
        (json!({"md5": md5("x"), "mobileMd5": md5("y")}), 2),
    ] {
        let (_, spent) = app.world.measure(app.call(PLAIN, "userCheck", &business)).await;
        assert_eq!((spent.reads(), spent.writes()), (Units::whole(reads), Units::whole(0)), "{business}");
        assert_eq!(spent.on(CUSTOMERS).by("Query").reads(), spent.reads());
        if reads == 2 {
            assert_priced("user-check", "both digests", &spent);
        }
    }
}

#[tokio::test(start_paused = true)]
async fn a_calculation_and_the_list_of_banks_touch_no_table() {
    let app = Marketplace::new().await;
    for (op, business) in
        [("loanCalculation", json!({"loanAmount": 5000, "loanPeriod": 12})), ("getBankList", json!({}))]
    {
        let (answered, spent) = app.world.measure(app.call(PLAIN, op, &business)).await;
        assert_eq!(
            (answered.code, spent.reads(), spent.writes()),
            (0, Units::whole(0), Units::whole(0)),
            "{op}"
        );
    }
}

#[tokio::test(start_paused = true)]
async fn an_event_is_one_read_and_two_writes_a_row_and_a_repeat_one_read() {
    let app = Marketplace::new().await;
    let first = customer(&json!({}));
    let other_phone = customer(&json!({
        "event_id": "e-2", "phone": "13900139000", "occurred_at": "2018-08-02T00:00:00Z",
    }));
    for (event, writes) in [(&first, 8), (&first, 0), (&other_phone, 8 + 4)] {
        let ((), spent) = app.world.measure(app.tell(std::slice::from_ref(event))).await;
        assert_eq!((spent.reads(), spent.writes()), (Units::whole(1), Units::whole(writes)), "{event}");
        if writes == 8 {
            assert_priced("customer-events", "a new person", &spent);
        }
    }
}
