//! The quota context through its public face, in the in-process world (spec: quota). Modules mirror the context's
//! operations.

mod examples;
mod get_temp_quota;
mod review;
