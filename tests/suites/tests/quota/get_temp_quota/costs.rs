//! What a page costs (§11, List): the account and one query of effective grants, at the same time.

use serde_json::Value;
use suites::quota::{ACCOUNTS, FIRST_PAGE, GRANTS, Quota, with};
use world::{On, Units};

use super::{ids, lasting, with_grants};

const NOW: &str = "2019-06-25T12:00:00+08:00";

async fn costs(app: &Quota) -> (Units, Units) {
    let (_, spent) = app.world.measure(app.query("p-1", FIRST_PAGE)).await;
    assert_eq!(spent.writes(), Units::default());
    assert_eq!(
        spent.by("GetItem").on(ACCOUNTS).reads() + spent.by("Query").on(GRANTS).reads(),
        spent.reads()
    );
    (spent.on(ACCOUNTS).reads(), spent.on(GRANTS).reads())
}

#[tokio::test(start_paused = true)]
async fn a_page_costs_one_read_of_the_account_and_one_query() {
    let app = with_grants(NOW, &[lasting("2104", "1"), lasting("2104", "2")]).await;
    assert_eq!(costs(&app).await, (Units::whole(1), Units::whole(1)));
    let none = with_grants(NOW, &[]).await;
    assert_eq!(costs(&none).await.0, Units::whole(1));
}

#[tokio::test(start_paused = true)]
async fn grants_that_were_cancelled_or_ran_out_or_are_too_old_are_not_read() {
    let many = |prefix: &str, member: &str, value: &str| -> Vec<Value> {
        (0..15).map(|number| with(lasting("2104", &format!("{prefix}{number}")), member, value)).collect()
    };
    let app = with_grants(NOW, &[lasting("2104", "1")]).await;
    app.take(&many("cancelled", "business_name", "x")).await;
    app.take(&many("expired", "invalid_time", "2019-06-25T00:00:00+08:00")).await;
    app.take(&many("old", "effective_time", "2019-04-01T00:00:00+08:00")).await;
    assert!(costs(&app).await.1 > Units::whole(1), "they would cost something");
    for number in 0..15 {
        app.cancel("p-1", "2104", &format!("cancelled{number}")).await;
    }
    app.expire(NOW).await.unwrap();
    assert_eq!(ids(&app).await, ["1"]);
    assert_eq!(costs(&app).await, (Units::whole(1), Units::whole(1)));
}

#[tokio::test(start_paused = true)]
async fn account_and_grants_are_read_at_the_same_time() {
    let app = with_grants(NOW, &[lasting("2104", "1")]).await;
    app.world.meet(On::any(), 2);
    assert_eq!(ids(&app).await, ["1"], "neither waits for the other");
}

#[tokio::test(start_paused = true)]
async fn the_units_stand_in_the_log_line_of_the_request() {
    let app = with_grants(NOW, &[lasting("2104", "1")]).await;
    let (_, spent) = app.world.measure(app.query("p-1", FIRST_PAGE)).await;
    let lines = app.lines();
    let request = lines.iter().rfind(|line| line["message"] == "request").unwrap();
    assert_eq!((&request["outcome"], &request["status"]), (&"shown".into(), &200.into()));
    assert_eq!((&request["read_unit_halves"], &request["write_unit_halves"]), (&4.into(), &0.into()));
    assert_eq!(spent.reads(), Units::whole(2));
}
