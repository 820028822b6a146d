//! The methods that the sandbox's gateway has.

/// One of the gateway's methods.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Method {
    FrontTradeSync,
    FrontSignSubmit,
    WithholdSignCreate,
    WithholdSignQuery,
    WithholdSignUnbind,
    WithholdPlanCancel,
    UnsignConfirm,
    SignFlowAuth,
    SignFlowGet,
    SignFlowCancel,
    SignTemplateAll,
    TradeGet,
    TradeSync,
}

impl Method {
    const ALL: [Self; 13] = [
        Self::FrontTradeSync,
        Self::FrontSignSubmit,
        Self::WithholdSignCreate,
        Self::WithholdSignQuery,
        Self::WithholdSignUnbind,
        Self::WithholdPlanCancel,
        Self::UnsignConfirm,
        Self::SignFlowAuth,
        Self::SignFlowGet,
        Self::SignFlowCancel,
        Self::SignTemplateAll,
        Self::TradeGet,
        Self::TradeSync,
    ];

    pub(super) fn name(self) -> &'static str {
        match self {
            Self::FrontTradeSync => "antchain.ato.front.trade.sync",
            Self::FrontSignSubmit => "antchain.ato.front.sign.submit",
            Self::WithholdSignCreate => "antchain.ato.withhold.sign.create",
            Self::WithholdSignQuery => "antchain.ato.withhold.sign.query",
            Self::WithholdSignUnbind => "antchain.ato.withhold.sign.unbind",
            Self::WithholdPlanCancel => "antchain.ato.withhold.plan.cancel",
            Self::UnsignConfirm => "antchain.ato.withhold.signasyncunsign.confirm",
            Self::SignFlowAuth => "antchain.ato.sign.flow.auth",
            Self::SignFlowGet => "antchain.ato.sign.flow.get",
            Self::SignFlowCancel => "antchain.ato.sign.flow.cancel",
            Self::SignTemplateAll => "antchain.ato.sign.template.all",
            Self::TradeGet => "antchain.ato.trade.get",
            Self::TradeSync => "antchain.ato.trade.sync",
        }
    }

    pub(super) fn named(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|method| method.name() == name)
    }

    /// All names, for who has named another.
    pub(super) fn names() -> String {
        Self::ALL.map(Self::name).join(", ")
    }
}
