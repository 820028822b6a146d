//! What a test has planned for calls to come: faults, other actors' steps, meetings.

use std::pin::Pin;
use std::sync::Arc;
use std::thread;

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
    has_struck: bool,
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
        self.add(on, Action::Fail(fault));
    }

    pub(crate) fn run(&mut self, on: On, step: impl FnOnce() -> Step + Send + 'static) {
        self.add(on.times(1), Action::Run(Some(Box::new(step))));
    }

    pub(crate) fn meet(&mut self, on: On, callers: usize) {
        let barrier = Arc::new(Barrier::new(callers));
        self.add(on.times(callers), Action::Meet(barrier));
    }

    fn add(&mut self, on: On, action: Action) {
        self.0.push(Rule { on, action, has_struck: false });
    }

    /// Takes what is planned for this call; the first of several faults counts.
    pub(crate) fn prepare(&mut self, call: &Call) -> Preparation {
        let mut preparation = Preparation::default();
        for rule in &mut self.0 {
            if !rule.on.takes(call) {
                continue;
            }
            rule.has_struck = true;
            match &mut rule.action {
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

/// A fault that no call met tests nothing: the call is another one by now, or there is none.
impl Drop for Plan {
    fn drop(&mut self) {
        let idle: Vec<_> = self.0.iter().filter_map(Rule::idle_fault).collect();
        assert!(idle.is_empty() || thread::panicking(), "planned faults that no call met: {idle:?}");
    }
}

impl Rule {
    /// The fault that never struck, but for one that is planned for all calls there may be.
    fn idle_fault(&self) -> Option<(&On, Fault)> {
        match self.action {
            Action::Fail(fault) => (!self.has_struck && !self.on.is_always()).then_some((&self.on, fault)),
            Action::Run(_) | Action::Meet(_) => None,
        }
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
