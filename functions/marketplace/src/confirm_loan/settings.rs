use platform::config::Environment;
use platform::partner::Connectors;
use platform::start::StartError;

use super::ConfirmLoan;
use crate::confirmation::Own;
use crate::deps;
use crate::endpoint::Exposed;
use crate::xw::XwSettings;

/// The configuration of confirm-loan.
#[derive(Debug)]
pub struct Settings {
    /// What every function of the context has.
    pub base: deps::Settings,
    /// What completing confirmations needs.
    pub own: Own,
    /// The depository.
    pub xw: XwSettings,
}

impl Settings {
    /// Reads the variables.
    pub fn read(environment: &mut Environment) -> Option<Self> {
        let base = deps::Settings::read(environment);
        let own = Own::read(environment);
        let xw = XwSettings::read(environment);
        Some(Self { base: base?, own: own?, xw: xw? })
    }
}

impl ConfirmLoan {
    /// Builds the endpoint and opens its connections, as many as it reads over at once.
    ///
    /// # Errors
    /// A secret is missing, or not what it should be.
    pub async fn start(settings: Settings) -> Result<Exposed<Self>, StartError> {
        let base = settings.base.open(&settings.own.parameters()).await?;
        let deps = settings.own.deps(&base)?;
        deps.warm().await;
        Ok(Exposed::new(base.channels, Self { deps, xw: settings.xw.connect(&Connectors::default()) }))
    }
}
