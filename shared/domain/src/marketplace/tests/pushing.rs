//! Pushed orders: their fields, their content, what a repeat meets (§3.1, §7.9, §11 Push).

use std::borrow::Cow;

use super::yuan;
use crate::marketplace::{
    AuthItem, Json, Object, PeriodUnit, PushJudgement, PushSection, PushedOrder, ThirdOrderStatus, judge_push,
};

pub(super) fn text(text: &str) -> Json<'_> {
    Json::Text(Cow::Borrowed(text))
}

pub(super) fn object<'a>(members: &[(&'a str, Json<'a>)]) -> Json<'a> {
    Json::Object(members.iter().map(|(name, value)| (Cow::Borrowed(*name), value.clone())).collect())
}

/// A push with what is required and no more.
pub(super) fn push() -> Json<'static> {
    let id_info = object(&[("name", text("张三")), ("cid", text("11010119900307123x"))]);
    object(&[
        ("orderId", Json::Number("120522")),
        ("uid", text("12394129")),
        ("registerPhone", text("13800138016")),
        ("loanAmount", Json::Number("15000.00")),
        ("period", Json::Number("12")),
        ("basicInfo", object(&[])),
        ("idInfo", id_info),
        ("contact", object(&[])),
        ("operator", object(&[])),
    ])
}

/// The push with another value at a place: `orderId`, or `idInfo.cid`.
pub(super) fn with<'a>(push: &Json<'a>, place: &'a str, value: Json<'a>) -> Json<'a> {
    let Json::Object(members) = push else { panic!("an object") };
    let mut members: Object<'a> = members.clone();
    let (name, value) = match place.split_once('.') {
        None => (place, value),
        Some((section, name)) => {
            let of_section = members.get(section).cloned().unwrap_or_else(|| object(&[]));
            (section, with(&of_section, name, value))
        }
    };
    members.insert(Cow::Borrowed(name), value);
    Json::Object(members)
}

