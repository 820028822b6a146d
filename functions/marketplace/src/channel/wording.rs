use std::collections::BTreeMap;

/// Defines what there are words for, with the name in the configuration and the words unless it has others.
macro_rules! words {
    ($($(#[$meta:meta])* $words:ident $name:literal $default:literal,)*) => {
        /// Words that the platform or its users read.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
        pub enum Words {
            $($(#[$meta])* $words,)*
        }

        impl Words {
            /// Everything that there are words for.
            pub const ALL: &'static [Self] = &[$(Self::$words,)*];

            /// Its name in a channel's `messages`.
            #[must_use]
            pub fn name(self) -> &'static str {
                match self {
                    $(Self::$words => $name,)*
                }
            }

            /// The words unless the channel has others.
            #[must_use]
            pub fn default_text(self) -> &'static str {
                match self {
                    $(Self::$words => $default,)*
                }
            }
        }
    };
}

words! {
    /// Code 0.
    Success "success" "success",
    /// Code 10001.
    InternalError "internal_error" "internal error",
    /// Code 10001: too much at once, or switched off.
    Busy "busy" "busy",
    /// Code 10003.
    SignError "sign_error" "sign error",
    /// The user may borrow (1.1).
    Admitted "admitted" "可以借款",
    /// Only new users may (1.1).
    OldUser "old_user" "仅限新用户",
    /// Too young or too old (1.1).
    Age "age" "年龄不符",
    /// On the blacklist (1.1).
    Blacklist "blacklist" "资质不符",
    /// From a region that is blocked (1.1).
    Region "region" "所在地区暂不支持",
    /// Another loan is in progress (1.1).
    LoanInProgress "loan_in_progress" "有未结清的借款",
    /// Refused not long ago (1.1).
    RecentlyRefused "recently_refused" "近期申请未通过",
    /// A loan was calculated (1.2).
    Calculated "calculated" "试算成功",
    /// A push was taken (1.3).
    PushAccepted "push_accepted" "accepted",
    /// A push of an order that is being processed was ignored (1.3).
    AlreadyProcessing "already_processing" "already being processed, change ignored",
    /// A push was not taken since the product is switched off (1.3).
    ProductOff "product_off" "product switched off",
    /// A card is bound (1.4).
    CardBound "card_bound" "绑卡成功",
    /// The bank refused a card without saying why (1.4).
    CardRefused "card_refused" "绑卡失败",
    /// Whether a card is bound is not known yet (1.4).
    CardProcessing "card_processing" "处理中",
    /// No card is bound for an order that stands where this one does (1.4).
    CardNotNow "card_not_now" "当前状态不支持绑卡",
    /// The user goes on at the depository's page (1.4, 1.7).
    OpenAccount "open_account" "请开通存管账户",
    /// A loan is confirmed (1.7).
    ConfirmAccepted "confirm_accepted" "accepted",
    /// An order that stands where this one does is not confirmed (1.7).
    ConfirmRefused "confirm_refused" "拒贷",
    /// A wish to repay was taken (1.11).
    RepayAccepted "repay_accepted" "还款申请已受理",
    /// Another attempt to repay is open (1.11).
    RepayInProgress "repay_in_progress" "还款处理中",
    /// There is nothing to repay yet (1.11).
    RepayNoPlan "repay_no_plan" "暂无还款计划",
    /// The plan has no such period (1.11).
    RepayUnknownPeriod "repay_unknown_period" "期数不存在",
    /// It is paid already (1.11).
    RepayAlreadyPaid "repay_already_paid" "已还清",
}

/// A channel's words.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Wording(BTreeMap<Words, String>);

impl Wording {
    /// The channel's own words, by name.
    ///
    /// # Errors
    /// A name of nothing that there are words for.
    pub fn new(own: BTreeMap<String, String>) -> Result<Self, String> {
        let named = |name: String| Words::ALL.iter().copied().find(|words| words.name() == name).ok_or(name);
        own.into_iter().map(|(name, text)| Ok((named(name)?, text))).collect::<Result<_, _>>().map(Self)
    }

    /// The words.
    #[must_use]
    pub fn text(&self, words: Words) -> &str {
        self.0.get(&words).map_or(words.default_text(), String::as_str)
    }
}

#[cfg(test)]
mod tests {
    use std::collections::{BTreeMap, BTreeSet};

    use super::{Wording, Words};

    #[test]
    fn a_channel_may_have_words_of_its_own_and_none_for_nothing() {
        let own = |name: &str| Wording::new(BTreeMap::from([(name.to_owned(), "请稍后".to_owned())]));
        let wording = own("busy").unwrap_or_default();
        assert_eq!((wording.text(Words::Busy), wording.text(Words::SignError)), ("请稍后", "sign error"));
        assert_eq!(own("bussy"), Err("bussy".to_owned()));
        let names: BTreeSet<_> = Words::ALL.iter().map(|words| words.name()).collect();
        assert_eq!(names.len(), Words::ALL.len());
    }
}
