//! Who somebody is, and what the platform asks about them by (§3 1.1, §11 Admission).

use jiff::civil::{Date, date};
use proptest::prelude::*;

use super::at;
use crate::marketplace::{
    Digest, DigestError, FieldError, IdNumber, Inquiry, InquiryFields, LookupKind, LookupText, PersonError,
    PersonName, Phone, age_at, lookup_texts, shanghai_day,
};
use crate::properties::cases;

/// The digest of 13800138016, without and with its leading zero.
const PHONE_DIGEST: &str = "f6e2c46a478c0fceacfd6461a9584ce";

#[test]
fn an_id_number_is_17_digits_and_a_digit_or_x_with_a_day_in_it() {
    for text in ["11010119900307123X", "11010119900307123x", "110101199003071233", "110101200002291230"] {
        assert_eq!(IdNumber::parse(text).unwrap().as_str(), text.to_uppercase());
    }
    for text in ["", "1101011990030712", "11010119900307123", "1101011990030712334", "11010119900307123Y"] {
        assert_eq!(IdNumber::parse(text), Err(PersonError::IdNumber), "{text}");
    }
    for text in ["1101011990030712 3", " 11010119900307123", "X10101199003071233", "1101011990030712３"] {
        assert_eq!(IdNumber::parse(text), Err(PersonError::IdNumber), "{text}");
    }
    for text in ["110101199002301233", "110101199013011233", "110101199000001233", "110101190002291233"] {
        assert_eq!(IdNumber::parse(text), Err(PersonError::Birthday), "{text}");
    }
    assert_eq!(IdNumber::parse("11010119900307123X").unwrap().birthday(), date(1990, 3, 7));
}

#[test]
fn a_phone_is_11_digits_and_a_name_1_to_128_characters() {
    assert_eq!(Phone::parse("13800138016").unwrap().as_str(), "13800138016");
    for text in ["", "1380013801", "138001380160", "+8613800138", "1380013801a", "138 0013801"] {
        assert_eq!(Phone::parse(text), Err(PersonError::Phone), "{text}");
    }
    assert_eq!(PersonName::parse(" 张三 ").unwrap().as_str(), "张三");
    assert!(PersonName::parse(&"张".repeat(128)).is_ok());
    for text in ["", " \t", &"张".repeat(129)] {
        assert_eq!(PersonName::parse(text), Err(PersonError::Name), "{text}");
    }
}

#[test]
fn what_identifies_a_person_does_not_print() {
    let printed = (IdNumber::parse("110101199003071233"), Phone::parse("13800138016"));
    assert_eq!(format!("{printed:?}"), "(Ok(IdNumber(***)), Ok(Phone(***)))");
    assert_eq!(format!("{:?}", PersonName::parse("张三")), "Ok(PersonName(***))");
    assert_eq!(format!("{:?}", Digest::parse(PHONE_DIGEST)), "Ok(Digest(***))");
    assert_eq!(format!("{:?}", texts("110101199003071233")[1]), "LookupText(Phone, ***)");
}

#[test]
fn somebody_is_a_year_older_on_the_birthday_by_chinas_calendar() {
    let born = date(1990, 3, 7);
    for (day, years) in [
        (date(2010, 3, 6), 19),
        (date(2010, 3, 7), 20),
        (date(2010, 12, 31), 20),
        (date(2046, 3, 6), 55),
        (date(2046, 3, 7), 56),
        (date(1990, 3, 6), -1),
    ] {
        assert_eq!(age_at(born, day), years, "{day}");
    }
    let leap = |day: Date| age_at(date(2000, 2, 29), day);
    assert_eq!((leap(date(2021, 2, 28)), leap(date(2021, 3, 1)), leap(date(2020, 2, 29))), (20, 21, 20));
    assert_eq!(shanghai_day(at("2018-08-07T15:59:59Z")), date(2018, 8, 7));
    assert_eq!(shanghai_day(at("2018-08-07T16:00:00Z")), date(2018, 8, 8));
}

#[test]
fn a_digest_is_read_in_either_case_and_filled_up_with_the_zeros_that_were_dropped() {
    let whole = format!("0{PHONE_DIGEST}");
    for hex in [whole.as_str(), PHONE_DIGEST, &whole.to_uppercase()] {
        assert_eq!(Digest::parse(hex).unwrap().to_hex(), whole, "{hex}");
    }
    let bytes =
        [0x0f, 0x6e, 0x2c, 0x46, 0xa4, 0x78, 0xc0, 0xfc, 0xea, 0xcf, 0xd6, 0x46, 0x1a, 0x95, 0x84, 0xce];
    assert_eq!(Digest::of_bytes(bytes), Digest::parse(PHONE_DIGEST).unwrap());
    for hex in ["", "+f", "0x0f", " 0f", "g", "张", &"0".repeat(33)] {
        assert_eq!(Digest::parse(hex), Err(DigestError), "{hex}");
    }
}

