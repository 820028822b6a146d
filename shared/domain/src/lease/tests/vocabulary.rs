use super::fixtures::every_intent;
use crate::lease::{
    CancelReason, CloseReason, FlowStatus, Intent, Method, OrderState, Query, Refusal, TermStatus,
    UnsignAnswer, WaitingFor, WithholdStatus,
};

#[test]
fn every_text_is_read_as_what_wrote_it_and_no_other_text_is() {
    assert_eq!(OrderState::ALL.map(|state| OrderState::parse(state.as_str())), OrderState::ALL.map(Some));
    assert_eq!(Method::ALL.map(|method| Method::parse(method.as_str())), Method::ALL.map(Some));
    assert_eq!(Query::ALL.map(|query| Query::parse(query.as_str())), Query::ALL.map(Some));
    assert_eq!(
        CancelReason::ALL.map(|reason| CancelReason::parse(reason.as_str())),
        CancelReason::ALL.map(Some)
    );
    assert_eq!(
        CloseReason::ALL.map(|reason| CloseReason::parse(reason.as_str())),
        CloseReason::ALL.map(Some)
    );
    assert_eq!(OrderState::parse("CONTRACT_CANCELLED"), None);
    assert_eq!(Method::parse("antchain.ato.trade.get"), None, "a query has no outcome to wait for");
    assert_eq!(Query::parse("antchain.ato.trade.sync"), None);
    assert_eq!(CancelReason::parse("FULFILLED"), None);
    assert_eq!(CloseReason::parse("renting_out"), None);
}

#[test]
fn every_intent_has_its_method_and_every_method_an_intent() {
    let mut methods: Vec<_> = every_intent().iter().map(Intent::method).collect();
    methods.dedup();
    assert_eq!(methods, Method::ALL);
    let names = Method::ALL.map(Method::as_str);
    assert!(names.contains(&"antchain.ato.withhold.signasyncunsign.confirm"));
    assert!(names.iter().all(|name| name.starts_with("antchain.ato.")));
}

#[test]
fn sign_flow_waits_for_what_the_specification_lists() {
    let texts = WaitingFor::ALL.map(WaitingFor::as_str);
    assert_eq!(texts, ["contract_user_signature", "withhold_signature", "sealing", "retry"]);
}

#[test]
fn ants_statuses_keep_their_text_also_those_that_nobody_knows() {
    for text in ["UNSIGNED", "SIGNED", "TERMINATED", "APPLY_TERMINATE", "TIMEOUT_CLOSE"] {
        assert!(!matches!(WithholdStatus::of(text), WithholdStatus::Unknown(_)), "{text}");
        assert_eq!(WithholdStatus::of(text).as_str(), text);
    }
    for (text, terminal) in [("RETURN_FULL", true), ("CANCEL", true), ("NOT_RETURN", false)] {
        assert_eq!((TermStatus::of(text).as_str(), TermStatus::of(text).is_terminal()), (text, terminal));
    }
    for text in ["", "signed", "FROZEN"] {
        assert_eq!(WithholdStatus::of(text), WithholdStatus::Unknown(text.to_owned()));
        assert_eq!(FlowStatus::of(text).as_str(), text);
        assert_eq!(TermStatus::of(text).as_str(), text);
        assert!(!TermStatus::of(text).is_terminal() && !FlowStatus::of(text).ended_without_contract());
    }
}

#[test]
fn a_flow_has_ended_without_a_contract_in_five_of_its_statuses() {
    for text in ["UNDO", "TERMINATE", "EXPIRE", "REJECTED", "CANCELLED"] {
        assert!(FlowStatus::of(text).ended_without_contract(), "{text}");
        assert_eq!(FlowStatus::of(text).as_str(), text);
    }
    for text in ["DRAFT", "SIGNING", "FINISH"] {
        assert!(!FlowStatus::of(text).ended_without_contract(), "{text}");
        assert_eq!(FlowStatus::of(text).as_str(), text);
    }
}

