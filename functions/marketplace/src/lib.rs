//! The marketplace context: the loan channel of Rongshu (spec: marketplace; docs/contexts/marketplace.md). One file is one
//! operation. `envelope` is what is around everything on the wire, `endpoint` how the platform's calls reach an
//! operation, `rongshu` our calls to it, `channel` the configuration of a channel, `store` the DynamoDB access.

pub mod admission;
pub mod asked_loan;
pub mod asked_order;
pub mod audit;
pub mod audit_result;
pub mod audit_result_query;
pub mod bank;
pub mod bank_list;
pub mod bind_card;
pub mod channel;
pub mod confirm_loan;
pub mod confirmation;
pub mod contract_list;
pub mod core_command;
pub mod core_message;
pub mod credit_application;
pub mod credit_result;
pub mod customer_events;
pub mod depository_check;
pub mod depository_events;
pub mod deps;
pub mod digest;
pub mod endpoint;
pub mod envelope;
pub mod json;
pub mod loan_calculation;
pub mod loan_message;
pub mod loan_result;
pub mod loan_result_query;
pub mod loan_settings;
pub mod loan_wire;
pub mod operator_pull;
pub mod order_settings;
pub mod overdue;
pub mod page_url;
pub mod partner_callback;
pub mod push_order;
pub mod push_order_parse;
pub mod refusals;
pub mod repay;
pub mod repay_plan;
pub mod repay_plan_query;
pub mod repay_result;
pub mod repay_result_query;
pub mod repay_trial;
pub mod rongshu;
pub mod store;
pub mod sweep;
pub mod user_check;
pub mod wire;
pub mod xw;

/// The context's name in logs and metrics.
pub const CONTEXT: &str = "marketplace";
