use domain::quota::GrantStatus;
use platform::config::{Environment, Variable};

const EFFECTIVE: &str = "2";
const CANCELLED: &str = "3";
const EXPIRED: &str = "4";

const CANCELLED_STATUS: Variable = Variable {
    name: "CANCELLED_STATUS",
    meaning: "What the column `status` says of a grant that the user gave back.",
    default: Some(CANCELLED),
};
const EXPIRED_STATUS: Variable = Variable {
    name: "EXPIRED_STATUS",
    meaning: "What the column `status` says of a grant that ran out.",
    default: Some(EXPIRED),
};

/// The texts of the column `status`; `2`, effective, is the seed's and fixed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StatusTexts {
    cancelled: String,
    expired: String,
}

impl StatusTexts {
    /// Reads the texts.
    pub fn read(environment: &mut Environment) -> Option<Self> {
        let (cancelled, expired): (Option<String>, Option<String>) =
            (environment.read(CANCELLED_STATUS), environment.read(EXPIRED_STATUS));
        let texts = Self { cancelled: cancelled?, expired: expired? };
        if !texts.are_distinct() {
            environment.note(format!(
                "{} and {} must differ from each other, from {EFFECTIVE}, and from the other's default",
                CANCELLED_STATUS.name, EXPIRED_STATUS.name
            ));
            return None;
        }
        Some(texts)
    }

    /// Whether every row has one meaning, rows from before a text was changed included.
    fn are_distinct(&self) -> bool {
        self.cancelled != self.expired
            && ![EFFECTIVE, EXPIRED].contains(&self.cancelled.as_str())
            && ![EFFECTIVE, CANCELLED].contains(&self.expired.as_str())
    }

    /// The text of a status.
    #[must_use]
    pub fn text(&self, status: GrantStatus) -> &str {
        match status {
            GrantStatus::Effective => EFFECTIVE,
            GrantStatus::Cancelled => &self.cancelled,
            GrantStatus::Expired => &self.expired,
        }
    }

    /// Reads a status. Rows written before a text was changed keep the default's meaning.
    pub(super) fn parse(&self, text: &str) -> Option<GrantStatus> {
        match text {
            EFFECTIVE => Some(GrantStatus::Effective),
            text if text == self.cancelled => Some(GrantStatus::Cancelled),
            text if text == self.expired => Some(GrantStatus::Expired),
            CANCELLED => Some(GrantStatus::Cancelled),
            EXPIRED => Some(GrantStatus::Expired),
            _ => None,
        }
    }
}

impl Default for StatusTexts {
    fn default() -> Self {
        Self { cancelled: CANCELLED.to_owned(), expired: EXPIRED.to_owned() }
    }
}

#[cfg(test)]
mod tests {
    use domain::quota::GrantStatus;
    use platform::config::Environment;

    use super::StatusTexts;

    fn read(cancelled: &str, expired: &str) -> Result<StatusTexts, String> {
        let environment = Environment::of([("CANCELLED_STATUS", cancelled), ("EXPIRED_STATUS", expired)]);
        environment.load(StatusTexts::read).map_err(|error| error.to_string())
    }

    #[test]
    fn rows_keep_their_meaning_when_the_text_of_a_status_is_changed() {
        let changed = read("9", "4").unwrap_or_default();
        assert_eq!(changed.text(GrantStatus::Cancelled), "9");
        assert_eq!(changed.parse("9"), Some(GrantStatus::Cancelled));
        assert_eq!(changed.parse("3"), Some(GrantStatus::Cancelled));
        assert_eq!(changed.parse("2"), Some(GrantStatus::Effective));
        assert_eq!(changed.parse("5"), None);
    }

    #[test]
    fn two_statuses_with_one_text_are_refused() {
        for (cancelled, expired) in [("4", "4"), ("2", "4"), ("3", "2"), ("9", "3"), ("4", "9"), ("4", "3")] {
            assert!(read(cancelled, expired).is_err_and(|error| error.contains("must differ")));
        }
    }
}
