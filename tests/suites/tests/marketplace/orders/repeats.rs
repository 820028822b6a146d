//! A push that comes again: the same, in time with other content, too late (§7.9, §11 Push).

use serde_json::{Value, json};
use suites::marketplace::channels::PLAIN;
use suites::orders::bodies::{push, with};
use suites::orders::{
    BUCKET, CONVERSION, DATA, ORDER, ORDERS, Orders, PULL_LOG, Pulled, TABLES, UID, USERS, data, opened,
};

const OTHER_UID: &str = "99000001";

/// Everything that is stored, but for who wrote it when.
fn stored(app: &Orders) -> Vec<Vec<Value>> {
    TABLES.iter().map(|table| app.world.items(table)).collect()
}

#[tokio::test(start_paused = true)]
async fn the_same_content_is_accepted_again_and_changes_nothing() {
    let app = Orders::new().await;
    app.push(&push()).await;
    let (rows, objects) = (stored(&app), app.world.objects(BUCKET));
    let later = with(with(push(), "applyDate", json!(1_533_999_999_999_u64)), "registerTime", Value::Null);
    for again in [push(), later, with(push(), "extendInfo.nothing", Value::Null)] {
        assert_eq!(app.push(&again).await.status(), 2001);
    }
    let pretty = serde_json::to_string_pretty(&push()).unwrap();
    assert_eq!(app.push_text(PLAIN, &pretty).await.status(), 2001, "white space is no content");
    assert_eq!((stored(&app), app.world.objects(BUCKET)), (rows, objects));
}

#[tokio::test(start_paused = true)]
async fn the_same_content_is_accepted_again_wherever_the_order_stands() {
    let app = Orders::new().await;
    app.push(&push()).await;
    for status in [1, 2, 3, 4, 5, 10, 11, 12, 13] {
        app.change(ORDER, |row| row["status"] = json!({"N": status.to_string()}));
        assert_eq!(app.push(&push()).await.status(), 2001, "{status}");
        assert_eq!(app.status(ORDER), Some(status));
    }
}

#[tokio::test(start_paused = true)]
async fn other_content_takes_the_place_of_the_old_while_the_order_waits_for_data() {
    let app = Orders::new().await;
    app.push(&push()).await;
    let before = app.row(ORDER).unwrap();
    let pulls = app.pulls(ORDER);
    let other = with(push(), "loanAmount", json!(14_000));
    let other = with(with(other, "idInfo.frontFile", Value::Null), "idCardOcr", Value::Null);
    let other = with(other, "registerPhone", json!("13900000000"));
    assert_eq!(app.push(&other).await.response, r#"{"status":2001,"remark":"accepted"}"#);
    let row = app.row(ORDER).unwrap();
    assert_eq!((&row["loan_amount"]["S"], &row["version"]["N"]), (&json!("14000.00"), &json!("2")));
    assert_eq!(app.items(ORDER), ["id_back", "living_image"]);
    for changed in ["content_digest", "phone_digest", "person"] {
        assert_ne!(row[changed], before[changed], "{changed}");
    }
    for kept in ["order_no", "id_number_digest", "uid", "created_at", "status"] {
        assert_eq!(row[kept], before[kept], "{kept}");
    }
    let steps = ["->0 push-order: pushed", "0>0 push-order: pushed with other content"];
    assert_eq!(app.history(ORDER), steps);
    assert_eq!(app.pulls(ORDER), pulls, "the user is the same, and so are the pulls");
    let counts = [ORDERS, CONVERSION, DATA, USERS, PULL_LOG].map(|table| app.world.items(table).len());
    assert_eq!(counts, [1; 5]);
    let named = &row["data_keys"]["M"]["push"]["S"];
    let object = app.world.objects(BUCKET).into_iter().find(|object| *named == *object.key).unwrap();
    assert_eq!(serde_json::from_slice::<Value>(&opened(&object)).unwrap(), other);
    assert_eq!(app.world.items(DATA)[0]["object_key"]["S"], *named);
}

#[tokio::test(start_paused = true)]
async fn what_was_pulled_stays_with_other_content_of_the_same_user() {
    let app = Orders::new().await;
    app.platform.answers(UID, "operator", Pulled::Data(data(UID, "operator")));
    app.push(&push()).await;
    app.pull().await.unwrap();
    assert_eq!(app.pull_states(ORDER), ["1", "0", "0"]);
    app.push(&with(push(), "period", json!(6))).await;
    let expected = ["id_back", "id_front", "living_image", "operator_basic", "operator_report"];
    assert_eq!(
        (app.items(ORDER), app.pull_states(ORDER)),
        (expected.map(str::to_owned).to_vec(), ["1", "0", "0"].map(str::to_owned))
    );
    assert_eq!(app.world.items(DATA).len(), 2);
}

#[tokio::test(start_paused = true)]
async fn with_another_user_everything_is_pulled_anew() {
    let app = Orders::new().await;
    app.platform.answers(UID, "operator", Pulled::Data(data(UID, "operator")));
    app.push(&push()).await;
    app.pull().await.unwrap();
    let before = app.pulls(ORDER);
    app.world.pass(std::time::Duration::from_secs(30)).await;
    assert_eq!(app.push(&with(push(), "uid", json!(OTHER_UID))).await.status(), 2001);
    assert_eq!(app.items(ORDER), ["id_back", "id_front", "living_image"]);
    assert_eq!(app.pull_states(ORDER), ["0", "0", "0"]);
    let pulls = app.pulls(ORDER);
    assert_eq!(pulls["rongshu_uid"]["S"], OTHER_UID);
    assert_ne!((&pulls["created_at"], &pulls["id"]), (&before["created_at"], &before["id"]));
    let [row] = &app.world.items(DATA)[..] else { panic!("what was pulled of the other is named no more") };
    assert_eq!(row["kind"]["S"], "push");
    assert_eq!(app.row(ORDER).unwrap()["data_keys"]["M"].as_object().unwrap().len(), 1);
    assert_eq!(app.world.items(USERS).len(), 2);
    app.platform.has_all(OTHER_UID);
    app.pull().await.unwrap();
    assert_eq!((app.status(ORDER), app.pull_states(ORDER)), (Some(2), ["1", "1", "1"].map(str::to_owned)));
    let of_other = app.platform.pulls().into_iter().filter(|(uid, _)| uid == OTHER_UID);
    assert_eq!(of_other.count(), 3);
}

#[tokio::test(start_paused = true)]
async fn other_content_that_comes_later_is_ignored() {
    for status in [1, 2, 3, 4, 5, 10, 11, 12, 13] {
        let app = Orders::new().await;
        app.push(&push()).await;
        app.change(ORDER, |row| row["status"] = json!({"N": status.to_string()}));
        let (rows, objects) = (stored(&app), app.world.objects(BUCKET));
        let answer = app.push(&with(push(), "loanAmount", json!(14_000))).await;
        let expected = r#"{"status":2002,"remark":"already being processed, change ignored"}"#;
        assert_eq!(answer.response, expected, "{status}");
        assert_eq!((stored(&app), app.world.objects(BUCKET)), (rows, objects), "{status}");
    }
}
