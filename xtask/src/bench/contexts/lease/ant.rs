//! Ant's gateway: its answers are always the same, and were signed when they were written down.

/// A line is one answer.
const ANSWERS: &str = include_str!("answers.txt");
/// Stands for any order.
const ANY: &str = "*";

/// The whole text of the answer to a method whose form names an order.
pub(in crate::bench) fn answer(method: &str, form: &str) -> Option<&'static str> {
    let answers = ANSWERS.lines().filter_map(|line| {
        let (of, rest) = line.split_once(' ')?;
        let (order, text) = rest.split_once(' ')?;
        Some((of, order, text))
    });
    let mut asked = answers.filter(|(of, order, _)| *of == method && (*order == ANY || form.contains(order)));
    asked.next().map(|(_, _, text)| text)
}

#[cfg(test)]
mod tests {
    use serde_json::Value;

    use super::{ANSWERS, answer};

    #[test]
    fn an_answer_is_about_the_order_that_the_form_names() {
        let status = |form| {
            let answer: Value =
                serde_json::from_str(answer("antchain.ato.withhold.sign.query", form)?).ok()?;
            Some(answer["response"]["status"].as_str()?.to_owned())
        };
        assert_eq!(status("order_id=LEASE-SYNCED").as_deref(), Some("UNSIGNED"));
        assert_eq!(status("order_id=LEASE-WITHHOLD-SIGNING").as_deref(), Some("SIGNED"));
        assert_eq!(status("order_id=LEASE-0002"), None);
        assert!(answer("antchain.ato.sign.flow.get", "sign_no=s-0001").is_some());
        assert_eq!(answer("antchain.ato.sign.flow", "sign_no=s-0001"), None);
    }

    #[test]
    fn every_answer_says_ok_and_is_signed() {
        let answers: Vec<_> = ANSWERS.lines().filter(|line| !line.starts_with('#')).collect();
        assert_eq!(answers.len(), 16);
        for answer in answers {
            let (_, text) = answer.split_once('{').unwrap();
            let answer: Value = serde_json::from_str(&format!("{{{text}")).unwrap();
            assert_eq!(answer["response"]["result_code"], "OK");
            assert_eq!(answer["sign"].as_str().map(str::len), Some(28));
        }
    }
}
