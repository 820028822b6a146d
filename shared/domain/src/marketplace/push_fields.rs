/// A part of a pushed order that something is read from (§3.1); the others are kept with the rest of it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum PushSection {
    /// The members at the top that are no objects.
    Top,
    /// `basicInfo`: where the user lives and works.
    BasicInfo,
    /// `idInfo`: the id card, its photos and those of the face.
    IdInfo,
    /// `contact`: two people who know the user.
    Contact,
    /// `operator`: the phone.
    Operator,
    /// `idCardOcr`: photos once more.
    IdCardOcr,
}

impl PushSection {
    /// The objects that a push must have.
    pub const REQUIRED: [Self; 4] = [Self::BasicInfo, Self::IdInfo, Self::Contact, Self::Operator];

    /// The object's name; empty for the top.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Top => "",
            Self::BasicInfo => "basicInfo",
            Self::IdInfo => "idInfo",
            Self::Contact => "contact",
            Self::Operator => "operator",
            Self::IdCardOcr => "idCardOcr",
        }
    }
}
