//! What is needed to remember a refusal of ours (§11, Admission): who the order's person is, by every digest.

use std::collections::BTreeSet;

use domain::marketplace::lookup_texts;
use platform::aws::Aws;
use platform::config::Environment;
use platform::random::Random;
use platform::secrets::{Secret, SecretError, Secrets};
use tracing::error;

use crate::digest::{DIGEST_SECRET_PARAMETER, DigestKey};
use crate::order_settings::SEALING_SECRET_PARAMETER;
use crate::store::{CustomerStore, Sealing, StoredOrder};

/// Where refusals are remembered, and what people are found by there.
#[derive(Clone, Debug)]
pub struct Refusals {
    /// Where refusals are remembered.
    pub customers: CustomerStore,
    /// What people are found by.
    pub digests: Secret<DigestKey>,
    /// What persons are sealed with.
    pub sealing: Sealing,
}

/// How they are configured.
#[derive(Clone, Debug)]
pub struct RefusalSettings {
    customers: String,
    digest_secret: String,
    sealing_secret: String,
}

impl RefusalSettings {
    /// Reads the variables.
    pub fn read(environment: &mut Environment) -> Option<Self> {
        let customers = CustomerStore::read_table(environment);
        let digest_secret = environment.read(DIGEST_SECRET_PARAMETER);
        let sealing_secret = environment.read(SEALING_SECRET_PARAMETER);
        Some(Self { customers: customers?, digest_secret: digest_secret?, sealing_secret: sealing_secret? })
    }

    /// The secrets that are needed.
    #[must_use]
    pub fn parameters(&self) -> [&str; 2] {
        [&self.digest_secret, &self.sealing_secret]
    }

    /// What is needed, over what was loaded.
    ///
    /// # Errors
    /// A secret is not what it should be.
    pub fn open(&self, aws: &Aws, secrets: &Secrets, random: Random) -> Result<Refusals, SecretError> {
        Ok(Refusals {
            customers: CustomerStore::new(aws.dynamodb(), self.customers.clone()),
            digests: secrets.secret(&self.digest_secret)?,
            sealing: Sealing { keys: secrets.secret(&self.sealing_secret)?, random },
        })
    }
}

impl Refusals {
    /// Every digest that an order's person is asked by. Those in its row are the id number's and the phone's; the other case
    /// of an X and the mask come from the person.
    #[must_use]
    pub fn digests_of(&self, order: &StoredOrder) -> BTreeSet<String> {
        let lookup = &order.content.lookup;
        let mut digests = BTreeSet::from([lookup.id_number.clone(), lookup.phone.clone()]);
        match self.sealing.open_of_order(&order.key, &order.content.person) {
            Ok(person) => {
                let key = self.digests.current();
                let texts = lookup_texts(&person.name, &person.id_number, &person.phone);
                digests.extend(texts.iter().map(|text| key.of_text(text)));
            }
            // The decision counts all the same.
            Err(failure) => error!(%failure, order = %order.key, "a refusal is remembered in part"),
        }
        digests
    }
}
