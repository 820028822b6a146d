//! The life of the process under test: it may die in a call, and a new one takes its place.

use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};

use tokio::sync::Notify;

/// The process died at the planned effect.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Crashed;

/// Which process lives, and whether it is about to be dropped.
#[derive(Default)]
pub(crate) struct Process {
    generation: AtomicU64,
    dying: AtomicBool,
    died: Notify,
}

impl Process {
    /// The process that lives now: what a client is bound to.
    pub(crate) fn generation(&self) -> u64 {
        self.generation.load(Ordering::SeqCst)
    }

    /// Whether nothing that a process of this generation still does can happen.
    pub(crate) fn is_dead(&self, generation: u64) -> bool {
        assert!(
            generation == self.generation(),
            "a client of a process that has crashed is in use: build a new one from World::http_client"
        );
        self.dying.load(Ordering::SeqCst)
    }

    pub(crate) fn die(&self) {
        self.dying.store(true, Ordering::SeqCst);
        self.died.notify_one();
    }

    pub(crate) async fn death(&self) {
        self.died.notified().await;
    }

    /// Buries a process that died; whatever was of it is no longer.
    pub(crate) fn bury(&self) -> bool {
        let died = self.dying.swap(false, Ordering::SeqCst);
        if died {
            self.generation.fetch_add(1, Ordering::SeqCst);
        }
        died
    }
}
