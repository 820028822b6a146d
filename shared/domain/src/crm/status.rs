use super::Text;

/// `product_migration_clients.status`, compared exactly.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum MigrationStatus {
    /// `in_wizard`: the client stands before the Wizard.
    InWizard,
    /// Any other, as it was sent.
    Other(Text),
}

/// The status of the Wizard, compared exactly.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum WizardStatus {
    /// `OK`: the Wizard is open, nothing is done.
    Ready,
    /// `IN_PROGRESS`.
    InProgress,
    /// `TO_SIGN`.
    ToSign,
    /// Any other, as it was sent: who has it does not hesitate.
    Other(Text),
}

/// `statusCode` of a reply or a push (§3.2, §8).
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum StatusCode {
    /// `0`: the task was created.
    Created,
    /// Anything else: it was not.
    Rejected(Rejection),
}

/// Why `InforCRM` created no task.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Rejection {
    /// `1`: it does not know the client.
    ClientNotFound,
    /// `2`: another error.
    Failed,
    /// A code that it does not have: stored as it came, treated as `2` (§13).
    Unknown(Text),
}

/// `taskStatus` of a push (§3.3).
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum TaskStatus {
    /// `3`, Обработано: somebody dealt with the client.
    Processed,
    /// `5`, Не обработано: nobody did.
    NotProcessed,
    /// A status that it does not have: stored as it came, and not the end.
    Unknown(Text),
}

impl From<Text> for MigrationStatus {
    fn from(text: Text) -> Self {
        match text.as_str().trim() {
            "in_wizard" => Self::InWizard,
            _ => Self::Other(text.trimmed()),
        }
    }
}

impl MigrationStatus {
    /// The text in the messages and in the store.
    #[must_use]
    pub fn as_str(&self) -> &str {
        match self {
            Self::InWizard => "in_wizard",
            Self::Other(text) => text.as_str(),
        }
    }
}

impl From<Text> for WizardStatus {
    fn from(text: Text) -> Self {
        match text.as_str().trim() {
            "OK" => Self::Ready,
            "IN_PROGRESS" => Self::InProgress,
            "TO_SIGN" => Self::ToSign,
            _ => Self::Other(text.trimmed()),
        }
    }
}

impl WizardStatus {
    /// The text in the messages and in the store.
    #[must_use]
    pub fn as_str(&self) -> &str {
        match self {
            Self::Ready => "OK",
            Self::InProgress => "IN_PROGRESS",
            Self::ToSign => "TO_SIGN",
            Self::Other(text) => text.as_str(),
        }
    }

    /// Whether a client who stays in it hesitates (§5, condition 3).
    #[must_use]
    pub fn is_hesitant(&self) -> bool {
        match self {
            Self::Ready | Self::InProgress | Self::ToSign => true,
            Self::Other(_) => false,
        }
    }
}

impl From<Text> for StatusCode {
    fn from(text: Text) -> Self {
        match text.as_str().trim() {
            "0" => Self::Created,
            "1" => Self::Rejected(Rejection::ClientNotFound),
            "2" => Self::Rejected(Rejection::Failed),
            _ => Self::Rejected(Rejection::Unknown(text.trimmed())),
        }
    }
}

impl StatusCode {
    /// The text of the column `status_code`.
    #[must_use]
    pub fn as_str(&self) -> &str {
        match self {
            Self::Created => "0",
            Self::Rejected(rejection) => rejection.as_str(),
        }
    }
}

impl Rejection {
    /// The text of the column `status_code`.
    #[must_use]
    pub fn as_str(&self) -> &str {
        match self {
            Self::ClientNotFound => "1",
            Self::Failed => "2",
            Self::Unknown(text) => text.as_str(),
        }
    }
}

impl From<Text> for TaskStatus {
    fn from(text: Text) -> Self {
        match text.as_str().trim() {
            "3" => Self::Processed,
            "5" => Self::NotProcessed,
            _ => Self::Unknown(text.trimmed()),
        }
    }
}

impl TaskStatus {
    /// The text of the column `task_status`.
    #[must_use]
    pub fn as_str(&self) -> &str {
        match self {
            Self::Processed => "3",
            Self::NotProcessed => "5",
            Self::Unknown(text) => text.as_str(),
        }
    }

    /// Whether the task is over (§7, DONE).
    #[must_use]
    pub fn is_final(&self) -> bool {
        match self {
            Self::Processed | Self::NotProcessed => true,
            Self::Unknown(_) => false,
        }
    }
}

#[cfg(test)]
#[expect(clippy::disallowed_methods, reason = "tests may unwrap")]
mod tests {
    use super::{MigrationStatus, Rejection, StatusCode, TaskStatus, WizardStatus};
    use crate::crm::Text;

    fn text(text: &str) -> Text {
        Text::clip(text).unwrap().0
    }

    #[test]
    fn every_status_is_written_as_it_was_read_without_what_surrounds_it() {
        for sent in ["in_wizard", "migrated", "IN_WIZARD"] {
            assert_eq!(MigrationStatus::from(text(&format!(" {sent} "))).as_str(), sent);
        }
        for sent in ["OK", "IN_PROGRESS", "TO_SIGN", "SIGNED", "ok"] {
            assert_eq!(WizardStatus::from(text(&format!(" {sent} "))).as_str(), sent);
        }
        for sent in ["0", "1", "2", "3", "00", "ноль"] {
            assert_eq!(StatusCode::from(text(&format!(" {sent} "))).as_str(), sent);
        }
        for sent in ["3", "5", "4", "03"] {
            assert_eq!(TaskStatus::from(text(&format!(" {sent} "))).as_str(), sent);
        }
    }

    #[test]
    fn three_statuses_of_the_wizard_are_hesitant_in_exactly_this_spelling() {
        for (sent, hesitant) in
            [("OK", true), ("IN_PROGRESS", true), ("TO_SIGN", true), ("SIGNED", false), ("ok", false)]
        {
            assert_eq!(WizardStatus::from(text(sent)).is_hesitant(), hesitant, "{sent}");
        }
        assert_eq!(MigrationStatus::from(text(" in_wizard ")), MigrationStatus::InWizard);
        assert_eq!(MigrationStatus::from(text("In_Wizard")), MigrationStatus::Other(text("In_Wizard")));
    }

    #[test]
    fn a_code_outside_0_to_2_is_a_rejection_and_a_task_ends_with_3_or_5() {
        assert_eq!(StatusCode::from(text("1")), StatusCode::Rejected(Rejection::ClientNotFound));
        assert_eq!(StatusCode::from(text("2")), StatusCode::Rejected(Rejection::Failed));
        for sent in ["3", "-1", "OK"] {
            assert_eq!(StatusCode::from(text(sent)), StatusCode::Rejected(Rejection::Unknown(text(sent))));
        }
        for (sent, is_final) in [("3", true), ("5", true), ("4", false), ("0", false)] {
            assert_eq!(TaskStatus::from(text(sent)).is_final(), is_final, "{sent}");
        }
    }
}
