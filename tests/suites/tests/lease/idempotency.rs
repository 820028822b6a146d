//! The Idempotency-Key (§8, §12): whose it is, what it stands for, what is kept under it and how long.

mod kept;
mod scope;
mod unknown;
