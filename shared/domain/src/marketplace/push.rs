use std::borrow::Cow;

use super::json::{Object, canonical_members};
use super::person::is_digits;
use super::{
    AuthItem, AuthItems, FieldError, IdNumber, Json, OrderNumber, PeriodUnit, PersonName, Phone, PushSection,
    PushStatus, ThirdOrderStatus, Uid, Yuan,
};

/// What may differ between two pushes of the same content (§11, Push).
const IGNORED: [&str; 2] = ["applyDate", "registerTime"];

/// Where the photos of an id card and of a living face stand; the first that is there counts (§3.1, §11 Pulls).
const PHOTOS: [(AuthItem, &[(PushSection, &str)]); 3] = [
    (AuthItem::IdFront, &[(PushSection::IdInfo, "frontFile"), (PushSection::IdCardOcr, "frontPhotoUrl")]),
    (AuthItem::IdBack, &[(PushSection::IdInfo, "backFile"), (PushSection::IdCardOcr, "backPhotoUrl")]),
    (
        AuthItem::LivingImage,
        &[
            (PushSection::IdInfo, "natureFile"),
            (PushSection::IdInfo, "envFile"),
            (PushSection::IdInfo, "posPitchFile"),
            (PushSection::IdInfo, "posYawFile"),
            (PushSection::IdInfo, "mouthFile"),
            (PushSection::IdInfo, "blinkFile"),
            (PushSection::IdCardOcr, "faceUrl"),
        ],
    ),
];

/// An order as the platform pushes it (1.3, §3.1): what we understand is checked, all else is kept as it came.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PushedOrder<'a> {
    /// `orderId`
    pub number: OrderNumber,
    /// `uid`
    pub uid: Uid,
    /// `registerPhone`
    pub register_phone: Phone,
    /// `loanAmount`
    pub loan_amount: Yuan,
    /// `period`
    pub period: u16,
    /// `periodUnit`; the product's where it is absent.
    pub period_unit: Option<PeriodUnit>,
    /// `idInfo.name`
    pub name: PersonName,
    /// `idInfo.cid`
    pub id_number: IdNumber,
    members: Object<'a>,
}

/// What a push meets.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PushJudgement {
    /// A new order.
    Accepted,
    /// A known order without data so far, with other content: it takes the place of the old.
    Overwrite,
    /// A known order with other content that comes too late: it is ignored.
    AlreadyProcessing,
    /// The same again: nothing is to be done.
    Repeat,
}

impl<'a> PushedOrder<'a> {
    /// Checks a push.
    ///
    /// # Errors
    /// A required field is missing, or one that we understand is malformed.
    pub fn of(request: Json<'a>) -> Result<Self, FieldError> {
        let Json::Object(members) = request else { return Err(FieldError::new("request", "no object")) };
        for section in PushSection::REQUIRED {
            section_of(&members, section).ok_or(FieldError::missing(section.as_str()))?;
        }
        let top = |name| member(&members, PushSection::Top, name);
        let of_id_info = |name| member(&members, PushSection::IdInfo, name);
        Ok(Self {
            number: required("orderId", top("orderId").and_then(Json::identifier), OrderNumber::of_text)?,
            uid: required("uid", top("uid").and_then(Json::identifier), Uid::of_text)?,
            register_phone: required(
                "registerPhone",
                top("registerPhone").and_then(Json::scalar),
                Phone::parse,
            )?,
            loan_amount: required("loanAmount", top("loanAmount").and_then(Json::scalar), amount)?,
            period: required("period", top("period").and_then(Json::scalar), period)?,
            period_unit: top("periodUnit").map(period_unit).transpose()?,
            name: required("idInfo.name", of_id_info("name").and_then(Json::text), PersonName::parse)?,
            id_number: required("idInfo.cid", of_id_info("cid").and_then(Json::scalar), IdNumber::parse)?,
            members,
        })
    }

