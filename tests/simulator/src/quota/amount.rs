//! Amounts of quota, counted in ten thousandths of a yuan.

/// So many ten thousandths of a yuan.
pub(super) type Amount = u128;

const IN_A_YUAN: Amount = 10_000;

/// The amount that a plain decimal says; a finer one, or a negative, is none.
///
/// # Panics
/// When it is none.
#[must_use]
pub(super) fn read(text: &str) -> Amount {
    let (whole, fraction) = text.split_once('.').unwrap_or((text, ""));
    assert!(fraction.len() <= 4, "no amount: {text}");
    let digits = |text: &str| -> Amount { text.parse().expect("an amount is plain digits") };
    digits(whole) * IN_A_YUAN + digits(&format!("{fraction:0<4}"))
}

/// The amount with four decimals.
#[must_use]
pub(super) fn written(amount: Amount) -> String {
    format!("{}.{:04}", amount / IN_A_YUAN, amount % IN_A_YUAN)
}

/// The amount with two decimals, the rest cut off.
#[must_use]
pub(super) fn shown(amount: Amount) -> String {
    format!("{}.{:02}", amount / IN_A_YUAN, amount % IN_A_YUAN / 100)
}
