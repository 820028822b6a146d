/// How a temporary quota came about (§2). The text is kept for what is echoed.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum BusinessType {
    /// 2004 and 2007: quota on a pledge, neither shown nor cancelled.
    Pledge(Pledge),
    /// 2101, by `WeChat`: a month where no expiry is stored.
    WeChat,
    /// 2103, the small-credit pack: three months where no expiry is stored.
    CreditPack,
    /// 2104, with a purchase.
    Purchase,
    /// 2201 and 2202: raised by a list.
    List(Raised),
    /// Any other: shown while its stored expiry lasts.
    Other(String),
}

/// The kinds of pledge.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Pledge {
    /// 2004.
    Shop,
    /// 2007.
    Treasury,
}

/// How a list raised the quota.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Raised {
    /// 2201.
    Passively,
    /// 2202.
    Actively,
}

impl BusinessType {
    /// Reads a business type; compared exactly.
    #[must_use]
    pub fn parse(text: &str) -> Self {
        match text {
            "2004" => Self::Pledge(Pledge::Shop),
            "2007" => Self::Pledge(Pledge::Treasury),
            "2101" => Self::WeChat,
            "2103" => Self::CreditPack,
            "2104" => Self::Purchase,
            "2201" => Self::List(Raised::Passively),
            "2202" => Self::List(Raised::Actively),
            other => Self::Other(other.to_owned()),
        }
    }

    /// The text on the wire and in the store.
    #[must_use]
    pub fn as_str(&self) -> &str {
        match self {
            Self::Other(text) => text,
            Self::Pledge(_) | Self::WeChat | Self::CreditPack | Self::Purchase | Self::List(_) => {
                self.tabled().unwrap_or_default()
            }
        }
    }

    /// The text, if the specification's table has the type.
    #[must_use]
    pub fn tabled(&self) -> Option<&'static str> {
        match self {
            Self::Pledge(Pledge::Shop) => Some("2004"),
            Self::Pledge(Pledge::Treasury) => Some("2007"),
            Self::WeChat => Some("2101"),
            Self::CreditPack => Some("2103"),
            Self::Purchase => Some("2104"),
            Self::List(Raised::Passively) => Some("2201"),
            Self::List(Raised::Actively) => Some("2202"),
            Self::Other(_) => None,
        }
    }

    /// For how many calendar months a grant lasts that has no stored expiry (§2.1, §2.2); `None` for types that
    /// then do not count at all.
    #[must_use]
    pub fn months_without_expiry(&self) -> Option<i8> {
        match self {
            Self::WeChat => Some(1),
            Self::CreditPack => Some(3),
            Self::Pledge(_) | Self::Purchase | Self::List(_) | Self::Other(_) => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{BusinessType, Pledge, Raised};

    #[test]
    fn every_type_is_written_as_it_was_read() {
        for text in ["2004", "2007", "2101", "2103", "2104", "2201", "2202", "9999", " 2004", ""] {
            assert_eq!(BusinessType::parse(text).as_str(), text);
        }
    }

    #[test]
    fn the_types_of_the_table_are_recognised_by_exactly_their_text() {
        for (text, expected) in [
            ("2004", BusinessType::Pledge(Pledge::Shop)),
            ("2007", BusinessType::Pledge(Pledge::Treasury)),
            ("2101", BusinessType::WeChat),
            ("2103", BusinessType::CreditPack),
            ("2104", BusinessType::Purchase),
            ("2201", BusinessType::List(Raised::Passively)),
            ("2202", BusinessType::List(Raised::Actively)),
        ] {
            assert_eq!(BusinessType::parse(text), expected);
            assert_eq!(expected.tabled(), Some(text));
        }
        for text in ["9999", " 2004", ""] {
            assert_eq!(BusinessType::parse(text).tabled(), None, "{text}");
        }
    }

    #[test]
    fn two_types_last_for_months_when_no_expiry_is_stored() {
        let months = |text| BusinessType::parse(text).months_without_expiry();
        assert_eq!((months("2101"), months("2103")), (Some(1), Some(3)));
        for text in ["2004", "2007", "2104", "2201", "2202", "9999"] {
            assert_eq!(months(text), None, "{text}");
        }
    }
}
