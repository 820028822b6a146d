//! The pages that the platform wants its users to come back to (`successUrl`, `failedUrl`, §3). They are passed on and kept,
//! and never fetched.

use crate::channel::Channel;
use crate::endpoint::Failure;
use crate::wire::Members;

/// The longest that is taken, in bytes.
const LONGEST: usize = 2_048;

/// Reads the address of a page; absent or empty there is none.
///
/// # Errors
/// [`Failure::Parameter`]: it is no address over HTTPS, or on a host that the channel does not have.
pub fn read(channel: &Channel, members: &Members<'_>, name: &'static str) -> Result<Option<String>, Failure> {
    let Some(text) = members.scalar(name)?.filter(|text| !text.is_empty()) else {
        return Ok(None);
    };
    let is_page = text.len() <= LONGEST && channel.config.allows_page(text);
    if is_page { Ok(Some(text.to_owned())) } else { Err(Failure::field(name, &"no address of a page")) }
}
