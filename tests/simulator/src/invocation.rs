//! An invocation: who it is while it runs, and how it is stopped between two of its effects.

use std::cell::{Cell, RefCell};
use std::collections::{BTreeMap, BTreeSet};
use std::pin::Pin;
use std::task::{Context, Poll};

thread_local! {
    static CURRENT: Cell<Option<u64>> = const { Cell::new(None) };
    static RUNNING: Cell<usize> = const { Cell::new(0) };
    static STOPPED: RefCell<BTreeSet<u64>> = const { RefCell::new(BTreeSet::new()) };
    static CALLS: RefCell<BTreeMap<u64, u64>> = const { RefCell::new(BTreeMap::new()) };
}

/// A call that an invocation makes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Calling {
    /// The invocation.
    pub invocation: u64,
    number: u64,
}

impl Calling {
    /// The call that is made at this moment, for whoever is called.
    #[must_use]
    pub fn current() -> Option<Self> {
        let invocation = current()?;
        let number = CALLS.with_borrow(|calls| calls.get(&invocation).copied())?;
        Some(Self { invocation, number })
    }

    /// Whether its invocation still waits for the answer.
    #[must_use]
    pub fn is_under_way(self) -> bool {
        CALLS.with_borrow(|calls| calls.get(&self.invocation) == Some(&self.number))
    }
}

/// The invocation that runs at this moment makes its next call.
pub(crate) fn note_call() {
    if let Some(number) = current() {
        CALLS.with_borrow_mut(|calls| *calls.entry(number).or_default() += 1);
    }
}

/// The invocation was stopped.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Stopped;

/// Which invocation runs at this moment.
#[must_use]
pub fn current() -> Option<u64> {
    CURRENT.get()
}

/// Whether some invocation is under way.
pub(crate) fn is_any_under_way() -> bool {
    RUNNING.get() > 0
}

/// Stops the invocation that runs at this moment: it is dropped where it waits next.
pub(crate) fn stop_current() {
    if let Some(number) = current() {
        STOPPED.with_borrow_mut(|stopped| stopped.insert(number));
    }
}

/// A future that runs as an invocation of this number.
pub struct Invocation<F> {
    number: u64,
    future: Pin<Box<F>>,
}

impl<F: Future> Invocation<F> {
    /// Has `future` run as the invocation of this number, which no other has.
    pub fn new(number: u64, future: F) -> Self {
        RUNNING.set(RUNNING.get() + 1);
        Self { number, future: Box::pin(future) }
    }
}

impl<F> Drop for Invocation<F> {
    fn drop(&mut self) {
        RUNNING.set(RUNNING.get() - 1);
        CALLS.with_borrow_mut(|calls| calls.remove(&self.number));
    }
}

impl<F: Future> Future for Invocation<F> {
    type Output = Result<F::Output, Stopped>;

    fn poll(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Self::Output> {
        let outer = CURRENT.replace(Some(self.number));
        let polled = self.future.as_mut().poll(context);
        CURRENT.set(outer);
        let number = self.number;
        match polled {
            Poll::Ready(value) => Poll::Ready(Ok(value)),
            Poll::Pending if STOPPED.with_borrow_mut(|stopped| stopped.remove(&number)) => {
                Poll::Ready(Err(Stopped))
            }
            Poll::Pending => Poll::Pending,
        }
    }
}
