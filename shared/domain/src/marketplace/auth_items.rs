use std::collections::BTreeSet;

/// What is known about a user before credit is asked for, and whether a card is bound (`authInfo`, §2.1).
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum AuthItem {
    /// The credit-card data of a pull.
    CreditCard,
    /// The operator's basic data, of a pull.
    OperatorBasic,
    /// The operator's report, of the same pull.
    OperatorReport,
    /// The device's data, of a pull.
    Device,
    /// The front of the id card, of the push.
    IdFront,
    /// Its back.
    IdBack,
    /// A picture of the living face.
    LivingImage,
    /// A card is bound.
    BankCard,
}

/// The items that an order has.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct AuthItems(BTreeSet<AuthItem>);

impl AuthItem {
    /// Every item.
    pub const ALL: [Self; 8] = [
        Self::CreditCard,
        Self::OperatorBasic,
        Self::OperatorReport,
        Self::Device,
        Self::IdFront,
        Self::IdBack,
        Self::LivingImage,
        Self::BankCard,
    ];
    /// Those without which an order cannot be parsed (§11, Pulls).
    pub const MANDATORY: [Self; 7] = [
        Self::OperatorBasic,
        Self::OperatorReport,
        Self::CreditCard,
        Self::Device,
        Self::IdFront,
        Self::IdBack,
        Self::LivingImage,
    ];

    /// Its name in `authInfo`.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::CreditCard => "credit_card",
            Self::OperatorBasic => "operator_basic",
            Self::OperatorReport => "operator_report",
            Self::Device => "device",
            Self::IdFront => "id_front",
            Self::IdBack => "id_back",
            Self::LivingImage => "living_image",
            Self::BankCard => "bankCard",
        }
    }

    /// Reads a name; `None` for a text that is none.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|item| item.as_str() == text)
    }
}

impl AuthItems {
    /// Whether the item is there.
    #[must_use]
    pub fn has(&self, item: AuthItem) -> bool {
        self.0.contains(&item)
    }

    /// Adds what another has.
    #[must_use]
    pub fn and(mut self, others: impl IntoIterator<Item = AuthItem>) -> Self {
        self.0.extend(others);
        self
    }

    /// The items that are there, in order.
    pub fn iter(&self) -> impl Iterator<Item = AuthItem> {
        self.0.iter().copied()
    }

    /// The mandatory items that are not there.
    #[must_use]
    pub fn missing(&self) -> Vec<AuthItem> {
        AuthItem::MANDATORY.into_iter().filter(|item| !self.has(*item)).collect()
    }
}

impl FromIterator<AuthItem> for AuthItems {
    fn from_iter<Items: IntoIterator<Item = AuthItem>>(items: Items) -> Self {
        Self(items.into_iter().collect())
    }
}

#[cfg(test)]
mod tests {
    use super::{AuthItem, AuthItems};

    #[test]
    fn an_item_has_its_name_in_auth_info() {
        let names = AuthItem::ALL.map(AuthItem::as_str).join(", ");
        let listed = "credit_card, operator_basic, operator_report, device, id_front, id_back, living_image";
        assert_eq!(names, format!("{listed}, bankCard"));
        assert_eq!(AuthItem::ALL.map(|item| AuthItem::parse(item.as_str())), AuthItem::ALL.map(Some));
        assert_eq!(AuthItem::parse("bank_card"), None);
    }

    #[test]
    fn every_item_but_the_card_is_mandatory() {
        let all: AuthItems = AuthItem::ALL.into_iter().collect();
        assert_eq!(all.missing(), []);
        for item in AuthItem::ALL {
            let others: AuthItems = all.iter().filter(|other| *other != item).collect();
            let missing = if item == AuthItem::BankCard { vec![] } else { vec![item] };
            assert_eq!(others.missing(), missing);
            assert_eq!(others.and([item]), all);
        }
        assert_eq!(AuthItems::default().missing(), AuthItem::MANDATORY);
    }
}
