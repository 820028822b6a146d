//! What came in at Ant, what it has yet to do, and what it has to tell.

use jiff::Timestamp;

use super::asked::Asked;

/// A call that may have been carried out.
#[derive(Clone, Debug)]
pub(super) struct Open {
    pub(super) asked: Asked,
    pub(super) is_done: bool,
    pub(super) at: Timestamp,
}

/// What Ant does without anybody waiting for it any more.
#[derive(Clone, Debug)]
pub(super) struct Late {
    pub(super) at: Timestamp,
    pub(super) order: String,
    pub(super) asked: Asked,
    /// Which of the calls that came in it is.
    pub(super) heard: usize,
}

/// What Ant has to tell.
#[derive(Clone, Debug)]
pub(in crate::lease) struct News {
    /// Its id, which it is repeated with.
    pub(in crate::lease) msg_id: String,
    /// What kind it is.
    pub(in crate::lease) publish_type: &'static str,
    /// The order.
    pub(in crate::lease) order: String,
}

/// A call that came in.
#[derive(Clone, Debug)]
pub(in crate::lease) struct Heard {
    /// The order.
    pub(in crate::lease) order: String,
    /// What it asked.
    pub(in crate::lease) asked: Asked,
    /// In which invocation.
    pub(in crate::lease) invocation: Option<u64>,
    /// When.
    pub(super) at: Timestamp,
    /// Its id.
    pub(in crate::lease) req_msg_id: String,
    /// Ant's result code, whether it was to be read or not.
    pub(in crate::lease) result_code: String,
    /// Whether it was carried out.
    pub(in crate::lease) is_done: bool,
}
