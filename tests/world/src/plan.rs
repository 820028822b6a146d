//! What a test has planned for calls to come: faults, other actors' steps, meetings.

use std::pin::Pin;
use std::sync::Arc;

use tokio::sync::Barrier;

use crate::call::Call;
use crate::{Fault, On};

type Step = Pin<Box<dyn Future<Output = ()> + Send>>;

/// The rules in force, in the order in which the test made them.
#[derive(Default)]
pub(crate) struct Plan(Vec<Rule>);

struct Rule {
    on: On,
    action: Action,
}

enum Action {
    Fail(Fault),
    Run(Option<Box<dyn FnOnce() -> Step + Send>>),
    Meet(Arc<Barrier>),
}

/// What happens to one call before it is carried out.
#[derive(Default)]
pub(crate) struct Preparation {
    steps: Vec<Step>,
    pub(crate) fault: Option<Fault>,
}

impl Plan {
    pub(crate) fn fail(&mut self, on: On, fault: Fault) {
        self.0.push(Rule { on, action: Action::Fail(fault) });
    }

    pub(crate) fn run(&mut self, on: On, step: impl FnOnce() -> Step + Send + 'static) {
        self.0.push(Rule { on: on.times(1), action: Action::Run(Some(Box::new(step))) });
    }

    pub(crate) fn meet(&mut self, on: On, callers: usize) {
        let barrier = Arc::new(Barrier::new(callers));
        self.0.push(Rule { on: on.times(callers), action: Action::Meet(barrier) });
    }

    /// Takes what is planned for this call; the first of several faults counts.
    pub(crate) fn prepare(&mut self, call: &Call) -> Preparation {
        let mut preparation = Preparation::default();
        for rule in self.0.iter_mut().filter_map(|rule| rule.on.takes(call).then_some(&mut rule.action)) {
            match rule {
                Action::Fail(fault) => {
                    preparation.fault.get_or_insert(*fault);
                }
                Action::Run(step) => preparation.steps.extend(step.take().map(|step| step())),
                Action::Meet(barrier) => preparation.steps.push(Box::pin(met(Arc::clone(barrier)))),
            }
        }
        self.0.retain(|rule| !rule.on.is_used_up());
        preparation
    }
}

impl Preparation {
    /// Lets the others act, and tells the fault that then strikes.
    pub(crate) async fn done(self) -> Option<Fault> {
        for step in self.steps {
            step.await;
        }
        self.fault
    }
}

async fn met(barrier: Arc<Barrier>) {
    barrier.wait().await;
}
