//! What a push leaves (§3.1, item 4).

use serde_json::{Value, json};
use suites::marketplace::channels::{AES, PLAIN};
use suites::orders::bodies::{push, with};
use suites::orders::{BUCKET, CONVERSION, DATA, ORDER, ORDERS, Orders, PULL_LOG, TABLES, UID, USERS, opened};

#[tokio::test(start_paused = true)]
async fn a_push_with_every_field_makes_an_order_that_waits_for_its_data() {
    let app = Orders::new().await;
    let answer = app.push(&push()).await;
    assert_eq!(answer.response, r#"{"status":2001,"remark":"accepted"}"#);
    assert_eq!((app.status(ORDER), app.history(ORDER)), (Some(0), vec!["->0 push-order: pushed".to_owned()]));
    let row = app.row(ORDER).unwrap();
    assert_eq!(row["uid"]["S"], UID);
    assert_eq!((&row["loan_amount"]["S"], &row["period"]["N"]), (&json!("15000.00"), &json!("12")));
    assert_eq!((&row["period_unit"]["N"], &row["version"]["N"]), (&json!("2"), &json!("1")));
    assert_eq!(app.items(ORDER), ["id_back", "id_front", "living_image"]);
    assert_eq!(row.get("work_shard"), None, "no job is to work on it yet");
    assert_eq!(app.pull_states(ORDER), ["0", "0", "0"]);
    let pulls = app.pulls(ORDER);
    assert_eq!(pulls["rongshu_uid"]["S"], UID);
    assert_eq!((&pulls["retry_count"]["N"], &pulls["next_pull_at"]), (&json!("0"), &pulls["created_at"]));
    assert!(app.callbacks(ORDER).is_empty());
    assert_eq!(TABLES.map(|table| app.world.items(table).len()), [1, 1, 1, 1, 1, 1, 0, 0]);
}

#[tokio::test(start_paused = true)]
async fn our_own_number_leads_from_the_conversion_and_stands_in_the_order() {
    let app = Orders::new().await;
    app.push(&push()).await;
    let conversion = app.world.items(CONVERSION).remove(0);
    assert_eq!(conversion["third_order_no"]["S"], format!("840#{ORDER}"));
    assert_eq!(conversion["order_no"], app.row(ORDER).unwrap()["order_no"]);
    app.push(&with(push(), "orderId", json!("120523"))).await;
    assert_ne!(app.row("120523").unwrap()["order_no"], conversion["order_no"]);
}

#[tokio::test(start_paused = true)]
async fn the_push_stands_in_the_bucket_sealed_under_a_key_that_nobody_can_guess() {
    let app = Orders::new().await;
    // White space and the order of members are the platform's.
    let text = format!(" {}\n", serde_json::to_string_pretty(&push()).unwrap());
    assert_eq!(app.push_text(PLAIN, &text).await.status(), 2001);
    let [object] = &app.world.objects(BUCKET)[..] else { panic!("one object") };
    assert_eq!(opened(object), text.as_bytes());
    assert_eq!(object.content_type.as_deref(), Some("application/octet-stream"));
    assert_eq!(object.encryption.as_deref(), Some("AES256"));
    let drawn = object.key.strip_prefix("840/120522/push/").unwrap();
    assert!(drawn.len() == 32 && drawn.bytes().all(|digit| digit.is_ascii_hexdigit()), "{drawn}");
    let row = app.world.items(DATA).remove(0);
    assert_eq!(row["object_key"]["S"], object.key);
    assert_eq!((&row["kind"]["S"], &row["bytes"]["N"]), (&json!("push"), &json!(text.len().to_string())));
    assert_eq!(row.get("sha256"), None, "a bare digest of what identifies somebody");
    assert_eq!(app.row(ORDER).unwrap()["data_keys"]["M"]["push"]["S"], object.key);
}

#[tokio::test(start_paused = true)]
async fn a_push_with_what_is_required_and_no_more_is_taken() {
    let app = Orders::new().await;
    let bare = json!({
        "uid": 12_394_129, "orderId": 120_522, "registerPhone": 13_800_138_016_u64, "loanAmount": "15000",
        "period": "12", "basicInfo": {}, "contact": {}, "operator": {},
        "idInfo": {"name": "张三", "cid": "11010119900307123X"},
    });
    assert_eq!(app.push(&bare).await.status(), 2001);
    assert_eq!(app.items(ORDER), Vec::<String>::new());
    let row = app.row(ORDER).unwrap();
    assert_eq!((row.get("auth_items"), row.get("period_unit")), (None, None));
    assert_eq!(row["uid"]["S"], UID, "an integer is its decimal text");
}

#[tokio::test(start_paused = true)]
async fn ids_come_as_texts_and_as_integers_and_are_the_same() {
    let app = Orders::new().await;
    assert_eq!(app.push(&with(push(), "orderId", json!(120_522))).await.status(), 2001);
    assert_eq!(app.push(&with(push(), "orderId", json!(120_522))).await.status(), 2001);
    for order in [r#"{"orderId":120522}"#, r#"{"orderId":"120522"}"#] {
        assert_eq!(app.send("queryAuditResult", PLAIN, order).await.status(), 6003);
    }
    assert_eq!(app.world.items(ORDERS).len(), 1);
}

#[tokio::test(start_paused = true)]
async fn photos_stand_on_hosts_that_are_allowed_or_anywhere_where_none_are_named() {
    let front = |url: &str| with(push(), "idCardOcr.frontPhotoUrl", json!(url));
    let app = Orders::new().await;
    assert_eq!(app.push(&front("https://elsewhere.test/f.jpg")).await.status(), 2001);
    let app = Orders::new().await.configured(&json!({"url_hosts": ["Photos.test"]})).await;
    for elsewhere in [
        "https://elsewhere.test/f.jpg",
        "https://photos.test.elsewhere.test/f.jpg",
        "https://photos.test@elsewhere.test/f.jpg",
        "http://photos.test/f.jpg",
        "photos.test/f.jpg",
        "f.jpg",
    ] {
        let refused = app.push(&front(elsewhere)).await;
        let words = "idCardOcr.frontPhotoUrl: not on a host that is allowed";
        assert_eq!((refused.code, refused.message.as_str()), (10_002, words), "{elsewhere}");
    }
    let of_id_info = with(push(), "idInfo.natureFile", json!("https://elsewhere.test/n.jpg"));
    assert_eq!(app.push(&of_id_info).await.code, 10_002);
    assert_eq!((app.row(ORDER), app.world.objects(BUCKET).len()), (None, 0), "nothing is written");
    assert_eq!(app.push(&front("https://PHOTOS.test:443/f.jpg")).await.status(), 2001);
}

#[tokio::test(start_paused = true)]
async fn what_is_not_understood_is_kept_and_no_reason_to_refuse() {
    let app = Orders::new().await;
    let odd = with(push(), "neverHeardOf", json!({"a": [1.50, null]}));
    let odd = with(odd, "basicInfo.marriage", json!("60000"));
    let odd = with(odd, "isInstalment", json!(7));
    assert_eq!(app.push(&odd).await.status(), 2001);
    let stored: Value = serde_json::from_slice(&opened(&app.world.objects(BUCKET)[0])).unwrap();
    assert_eq!(stored, odd);
}

#[tokio::test(start_paused = true)]
async fn a_user_is_made_once_and_has_many_orders() {
    let app = Orders::new().await;
    app.push(&push()).await;
    let first = app.world.items(USERS).remove(0);
    assert_eq!(first["user"]["S"], format!("840#{UID}"));
    app.world.pass(std::time::Duration::from_mins(1)).await;
    app.push(&with(push(), "orderId", json!("120523"))).await;
    let [user] = &app.world.items(USERS)[..] else { panic!("one user") };
    assert_eq!(user["created_at"], first["created_at"]);
    assert_ne!(user["updated_at"], first["updated_at"]);
}

#[tokio::test(start_paused = true)]
async fn an_order_belongs_to_its_channel() {
    let app = Orders::new().await;
    for channel in [PLAIN, AES] {
        assert_eq!(app.push_in(channel, &push()).await.status(), 2001, "{channel}");
    }
    let keys: Vec<_> = app.world.items(ORDERS).iter().map(|row| row["order"]["S"].clone()).collect();
    assert_eq!(keys.len(), 2);
    assert!(keys.contains(&json!("840#120522")) && keys.contains(&json!("rongshu#120522")), "{keys:?}");
    assert_eq!((app.world.items(USERS).len(), app.world.items(PULL_LOG).len()), (2, 2));
}

#[tokio::test(start_paused = true)]
async fn photos_may_be_megabytes_in_either_cipher() {
    let app = Orders::new().await;
    // In AES mode a byte takes two of the event's.
    for (channel, bytes) in [(PLAIN, 5 * 1024 * 1024), (AES, 5 * 1024 * 1024 / 2)] {
        let large = with(push(), "idInfo.frontFile", json!("A".repeat(bytes)));
        assert_eq!(app.push_in(channel, &large).await.status(), 2001, "{channel}");
        let stored = app.world.objects(BUCKET);
        assert!(stored.iter().any(|object| object.key.starts_with(channel) && object.content.len() > bytes));
    }
    let beyond = with(push(), "idInfo.frontFile", json!("A".repeat(7 * 1024 * 1024)));
    let answer = app.push(&beyond).await;
    assert_eq!((answer.code, answer.message.as_str()), (10_002, "body: over 6291456 bytes"));
}
