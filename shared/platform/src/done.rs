/// Work that is done, with the log's word for what came of it, in `snake_case`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Done(pub &'static str);
