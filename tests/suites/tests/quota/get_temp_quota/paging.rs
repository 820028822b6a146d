//! Pages (§2.1, §4.1, §5 Q3).

use serde_json::{Value, json};
use suites::quota::{GRANTS, Quota, granted, opened, with};
use world::Units;

use super::{lasting, listed, with_grants};

const NOW: &str = "2019-06-25T12:00:00+08:00";

/// The context where `p-1` has so many grants, whose ids are in the order of the list.
async fn with_many(count: usize) -> Quota {
    let grants: Vec<Value> = (0..count).map(|number| lasting("2104", &format!("{number:04}"))).collect();
    with_grants(NOW, &grants).await
}

/// An answer's numbers (page, pageSize, totalCount, pageNum) and the ids that it lists, as numbers.
async fn page(app: &Quota, body: Value) -> ([u64; 4], Vec<usize>) {
    let got = app.query("p-1", &body.to_string()).await;
    let ids = listed(&got).iter().map(|(id, _)| id.parse().unwrap()).collect();
    let body: Value = serde_json::from_str(&got.body).unwrap();
    (["page", "pageSize", "totalCount", "pageNum"].map(|name| body[name].as_u64().unwrap()), ids)
}

#[tokio::test(start_paused = true)]
async fn pages_follow_one_another_and_the_last_holds_the_rest() {
    let app = with_many(23).await;
    for (number, rows) in [(1, 0..10), (2, 10..20), (3, 20..23)] {
        let got = page(&app, json!({"page": number, "pageSize": 10})).await;
        assert_eq!(got, ([number, 10, 23, 3], rows.collect()));
    }
}

#[tokio::test(start_paused = true)]
async fn a_page_beyond_the_end_is_a_success_with_an_empty_list_and_the_true_totals() {
    let app = with_many(3).await;
    for number in [3_u64, 4, 1_000_000, 2_147_483_647] {
        let got = page(&app, json!({"page": number, "pageSize": 2})).await;
        assert_eq!(got, ([number, 2, 3, 2], vec![]));
    }
    let got = app.query("p-1", r#"{"page":2147483647,"pageSize":50}"#).await;
    let expected = r#"{"code":"1111","error_msg":"以下是您的临时额度明细，您可选择对应额度进行取消。","issuccess":1,"page":2147483647,"pageNum":1,"pageSize":50,"tempQuotaList":[],"totalCount":3,"totalTempQuota":"240.00"}"#;
    assert_eq!(got.brief(), (200, expected));
}

#[tokio::test(start_paused = true)]
async fn page_num_is_the_number_of_pages_and_not_the_page() {
    for (count, size, pages) in [(1, 1, 1), (4, 2, 2), (5, 2, 3), (5, 5, 1), (5, 4, 2), (5, 50, 1)] {
        let app = with_many(count).await;
        let (numbers, _) = page(&app, json!({"page": 1, "pageSize": size})).await;
        assert_eq!(numbers, [1, size, count as u64, pages]);
    }
}

#[tokio::test(start_paused = true)]
async fn no_grants_are_an_empty_list_with_the_accounts_total() {
    let app = Quota::new().await;
    app.take(&[with(opened("p-1"), "temp_total", "920.0000")]).await;
    let got = app.query("p-1", r#"{"page":1,"pageSize":10}"#).await;
    let expected = r#"{"code":"1111","error_msg":"以下是您的临时额度明细，您可选择对应额度进行取消。","issuccess":1,"page":1,"pageNum":0,"pageSize":10,"tempQuotaList":[],"totalCount":0,"totalTempQuota":"920.00"}"#;
    assert_eq!(got.brief(), (200, expected));
}

#[tokio::test(start_paused = true)]
async fn fifty_rows_are_the_most() {
    let app = with_many(51).await;
    let (numbers, ids) = page(&app, json!({"page": 1, "pageSize": 50})).await;
    assert_eq!((numbers, ids), ([1, 50, 51, 2], (0..50).collect()));
    let (numbers, ids) = page(&app, json!({"page": 2, "pageSize": 50})).await;
    assert_eq!((numbers, ids), ([2, 50, 51, 2], vec![50]));
}

#[tokio::test(start_paused = true)]
async fn texts_and_numbers_ask_for_the_same_page_and_the_answer_has_numbers() {
    let app = with_many(3).await;
    let expected = app.query("p-1", r#"{"page":2,"pageSize":2}"#).await;
    assert!(expected.body.contains(r#""page":2,"pageNum":2,"pageSize":2,"#));
    for body in [
        r#"{"page":"2","pageSize":"2"}"#,
        r#"{"page":"2","pageSize":2}"#,
        r#"{"pageSize":"2","page":2}"#,
        r#"{"page":"0002","pageSize":"02"}"#,
        r#"{"page":"\u0032","pageSize":2,"more":{"page":7}}"#,
    ] {
        assert_eq!(app.query("p-1", body).await.brief(), expected.brief(), "{body}");
    }
}

#[tokio::test(start_paused = true)]
async fn only_what_is_shown_is_counted() {
    let hidden = [
        with(lasting("2004", "1"), "pin", "p-1"),
        granted("p-1", "2104", "no-expiry", "80.0000"),
        with(lasting("2104", "over"), "invalid_time", NOW),
    ];
    let app = with_grants(NOW, &hidden).await;
    app.take(&[lasting("2104", "1"), lasting("2104", "2")]).await;
    assert_eq!(page(&app, json!({"page": 1, "pageSize": 1})).await, ([1, 1, 2, 2], vec![1]));
    assert_eq!(page(&app, json!({"page": 2, "pageSize": 1})).await, ([2, 1, 2, 2], vec![2]));
}

#[tokio::test(start_paused = true)]
async fn a_cancel_between_two_pages_may_hide_a_row_and_page_one_shows_what_there_is() {
    let app = with_many(4).await;
    assert_eq!(page(&app, json!({"page": 1, "pageSize": 2})).await.1, [0, 1]);
    app.cancel("p-1", "2104", "0000").await;
    assert_eq!(page(&app, json!({"page": 2, "pageSize": 2})).await, ([2, 2, 3, 2], vec![3]));
    assert_eq!(page(&app, json!({"page": 1, "pageSize": 2})).await, ([1, 2, 3, 2], vec![1, 2]));
}

#[tokio::test(start_paused = true)]
async fn more_grants_than_dynamodb_answers_at_once_are_all_counted() {
    let app = with_grants(NOW, &[lasting("2104", "0000")]).await;
    let row = app.world.items(GRANTS)[0].clone();
    for number in 1..1_200 {
        // Ids of a kilobyte: a megabyte is one answer.
        let id = format!("2104#{number:04}{}", "0".repeat(1_000));
        app.world.put_item(GRANTS, &with(row.clone(), "grant_id", json!({"S": id})));
    }
    let (got, spent) = app.world.measure(app.query("p-1", r#"{"page":1200,"pageSize":1}"#)).await;
    assert_eq!(listed(&got).len(), 1);
    assert!(got.body.contains(r#""totalCount":1200,"#));
    assert!(spent.on(GRANTS).reads() > Units::whole(256), "more than a megabyte");
}
