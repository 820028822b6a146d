//! Which calls a rule of a test is about.

use crate::call::Call;

const ALWAYS: usize = usize::MAX;

/// Picks calls by what they do and whom they address; the first one that fits, unless told otherwise.
///
/// ```
/// use world::On;
///
/// On::call("UpdateItem").to("contracts").after(1).times(2);
/// On::any().to("http://mkk.test").always();
/// ```
#[derive(Clone, Debug)]
pub struct On {
    operation: Option<String>,
    target: Option<String>,
    skip: usize,
    times: usize,
}

impl On {
    /// Any call.
    #[must_use]
    pub fn any() -> Self {
        Self { operation: None, target: None, skip: 0, times: 1 }
    }

    /// Calls of an AWS operation, or partner calls with an HTTP method.
    #[must_use]
    pub fn call(operation: &str) -> Self {
        Self { operation: Some(operation.to_owned()), ..Self::any() }
    }

    /// Only those that address this table, queue, bus, parameter or partner's origin.
    #[must_use]
    pub fn to(mut self, target: &str) -> Self {
        self.target = Some(target.to_owned());
        self
    }

    /// Not the first `calls` of them.
    #[must_use]
    pub fn after(mut self, calls: usize) -> Self {
        self.skip = calls;
        self
    }

    /// So many of them.
    #[must_use]
    pub fn times(mut self, calls: usize) -> Self {
        self.times = calls;
        self
    }

    /// All of them.
    #[must_use]
    pub fn always(self) -> Self {
        self.times(ALWAYS)
    }

    /// Whether this call is one of them; counts it if so.
    pub(crate) fn takes(&mut self, call: &Call) -> bool {
        let fits = self.operation.as_ref().is_none_or(|operation| *operation == call.operation)
            && self.target.as_ref().is_none_or(|target| call.targets().contains(target));
        if !fits || self.times == 0 {
            return false;
        }
        if self.skip > 0 {
            self.skip -= 1;
            return false;
        }
        self.times -= 1;
        true
    }

    pub(crate) fn is_always(&self) -> bool {
        self.times == ALWAYS
    }

    pub(crate) fn is_used_up(&self) -> bool {
        self.times == 0
    }
}
