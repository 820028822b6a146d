//! The business metrics of a cancel (§8, §11): what stands in the function's output.

use serde_json::{Value, json};
use suites::gateway::Post;
use suites::host::Host;
use suites::quota::{GRANTS, Quota, by, granted, opened, with};
use world::{Fault, On};

/// What was counted in the namespace `Tenor/Quota`, in the order of the output: name, business type and key of each.
/// Panics when a line does not have exactly the shape of §11.
pub(crate) fn counted(host: &Host) -> Vec<String> {
    let lines = host.lines();
    let directives = |line: &Value| line["_aws"]["CloudWatchMetrics"].clone();
    let ours = lines.iter().filter(|line| directives(line)[0]["Namespace"] == "Tenor/Quota");
    ours.map(|line| {
        let directives = directives(line);
        let name = directives[0]["Metrics"][0]["Name"].as_str().unwrap();
        let expected = json!([{
            "Namespace": "Tenor/Quota", "Dimensions": [["businessType", "key"]],
            "Metrics": [{"Name": name, "Unit": "Count"}],
        }]);
        assert_eq!(directives, expected);
        assert_eq!(line[name], 1);
        assert!(line["_aws"]["Timestamp"].is_i64());
        format!("{name} {} {}", line["businessType"].as_str().unwrap(), line["key"].as_str().unwrap())
    })
    .collect()
}

async fn with_grant(business_type: &str, change_limit: &str) -> Quota {
    let app = Box::pin(Quota::new()).await;
    let grant = granted("p-1", business_type, "1", change_limit);
    app.take(&[opened("p-1"), with(grant, "invalid_time", "2019-12-27T00:00:00+08:00")]).await;
    app
}

fn succeeded(business_type: &str, bucket: &str) -> [String; 3] {
    [
        format!("CANCELTEMPREQ {business_type} REQUEST"),
        format!("CANCELTEMPSUCCESS {business_type} SUCCESS"),
        format!("CANCELTEMPRANGE,{bucket} {business_type} SUCCESS"),
    ]
}

fn failed(business_type: &str, code: &str) -> [String; 3] {
    [
        format!("CANCELTEMPREQ {business_type} REQUEST"),
        format!("CANCELTEMPFALIED {business_type} {code}"),
        format!("CANCELTEMPRANGE,NULL {business_type} {code}"),
    ]
}

#[tokio::test(start_paused = true)]
async fn a_success_is_three_lines_in_the_order_of_the_specification_byte_for_byte() {
    let app = with_grant("2201", "500.0000").await;
    app.cancel("p-1", "2201", "1").await;
    let output = app.output.text();
    let lines: Vec<&str> = output.lines().filter(|line| line.contains("Tenor/Quota")).collect();
    let request_id = app.lines().last().unwrap()["request_id"].as_str().unwrap().to_owned();
    let expected = [
        ("CANCELTEMPREQ", "REQUEST"),
        ("CANCELTEMPSUCCESS", "SUCCESS"),
        ("CANCELTEMPRANGE,500_1000", "SUCCESS"),
    ]
    .map(|(name, key)| {
        format!(
            r#"{{"_aws":{{"Timestamp":1561435200000,"CloudWatchMetrics":[{{"Namespace":"Tenor/Quota","Dimensions":[["businessType","key"]],"Metrics":[{{"Name":"{name}","Unit":"Count"}}]}}]}},"context":"quota","function":"cancel-temp-quota","request_id":"{request_id}","{name}":1,"businessType":"2201","key":"{key}"}}"#
        )
    });
    assert_eq!(lines, expected);
}

#[tokio::test(start_paused = true)]
async fn a_failure_is_counted_with_its_typo_and_its_code() {
    let app = with_grant("2201", "500.0000").await;
    app.cancel("p-1", "2201", "2").await;
    assert_eq!(counted(&app), failed("2201", "1001"));
    assert!(!app.output.text().contains("CANCELTEMPFAILED"));

    let app = with_grant("2201", "500.0000").await;
    app.world.fail(On::call("TransactWriteItems"), Fault::Reset);
    app.cancel("p-1", "2201", "1").await;
    assert_eq!(counted(&app), failed("2201", "0000"));
}

#[tokio::test(start_paused = true)]
async fn a_repeat_has_no_range() {
    let app = with_grant("2201", "500.0000").await;
    for _ in 0..3 {
        app.cancel("p-1", "2201", "1").await;
    }
    let [request, success, range] = succeeded("2201", "500_1000");
    let expected = [&request, &success, &range, &request, &success, &request, &success];
    assert_eq!(counted(&app).iter().collect::<Vec<_>>(), expected);
}

