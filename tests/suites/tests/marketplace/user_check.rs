//! userCheck (1.1, item 1): by which digests and masks somebody is found, and which rule refuses whom (§3, §11 Admission).

use serde_json::{Value, json};
use suites::marketplace::channels::{AES, PLAIN, put_channel};
use suites::marketplace::{CUSTOMERS, Marketplace};

use crate::people::{CID, MD5_LOWER, MD5_UPPER, NAME, PHONE, PHONE_MD5, customer, md5};

/// What speaks against a customer, and what is answered: isStock, isBlackList, rejectReason. In the order of the rules.
fn refusals() -> Vec<(Value, [u64; 3])> {
    vec![
        (json!({"is_customer": true}), [1, 0, 4]),
        (json!({"birthday": "1998-08-09"}), [0, 0, 4]),
        (json!({"blacklisted": true}), [0, 1, 1]),
        (json!({"region": "新疆"}), [0, 0, 4]),
        (json!({"loan_in_progress": true}), [0, 0, 2]),
        (json!({"refused_at": "2018-08-08T00:00:00Z"}), [0, 0, 3]),
    ]
}

async fn app() -> Marketplace {
    let app = Marketplace::new().await;
    put_channel(&app.world, PLAIN, &json!({"admission": {"regions_blocked": ["新疆", "西藏"]}}));
    Marketplace::over(app.world.clone()).await
}

async fn check(app: &Marketplace, business: &Value) -> Value {
    app.call(PLAIN, "userCheck", business).await.said()
}

/// isStock, isCanLoan, isBlackList, rejectReason.
fn judged(said: &Value) -> [u64; 4] {
    ["isStock", "isCanLoan", "isBlackList", "rejectReason"].map(|name| said[name].as_u64().expect("a number"))
}

#[tokio::test(start_paused = true)]
async fn an_unknown_digest_is_a_new_user_who_may_borrow() {
    let app = app().await;
    for business in [
        json!({"name": NAME, "md5": MD5_UPPER, "mobileMd5": PHONE_MD5}),
        json!({"mobileMd5": PHONE_MD5}),
        json!({"name": NAME, "phone": &PHONE[..7], "cid": &CID[..13]}),
    ] {
        let said = check(&app, &business).await;
        assert_eq!(judged(&said), [0, 1, 0, 0], "{business}");
        let members: Vec<_> = said.as_object().unwrap().keys().collect();
        let expected = [
            "amountLimit",
            "amountOption",
            "isBlackList",
            "isCanLoan",
            "isStock",
            "periodUnit",
            "rejectReason",
            "remark",
        ];
        assert_eq!(members, expected, "neither bank nor card nor phone");
    }
}

/// §8, Filter: the answer to a blacklisted user, byte for byte.
#[tokio::test(start_paused = true)]
async fn a_user_who_is_refused_is_answered_without_amounts() {
    let app = app().await;
    app.tell(&[customer(&json!({"blacklisted": true}))]).await;
    for channel in [PLAIN, AES] {
        let answered = app.call(channel, "userCheck", &json!({"md5": MD5_UPPER})).await;
        let expected = concat!(
            r#"{"isStock":0,"isCanLoan":0,"isBlackList":1,"rejectReason":1,"periodUnit":2,"#,
            r#""remark":"资质不符"}"#,
        );
        assert_eq!((answered.code, answered.response.as_str()), (0, expected));
    }
}

