/// Ant's methods with an effect that we call (§3): what an outcome may stay unknown of.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Method {
    /// Flow 1.11.1: the order goes to Ant.
    FrontTradeSync,
    /// Flow 2.1: the contract goes to Ant.
    FrontSignSubmit,
    /// Flow 1.1.1.
    WithholdSignCreate,
    /// Flow 1.1, steps 5 and 6: a party is sealed.
    SignFlowAuth,
    /// Flow 1.1.4.
    WithholdPlanCancel,
    /// Flow 1.9.1: the order is closed.
    TradeSync,
    /// Flow 1.1.2.
    WithholdSignUnbind,
    /// Flow 1.1.5.
    SignAsyncUnsignConfirm,
}

/// Ant's methods without an effect that we call for an order (§3).
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Query {
    /// Flow 1.1.6.
    TradeGet,
    /// Flow 1.1.3.
    WithholdSignQuery,
    /// Where the contract stands.
    SignFlowGet,
}

impl Method {
    /// Every method.
    pub const ALL: [Self; 8] = [
        Self::FrontTradeSync,
        Self::FrontSignSubmit,
        Self::WithholdSignCreate,
        Self::SignFlowAuth,
        Self::WithholdPlanCancel,
        Self::TradeSync,
        Self::WithholdSignUnbind,
        Self::SignAsyncUnsignConfirm,
    ];

    /// ATO's name for it, on the wire and in the store.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::FrontTradeSync => "antchain.ato.front.trade.sync",
            Self::FrontSignSubmit => "antchain.ato.front.sign.submit",
            Self::WithholdSignCreate => "antchain.ato.withhold.sign.create",
            Self::SignFlowAuth => "antchain.ato.sign.flow.auth",
            Self::WithholdPlanCancel => "antchain.ato.withhold.plan.cancel",
            Self::TradeSync => "antchain.ato.trade.sync",
            Self::WithholdSignUnbind => "antchain.ato.withhold.sign.unbind",
            Self::SignAsyncUnsignConfirm => "antchain.ato.withhold.signasyncunsign.confirm",
        }
    }

    /// Reads a method's name; `None` for any other.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|method| method.as_str() == text)
    }
}

impl Query {
    /// Every query.
    pub const ALL: [Self; 3] = [Self::TradeGet, Self::WithholdSignQuery, Self::SignFlowGet];

    /// ATO's name for it.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::TradeGet => "antchain.ato.trade.get",
            Self::WithholdSignQuery => "antchain.ato.withhold.sign.query",
            Self::SignFlowGet => "antchain.ato.sign.flow.get",
        }
    }

    /// Reads a query's name; `None` for any other.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|query| query.as_str() == text)
    }
}
