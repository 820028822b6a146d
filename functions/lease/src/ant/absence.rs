use platform::config::FromVariable;

use super::Reply;

/// The result codes with which Ant declines a trade.get because it has no such order (§11). No list of Ant's codes is public
/// (§2), so they are configured: any other code says nothing about the order.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AbsenceCodes(Vec<String>);

impl FromVariable for AbsenceCodes {
    const KIND: &'static str = "result codes, separated by commas";

    fn from_variable(text: &str) -> Result<Self, String> {
        let codes: Vec<String> = text.split(',').map(|code| code.trim().to_owned()).collect();
        let is_code = |code: &String| !code.is_empty() && !code.eq_ignore_ascii_case("OK");
        if codes.iter().all(is_code) { Ok(Self(codes)) } else { Err(format!("is not {}", Self::KIND)) }
    }
}

impl AbsenceCodes {
    /// Whether an answer's code is one of them, in any case, as `OK` counts in any.
    pub(super) fn include(&self, reply: &Reply) -> bool {
        self.0.iter().any(|code| code.eq_ignore_ascii_case(&reply.result_code))
    }
}

#[cfg(test)]
#[expect(clippy::disallowed_methods, reason = "tests may unwrap")]
mod tests {
    use platform::config::FromVariable;
    use serde_json::Map;

    use super::{AbsenceCodes, Reply};

    fn include(codes: &str, result_code: &str) -> bool {
        let reply = Reply {
            req_msg_id: "r-1".to_owned(),
            result_code: result_code.to_owned(),
            result_msg: String::new(),
            members: Map::new(),
        };
        AbsenceCodes::from_variable(codes).unwrap().include(&reply)
    }

    #[test]
    fn a_named_code_counts_in_any_case_and_no_other_does() {
        for code in ["ORDER_NOT_EXIST", "order_not_exist", "TRADE_NOT_FOUND"] {
            assert!(include("ORDER_NOT_EXIST, TRADE_NOT_FOUND", code), "{code}");
        }
        for code in ["SYSTEM_BUSY", "ORDER_NOT_EXIST_", "ORDER", ""] {
            assert!(!include("ORDER_NOT_EXIST,TRADE_NOT_FOUND", code), "{code}");
        }
    }

    #[test]
    fn no_code_an_empty_one_and_ok_are_refused() {
        for codes in ["", " ", "A,", ",A", "A,,B", "OK", "A,ok"] {
            assert!(AbsenceCodes::from_variable(codes).is_err(), "{codes:?}");
        }
    }
}