#[tokio::test(start_paused = true)]
async fn a_bucket_begins_at_its_lower_end_and_there_is_no_gap_between_two() {
    for (change_limit, bucket) in [
        ("0.0001", "0_300"),
        ("299.9999", "0_300"),
        ("300", "300_500"),
        ("300.0000", "300_500"),
        ("499.9999", "300_500"),
        ("500.0000", "500_1000"),
        ("999.9999", "500_1000"),
        ("1000.0000", "1000_2000"),
        ("1999.9999", "1000_2000"),
        ("2000.0000", "2000_3000"),
        ("2999.9999", "2000_3000"),
        ("3000.0000", "3000_4000"),
        ("3999.9999", "3000_4000"),
        ("4000.0000", "4000_5000"),
        ("4999.9999", "4000_5000"),
        ("5000.0000", "5000"),
        ("5000.0001", "5000"),
        ("99999999999999.9999", "5000"),
    ] {
        let app = with_grant("2104", change_limit).await;
        app.cancel("p-1", "2104", "1").await;
        assert_eq!(counted(&app), succeeded("2104", bucket), "{change_limit}");
    }
}

async fn with_stored_limit(number: &str) -> Quota {
    let app = with_grant("2104", "500").await;
    let row = with(app.world.items(GRANTS)[0].clone(), "change_limit", json!({"N": number}));
    app.world.put_item(GRANTS, &row);
    app
}

#[tokio::test(start_paused = true)]
async fn a_stored_zero_is_in_the_first_bucket() {
    let app = with_stored_limit("0").await;
    app.cancel("p-1", "2104", "1").await;
    assert_eq!(counted(&app), succeeded("2104", "0_300"));
}

#[tokio::test(start_paused = true)]
async fn a_stored_negative_amount_is_range_null_and_our_fault() {
    for number in ["-0.0001", "-500"] {
        let app = with_stored_limit(number).await;
        assert!(app.cancel("p-1", "2104", "1").await.body.contains("\"0000\""));
        assert_eq!(counted(&app), failed("2104", "0000"));
        assert_eq!(app.counted("internal_error"), 1, "which is what the alarm watches");
        assert_eq!(app.total("p-1").as_deref(), Some("500"));
    }
}

#[tokio::test(start_paused = true)]
async fn every_type_of_the_table_has_its_own_dimension_and_all_others_share_one() {
    for business_type in ["2101", "2103", "2104", "2201", "2202"] {
        let app = with_grant(business_type, "500").await;
        app.cancel("p-1", business_type, "1").await;
        assert_eq!(counted(&app), succeeded(business_type, "500_1000"));
    }
    for business_type in ["9999", "2105", "UNKNOWN", "x", " 2104", "02104"] {
        let app = with_grant(business_type, "500").await;
        app.cancel("p-1", business_type, "1").await;
        assert_eq!(counted(&app), succeeded("OTHER", "500_1000"), "{business_type}");
    }
    for business_type in ["2004", "2007"] {
        let app = with_grant(business_type, "500").await;
        app.cancel("p-1", business_type, "1").await;
        assert_eq!(counted(&app), failed(business_type, "1001"));
    }
}

#[tokio::test(start_paused = true)]
async fn what_is_refused_before_a_type_is_known_counts_as_unknown() {
    for post in [
        by("p-1", "{"),
        by("p-1", "{}"),
        by("p-1", "x".repeat(1_048_577)),
        by("p-1", r#"{"businessType":"2104","businessId":"1"}"#).without("content-type"),
        by("p-1", r#"{"businessType":2104,"businessId":"1"}"#),
    ] {
        let app = with_grant("2104", "500").await;
        app.send_cancel(&post).await;
        assert_eq!(counted(&app), failed("UNKNOWN", "1001"));
    }
}

#[tokio::test(start_paused = true)]
async fn a_call_without_a_session_counts_nothing() {
    let app = with_grant("2104", "500").await;
    let post = Post::anonymous(r#"{"businessType":"2104","businessId":"1"}"#);
    assert_eq!(app.send_cancel(&post).await.status, 401);
    assert_eq!(app.send_cancel(&Post::anonymous("{")).await.status, 401);
    assert_eq!(counted(&app), [] as [&str; 0]);
}

#[tokio::test(start_paused = true)]
async fn a_query_and_credit_man_count_no_cancel() {
    let app = with_grant("2104", "500").await;
    app.query("p-1", suites::quota::FIRST_PAGE).await;
    app.query("p-1", "{").await;
    let body = r#"{"pin":"p-1","businessType":"2104","businessId":"1"}"#;
    assert!(app.credit_man_cancel(&Post::signed(body)).await.body.contains("\"1111\""));
    assert_eq!(counted(&app), [] as [&str; 0], "they are the gateway's");
}

#[tokio::test(start_paused = true)]
async fn two_calls_of_one_process_are_counted_one_after_the_other() {
    let app = with_grant("2104", "299.9999").await;
    app.cancel("p-1", "2104", "1").await;
    app.cancel("p-1", "2101", "1").await;
    let expected: Vec<_> = succeeded("2104", "0_300").into_iter().chain(failed("2101", "1001")).collect();
    assert_eq!(counted(&app), expected);
}
