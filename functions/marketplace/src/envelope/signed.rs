//! What is signed (§1, Sign string): the members by name in ascending order, `name=value` joined with `&`.

use domain::marketplace::ChannelId;

/// In the platform's calls.
pub(super) fn by_platform<'a>(channel: &'a ChannelId, timestamp: &'a str, request: &'a str) -> [&'a str; 6] {
    ["channelId=", channel.as_str(), "&request=", request, "&timestamp=", timestamp]
}

/// In ours, where our own id stands for the channel's.
pub(super) fn by_us<'a>(app_id: &'a str, timestamp: &'a str, request: &'a str) -> [&'a str; 6] {
    ["appId=", app_id, "&request=", request, "&timestamp=", timestamp]
}

#[cfg(test)]
#[expect(clippy::disallowed_methods, reason = "tests may unwrap")]
mod tests {
    use domain::marketplace::ChannelId;
    use ring::digest::{Algorithm, SHA1_FOR_LEGACY_USE_ONLY, SHA256, digest};

    use super::{by_platform, by_us};
    use crate::envelope::hex;

    const REQUEST: &str = "55F203791D53C7D91A31021F9E537F00D8546280AB5F384D67C94628420ED7D7";
    const TIMESTAMP: &str = "1533710259153";

    #[test]
    fn the_vectors_of_the_specification_hold() {
        let channel = ChannelId::of_text("840").unwrap();
        let text = by_platform(&channel, TIMESTAMP, REQUEST).concat();
        assert_eq!(text, format!("channelId=840&request={REQUEST}&timestamp={TIMESTAMP}"));
        let hash = |algorithm: &'static Algorithm| hex::lower(digest(algorithm, text.as_bytes()).as_ref());
        assert_eq!(hash(&SHA1_FOR_LEGACY_USE_ONLY), "2c3856c8d441800ccfcc61a284b021cfdeaaabba");
        assert_eq!(hash(&SHA256), "5480951972a3a14143916c7320698084f061f53ff12310538eb4c1d19da68292");
    }

    #[test]
    fn ours_are_signed_with_our_id_in_the_place_of_the_channels() {
        let text = by_us("10001", TIMESTAMP, "{\"uid\":\"12394129\"}").concat();
        assert_eq!(text, "appId=10001&request={\"uid\":\"12394129\"}&timestamp=1533710259153");
    }
}
