//! What a call asks of Ant, as its form says it (§3, §5).

use serde_json::{Map, Value};

/// What is asked.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(in crate::lease) enum Asked {
    /// The order becomes one of Ant's, with the rent of its terms in fen.
    Sync { terms: Vec<u64>, user: Value },
    /// A contract is to be signed, and sealed by these.
    Submit { tags: Vec<Option<String>> },
    /// A withhold agreement is to be signed.
    Create,
    /// A party is sealed.
    Seal { sign_no: String, tag: Option<String> },
    /// Every term that was not debited yet is cancelled.
    Cancel { reason: String },
    /// The order is closed.
    Close { reason: String },
    /// The withhold agreement ends.
    Unbind,
    /// The user's wish to end it is answered.
    Confirm { agrees: bool },
    /// How does the order stand?
    Trade,
    /// How does its withhold agreement stand?
    Agreement,
    /// How does this contract stand?
    Flow { sign_no: String },
}

impl Asked {
    /// Reads a form whose fields are what they should be.
    pub(super) fn of(method: &str, clear: &Map<String, Value>) -> Option<Self> {
        let text = |name: &str| clear.get(name).and_then(Value::as_str).map(str::to_owned);
        let content = clear.get("biz_content");
        Some(match method.strip_prefix("antchain.ato.")? {
            "front.trade.sync" => {
                let terms = content?["repayStrategyList"].as_array()?.iter();
                let terms = terms.map(|term| term["rentalMoney"].as_u64()).collect::<Option<_>>()?;
                Self::Sync { terms, user: content?["orderUserInfo"].clone() }
            }
            "front.sign.submit" => Self::Submit { tags: tags(clear) },
            "withhold.sign.create" => Self::Create,
            "sign.flow.auth" => Self::Seal { sign_no: text("sign_no")?, tag: text("tag") },
            "withhold.plan.cancel" => Self::Cancel { reason: text("cancel_reason")? },
            "trade.sync" => Self::Close { reason: content?["closeReason"].as_str()?.to_owned() },
            "withhold.sign.unbind" => Self::Unbind,
            "withhold.signasyncunsign.confirm" => Self::Confirm { agrees: text("operate")? == "AGREE" },
            "trade.get" => Self::Trade,
            "withhold.sign.query" => Self::Agreement,
            "sign.flow.get" => Self::Flow { sign_no: text("sign_no")? },
            _ => return None,
        })
    }

    /// Whether it changes nothing.
    pub(super) fn is_question(&self) -> bool {
        matches!(self, Self::Trade | Self::Agreement | Self::Flow { .. })
    }

    /// Whether the answer to `question` tells whether this was done (§12, Unknown outcomes).
    pub(super) fn is_told_by(&self, question: &Self) -> bool {
        match self {
            Self::Sync { .. }
            | Self::Submit { .. }
            | Self::Cancel { .. }
            | Self::Close { .. }
            | Self::Confirm { agrees: false } => *question == Self::Trade,
            Self::Create | Self::Unbind | Self::Confirm { agrees: true } => *question == Self::Agreement,
            Self::Seal { sign_no, .. } => {
                matches!(question, Self::Flow { sign_no: of } if of == sign_no)
            }
            Self::Trade | Self::Agreement | Self::Flow { .. } => false,
        }
    }
}

/// Whose seals a contract needs: the merchant's and the other signers' by their tags, or one without a tag.
fn tags(clear: &Map<String, Value>) -> Vec<Option<String>> {
    let others = clear.get("third_signer").and_then(Value::as_array).into_iter().flatten();
    let tags = clear.get("merchant_tag").into_iter().chain(others.filter_map(|signer| signer.get("tag")));
    let tags: Vec<_> = tags.map(|tag| tag.as_str().map(str::to_owned)).collect();
    if tags.is_empty() { vec![None] } else { tags }
}
