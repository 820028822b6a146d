//! The envelope around every call of the platform: what is signed is read as it was signed, and nothing else counts.

use std::collections::BTreeSet;
use std::sync::{Arc, LazyLock};

use domain::marketplace::ChannelId;
use jiff::Timestamp;
use marketplace::channel::{Channel, ChannelConfig};
use marketplace::envelope::{AesKey, Cipher, Envelope, hex};
use platform::secrets::FromSecret;
use suites::marketplace::NOW;
use suites::marketplace::channels::{AES, AES_KEY, PLAIN, Signed, parameter};

use crate::input::{chosen_text, seed, spoilt};
use crate::{Target, seeds};

pub(super) const TARGET: Target = Target { name: "rongshu-envelope", hold, seeds };

#[derive(Clone, Copy)]
enum Way {
    /// The input is the body.
    Body,
    /// The input is the business JSON, signed as it is.
    Plain,
    /// The input is the business JSON, encrypted and signed.
    Encrypted,
    /// The input is a ciphertext.
    Ciphertext,
}

static CHANNELS: LazyLock<[Channel; 2]> = LazyLock::new(|| {
    [PLAIN, AES].map(|id| {
        let config = ChannelConfig::from_secret(&parameter(id).to_string()).expect("a channel");
        Channel { id: ChannelId::of_text(id).expect("an id"), config: Arc::new(config) }
    })
});

/// What the platform has signed in the examples.
static SIGNED: LazyLock<BTreeSet<String>> = LazyLock::new(|| {
    let requests = seeds::requests().into_iter();
    requests.filter_map(|(_, body)| body["request"].as_str().map(str::to_owned)).collect()
});

fn hold(data: &[u8]) {
    let [plain, aes] = &*CHANNELS;
    match chosen_text(&[Way::Body, Way::Plain, Way::Encrypted, Way::Ciphertext], data) {
        Some((Way::Body, body)) => any(body),
        Some((Way::Plain, business)) => signed(plain, PLAIN, business),
        Some((Way::Encrypted, business)) => signed(aes, AES, business),
        Some((Way::Ciphertext, text)) => ciphertext(text),
        None => {}
    }
}

fn now() -> Timestamp {
    Timestamp::from_millisecond(NOW).expect("an instant")
}

fn any(body: &str) {
    let Ok(envelope) = Envelope::read(body) else { return };
    assert!(!envelope.channel_id.is_empty() && !envelope.request.is_empty());
    for channel in &*CHANNELS {
        if envelope.check(channel, now()).is_ok() {
            assert!(SIGNED.contains(&envelope.request), "nobody signed {}", envelope.request);
        }
    }
}

fn signed(channel: &Channel, id: &str, business: &str) {
    let right = Signed::new(id, NOW, business);
    if right.request.is_empty() {
        assert!(Envelope::read(&right.body()).is_err());
        return;
    }
    let envelope = Envelope::read(&right.body()).expect("an envelope");
    assert_eq!(envelope.check(channel, now()), Ok(()), "{business}");
    assert_eq!(envelope.request, right.request);
    let opened = channel.config.cipher.decrypted(envelope.request.clone());
    if id == PLAIN || business.trim_ascii_start().starts_with('{') {
        assert_eq!(opened.as_deref(), Ok(business));
    } else {
        assert!(opened.is_err(), "no object: {business}");
    }
    let changes: [fn(&mut Signed, String); 2] = [|to, text| to.request = text, |to, text| to.sign = text];
    for (change, text) in changes.into_iter().zip([&right.request, &right.sign]) {
        let Some(spoilt) = spoilt(text) else { continue };
        let mut other = right.clone();
        change(&mut other, spoilt);
        if let Ok(envelope) = Envelope::read(&other.body()) {
            assert!(envelope.check(channel, now()).is_err(), "{}", other.body());
        }
    }
    let mut later = right.clone();
    later.timestamp = (NOW + 1).into();
    assert!(Envelope::read(&later.body()).expect("an envelope").check(channel, now()).is_err());
}

fn ciphertext(text: &str) {
    let cipher = Cipher::Aes(vec![AesKey::of_hex(AES_KEY).expect("a key")]);
    if let Some(bytes) = hex::read(text) {
        assert_eq!(hex::upper(&bytes), text.to_ascii_uppercase());
    }
    if let Ok(clear) = cipher.decrypted(text.to_owned()) {
        assert_eq!(cipher.encrypted(clear), text.to_ascii_uppercase());
    }
}

fn seeds() -> Vec<Vec<u8>> {
    let mut seeds = vec![
        seed(0, r#"{"channelId":"840","timestamp":"1533710259153","request":"{}","sign":"AAAA"}"#),
        seed(3, "55F203791D53C7D91A31021F9E537F00D8546280AB5F384D67C94628420ED7D7"),
    ];
    for operation in ["user-check", "bank-list"] {
        let business = seeds::business(operation);
        seeds.extend([seed(0, seeds::request(operation)), seed(1, &business), seed(2, &business)]);
    }
    seeds
}