#[tokio::test(start_paused = true)]
async fn a_customer_is_found_by_every_digest_and_mask() {
    let app = app().await;
    app.tell(&[customer(&json!({"blacklisted": true}))]).await;
    assert_eq!(PHONE_MD5, md5(PHONE));
    assert_eq!((MD5_UPPER, MD5_LOWER), (&*md5(CID), &*md5(&CID.to_lowercase())));
    for found in [
        json!({"md5": MD5_UPPER}),
        json!({"md5": MD5_LOWER}),
        json!({"md5": MD5_UPPER.to_uppercase()}),
        json!({"mobileMd5": PHONE_MD5}),
        json!({"mobileMd5": &PHONE_MD5[1..]}),
        json!({"mobileMd5": PHONE_MD5.to_uppercase()}),
        json!({"md5": md5("unknown"), "mobileMd5": PHONE_MD5}),
        json!({"name": NAME, "phone": &PHONE[..7], "cid": &CID[..13]}),
        json!({"name": format!(" {NAME} "), "phone": "1380013****", "cid": "1101011990030*****"}),
        json!({"name": NAME, "phone": 1_380_013, "cid": 1_101_011_990_030_u64}),
        json!({"md5": null, "name": NAME, "phone": &PHONE[..7], "cid": &CID[..13]}),
    ] {
        assert_eq!(judged(&check(&app, &found).await), [0, 0, 1, 1], "{found}");
    }
    for unknown in [
        json!({"md5": PHONE_MD5}),
        json!({"mobileMd5": MD5_UPPER}),
        json!({"md5": md5("unknown")}),
        json!({"name": "李四", "phone": &PHONE[..7], "cid": &CID[..13]}),
        json!({"name": NAME, "phone": "1380014", "cid": &CID[..13]}),
        json!({"name": NAME, "phone": &PHONE[..7], "cid": "1101011990031"}),
    ] {
        assert_eq!(judged(&check(&app, &unknown).await), [0, 1, 0, 0], "{unknown}");
    }
}

#[tokio::test(start_paused = true)]
async fn a_digest_or_a_mask_that_is_malformed_is_10002_and_is_not_quoted() {
    let app = app().await;
    let too_long = "0".repeat(33);
    for (business, problem) in [
        (json!({}), "md5: missing"),
        (json!({"name": NAME}), "md5: missing"),
        (json!({"md5": ""}), "md5: not 24 to 32 hex digits"),
        (json!({"md5": "xyz"}), "md5: not 24 to 32 hex digits"),
        (json!({"md5": too_long}), "md5: not 24 to 32 hex digits"),
        (json!({"md5": MD5_UPPER, "mobileMd5": PHONE}), "mobileMd5: not 24 to 32 hex digits"),
        (json!({"md5": &CID[..17]}), "md5: not 24 to 32 hex digits"),
        (json!({"md5": "1".repeat(23)}), "md5: not 24 to 32 hex digits"),
        (json!({"md5": MD5_UPPER, "mobileMd5": "13800138016x"}), "mobileMd5: not 24 to 32 hex digits"),
        (json!({"md5": ["58c3"]}), "md5: neither text nor number"),
        (json!({"phone": &PHONE[..7], "cid": &CID[..13]}), "name: missing"),
        (json!({"name": " ", "phone": &PHONE[..7], "cid": &CID[..13]}), "name: not 1 to 128 characters"),
        (json!({"name": NAME, "phone": PHONE, "cid": &CID[..13]}), "phone: not its first 7 digits"),
        (json!({"name": NAME, "phone": &PHONE[..7], "cid": &CID[..12]}), "cid: not its first 13 digits"),
    ] {
        let answered = app.call(PLAIN, "userCheck", &business).await;
        assert_eq!((answered.code, answered.message.as_str()), (10002, problem), "{business}");
    }
    let shortest = check(&app, &json!({"md5": "1".repeat(24)})).await;
    assert_eq!(judged(&shortest), [0, 1, 0, 0], "a digest from which zeros were dropped");
}

#[tokio::test(start_paused = true)]
async fn each_rule_refuses_with_its_reason_and_the_facts_are_told_whatever_refused() {
    for (members, [stock, black, reason]) in refusals() {
        let app = app().await;
        app.tell(&[customer(&members)]).await;
        let said = check(&app, &json!({"md5": MD5_UPPER})).await;
        assert_eq!(judged(&said), [stock, 0, black, reason], "{members}");
    }
    let app = app().await;
    app.tell(&[customer(&json!({"is_customer": true, "blacklisted": true}))]).await;
    assert_eq!(judged(&check(&app, &json!({"md5": MD5_UPPER})).await), [1, 0, 1, 4]);
}

