use std::collections::BTreeMap;

use super::Code;

/// What a user asks of the gateway.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Operation {
    /// Which grants there are.
    Query,
    /// To give one back.
    Cancel,
}

/// What stands outward for a code that has no row.
const UNKNOWN: &str = "999";

/// The gateway's "online configuration" (§4.3): a row for each operation and code, with the wording for the user.
/// A code without a row is unknown to the gateway.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Texts(BTreeMap<(Operation, String), String>);

/// What the user gets to read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Wording<'a> {
    /// The code as the gateway says it: the inner one, or 999.
    pub code: &'static str,
    /// The wording.
    pub text: &'a str,
}

impl Operation {
    /// Every operation.
    pub const ALL: [Self; 2] = [Self::Query, Self::Cancel];

    /// Its name in the configuration.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Query => "query",
            Self::Cancel => "cancel",
        }
    }

    /// The wording of its 0000, which also stands for what has none of its own.
    fn of_failure(self) -> &'static str {
        match self {
            Self::Query => "抱歉，网络异常，暂时无法为您提供临时额度管理功能。",
            Self::Cancel => "抱歉，网络异常，暂时无法为您提供临时额度取消功能。",
        }
    }

    fn of_success(self) -> &'static str {
        match self {
            Self::Query => "以下是您的临时额度明细，您可选择对应额度进行取消。",
            Self::Cancel => "取消临时额度成功",
        }
    }

    fn codes(self) -> &'static [Code] {
        match self {
            Self::Query => &Code::OF_QUERY,
            Self::Cancel => &Code::OF_CANCEL,
        }
    }
}

impl Default for Texts {
    /// The rows of §4.3 with the texts that are known; the others' are empty.
    fn default() -> Self {
        let mut rows = BTreeMap::new();
        for operation in Operation::ALL {
            for code in operation.codes() {
                let text = match code {
                    Code::Success => operation.of_success(),
                    Code::SystemException => operation.of_failure(),
                    Code::MissingParameter
                    | Code::Kdb
                    | Code::NotOpened
                    | Code::Unreachable
                    | Code::Closed
                    | Code::TemporarilyClosed => "",
                };
                rows.insert((operation, code.as_str().to_owned()), text.to_owned());
            }
        }
        Self(rows)
    }
}

impl Texts {
    /// Gives a code this text, or takes its row away.
    pub fn set(&mut self, operation: Operation, code: &str, text: Option<&str>) {
        let key = (operation, code.to_owned());
        match text {
            Some(text) => self.0.insert(key, text.to_owned()),
            None => self.0.remove(&key),
        };
    }

    /// How the gateway says an inner code: with its own text; with the text of 0000 where that is empty; as 999,
    /// with the text of 0000, where it has no row.
    #[must_use]
    pub fn wording(&self, operation: Operation, code: &'static str) -> Wording<'_> {
        match self.row(operation, code) {
            Some(text) if !text.is_empty() => Wording { code, text },
            Some(_) => Wording { code, text: self.failure(operation) },
            None => Wording { code: UNKNOWN, text: self.failure(operation) },
        }
    }

    fn failure(&self, operation: Operation) -> &str {
        let configured = self.row(operation, Code::SystemException.as_str());
        configured.filter(|text| !text.is_empty()).unwrap_or(operation.of_failure())
    }

    fn row(&self, operation: Operation, code: &str) -> Option<&str> {
        self.0.get(&(operation, code.to_owned())).map(String::as_str)
    }
}

#[cfg(test)]
mod tests {
    use super::{Operation, Texts, Wording};
    use crate::quota::Code;

    const QUERY_FAILED: &str = "抱歉，网络异常，暂时无法为您提供临时额度管理功能。";
    const CANCEL_FAILED: &str = "抱歉，网络异常，暂时无法为您提供临时额度取消功能。";

    #[test]
    fn the_four_texts_of_the_seed_stand_and_every_other_code_keeps_itself_with_the_text_of_0000() {
        let texts = Texts::default();
        for (operation, codes, succeeded, failed) in [
            (
                Operation::Query,
                &Code::OF_QUERY[..],
                "以下是您的临时额度明细，您可选择对应额度进行取消。",
                QUERY_FAILED,
            ),
            (Operation::Cancel, &Code::OF_CANCEL, "取消临时额度成功", CANCEL_FAILED),
        ] {
            for code in codes {
                let text = if code.is_success() { succeeded } else { failed };
                let code = code.as_str();
                assert_eq!(texts.wording(operation, code), Wording { code, text });
            }
        }
    }

    #[test]
    fn an_operation_has_its_name_in_the_configuration() {
        assert_eq!(Operation::ALL.map(Operation::as_str), ["query", "cancel"]);
    }

    #[test]
    fn a_code_without_a_row_is_999_with_the_text_of_0000() {
        let mut texts = Texts::default();
        assert_eq!(texts.wording(Operation::Query, "2222"), Wording { code: "999", text: QUERY_FAILED });
        assert_eq!(
            texts.wording(Operation::Cancel, "1034"),
            Wording { code: "999", text: CANCEL_FAILED },
            "1034 is not in the cancel table"
        );
        texts.set(Operation::Query, "1006", None);
        assert_eq!(texts.wording(Operation::Query, "1006").code, "999");
        texts.set(Operation::Query, "2222", Some("?"));
        assert_eq!(texts.wording(Operation::Query, "2222"), Wording { code: "2222", text: "?" });
    }

    #[test]
    fn the_text_of_0000_stands_in_as_configured_and_as_in_the_seed_when_it_is_empty_or_gone() {
        let mut texts = Texts::default();
        texts.set(Operation::Cancel, "0000", Some("稍后再试"));
        assert_eq!(texts.wording(Operation::Cancel, "1001").text, "稍后再试");
        assert_eq!(texts.wording(Operation::Query, "1001").text, QUERY_FAILED, "of that operation only");
        texts.set(Operation::Cancel, "0000", Some(""));
        assert_eq!(texts.wording(Operation::Cancel, "1001").text, CANCEL_FAILED);
        texts.set(Operation::Cancel, "0000", None);
        assert_eq!(texts.wording(Operation::Cancel, "0000"), Wording { code: "999", text: CANCEL_FAILED });
    }
}
