//! When two pushes have the same content (§11 Push).

use std::borrow::Cow;

use proptest::prelude::*;

use super::pushing::{object, push, text, with};
use crate::marketplace::{Json, PushedOrder};
use crate::properties::cases;

fn content(request: Json<'_>) -> String {
    PushedOrder::of(request).unwrap().content_digest_parts().concat()
}

#[test]
fn the_same_content_is_what_differs_in_two_times_at_the_top_at_most() {
    let first = content(push());
    for place in ["applyDate", "registerTime"] {
        assert_eq!(content(with(&push(), place, Json::Number("1533710259153"))), first, "{place}");
        let inner = with(&push(), "basicInfo", object(&[(place, Json::Number("1533710259153"))]));
        assert_ne!(content(inner), first, "{place} is a time of its own there");
    }
    assert_eq!(content(with(&push(), "openId", Json::Null)), first, "null is absent");
    for (place, value) in [
        ("loanAmount", Json::Number("14000.00")),
        ("openId", text("")),
        ("orderId", text("120522")),
        ("contact.firstPhone", text("13900139000")),
        ("neverHeardOf", Json::List(vec![])),
    ] {
        assert_ne!(content(with(&push(), place, value)), first, "{place}");
    }
}

fn values() -> impl Strategy<Value = Json<'static>> {
    let texts = prop::sample::select(vec!["", "1", "s1:1", "t", "张三", "l0:"]);
    let leaf = prop_oneof![
        Just(Json::Null),
        any::<bool>().prop_map(Json::Bool),
        prop::sample::select(vec!["1", "1.0", "-1"]).prop_map(Json::Number),
        texts.prop_map(text),
    ];
    leaf.prop_recursive(3, 16, 4, |inner| {
        let name = prop::sample::select(vec!["a", "b", "", "applyDate"]).prop_map(Cow::Borrowed);
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..4).prop_map(Json::List),
            prop::collection::btree_map(name, inner, 0..4).prop_map(Json::Object),
        ]
    })
}

/// The value without the members that are null.
fn stripped(value: Json<'static>) -> Json<'static> {
    match value {
        Json::List(values) => Json::List(values.into_iter().map(stripped).collect()),
        Json::Object(members) => {
            let there = members.into_iter().filter(|(_, value)| *value != Json::Null);
            Json::Object(there.map(|(name, value)| (name, stripped(value))).collect())
        }
        leaf @ (Json::Null | Json::Bool(_) | Json::Number(_) | Json::Text(_)) => leaf,
    }
}

proptest! {
    #![proptest_config(cases())]

    #[test]
    fn contents_are_the_same_exactly_if_the_values_are(one in values(), other in values()) {
        let of = |value: &Json<'static>| content(with(&push(), "extendInfo.a", value.clone()));
        let same = stripped(one.clone()) == stripped(other.clone());
        prop_assert_eq!(of(&one) == of(&other), same);
    }
}