fn pushed(request: &Json<'static>) -> PushedOrder<'static> {
    PushedOrder::of(request.clone()).unwrap()
}

#[test]
fn a_push_is_read_by_its_required_fields() {
    let order = pushed(&push());
    assert_eq!((order.number.as_str(), order.uid.as_str()), ("120522", "12394129"));
    assert_eq!((order.register_phone.as_str(), order.name.as_str()), ("13800138016", "张三"));
    assert_eq!((order.loan_amount, order.period), (yuan("15000"), 12));
    assert_eq!(order.id_number.as_str(), "11010119900307123X");
    assert_eq!(order.period_unit, None);
}

#[test]
fn what_is_required_is_missed_where_it_is_absent_null_or_of_another_kind() {
    let places = ["orderId", "uid", "registerPhone", "loanAmount", "period", "idInfo.name", "idInfo.cid"];
    for place in places.into_iter().chain(["basicInfo", "idInfo", "contact", "operator"]) {
        for value in [Json::Null, Json::Bool(true), Json::List(vec![])] {
            let error = PushedOrder::of(with(&push(), place, value)).unwrap_err();
            assert_eq!(error.field, place);
        }
    }
    for request in [Json::Null, Json::List(vec![]), text("{}")] {
        assert_eq!(PushedOrder::of(request).unwrap_err().field, "request");
    }
}

#[test]
fn what_is_malformed_is_refused_without_its_own_text() {
    for (place, value) in [
        ("orderId", text("12 05")),
        ("orderId", Json::Number("1e5")),
        ("uid", text("")),
        ("registerPhone", text("1380013801x")),
        ("registerPhone", text("+8613800138016")),
        ("loanAmount", Json::Number("15000.001")),
        ("loanAmount", Json::Number("0")),
        ("loanAmount", Json::Number("-1")),
        ("loanAmount", text("many")),
        ("period", Json::Number("0")),
        ("period", Json::Number("12.5")),
        ("period", text("65536")),
        ("periodUnit", Json::Number("4")),
        ("idInfo.name", text(" ")),
        ("idInfo.name", Json::Number("7")),
        ("idInfo.cid", text("11010119900307")),
        ("idInfo.cid", text("110101199013071233")),
    ] {
        let error = PushedOrder::of(with(&push(), place, value)).unwrap_err();
        assert_eq!(error.field, place);
        for own in ["12 05", "1380013801x", "many", "11010119900307"] {
            assert!(!error.to_string().contains(own), "{error}");
        }
    }
}

#[test]
fn numbers_come_as_texts_and_codes_as_either() {
    let push = with(&push(), "loanAmount", text("15000.5"));
    let push = with(&with(&push, "period", text("12")), "registerPhone", Json::Number("13800138016"));
    let order = pushed(&with(&push, "periodUnit", text("2")));
    assert_eq!((order.loan_amount, order.period_unit), (yuan("15000.5"), Some(PeriodUnit::Month)));
}

#[test]
fn a_photo_stands_in_one_of_two_objects_and_gives_its_item() {
    assert_eq!(pushed(&push()).items().iter().count(), 0);
    for (place, item) in [
        ("idInfo.frontFile", AuthItem::IdFront),
        ("idCardOcr.frontPhotoUrl", AuthItem::IdFront),
        ("idInfo.backFile", AuthItem::IdBack),
        ("idCardOcr.backPhotoUrl", AuthItem::IdBack),
        ("idInfo.natureFile", AuthItem::LivingImage),
        ("idInfo.envFile", AuthItem::LivingImage),
        ("idInfo.posPitchFile", AuthItem::LivingImage),
        ("idInfo.posYawFile", AuthItem::LivingImage),
        ("idInfo.mouthFile", AuthItem::LivingImage),
        ("idInfo.blinkFile", AuthItem::LivingImage),
        ("idCardOcr.faceUrl", AuthItem::LivingImage),
    ] {
        let order = pushed(&with(&push(), place, text("https://photos/1.jpg")));
        assert_eq!(order.items().iter().collect::<Vec<_>>(), [item], "{place}");
        assert_eq!(order.photo(item), Some("https://photos/1.jpg"));
        assert_eq!(pushed(&with(&push(), place, text(""))).items().iter().count(), 0, "{place}");
    }
    let both = with(&push(), "idInfo.frontFile", text("aGk="));
    let both = with(&both, "idCardOcr.frontPhotoUrl", text("https://photos/1.jpg"));
    assert_eq!(pushed(&both).photo(AuthItem::IdFront), Some("aGk="), "the file first");
    let both = pushed(&with(&both, "idInfo.backFile", text("")));
    let expected = [
        (PushSection::IdInfo, "frontFile", "aGk="),
        (PushSection::IdCardOcr, "frontPhotoUrl", "https://photos/1.jpg"),
    ];
    assert_eq!(both.photos().collect::<Vec<_>>(), expected, "each with its place, an empty one is none");
    assert_eq!(both.photo(AuthItem::Device), None);
}

#[test]
fn a_push_meets_nothing_itself_or_an_order_that_has_moved_on() {
    assert_eq!(judge_push(None), PushJudgement::Accepted);
    for status in ThirdOrderStatus::ALL {
        let other = match status.code() {
            0 => PushJudgement::Overwrite,
            _ => PushJudgement::AlreadyProcessing,
        };
        assert_eq!(judge_push(Some((*status, true))), PushJudgement::Repeat, "{status:?}");
        assert_eq!(judge_push(Some((*status, false))), other, "{status:?}");
    }
    let codes = [PushJudgement::Accepted, PushJudgement::Overwrite, PushJudgement::Repeat]
        .map(|judgement| judgement.status().code());
    assert_eq!(codes, [2001; 3]);
    assert_eq!(PushJudgement::AlreadyProcessing.status().code(), 2002);
}

#[test]
fn what_identifies_a_person_does_not_print() {
    let printed = format!("{:?}", pushed(&with(&push(), "contact.firstName", text("李四"))));
    for text in ["张三", "李四", "13800138016", "11010119900307123", "12394129"] {
        assert!(!printed.contains(text), "{printed}");
    }
    assert!(printed.contains("120522"));
    let values =
        [Json::Null, Json::Bool(true), Json::Number("1"), text("李四"), Json::List(vec![Json::Null])];
    assert_eq!(format!("{values:?}"), "[null, ***, ***, ***, [1 values]]", "the shape alone");
    assert_eq!(format!("{:?}", object(&[("name", text("李四"))])), "{1 members}");
}
