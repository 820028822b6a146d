//! Rows of every schema version ever written: golden files that are never changed, only added to.

use std::collections::BTreeMap;
use std::time::Duration;

use serde_json::{Value, json};
use suites::lease::ant::{Ant, Spoil};
use suites::lease::request::Request;
use suites::lease::{
    DOCUMENTS, HISTORY, Lease, NOTIFICATIONS, ORDERS, REQUESTS, bodies, done, furnish, refused,
};
use world::World;

use crate::operations::Operation;

/// One golden file for each version: for each table, rows by a name that says what they are.
const VERSIONS: [&str; 1] = [include_str!("../../golden/lease/v1.json")];
const TABLES: [&str; 5] = [ORDERS, DOCUMENTS, HISTORY, REQUESTS, NOTIFICATIONS];
/// The orders whose operation was lost, each with its operation.
const LOST: [(&str, Operation); 9] = [
    ("LOST-SYNC", Operation::Sync),
    ("LOST-CONTRACT", Operation::Contract),
    ("LOST-WITHHOLD", Operation::Withhold),
    ("LOST-SEAL", Operation::Seal),
    ("LOST-CANCEL", Operation::Cancel),
    ("LOST-CLOSE", Operation::Close),
    ("LOST-UNBIND", Operation::Unbind),
    ("LOST-REFUSE", Operation::Refuse),
    ("LOST-AGREE", Operation::Agree),
];
const LIVED: &str = "LIVED-TO-ITS-END";
const SEALING: &str = "BEING-SEALED";
const FELL_BACK: &str = "FELL-BACK-TWICE";
const TOLD: &str = "TOLD-OF-BY-ANT";
const FLOWING: &str = "IN-A-FLOW";
const TRADE_GET: &str = "antchain.ato.trade.get";

/// A version's rows of a table.
fn rows(version: &str, table: &str) -> Vec<Value> {
    let golden: Value = serde_json::from_str(version).expect("JSON");
    golden[table].as_object().expect("rows by name").values().cloned().collect()
}

/// Lives that lead to every kind of row of the newest golden version.
async fn lived_through() -> Lease {
    let lease = Lease::new().await;
    for (order, operation) in LOST {
        operation.prepare_order(&lease, order).await;
        lease.ant.plan(operation.method(), Some(order), Spoil::Reset, true, 1);
        let got = lease.send(&operation.request_for(order).key("k-lost")).await;
        assert_eq!(refused(&got), (504, "ANT_UNKNOWN".into()), "{operation:?}");
    }
    lease.ant.recover();
    lease.plan_cancelled(LIVED, "RENTING_OUT").await;
    let close = json!({"reason": "RENTING_OUT", "return_confirmed": true, "source": "old"});
    done(&lease.send(&Request::post(LIVED, "/close").body(&close).key("k-closed")).await);
    done(&lease.delete(LIVED, "/withhold-sign").await);
    lease.sealing(SEALING).await;
    fall_back_twice(&lease).await;
    lease.active(TOLD).await;
    lease.ant.withhold_ends(TOLD);
    lease.ant.fail_times(TRADE_GET, Spoil::ResultCode("SYSTEM_BUSY"), 1);
    lease.notify("m-told", "ASYNC_UNSIGN_APPLY", TOLD).await;
    lease.notify("m-nobodys", "ORDER_STATUS_CHANGE", "NOT-OURS").await;
    lease.registered(FLOWING).await;
    done(&lease.send(&Request::post(FLOWING, "/sign-flow").body(&bodies::contract()).key("k-flow")).await);
    lease
}

/// An order whose first contract ended, and whose second one waits for the user.
async fn fall_back_twice(lease: &Lease) {
    lease.contract_signing(FELL_BACK).await;
    lease.ant.flow_becomes(FELL_BACK, "EXPIRE");
    done(&lease.get(FELL_BACK, "").await);
    done(&lease.post(FELL_BACK, "/contract", &bodies::contract()).await);
}

