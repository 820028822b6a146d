//! What identifies a person stands in the clear in no row, no log, no answer and no key (design §4, §8).

use serde_json::{Value, json};
use suites::orders::bodies::{PERSONAL, push, with};
use suites::orders::{BUCKET, ORDER, Orders, Pulled, TABLES, UID, opened, sealed};

/// Everything that is stored in rows, and every object with its key.
fn stored(app: &Orders) -> String {
    let rows = TABLES.iter().flat_map(|table| app.world.items(table)).map(|row| row.to_string());
    let objects = app.world.objects(BUCKET).into_iter();
    let objects = objects.map(|object| object.key + &String::from_utf8_lossy(&object.content));
    rows.chain(objects).collect()
}

fn nobody_is_in(text: &str) {
    for personal in PERSONAL {
        assert!(!text.contains(personal), "{personal} in {text}");
    }
}

#[tokio::test(start_paused = true)]
async fn a_life_from_the_push_to_the_credit_application_shows_nobody() {
    let app = Orders::new().await;
    app.platform.answers(UID, "operator", Pulled::Refused);
    app.push(&push()).await;
    app.pull().await.unwrap();
    app.platform.has_all(UID);
    app.world.pass(std::time::Duration::from_mins(2)).await;
    app.pull().await.unwrap();
    app.parse().await.unwrap();
    assert_eq!(app.status(ORDER), Some(10));
    nobody_is_in(&stored(&app));
    nobody_is_in(&app.output.text());
    assert!(!app.output.text().contains(UID), "the platform's user is not for a log");
    let objects = app.world.objects(BUCKET);
    let opened: Vec<_> = objects.iter().map(|object| String::from_utf8(opened(object)).unwrap()).collect();
    assert_eq!((opened.len(), opened.contains(&push().to_string())), (4, true), "it is there, sealed");
    assert!(opened.concat().contains("张三") && opened.concat().contains("13800138016"));
    assert_eq!(objects[0].encryption.as_deref(), Some("AES256"), "and by S3 as well");
}

#[tokio::test(start_paused = true)]
async fn refusals_and_failures_show_nobody() {
    let app = Orders::new().await;
    for (place, value) in [
        ("idInfo.cid", json!("110101199003071239999")),
        ("registerPhone", json!("13800138016x")),
        ("loanAmount", json!("张三")),
        ("contact", json!("李四")),
        ("idInfo.name", json!({"name": "张三"})),
    ] {
        nobody_is_in(&format!("{:?}", app.push(&with(push(), place, value)).await));
    }
    let broken = push().to_string().replace("\"name\":\"张三\"", "\"name\":张三");
    nobody_is_in(&format!("{:?}", app.push_text("840", &broken).await));
    app.world.fail(world::On::call("TransactWriteItems"), world::Fault::Invalid);
    app.push(&push()).await;
    app.push(&push()).await;
    app.platform.has_all(UID);
    app.world.fail(world::On::call("PutObject").times(3), world::Fault::Invalid);
    app.pull().await.unwrap();
    app.world.pass(std::time::Duration::from_mins(1)).await;
    app.pull().await.unwrap();
    for object in app.world.objects(BUCKET) {
        app.world.put_object(BUCKET, sealed(&object.key, "{\"name\":\"张三\"}".as_bytes()));
    }
    app.parse().await.unwrap();
    assert_eq!(app.status(ORDER), Some(5));
    nobody_is_in(&app.output.text());
    nobody_is_in(&stored(&app));
}

#[tokio::test(start_paused = true)]
async fn the_digests_are_keyed_and_the_seals_differ_for_the_same_person() {
    let app = Orders::new().await;
    app.push(&push()).await;
    app.push(&with(push(), "orderId", json!("120523"))).await;
    let [first, second] = [ORDER, "120523"].map(|order| app.row(order).unwrap());
    for same in ["id_number_digest", "phone_digest"] {
        assert_eq!(first[same], second[same], "{same}");
        assert_eq!(first[same]["S"].as_str().map(str::len), Some(64));
    }
    // MD5 and SHA-256 of the phone's number.
    for bare in ["0f6e", "5d1ee0b1f19ddd1f7d6f3a32b8c8bfc7"] {
        assert!(!first["phone_digest"]["S"].as_str().unwrap().starts_with(bare));
    }
    assert_ne!(first["person"], second["person"]);
    let other_case = with(push(), "idInfo.cid", json!("11010119900307123X"));
    app.push(&with(other_case, "orderId", json!("120524"))).await;
    assert_eq!(app.row("120524").unwrap()["id_number_digest"], first["id_number_digest"]);
    let [Value::String(sealed), key] = [&first["person"]["B"], &first["person_key_id"]["S"]] else {
        panic!("a seal")
    };
    assert!(sealed.len() > 100 && key.is_string());
}