    /// A member of a part, as it came; `None` if it is absent or null.
    fn field(&self, section: PushSection, name: &str) -> Option<&Json<'a>> {
        member(&self.members, section, name)
    }

    /// A photo, in Base64 or as a URL, which is never fetched.
    #[must_use]
    pub fn photo(&self, item: AuthItem) -> Option<&str> {
        let (_, places) = PHOTOS.iter().find(|(of, _)| *of == item)?;
        places
            .iter()
            .find_map(|(section, name)| self.field(*section, name)?.text().filter(|photo| !photo.is_empty()))
    }

    /// Every photo that is there, with its place.
    pub fn photos(&self) -> impl Iterator<Item = (PushSection, &'static str, &str)> {
        let places = PHOTOS.iter().flat_map(|(_, places)| places.iter());
        places.filter_map(|(section, name)| {
            let photo = self.field(*section, name)?.text().filter(|photo| !photo.is_empty())?;
            Some((*section, *name, photo))
        })
    }

    /// The items that the push itself gives.
    #[must_use]
    pub fn items(&self) -> AuthItems {
        PHOTOS.iter().map(|(item, _)| *item).filter(|item| self.photo(*item).is_some()).collect()
    }

    /// What is to be hashed, one piece after the other, to compare contents: two pushes have the same content exactly if
    /// the pieces come to the same. `applyDate` and `registerTime` at the top are left out, wherever they stand there
    /// (§11, Push).
    #[must_use]
    pub fn content_digest_parts(&self) -> Vec<Cow<'_, str>> {
        let mut pieces = Vec::new();
        canonical_members(&self.members, &IGNORED, &mut pieces);
        pieces
    }
}

/// Judges a push by the order that is there already: where it stands, and whether it came with the same content (§7.9).
#[must_use]
pub fn judge_push(existing: Option<(ThirdOrderStatus, bool)>) -> PushJudgement {
    match existing {
        None => PushJudgement::Accepted,
        Some((_, true)) => PushJudgement::Repeat,
        Some((ThirdOrderStatus::InformationIncomplete, false)) => PushJudgement::Overwrite,
        Some((_, false)) => PushJudgement::AlreadyProcessing,
    }
}

impl PushJudgement {
    /// What the platform is told.
    #[must_use]
    pub fn status(self) -> PushStatus {
        match self {
            Self::Accepted | Self::Overwrite | Self::Repeat => PushStatus::Accepted,
            Self::AlreadyProcessing => PushStatus::AlreadyProcessing,
        }
    }
}

fn section_of<'b, 'a>(members: &'b Object<'a>, section: PushSection) -> Option<&'b Object<'a>> {
    if section == PushSection::Top {
        return Some(members);
    }
    match members.get(section.as_str())? {
        Json::Object(members) => Some(members),
        Json::Null | Json::Bool(_) | Json::Number(_) | Json::Text(_) | Json::List(_) => None,
    }
}

fn member<'b, 'a>(members: &'b Object<'a>, section: PushSection, name: &str) -> Option<&'b Json<'a>> {
    section_of(members, section)?.get(name).filter(|value| !matches!(value, Json::Null))
}

/// Reads a field that must be there.
fn required<Value, Error: ToString>(
    field: &'static str,
    text: Option<&str>,
    parse: fn(&str) -> Result<Value, Error>,
) -> Result<Value, FieldError> {
    let text = text.ok_or(FieldError::new(field, "missing, or of a wrong kind"))?;
    parse(text).map_err(|error| FieldError::new(field, error.to_string()))
}

fn amount(text: &str) -> Result<Yuan, String> {
    let amount = Yuan::parse(text).map_err(|error| error.to_string())?;
    if amount.is_zero() { Err("nothing".to_owned()) } else { Ok(amount) }
}

fn period(text: &str) -> Result<u16, &'static str> {
    let period = if is_digits(text) { text.parse().unwrap_or(0) } else { 0 };
    if period == 0 { Err("not 1 to 65535") } else { Ok(period) }
}

fn period_unit(value: &Json<'_>) -> Result<PeriodUnit, FieldError> {
    let code = value.scalar().and_then(|code| code.parse().ok());
    code.and_then(PeriodUnit::of).ok_or(FieldError::new("periodUnit", "not 1, 2 or 3"))
}
