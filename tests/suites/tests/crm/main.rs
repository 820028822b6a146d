//! The CRM context through its public face, in the in-process world (spec: crm). Modules mirror the context's
//! operations.

mod examples;
