//! Nothing that identifies anybody stands in logs, rows or errors (design §4, §8): not a name, not a number, and not a
//! digest that is as good as one.

use serde_json::json;
use suites::marketplace::channels::{AES, PLAIN};
use suites::marketplace::{CUSTOMERS, Marketplace};
use world::{Fault, On};

use crate::people::{CID, MD5_LOWER, MD5_UPPER, NAME, PHONE, PHONE_MD5, customer, md5};

#[tokio::test(start_paused = true)]
async fn neither_names_nor_numbers_nor_bare_digests_are_stored_logged_or_answered() {
    let app = Marketplace::new().await;
    let mask = format!("{}|{}|{NAME}", &PHONE[..7], &CID[..13]);
    let event = customer(&json!({}));
    app.tell(&[event.clone(), customer(&json!({"phone": "x", "event_id": "e-2"})), json!({"cid": CID})])
        .await;
    app.world.fail(On::call("TransactWriteItems").to(CUSTOMERS), Fault::InternalError);
    app.tell(&[customer(&json!({"event_id": "e-3", "occurred_at": "2018-08-03T00:00:00Z"}))]).await;
    let mut answers = String::new();
    for channel in [PLAIN, AES] {
        for business in [
            json!({"name": NAME, "md5": MD5_UPPER, "mobileMd5": PHONE_MD5}),
            json!({"name": NAME, "md5": MD5_LOWER}),
            json!({"name": NAME, "phone": &PHONE[..7], "cid": &CID[..13]}),
            json!({"name": NAME, "phone": PHONE, "cid": CID}),
            json!({"name": NAME, "md5": CID, "mobileMd5": format!("{PHONE}x")}),
            json!({"name": [NAME], "md5": {"cid": CID}}),
        ] {
            let answered = app.call(channel, "userCheck", &business).await;
            answers += &(answered.response + &answered.message);
        }
        app.world.fail(On::call("Query").to(CUSTOMERS), Fault::InternalError);
        answers += &app.call(channel, "userCheck", &json!({"md5": MD5_UPPER})).await.message;
    }
    answers +=
        &app.send("userCheck", format!("{{\"channelId\":\"{PHONE}\",\"name\":\"{NAME}\"}}")).await.body;
    let rows = serde_json::to_string(&app.world.items(CUSTOMERS)).unwrap();
    let logs = app.output.text();
    assert!(rows.len() > 1000 && logs.lines().count() > 15, "there is something to look through");
    let secrets =
        [NAME, CID, &CID[..13], &CID[..17], PHONE, &PHONE[..7], MD5_UPPER, MD5_LOWER, PHONE_MD5, &md5(&mask)];
    for secret in secrets {
        for (place, text) in [("rows", &rows), ("logs", &logs), ("answers", &answers)] {
            assert!(!text.contains(secret), "{secret} in the {place}");
            assert!(!text.contains(&secret.to_uppercase()), "{secret} in the {place}");
        }
    }
}
