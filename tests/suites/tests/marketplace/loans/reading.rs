//! Whatever comes to the queues of loans is read or refused, and what is read again is the same.

use domain::marketplace::{ChannelId, LoanCodes};
use marketplace::audit_result::AuditResult;
use marketplace::loan_message::Kind;
use marketplace::loan_result::LoanResult;
use marketplace::overdue::Overdue;
use marketplace::repay_plan::RepayPlan;
use marketplace::repay_result::RepayResult;
use proptest::prelude::*;
use serde_json::{Value, json};
use suites::loans::{audit, loan_result, overdue, paid_off, repay_plan, repay_result};

/// How many of the five kinds take a body.
fn taken(body: &str) -> usize {
    let (codes, default) = (LoanCodes::default(), ChannelId::of_integer(840));
    let takes = [
        AuditResult::read(body, codes, &default).is_ok(),
        LoanResult::read(body, codes, &default).is_ok(),
        RepayPlan::read(body, codes, &default).is_ok(),
        Overdue::read(body, codes, &default).is_ok(),
        RepayResult::read(body, codes, &default).is_ok(),
    ];
    takes.into_iter().filter(|takes| *takes).count()
}

fn messages() -> [Value; 5] {
    [
        audit("refused", Some(27)),
        loan_result(30),
        repay_plan(),
        overdue(&paid_off()),
        repay_result(-1, 1, "paid", &paid_off()),
    ]
}

fn any_value() -> impl Strategy<Value = Value> {
    let scalar = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        any::<i64>().prop_map(Value::from),
        any::<f64>().prop_map(Value::from),
        "\\PC{0,20}".prop_map(Value::from),
        "-?[0-9]{1,20}(\\.[0-9]{0,4})?".prop_map(Value::from),
    ];
    scalar.prop_recursive(3, 16, 4, |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..4).prop_map(Value::from),
            prop::collection::btree_map("[a-z_]{1,12}", inner, 0..4).prop_map(|members| json!(members)),
        ]
    })
}

#[test]
fn each_message_is_taken_by_its_own_kind() {
    for message in messages() {
        assert!(taken(&message.to_string()) >= 1, "{message}");
    }
    assert_eq!(taken("{}"), 0);
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn whatever_comes_is_read_or_refused(text in "\\PC{0,80}", value in any_value()) {
        taken(&text);
        taken(&value.to_string());
    }

    #[test]
    fn a_message_with_any_member_spoilt_is_read_or_refused(
        kind in 0_usize..5, member in 0_usize..12, value in any_value(),
    ) {
        let mut message = messages()[kind].clone();
        let names: Vec<String> = message.as_object().unwrap().keys().cloned().collect();
        message[&names[member % names.len()]] = value.clone();
        taken(&message.to_string());
        // And within a period of its plan.
        let mut message = messages()[kind].clone();
        if let Some(period) = message.get_mut("plan").and_then(|plan| plan.get_mut(1)) {
            let names: Vec<String> = period.as_object().unwrap().keys().cloned().collect();
            period[&names[member % names.len()]] = value;
        }
        taken(&message.to_string());
    }
}
