//! Each function's role allows exactly the calls that it makes: nothing is missing, nothing is more (design §9). What
//! Lambda itself does with the role, reading the queue and writing logs, is not the function's call.

use platform::aws::Aws;
use quota::cancel_temp_credit::CancelTempCredit;
use quota::cancel_temp_quota::CancelTempQuota;
use quota::credit_events::CreditEvents;
use quota::get_temp_quota::GetTempQuota;
use quota::query_temp_credit::QueryTempCredit;
use quota::store::{BookingStore, QuotaStore, StatusTexts};
use quota::temp_credit_expiry::TempCreditExpiry;
use serde_json::{Value, json};
use suites::gateway::Post;
use suites::host::Host;
use suites::quota::{
    APPLY_NUMBERS, CANCEL_ROUTE, CREDIT_MAN_CANCEL_ROUTE, CREDIT_MAN_QUERY_ROUTE, FIRST_PAGE, QUERY_ROUTE,
    QUEUE, Quota, by, cancelling, deps, gateway, granted, opened, queue, with,
};
use suites::roles::allowed;
use world::{Fault, On, World};

/// A world with an account and two grants that run out at midnight, where nothing was called yet.
async fn world_with_grants() -> World {
    let app = Quota::new().await;
    let until_midnight =
        |id| with(granted("p-1", "2104", id, "80"), "invalid_time", "2019-06-26T00:00:00+08:00");
    app.take(&[opened("p-1"), until_midnight("1"), until_midnight("2")]).await;
    app.afresh()
}

/// Where one function runs alone.
async fn alone() -> (Host, Aws) {
    let world = world_with_grants().await;
    let aws = suites::aws(&world);
    (Host::over(world), aws)
}

fn store(aws: &Aws) -> QuotaStore {
    deps(aws, StatusTexts::default()).store
}

fn cancel_body(id: &str) -> String {
    json!({"pin": "p-1", "businessType": "2104", "businessId": id}).to_string()
}

#[tokio::test(start_paused = true)]
async fn get_temp_quota_may_do_what_it_does() {
    let (host, aws) = alone().await;
    let function = GetTempQuota(gateway(&aws, deps(&aws, StatusTexts::default())).await);
    let got = host.respond(&function, by("p-1", FIRST_PAGE).event(QUERY_ROUTE)).await;
    assert!(got.body.contains(r#""totalCount":2"#), "{}", got.body);
    assert_eq!(host.world.permissions(), allowed("quota", "get-temp-quota"));
}

#[tokio::test(start_paused = true)]
async fn cancel_temp_quota_may_do_what_it_does() {
    let (host, aws) = alone().await;
    let function = CancelTempQuota(gateway(&aws, cancelling(&aws, deps(&aws, StatusTexts::default()))).await);
    for id in ["1", "1", "3"] {
        host.respond(&function, by("p-1", cancel_body(id)).event(CANCEL_ROUTE)).await;
    }
    assert_eq!(host.counted("CANCELTEMPSUCCESS"), 2);
    assert_eq!(host.world.permissions(), allowed("quota", "cancel-temp-quota"));
}

#[tokio::test(start_paused = true)]
async fn query_temp_credit_may_do_what_it_does() {
    let (host, aws) = alone().await;
    let function = QueryTempCredit(deps(&aws, StatusTexts::default()));
    function.0.store.warm().await;
    let body = json!({"pin": "p-1", "page": 1, "pageSize": 10}).to_string();
    let got = host.respond(&function, Post::signed(body).event(CREDIT_MAN_QUERY_ROUTE)).await;
    assert!(got.body.contains(r#""totalCount":2"#), "{}", got.body);
    assert_eq!(host.world.permissions(), allowed("quota", "query-temp-credit"));
}

#[tokio::test(start_paused = true)]
async fn cancel_temp_credit_may_do_what_it_does() {
    let (host, aws) = alone().await;
    let function = CancelTempCredit(cancelling(&aws, deps(&aws, StatusTexts::default())));
    function.0.deps.store.warm_grants().await;
    for id in ["1", "1", "3"] {
        host.respond(&function, Post::signed(cancel_body(id)).event(CREDIT_MAN_CANCEL_ROUTE)).await;
    }
    assert_eq!(host.world.permissions(), allowed("quota", "cancel-temp-credit"));
}

#[tokio::test(start_paused = true)]
async fn credit_events_may_do_what_it_does() {
    let (host, aws) = alone().await;
    let function = CreditEvents { store: BookingStore::new(store(&aws), APPLY_NUMBERS.into()) };
    function.store.quota().warm().await;
    let messages: [Value; 4] =
        [granted("p-1", "2201", "9", "1"), granted("p-1", "2201", "9", "1"), opened("p-2"), opened("p-2")];
    host.world.fail(On::call("TransactWriteItems"), Fault::InternalError);
    host.world.send(QUEUE, "garbage", &[]);
    for message in messages {
        host.world.send(QUEUE, &message.to_string(), &[]);
    }
    let consume = async |batch| host.consume(&function, &queue(&aws), batch).await;
    host.world.deliver(QUEUE, 10, consume).await;
    assert_eq!(host.outcomes(), ["dead_lettered", "retry", "booked", "changed", "repeated"]);
    assert_eq!(host.world.permissions(), allowed("quota", "credit-events"));
}

#[tokio::test(start_paused = true)]
async fn temp_credit_expiry_may_do_what_it_does() {
    let (host, aws) = alone().await;
    let function = TempCreditExpiry { store: store(&aws) };
    host.run(&function, &json!({"time": "2019-06-26T00:10:00+08:00"})).await.unwrap();
    assert_eq!(host.counted("temp_credit_expired"), 2);
    assert_eq!(host.world.permissions(), allowed("quota", "temp-credit-expiry"));
}
