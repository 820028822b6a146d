//! Why the gateway does not do what it was asked.

/// A result code that is not OK, with its text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Refusal {
    pub(super) code: Code,
    pub(super) text: String,
}

impl Refusal {
    /// What the log calls it.
    pub(super) fn outcome(&self) -> String {
        format!("refused:{}", self.code.as_str())
    }
}

/// The codes that the sandbox gives by itself. Ant's own list is not public; a fault gives any other.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Code {
    AccessKeyInvalid,
    SignatureInvalid,
    ReqTimeInvalid,
    ReqMsgIdRepeated,
    MethodInvalid,
    ParamInvalid,
    OrderNotExist,
    SignFlowNotExist,
    TagNotExist,
    FlowStatusInvalid,
}

impl Code {
    pub(super) fn as_str(self) -> &'static str {
        match self {
            Self::AccessKeyInvalid => "ACCESS_KEY_INVALID",
            Self::SignatureInvalid => "SIGNATURE_INVALID",
            Self::ReqTimeInvalid => "REQ_TIME_INVALID",
            Self::ReqMsgIdRepeated => "REQ_MSG_ID_REPEATED",
            Self::MethodInvalid => "METHOD_INVALID",
            Self::ParamInvalid => "PARAM_INVALID",
            Self::OrderNotExist => "ORDER_NOT_EXIST",
            Self::SignFlowNotExist => "SIGN_FLOW_NOT_EXIST",
            Self::TagNotExist => "TAG_NOT_EXIST",
            Self::FlowStatusInvalid => "FLOW_STATUS_INVALID",
        }
    }

    pub(super) fn because(self, text: impl Into<String>) -> Refusal {
        Refusal { code: self, text: text.into() }
    }
}

/// `PARAM_INVALID`.
pub(super) fn invalid(text: impl Into<String>) -> Refusal {
    Code::ParamInvalid.because(text)
}