fn texts(id_number: &str) -> Vec<LookupText> {
    let name = PersonName::parse("张三").unwrap();
    lookup_texts(&name, &IdNumber::parse(id_number).unwrap(), &Phone::parse("13800138016").unwrap())
}

#[test]
fn a_customer_is_found_by_the_number_in_both_cases_the_phone_and_the_mask() {
    let found =
        |id_number| texts(id_number).into_iter().map(|text| (text.kind, text.text)).collect::<Vec<_>>();
    let mask = "1380013|1101011990030|张三".to_owned();
    assert_eq!(
        found("11010119900307123x"),
        [
            (LookupKind::IdNumber, "11010119900307123X".to_owned()),
            (LookupKind::IdNumber, "11010119900307123x".to_owned()),
            (LookupKind::Phone, "13800138016".to_owned()),
            (LookupKind::Mask, mask.clone()),
        ]
    );
    let kinds: Vec<_> = found("110101199003071233").into_iter().map(|(kind, _)| kind).collect();
    assert_eq!(kinds, [LookupKind::IdNumber, LookupKind::Phone, LookupKind::Mask]);
}

fn masked<'a>(name: &'a str, phone: &'a str, cid: &'a str) -> InquiryFields<'a> {
    InquiryFields { name: Some(name), phone: Some(phone), cid: Some(cid), ..InquiryFields::default() }
}

#[test]
fn an_inquiry_by_mask_asks_for_the_text_that_the_customer_was_kept_under() {
    let kept = texts("110101199003071233").pop().unwrap();
    for fields in
        [masked("张三", "1380013", "1101011990030"), masked(" 张三", "1380013****", "1101011990030*****")]
    {
        assert_eq!(Inquiry::of(fields), Ok(Inquiry::Mask(kept.clone())));
    }
    for (fields, field) in [
        (masked("张三", "138001", "1101011990030"), "phone"),
        (masked("张三", "13800138016", "1101011990030"), "phone"),
        (masked("张三", "1380013", "110101199003"), "cid"),
        (masked("张三", "1380013", "张张张张张张张"), "cid"),
        (masked(" ", "1380013", "1101011990030"), "name"),
        (InquiryFields { name: None, ..masked("", "1380013", "1101011990030") }, "name"),
        (InquiryFields { cid: None, ..masked("张三", "1380013", "") }, "md5"),
        (InquiryFields::default(), "md5"),
    ] {
        assert_eq!(Inquiry::of(fields).map_err(|error| error.field), Err(field));
    }
}

#[test]
fn an_inquiry_by_digests_needs_one_and_refuses_a_malformed_one() {
    let digest = Digest::parse(PHONE_DIGEST).ok();
    let both =
        InquiryFields { md5: Some(PHONE_DIGEST), mobile_md5: Some(PHONE_DIGEST), ..masked("", "", "") };
    assert_eq!(
        Inquiry::of(both),
        Ok(Inquiry::Digests { id_number: digest, phone: digest }),
        "before the mask"
    );
    let phone = InquiryFields { mobile_md5: Some(PHONE_DIGEST), ..InquiryFields::default() };
    assert_eq!(Inquiry::of(phone), Ok(Inquiry::Digests { id_number: None, phone: digest }));
    let malformed = InquiryFields { md5: Some("xyz"), ..both };
    let error = FieldError { field: "md5", problem: "not 24 to 32 hex digits".to_owned() };
    assert_eq!(Inquiry::of(malformed), Err(error));
}

proptest! {
    #![proptest_config(cases())]

    #[test]
    fn a_digest_is_the_same_with_and_without_its_leading_zeros(number in any::<u128>(), shift in 0_u32..32) {
        // Of 24 digits at least: fewer are no digest.
        let number = (number >> shift) | (1 << 92);
        let whole = Digest::parse(&format!("{number:032X}")).unwrap();
        prop_assert_eq!(Digest::parse(&format!("{number:x}")), Ok(whole));
        prop_assert_eq!(whole.to_hex(), format!("{number:032x}"));
    }

    #[test]
    fn no_text_breaks_the_readers(text in "\\PC{0,40}") {
        let _ = (IdNumber::parse(&text), Phone::parse(&text), Digest::parse(&text));
        let _ = Inquiry::of(masked(&text, &text, &text));
    }
}