/// The table of §4 and §12, written down a second time.
const TRANSITIONS: &[(&str, &[&str])] = &[
    ("NEW", &["SYNCED"]),
    ("SYNCED", &["CONTRACT_SIGNING"]),
    ("CONTRACT_SIGNING", &["SYNCED", "WITHHOLD_SIGNING", "WITHHOLD_SIGNED"]),
    ("WITHHOLD_SIGNING", &["SYNCED", "WITHHOLD_SIGNED"]),
    ("WITHHOLD_SIGNED", &["SYNCED", "SEALING", "ACTIVE", "UNBOUND"]),
    ("SEALING", &["SYNCED", "ACTIVE"]),
    ("ACTIVE", &["PLAN_CANCELLED", "FULFILLED", "CLOSED"]),
    ("PLAN_CANCELLED", &["CLOSED"]),
    ("FULFILLED", &["CLOSED"]),
    ("CLOSED", &["UNBOUND"]),
    ("UNBOUND", &[]),
];

#[test]
fn a_state_becomes_what_the_table_says_and_nothing_else() {
    for (state, (name, allowed)) in OrderState::ALL.into_iter().zip(TRANSITIONS) {
        assert_eq!(state.as_str(), *name);
        let found: Vec<_> = OrderState::ALL
            .into_iter()
            .filter(|next| state.may_become(*next))
            .map(OrderState::as_str)
            .collect();
        assert_eq!(found, *allowed, "{name}");
    }
}

#[test]
fn to_agree_takes_no_reason_and_looks_at_none() {
    assert_eq!(UnsignAnswer::of("AGREE", None, None, None), Ok(UnsignAnswer::Agree));
    assert_eq!(UnsignAnswer::of("AGREE", Some("?"), Some(0), Some("")), Ok(UnsignAnswer::Agree));
    assert!(UnsignAnswer::Agree.is_agreed());
    assert_eq!(UnsignAnswer::Agree.operate(), "AGREE");
}

#[test]
fn to_refuse_takes_a_code_and_the_field_that_belongs_to_it() {
    let owes = UnsignAnswer::of("REFUSE", Some("USER_OWE_MONEY"), Some(12_345), Some(""));
    assert_eq!(owes, Ok(UnsignAnswer::Refuse(Refusal::UserOweMoney { owed_fen: 12_345 })), "service unused");
    let longest = "租".repeat(128);
    let serves = UnsignAnswer::of("REFUSE", Some("USER_IN_SERVICE"), Some(0), Some(&longest)).unwrap();
    assert_eq!(serves, UnsignAnswer::Refuse(Refusal::UserInService { service: longest }), "debt unused");
    assert_eq!((serves.operate(), serves.is_agreed()), ("REFUSE", false));
    assert_eq!(Refusal::UserOweMoney { owed_fen: 1 }.code(), "USER_OWE_MONEY");
    assert_eq!(Refusal::UserInService { service: "x".to_owned() }.code(), "USER_IN_SERVICE");
}

#[test]
fn an_answer_that_lacks_what_it_needs_is_refused_with_the_fields_name() {
    let long = "x".repeat(129);
    for (operate, code, debt, service, field) in [
        ("", None, None, None, "operate"),
        ("agree", None, None, None, "operate"),
        ("REFUSE", None, Some(1), Some("s"), "refuse_reason_code"),
        ("REFUSE", Some("OTHER"), Some(1), Some("s"), "refuse_reason_code"),
        ("REFUSE", Some("USER_OWE_MONEY"), None, Some("s"), "user_owe_money"),
        ("REFUSE", Some("USER_OWE_MONEY"), Some(0), None, "user_owe_money"),
        ("REFUSE", Some("USER_IN_SERVICE"), Some(1), None, "user_in_service"),
        ("REFUSE", Some("USER_IN_SERVICE"), None, Some(""), "user_in_service"),
        ("REFUSE", Some("USER_IN_SERVICE"), None, Some(long.as_str()), "user_in_service"),
    ] {
        let error = UnsignAnswer::of(operate, code, debt, service).unwrap_err();
        assert_eq!(error.field, field, "{operate} {code:?}");
        assert_eq!(error.to_string(), format!("{field}: {}", error.problem));
    }
}
