use super::codes::coded;

/// A part of a pushed order (§3.1).
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
    /// `bankCardInfo`
    BankCardInfo,
    /// `extendInfo`: a free map.
    ExtendInfo,
    /// `idCardOcr`: photos once more.
    IdCardOcr,
}

coded! {
    /// `basicInfo.marriage` (§3.1).
    Marriage {
        /// Married.
        Married = 50001,
        /// Single.
        Single = 50002,
        /// Widowed.
        Widowed = 50003,
        /// Divorced.
        Divorced = 50004,
        /// Married again.
        Remarried = 50005,
        /// Unknown.
        Unknown = 50006,
    }
}

impl PushSection {
    /// Every part.
    pub const ALL: [Self; 8] = [
        Self::Top,
        Self::BasicInfo,
        Self::IdInfo,
        Self::Contact,
        Self::Operator,
        Self::BankCardInfo,
        Self::ExtendInfo,
        Self::IdCardOcr,
    ];
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
            Self::BankCardInfo => "bankCardInfo",
            Self::ExtendInfo => "extendInfo",
            Self::IdCardOcr => "idCardOcr",
        }
    }

    /// The members that the specification names. A push may have others; they are kept with the rest of it.
    #[must_use]
    pub fn fields(self) -> &'static [&'static str] {
        match self {
            Self::Top => &TOP,
            Self::BasicInfo => &BASIC_INFO,
            Self::IdInfo => &ID_INFO,
            Self::Contact => {
                &["firstName", "firstPhone", "firstRelation", "secondName", "secondPhone", "secondRelation"]
            }
            Self::Operator => &OPERATOR,
            Self::BankCardInfo => &["cardType", "bankCode", "bankName", "bankCardNum", "cellPhone"],
            Self::ExtendInfo => {
                &["income", "industry", "jobTime", "qqAccount", "wechat", "companyPhone", "desc"]
            }
            Self::IdCardOcr => &["frontPhotoUrl", "backPhotoUrl", "faceUrl"],
        }
    }
}

const TOP: [&str; 13] = [
    "uid",
    "appId",
    "orderId",
    "registerPhone",
    "isInstalment",
    "sesameScore",
    "openId",
    "loanReason",
    "loanAmount",
    "period",
    "periodUnit",
    "applyDate",
    "registerTime",
];

const BASIC_INFO: [&str; 20] = [
    "houseState",
    "houseProvince",
    "houseProvinceId",
    "houseCity",
    "houseCityId",
    "houseDistrict",
    "houseDistrictId",
    "houseAddress",
    "careerType",
    "companyName",
    "companyProvince",
    "companyProvinceId",
    "companyCity",
    "companyCityId",
    "companyDistrict",
    "companyDistrictId",
    "unitAddress",
    "unitPhone",
    "degree",
    "marriage",
];

const ID_INFO: [&str; 17] = [
    "cid",
    "name",
    "frontFile",
    "backFile",
    "natureFile",
    "envFile",
    "posPitchFile",
    "posYawFile",
    "mouthFile",
    "blinkFile",
    "score",
    "gender",
    "address",
    "issuedBy",
    "validDate",
    "nation",
    "birthday",
];

const OPERATOR: [&str; 7] = [
    "phone",
    "operatorType",
    "operatorName",
    "operatorProvince",
    "operatorCity",
    "resourceUrl",
    "createTime",
];