/// What a row is called in a golden file.
fn name(table: &str, row: &Value) -> String {
    let text =
        |name: &str| row[name]["S"].as_str().or(row[name]["N"].as_str()).unwrap_or_default().to_owned();
    match table {
        ORDERS => text("order_id"),
        DOCUMENTS => format!("{} {}", text("order_id"), text("kind")),
        HISTORY => format!("{} {}", text("order_id"), text("version")),
        REQUESTS => format!("{} {}", text("order_id"), text("request")),
        _ => text("msg_id"),
    }
}

/// Without what is drawn: the stamp, and what is sealed with a nonce.
fn comparable(mut row: Value) -> Value {
    let members = row.as_object_mut().expect("a row");
    if let Some(stamp) = members.remove("request_stamp") {
        assert_eq!(stamp["S"].as_str().map(str::len), Some(32));
    }
    for sealed in ["content", "body"] {
        if let Some(content) = members.get_mut(sealed) {
            *content = json!({"B": "sealed"});
        }
    }
    row
}

#[tokio::test(start_paused = true)]
async fn what_is_written_now_is_the_newest_golden_version() {
    let lease = lived_through().await;
    let golden: Value = serde_json::from_str(VERSIONS[VERSIONS.len() - 1]).unwrap();
    for table in TABLES {
        let expected = golden[table].as_object().unwrap();
        let written: BTreeMap<String, Value> =
            lease.world.items(table).into_iter().map(|row| (name(table, &row), comparable(row))).collect();
        for (name, row) in expected {
            assert_eq!(written.get(name), Some(&comparable(row.clone())), "{table}: {name}");
        }
        // Of the others there are enough.
        let all = [ORDERS, NOTIFICATIONS].contains(&table);
        assert!(!all || written.len() == expected.len(), "{table}: {:?}", written.keys());
    }
}

/// A process over a world with a version's rows, a second after they were written; Ant is as it was left.
async fn over(version: &str) -> Lease {
    let lived = lived_through().await;
    let world = World::starting_at(lived.world.time().now() + Duration::from_secs(1));
    furnish(&world);
    for table in TABLES {
        for row in rows(version, table) {
            world.put_item(table, &row);
        }
    }
    let ant = Ant::in_world(&world);
    for (id, known) in lived.ant.orders() {
        ant.change(&id, |order| *order = known);
    }
    // Its logs end before the next one's begin.
    drop(lived);
    Lease::over(world, ant).await
}

#[tokio::test(start_paused = true)]
async fn every_golden_version_is_shown() {
    for version in VERSIONS {
        let lease = over(version).await;
        let shown = |data: &Value| (data["state"].as_str().map(str::to_owned), data["withhold_lost"].clone());
        for (order, state, lost) in [
            (LIVED, "UNBOUND", false),
            (SEALING, "SEALING", false),
            (FELL_BACK, "CONTRACT_SIGNING", false),
            (TOLD, "ACTIVE", true),
            (FLOWING, "WITHHOLD_SIGNING", false),
        ] {
            let data = done(&lease.get(order, "").await);
            assert_eq!(shown(&data), (Some(state.to_owned()), json!(lost)), "{order}");
        }
    }
}

#[tokio::test(start_paused = true)]
async fn what_was_unknown_in_every_golden_version_is_found_out() {
    for version in VERSIONS {
        for by_reconcile in [false, true] {
            let lease = over(version).await;
            if by_reconcile {
                lease.world.pass(Duration::from_mins(2)).await;
                lease.reconcile().await.unwrap();
            }
            for (order, operation) in LOST {
                let data = done(&lease.get(order, "").await);
                let shows = operation != Operation::Withhold;
                let expected = if shows { operation.after() } else { operation.before() };
                assert_eq!(
                    (&data["state"], &data["unknown_operation"]),
                    (&json!(expected), &json!(null)),
                    "{order}"
                );
                assert_eq!(lease.ant.effects(order, operation.method()), 1);
            }
            let told = lease.told();
            assert_eq!(told, ["lease_closed"]);
        }
    }
}

