//! Sums of money that `DynamoDB` itself adds up are exact, and are compared as the numbers they are.

use aws_sdk_dynamodb::Client;
use aws_sdk_dynamodb::types::AttributeValue;
use serde_json::json;
use world::World;

use crate::support::{dynamo, s};

fn world_with_total(total: &str) -> World {
    let world = World::new();
    world.table(world::Table::new("accounts", "pin:S"));
    world.put_item("accounts", &json!({"pin": {"S": "p-1"}, "temp_total": {"N": total}}));
    world
}

fn decimal(text: &str) -> AttributeValue {
    AttributeValue::N(text.to_owned())
}

async fn change(client: &Client, expression: &str, amount: &str) {
    let update = client.update_item().table_name("accounts").key("pin", s("p-1"));
    let update =
        update.update_expression(expression).expression_attribute_values(":amount", decimal(amount)).send();
    update.await.expect("the update");
}

/// Takes `amount` off unless that would leave less than nothing; says whether it did.
async fn take(client: &Client, amount: &str) -> bool {
    let update = client.update_item().table_name("accounts").key("pin", s("p-1"));
    let taken = update
        .update_expression("SET temp_total = temp_total - :amount")
        .condition_expression("temp_total >= :amount")
        .expression_attribute_values(":amount", decimal(amount))
        .send()
        .await;
    taken.map_err(|error| assert!(error.into_service_error().is_conditional_check_failed_exception())).is_ok()
}

fn total(world: &World) -> String {
    world.items("accounts")[0]["temp_total"]["N"].as_str().expect("a number").to_owned()
}

#[tokio::test(start_paused = true)]
async fn sums_and_differences_are_exact() {
    for (total_before, expression, amount, total_after) in [
        ("99999999999999.9999", "SET temp_total = temp_total + :amount", "0.0001", "100000000000000"),
        ("100000000000000", "SET temp_total = temp_total - :amount", "0.0001", "99999999999999.9999"),
        ("0.1", "SET temp_total = temp_total + :amount", "0.2", "0.3"),
        ("0.3", "SET temp_total = temp_total - :amount", "0.1", "0.2"),
        ("0.0001", "SET temp_total = temp_total - :amount", "0.0001", "0"),
        ("920", "SET temp_total = temp_total - :amount", "500.0000", "420"),
        ("0", "SET temp_total = temp_total - :amount", "0.0001", "-0.0001"),
        ("99999999999999.9999", "ADD temp_total :amount", "99999999999999.9999", "199999999999999.9998"),
    ] {
        let world = world_with_total(total_before);
        change(&dynamo(&world), expression, amount).await;
        assert_eq!(total(&world), total_after, "{total_before}: {expression}, {amount}");
    }
}

#[tokio::test(start_paused = true)]
async fn a_thousand_additions_lose_nothing() {
    let world = world_with_total("0");
    let client = dynamo(&world);
    for _ in 0..1000 {
        change(&client, "SET temp_total = temp_total + :amount", "99999999999999.9999").await;
        change(&client, "SET temp_total = temp_total + :amount", "0.1").await;
        change(&client, "SET temp_total = temp_total + :amount", "0.2").await;
    }
    assert_eq!(total(&world), "100000000000000299.9");
}

#[tokio::test(start_paused = true)]
async fn a_thousand_subtractions_end_at_nothing() {
    let world = world_with_total("100000000000000299.9");
    let client = dynamo(&world);
    for _ in 0..1000 {
        change(&client, "SET temp_total = temp_total - :amount", "99999999999999.9999").await;
        change(&client, "SET temp_total = temp_total - :amount", "0.3").await;
    }
    assert_eq!(total(&world), "0");
}

#[tokio::test(start_paused = true)]
async fn a_sum_that_starts_with_nothing_is_exact_too() {
    let world = world_with_total("1");
    let client = dynamo(&world);
    let update = client.update_item().table_name("accounts").key("pin", s("p-2"));
    let update = update
        .update_expression("SET temp_total = if_not_exists(temp_total, :zero) + :amount")
        .expression_attribute_values(":zero", decimal("0"))
        .expression_attribute_values(":amount", decimal("99999999999999.9999"));
    update.send().await.expect("the update");
    assert_eq!(world.items("accounts")[1]["temp_total"]["N"], "99999999999999.9999");
}

#[tokio::test(start_paused = true)]
async fn conditions_compare_the_numbers_and_not_their_digits() {
    for (total, amount, enough) in [
        ("99999999999999.9999", "99999999999999.9999", true),
        ("99999999999999.9998", "99999999999999.9999", false),
        ("100000000000000", "99999999999999.9999", true),
        ("99999999999999.9999", "100000000000000", false),
        ("10", "9.9999", true),
        ("9", "10.0000", false),
        ("500", "500.0000", true),
        ("500.0000", "500.0001", false),
        ("0.3", "0.3000", true),
        ("-0.0001", "0", false),
    ] {
        let world = world_with_total(total);
        assert_eq!(take(&dynamo(&world), amount).await, enough, "{total} >= {amount}");
    }
}

#[tokio::test(start_paused = true)]
async fn equality_takes_no_notice_of_zeros_at_the_end() {
    let world = world_with_total("500.0000");
    let update = dynamo(&world).update_item().table_name("accounts").key("pin", s("p-1"));
    let same = update
        .update_expression("SET seen = :amount")
        .condition_expression(
            "temp_total = :amount AND temp_total IN (:amount) AND NOT temp_total <> :amount",
        )
        .expression_attribute_values(":amount", decimal("500"));
    same.send().await.expect("the same number");
}