/// Every two rules: the one that is asked first refuses.
#[tokio::test(start_paused = true)]
async fn the_rules_are_asked_in_their_order() {
    let remarks =
        ["仅限新用户", "年龄不符", "资质不符", "所在地区暂不支持", "有未结清的借款", "近期申请未通过"];
    for (first, (members, _)) in refusals().into_iter().enumerate() {
        for (later, _) in refusals().into_iter().skip(first) {
            let mut both = members.clone();
            both.as_object_mut().unwrap().extend(later.as_object().unwrap().clone());
            let app = app().await;
            app.tell(&[customer(&both)]).await;
            assert_eq!(check(&app, &json!({"md5": MD5_UPPER})).await["remark"], remarks[first], "{both}");
        }
    }
}

#[tokio::test(start_paused = true)]
async fn of_several_whom_a_phone_means_the_first_who_is_refused_counts_and_the_id_number_decides() {
    let app = app().await;
    let other = "110101199003074514";
    app.tell(&[
        customer(&json!({})),
        customer(&json!({"cid": other, "name": "李四", "loan_in_progress": true})),
    ])
    .await;
    assert_eq!(judged(&check(&app, &json!({"mobileMd5": PHONE_MD5})).await), [0, 0, 0, 2]);
    let own = json!({"md5": MD5_UPPER, "mobileMd5": PHONE_MD5});
    assert_eq!(judged(&check(&app, &own).await), [0, 1, 0, 0], "known by the id number");
    let unknown = json!({"md5": md5("unknown"), "mobileMd5": PHONE_MD5});
    assert_eq!(judged(&check(&app, &unknown).await), [0, 0, 0, 2], "else by the phone");
}

#[tokio::test(start_paused = true)]
async fn a_refusal_bars_for_thirty_days_to_the_second() {
    for (refused_at, reason) in [
        ("2018-07-09T06:37:39Z", 0),
        ("2018-07-09T06:37:40Z", 3),
        ("2018-08-08T06:37:39Z", 3),
        ("2019-01-01T00:00:00Z", 3),
    ] {
        let app = app().await;
        app.tell(&[customer(&json!({"refused_at": refused_at}))]).await;
        assert_eq!(judged(&check(&app, &json!({"md5": MD5_UPPER})).await)[3], reason, "{refused_at}");
    }
}

/// Written by what refuses credit and by the audit's results, under the digests that an order has.
#[tokio::test(start_paused = true)]
async fn our_own_refusals_count_for_customers_and_for_whoever_is_none() {
    let app = app().await;
    app.tell(&[customer(&json!({}))]).await;
    let digests: Vec<_> = app.world.items(CUSTOMERS).iter().map(|row| row["digest"]["S"].clone()).collect();
    for digest in digests {
        let row = json!({
            "digest": {"S": digest}, "customer": {"S": "refusal"}, "schema_version": {"N": "1"},
            "audit_refused_at": {"S": "2018-08-07T00:00:00.000000000Z"},
        });
        app.world.put_item(CUSTOMERS, &row);
    }
    for found in [json!({"md5": MD5_UPPER}), json!({"mobileMd5": PHONE_MD5}), json!({"md5": MD5_LOWER})] {
        assert_eq!(judged(&check(&app, &found).await), [0, 0, 0, 3], "{found}");
    }
    // Without the customer's own rows it is still the person of that digest who was refused.
    let bare = Marketplace::new().await;
    for row in app.world.items(CUSTOMERS) {
        if row["customer"]["S"] == "refusal" {
            bare.world.put_item(CUSTOMERS, &row);
        }
    }
    assert_eq!(judged(&check(&bare, &json!({"md5": MD5_UPPER})).await), [0, 0, 0, 3]);
    assert_eq!(judged(&check(&bare, &json!({"md5": md5("x"), "mobileMd5": PHONE_MD5})).await), [0, 0, 0, 3]);
}
