//! What `cargo xtask bench` measures the functions against (docs/PERFORMANCE.md): a Lambda that does no work,
//! the same jobs with the bare SDK, and (`peer`) in Python. They do what a function does and nothing of what
//! makes it fit for production: no logs, no metrics, no checks beyond those of sessions and signatures, no error
//! handling.

use std::future::Future;

/// Why a peer ended.
pub type Error = Box<dyn std::error::Error + Send + Sync>;

/// Runs a program on one thread, as the functions run.
///
/// # Errors
/// What `run` ends with.
pub fn on_one_thread<F: Future<Output = Result<(), Error>>>(run: F) -> Result<(), Error> {
    tokio::runtime::Builder::new_current_thread().enable_all().build()?.block_on(run)
}
