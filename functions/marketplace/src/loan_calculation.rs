//! loanCalculation (1.2, item 2): what a loan would cost, by the product's rate.

use domain::marketplace::{Calculation, PeriodUnit, Rate, TermsError, Yuan};
use platform::Scope;
use platform::metrics::Source;
use platform::start::StartError;
use serde::Serialize;

use crate::CONTEXT;
use crate::channel::{Channel, Words};
use crate::deps::Settings;
use crate::endpoint::{Exposed, Failure, Operation, Reply};
use crate::wire::{Amount, Members};

/// The operation.
#[derive(Debug)]
pub struct LoanCalculation;

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Wire<'a> {
    refund_amount: Amount,
    actual_amount: Amount,
    remark: &'a str,
    repay_plan: String,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct WirePeriod {
    period_no: u16,
    amount: Amount,
    repay_amount: Amount,
}

impl LoanCalculation {
    /// Builds the endpoint.
    ///
    /// # Errors
    /// A secret is missing, or not what it should be.
    pub async fn start(settings: Settings) -> Result<Exposed<Self>, StartError> {
        Ok(Exposed::new(settings.open(&[]).await?.channels, Self))
    }
}

impl Operation for LoanCalculation {
    const OP: &'static str = "loanCalculation";
    const SOURCE: Source = Source { context: CONTEXT, function: "loan-calculation" };
    type Input = Calculation;

    /// `repayMethod` is not looked at: there is one.
    fn read(channel: &Channel, text: String) -> Result<Calculation, Failure> {
        let members = Members::read(&text)?;
        let amount = members.required("loanAmount")?;
        let amount = Yuan::parse(amount).map_err(|error| Failure::field("loanAmount", &error))?;
        let period = members.whole("loanPeriod")?.ok_or_else(|| Failure::field("loanPeriod", &"missing"))?;
        let unit_of = |code| PeriodUnit::of(code).ok_or(TermsError::PeriodUnit).map_err(terms);
        let unit = members.whole("periodUnit")?.map(unit_of).transpose()?;
        let rate_of = |rate| Rate::parse(rate).map_err(|error| Failure::field("rate", &error));
        let rate = members.scalar("rate")?.map(rate_of).transpose()?;
        let product = &channel.config.product;
        product.check(amount, period, unit, rate).map_err(terms)?;
        product.calculate(amount, period).map_err(terms)
    }

    async fn handle(&self, _: &Scope, channel: &Channel, calculation: Calculation) -> Result<Reply, Failure> {
        let periods = calculation.periods.iter().map(|period| WirePeriod {
            period_no: period.period_no,
            amount: Amount(period.payment),
            repay_amount: Amount(period.payment),
        });
        let repay_plan = serde_json::to_string(&periods.collect::<Vec<_>>()).unwrap_or_default();
        let wire = Wire {
            refund_amount: Amount(calculation.refund_amount),
            actual_amount: Amount(calculation.actual_amount),
            remark: channel.config.wording.text(Words::Calculated),
            repay_plan,
        };
        Ok(Reply::json("calculated", &wire))
    }
}

fn terms(error: TermsError) -> Failure {
    let field = match error {
        TermsError::Amount | TermsError::Step | TermsError::TooLarge => "loanAmount",
        TermsError::Period => "loanPeriod",
        TermsError::PeriodUnit => "periodUnit",
        TermsError::Rate => "rate",
    };
    Failure::field(field, &error)
}
