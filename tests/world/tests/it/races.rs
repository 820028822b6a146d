//! Races, made to happen.

use serde_json::json;
use world::{On, Reply, World};

use crate::support::{call_partner, dynamo, put_state, world_with_contracts};

fn state(world: &World) -> serde_json::Value {
    world.items("contracts")[0]["state"]["S"].clone()
}

#[tokio::test(start_paused = true)]
async fn another_actor_acts_just_before_a_call() {
    let world = world_with_contracts();
    let other = dynamo(&world);
    world.before(On::call("UpdateItem"), async move || {
        put_state(&other, "CLOSED").await.expect("it is first");
    });
    put_state(&dynamo(&world), "CLOSED").await.expect_err("it is second");
    assert_eq!(state(&world), json!("CLOSED"));
    let outcomes: Vec<_> =
        world.effects().iter().filter_map(|effect| effect.split(" -> ").last().map(str::to_owned)).collect();
    assert_eq!(outcomes, ["200", "ConditionalCheckFailedException"]);
}

#[tokio::test(start_paused = true)]
async fn another_actor_acts_while_a_partner_answers() {
    let world = world_with_contracts();
    world.partner("http://mkk.test", |_| Reply::new(200, "CLOSED"));
    let other = dynamo(&world);
    world.before(On::any().to("http://mkk.test"), async move || {
        put_state(&other, "CLOSED").await.expect("it is first");
    });
    call_partner(&world, "GET", "http://mkk.test/", "").await.expect("an answer");
    assert_eq!(state(&world), json!("CLOSED"));
}

#[tokio::test(start_paused = true)]
async fn callers_meet_before_any_of_them_goes_on() {
    let world = world_with_contracts();
    world.meet(On::call("UpdateItem").to("contracts"), 3);
    let client = dynamo(&world);
    let (a, b, c) = tokio::join!(
        put_state(&client, "CLOSED"),
        put_state(&client, "CLOSED"),
        put_state(&client, "CLOSED")
    );
    assert_eq!([a.is_ok(), b.is_ok(), c.is_ok()].iter().filter(|ok| **ok).count(), 1);
    put_state(&client, "reject").await.expect("the meeting is over");
}