#[tokio::test(start_paused = true)]
async fn the_keys_of_every_golden_version_are_known() {
    for version in VERSIONS {
        let lease = over(version).await;
        let close = json!({"reason": "RENTING_OUT", "return_confirmed": true, "source": "old"});
        let close = Request::post(LIVED, "/close").body(&close).key("k-closed");
        let (calls, row) = (lease.ant.calls().len(), lease.row(LIVED));
        assert_eq!(done(&lease.send(&close).await)["state"], "CLOSED", "as it was told then");
        let flow = Request::post(FLOWING, "/sign-flow").body(&bodies::contract()).key("k-flow");
        assert_eq!(done(&lease.send(&flow).await)["waiting_for"], "withhold_signature");
        assert_eq!((lease.ant.calls().len(), lease.row(LIVED)), (calls, row), "nothing was done again");
        let other = Request::post(FLOWING, "/sign-flow").body(&json!({})).key("k-flow");
        assert_eq!(refused(&lease.send(&other).await), (409, "IDEMPOTENCY_MISMATCH".into()));
        for (order, operation) in [("LOST-SYNC", Operation::Sync), ("LOST-CANCEL", Operation::Cancel)] {
            let request = operation.request_for(order).key("k-lost");
            assert_eq!(refused(&lease.send(&request).await), (409, "STATE_CONFLICT".into()));
            done(&lease.get(order, "").await);
            assert_eq!(done(&lease.send(&request).await)["state"], operation.after());
        }
    }
}

#[tokio::test(start_paused = true)]
async fn the_documents_of_every_golden_version_are_opened() {
    for version in VERSIONS {
        let lease = over(version).await;
        let waiting = done(&lease.post(FLOWING, "/sign-flow", &json!({})).await);
        assert!(waiting["sign_str"].as_str().unwrap().contains("external_agreement_no=IN-A-FLOW"));
        assert!(waiting["sign_info"].as_str().unwrap().contains("https://sign.ant.test/"));
        // Without the contract's own links, those of the sandboxes' Ant would be told: it is not asked.
        assert!(lease.ant.heard().iter().all(|method| !method.ends_with("sign.flow.get")));
        lease.ant.flow_becomes(FLOWING, "EXPIRE");
        done(&lease.get(FLOWING, "").await);
        let again = done(&lease.post(FLOWING, "/sign-flow", &json!({})).await);
        assert_eq!(again["state"], "WITHHOLD_SIGNING", "with the contract that was given before");
    }
}

#[tokio::test(start_paused = true)]
async fn what_ant_told_in_every_golden_version_is_known_and_looked_into() {
    for version in VERSIONS {
        let lease = over(version).await;
        lease.ant.user_applies_to_unsign(TOLD);
        for (id, order) in [("m-told", TOLD), ("m-nobodys", "NOT-OURS")] {
            assert_eq!(lease.notify(id, "ASYNC_UNSIGN_APPLY", order).await.status, 200);
        }
        assert!(lease.ant.heard().is_empty(), "they came before");
        lease.reconcile().await.unwrap();
        assert_eq!(lease.row(TOLD).unwrap()["unsign_pending"]["BOOL"], true, "it was marked");
    }
}

/// Makes the rows of a table as a version of the future writes them.
fn of_the_future(lease: &Lease, table: &str) {
    for mut row in lease.world.items(table) {
        row["schema_version"] = json!({"N": "2"});
        lease.world.put_item(table, &row);
    }
}

#[tokio::test(start_paused = true)]
async fn a_version_that_is_not_known_is_refused_and_not_overwritten() {
    for table in [ORDERS, REQUESTS, DOCUMENTS] {
        let lease = over(VERSIONS[0]).await;
        of_the_future(&lease, table);
        let flow = |key: &str| Request::post(FLOWING, "/sign-flow").body(&json!({})).key(key);
        let request = if table == REQUESTS { flow("k-flow") } else { flow("k-new") };
        let before = lease.world.items(table);
        let got = lease.send(&request).await;
        assert_eq!(refused(&got), (500, "INTERNAL_ERROR".into()), "{table}");
        assert!(!lease.logged("ERROR").is_empty());
        assert_eq!(lease.world.items(table), before, "{table}");
    }
}
