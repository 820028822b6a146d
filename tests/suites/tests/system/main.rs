//! The whole system: the real functions on the local platform, reached as clients, onboarding and the lender
//! reach them. One module per operation.

mod callbacks;
mod contract_events;
mod crm;
mod events;
mod get_status;
mod lease;
mod load;
mod loans;
mod marketplace;
mod quota;
mod redrive;
mod renew_contract;
mod secrets;
mod webview;
mod world;
