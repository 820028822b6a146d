use domain::marketplace::RetryPlan;
use jiff::SignedDuration;
use platform::config::{Environment, FromVariable, Variable};

const CALLBACK_DELAYS: Variable = Variable {
    name: "CALLBACK_DELAYS",
    meaning: "How long to wait before each next try of a callback; the last one repeats.",
    default: Some("1m,5m,15m,60m"),
};
const CALLBACK_GIVE_UP: Variable = Variable {
    name: "CALLBACK_GIVE_UP",
    meaning: "After how much waiting a callback is given up.",
    default: Some("24h"),
};

/// When callbacks are sent again.
#[derive(Clone, Debug)]
pub struct PlanSettings {
    delays: Vec<SignedDuration>,
    give_up: SignedDuration,
}

/// `90s`, `5m`, `24h`
struct Span(SignedDuration);

/// `1m,5m,15m`
struct Spans(Vec<SignedDuration>);

impl FromVariable for Span {
    const KIND: &'static str = "a time: 1 to 99999 and `s`, `m` or `h`";

    fn from_variable(text: &str) -> Result<Self, String> {
        let wrong = || format!("is not {}", Self::KIND);
        let (number, unit) = text.split_at_checked(text.len().saturating_sub(1)).ok_or_else(wrong)?;
        let number: i64 =
            number.parse().ok().filter(|number| (1..=99_999).contains(number)).ok_or_else(wrong)?;
        let seconds = match unit {
            "s" => 1,
            "m" => 60,
            "h" => 3_600,
            _ => return Err(wrong()),
        };
        Ok(Self(SignedDuration::from_secs(number * seconds)))
    }
}

impl FromVariable for Spans {
    const KIND: &'static str = "times separated by commas, each 1 to 99999 and `s`, `m` or `h`";

    fn from_variable(text: &str) -> Result<Self, String> {
        let spans = text.split(',').map(|span| Span::from_variable(span.trim()).map(|Span(span)| span));
        spans.collect::<Result<_, _>>().map(Self).map_err(|_| format!("is not {}", Self::KIND))
    }
}

impl PlanSettings {
    /// Reads the variables.
    pub fn read(environment: &mut Environment) -> Option<Self> {
        let delays: Option<Spans> = environment.read(CALLBACK_DELAYS);
        let give_up: Option<Span> = environment.read(CALLBACK_GIVE_UP);
        let (Spans(delays), Span(give_up)) = (delays?, give_up?);
        Some(Self { delays, give_up })
    }

    /// The plan; a list that was read has a wait.
    #[must_use]
    pub fn plan(&self) -> Option<RetryPlan> {
        RetryPlan::new(self.delays.clone(), self.give_up)
    }
}

#[cfg(test)]
mod tests {
    use jiff::SignedDuration;
    use platform::config::FromVariable;

    use super::Spans;

    #[test]
    fn times_are_whole_numbers_of_seconds_minutes_or_hours() {
        let read = Spans::from_variable("2s, 5m,24h").map(|Spans(spans)| spans);
        let expected = [2, 300, 86_400].map(SignedDuration::from_secs);
        assert_eq!(read.as_deref(), Ok(&expected[..]));
        for text in ["", "5", "0s", "-1m", "1d", "1m,", "1.5m", "100000s", "m", "5м"] {
            assert!(Spans::from_variable(text).is_err(), "{text}");
        }
    }
}
