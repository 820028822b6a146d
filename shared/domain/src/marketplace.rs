//! The loan marketplace: how an order of the platform moves, who may borrow what, which data it needs, and what the
//! platform is told (spec: marketplace, whose §11 wins over the rest of it).

mod admission;
mod auth_items;
mod bank;
mod calculation;
mod callback;
mod callback_retry;
mod card;
mod codes;
mod confirmation;
mod core_message;
mod digest;
mod ids;
mod json;
mod loan;
mod loan_news;
mod loan_status;
mod money;
mod parse;
mod person;
mod plan;
mod product;
mod pull;
mod push;
mod push_fields;
mod rate;
mod repayment;
mod step;
#[cfg(test)]
#[expect(clippy::disallowed_methods, reason = "tests may unwrap")]
mod tests;
mod third_order;

pub use crate::field::FieldError;
pub use admission::{Admission, AdmissionRule, AdmissionRules, Customer, RejectReason};
pub use auth_items::{AuthItem, AuthItems};
pub use bank::{AmbiguousBankCode, Bank, BankCodes};
pub use calculation::{CalculatedPeriod, Calculation};
pub use callback::{Callback, CallbackKind};
pub use callback_retry::{FailedTry, RetryPlan};
pub use card::{CardNumber, CardNumberError, CardType};
pub use codes::{
    AuditStatus, BindStatus, ConfirmStatus, LoanResultStatus, PlanStatus, PushStatus, RepayResultStatus,
    RepayStatus,
};
pub use confirmation::{AccountState, Register, RegisterState, check_terms};
pub use core_message::{AppliedMessage, CoreMessageKind, CreditResult, Recency};
pub use digest::{Digest, DigestError, Inquiry, InquiryFields, LookupKind, LookupText, lookup_texts};
pub use ids::{ChannelId, IdentifierError, OrderKey, OrderNumber, Uid};
pub use json::{Json, Object};
pub use loan::{DatedPlan, Loan, LoanCallback, LoanCard, LoanChange, LoanEvent, LoanStep, LoanTerms, Repaid};
pub use loan_news::{AuditResult, LoanNews, LoanResult, NewPlan, RepayResult};
pub use loan_status::{LoanAnswer, LoanCodes, LoanStatus};
pub use money::{Yuan, YuanError};
pub use parse::{ParseFailure, ParseOutcome};
pub use person::{IdNumber, PersonError, PersonName, Phone, SHANGHAI, age_at, shanghai_day};
pub use plan::{PeriodStatus, Plan, PlanError, PlanPeriod, PlanTotals, RepayStanding, Trial};
pub use product::{AmountLimit, AmountOption, OptionError, PeriodUnit, Product, TermsError, check_options};
pub use pull::{Pull, PullFailure, PullKind, PullLog, PullState, pulled};
pub use push::{PushJudgement, PushedOrder, judge_push};
pub use push_fields::PushSection;
pub use rate::{Rate, RateError};
pub use repayment::{
    Attempts, ContradictoryAttempts, PeriodAttempts, RepayOutcome, RepayPeriod, RepayRefusal, RepayRequest,
    ResultStep,
};
pub use step::Step;
pub use third_order::{AuditAnswer, ThirdOrderStatus};
