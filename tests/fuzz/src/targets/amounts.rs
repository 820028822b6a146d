//! Amounts, totals and rates of all contexts: what is read is the number that was written, to the last digit.

use domain::marketplace::{Rate, Yuan};
use domain::quota::Amount;

use crate::Target;
use crate::decimal::normal;
use crate::input::text;

pub(super) const TARGET: Target = Target { name: "amounts", hold, seeds };

fn hold(data: &[u8]) {
    let Some(text) = text(data) else { return };
    if let Ok(amount) = Yuan::parse(text) {
        assert_eq!(normal(&amount.to_wire()), normal(text));
        assert_eq!(Yuan::parse(&amount.to_wire()), Ok(amount));
    }
    for read in [Amount::parse, Amount::parse_total, Amount::stored] {
        if let Ok(amount) = read(text) {
            let written = amount.to_string();
            assert_eq!(normal(&written), normal(text));
            assert_eq!(read(&written), Ok(amount), "as it is stored");
        }
    }
    if let Ok(rate) = Rate::parse(text) {
        let (digits, exponent) = normal(text).expect("a decimal");
        assert!((-6..=0).contains(&exponent) && digits.len() <= 7, "{digits} {exponent}");
        let padded = if text.contains('.') { format!("0{text}") } else { format!("0{text}.000000") };
        assert_eq!(Rate::parse(&padded), Ok(rate));
    }
}

fn seeds() -> Vec<Vec<u8>> {
    let texts = [
        "15000.00",
        "0.01",
        "1.5e4",
        "99999999999999.99",
        "-0",
        "0.30",
        "500.0000",
        "12E-1",
        "1",
        "55201111111115211111111111",
    ];
    texts.map(|text| text.as_bytes().to_vec()).into()
}
