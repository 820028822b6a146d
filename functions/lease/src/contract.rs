//! What the contract and the withhold agreement are filled with (§5), and what Ant gets of it: identity data leaves
//! encrypted (R6), lists become JSON texts.

use std::ops::RangeInclusive;

use domain::lease::{OrderId, Party};
use serde_json::{Map, Value};

use crate::ant::{Encryption, EncryptionError, Parameters};
use crate::wire::{BadInput, Fields, required};

/// Kinds of a person's document.
const USER_ID_TYPES: [&str; 5] = [
    "CRED_PSN_CH_IDCARD",
    "CRED_PSN_CH_TWCARD",
    "CRED_PSN_CH_MACAO",
    "CRED_PSN_CH_HONGKONG",
    "CRED_PSN_PASSPORT",
];
/// Kinds of a company's document.
const MERCHANT_ID_TYPES: [&str; 2] = ["CRED_ORG_USCC", "CRED_ORG_REGCODE"];
/// How many bytes may be encrypted at all: the longest that a key of 2,048 bits takes.
const ENCRYPTABLE: RangeInclusive<usize> = 1..=245;
const TAG: RangeInclusive<usize> = 2..=32;

/// Texts that go out as they are: name, and the fewest and most characters.
const CONTRACT_TEXTS: [(&str, usize, usize); 9] = [
    ("sign_validity", 13, 13),
    ("business_scene", 2, 200),
    ("signed_redirect_url", 1, 2_048),
    ("merchant_name", 1, 256),
    ("merchant_tag", 2, 32),
    ("merchant_seal_id", 1, 256),
    ("user_org_id_type", 1, 64),
    ("user_org_name", 1, 256),
    ("user_type", 1, 64),
];
/// Texts that go out encrypted.
const IDENTITY: [&str; 8] = [
    "user_id_number",
    "user_name",
    "user_mobile",
    "user_email",
    "merchant_id_number",
    "merchant_legal_name",
    "merchant_legal_id_number",
    "user_org_id_number",
];
/// Of another signer, what goes out encrypted.
const SIGNER_IDENTITY: [&str; 3] = ["orgIdNumber", "orgLegalName", "orgLegalIdNumber"];
/// Of the withhold agreement: name and most characters.
const WITHHOLD_TEXTS: [(&str, usize); 5] = [
    ("alipay_merchant_id", 20),
    ("alipay_merchant_name", 50),
    ("alipay_merchant_service_name", 50),
    ("alipay_merchant_service_description", 150),
    ("return_url", 256),
];
/// What must be there for a contract.
const REQUIRED: [&str; 7] = [
    "user_id_type",
    "user_id_number",
    "user_name",
    "business_scene",
    "merchant_name",
    "merchant_id_type",
    "merchant_id_number",
];

/// The fields of a contract, valid one by one.
#[derive(Clone, Default)]
pub struct Contract {
    texts: Vec<(&'static str, String)>,
    identity: Vec<(&'static str, String)>,
    templates: Option<Value>,
    signers: Vec<Signer>,
}

/// Somebody else who signs.
#[derive(Clone)]
struct Signer {
    tag: String,
    members: Map<String, Value>,
}

/// The fields of a withhold agreement.
#[derive(Clone, Default)]
pub struct Withhold {
    texts: Vec<(&'static str, String)>,
}

impl Contract {
    /// Takes what belongs to a contract.
    ///
    /// # Errors
    /// What is wrong with it.
    pub fn take(fields: &mut Fields) -> Result<Self, BadInput> {
        let mut texts = Vec::new();
        let mut keep = |name: &'static str, text: Option<String>| texts.extend(text.map(|text| (name, text)));
        for (name, fewest, most) in CONTRACT_TEXTS {
            keep(name, fields.text(name, fewest..=most)?);
        }
        keep("user_id_type", fields.one_of("user_id_type", &USER_ID_TYPES)?);
        keep("merchant_id_type", fields.one_of("merchant_id_type", &MERCHANT_ID_TYPES)?);
        keep("flow_notify_type", fields.one_of("flow_notify_type", &["1", "2"])?);
        keep("merchant_sign_order", fields.whole("merchant_sign_order")?.map(|order| order.to_string()));
        if let Some((_, validity)) = texts.iter().find(|(name, _)| *name == "sign_validity")
            && !validity.bytes().all(|byte| byte.is_ascii_digit())
        {
            return Err(BadInput("sign_validity: is no number of milliseconds".into()));
        }
        let mut identity = Vec::new();
        for name in IDENTITY {
            identity.extend(fields.text_of_bytes(name, ENCRYPTABLE)?.map(|text| (name, text)));
        }
        let templates = fields.objects("template_list")?.map(templates).transpose()?;
        let signers = fields.objects("third_signer")?.unwrap_or_default();
        let signers = signers.into_iter().map(Signer::read).collect::<Result<Vec<_>, _>>()?;
        let merchant = texts.iter().find(|(name, _)| *name == "merchant_tag").map(|(_, tag)| tag);
        let mut tags: Vec<_> = merchant.into_iter().chain(signers.iter().map(|signer| &signer.tag)).collect();
        tags.sort();
        if tags.windows(2).any(|pair| matches!(pair, [one, other] if one == other)) {
            return Err(BadInput("third_signer: two parties have one tag".into()));
        }
        Ok(Self { texts, identity, templates, signers })
    }

    /// Checks that everything is there that a contract must have.
    ///
    /// # Errors
    /// What is missing.
    pub fn complete(&self) -> Result<(), BadInput> {
        let there = |wanted: &str| self.texts.iter().chain(&self.identity).any(|(name, _)| *name == wanted);
        match REQUIRED.into_iter().find(|name| !there(name)) {
            Some(name) => Err(BadInput(format!("{name}: is missing"))),
            None => required("template_list", self.templates.as_ref()).map(|_| ()),
        }
    }

    /// Whose seals it will need: the merchant's and the other signers', by their tags, or one without a tag.
    #[must_use]
    pub fn parties(&self) -> Vec<Party> {
        let merchant = self.texts.iter().find(|(name, _)| *name == "merchant_tag").map(|(_, tag)| tag);
        let tags = merchant.into_iter().chain(self.signers.iter().map(|signer| &signer.tag));
        let parties: Vec<_> = tags.map(|tag| Party::unsealed(Some(tag.clone()))).collect();
        if parties.is_empty() { vec![Party::unsealed(None)] } else { parties }
    }

    /// What front.sign.submit is told.
    ///
    /// # Errors
    /// Identity data could not be encrypted.
    pub fn parameters(
        &self,
        order: &OrderId,
        shared: &Shared,
        encryption: &Encryption,
    ) -> Result<Parameters, EncryptionError> {
        let mut parameters = Parameters::from([("order_id".to_owned(), order.as_str().to_owned())]);
        let plain = self.texts.iter().chain(&shared.0).map(|(name, text)| ((*name).to_owned(), text.clone()));
        parameters.extend(plain);
        for (name, text) in &self.identity {
            parameters.insert((*name).to_owned(), encryption.of(text)?);
        }
        if let Some(templates) = &self.templates {
            parameters.insert("template_list".to_owned(), templates.to_string());
        }
        if !self.signers.is_empty() {
            let signers = self.signers.iter().map(|signer| signer.encrypted(encryption));
            let signers = Value::Array(signers.collect::<Result<_, _>>()?);
            parameters.insert("third_signer".to_owned(), signers.to_string());
        }
        Ok(parameters)
    }
}

/// What both the contract and the withhold agreement may carry.
#[derive(Clone, Default)]
pub struct Shared(Vec<(&'static str, String)>);

impl Shared {
    /// Takes it; how long the ids may be differs between a contract and a withhold agreement (§5).
    ///
    /// # Errors
    /// What is wrong with it.
    pub fn take(
        fields: &mut Fields,
        alipay_user_id: RangeInclusive<usize>,
        user_open_id: RangeInclusive<usize>,
    ) -> Result<Self, BadInput> {
        let mut texts = Vec::new();
        texts.extend(fields.text("alipay_user_id", alipay_user_id)?.map(|text| ("alipay_user_id", text)));
        texts.extend(fields.text("user_open_id", user_open_id)?.map(|text| ("user_open_id", text)));
        texts.extend(fields.text("merchant_app_id", 1..=32)?.map(|text| ("merchant_app_id", text)));
        Ok(Self(texts))
    }
}

impl Withhold {
    /// Takes what belongs to a withhold agreement.
    ///
    /// # Errors
    /// What is wrong with it.
    pub fn take(fields: &mut Fields) -> Result<Self, BadInput> {
        let mut texts = Vec::new();
        for (name, most) in WITHHOLD_TEXTS {
            texts.extend(fields.text(name, 1..=most)?.map(|text| (name, text)));
        }
        let scene = fields.text("withhold_sign_scene", 1..=64)?;
        texts.extend(scene.map(|text| ("withhold_sign_scene", text)));
        Ok(Self { texts })
    }

    /// What withhold.sign.create is told.
    #[must_use]
    pub fn parameters(&self, order: &OrderId, shared: &Shared) -> Parameters {
        let mut parameters = Parameters::from([("order_id".to_owned(), order.as_str().to_owned())]);
        let texts = self.texts.iter().chain(&shared.0);
        parameters.extend(texts.map(|(name, text)| ((*name).to_owned(), text.clone())));
        parameters
    }
}

impl Signer {
    fn read(mut fields: Fields) -> Result<Self, BadInput> {
        let tag = fields.required_text("tag", TAG)?;
        let mut members = Map::from_iter([("tag".to_owned(), Value::from(tag.clone()))]);
        for (name, length) in [("orgName", 1..=256), ("sealIds", 1..=1_024)] {
            members.extend(fields.text(name, length)?.map(|text| (name.to_owned(), Value::from(text))));
        }
        let kind = fields.one_of("orgIdType", &MERCHANT_ID_TYPES)?;
        members.extend(kind.map(|kind| ("orgIdType".to_owned(), Value::from(kind))));
        for name in SIGNER_IDENTITY {
            members.extend(
                fields.text_of_bytes(name, ENCRYPTABLE)?.map(|text| (name.to_owned(), Value::from(text))),
            );
        }
        let order = fields.whole("signOrder")?;
        members.extend(order.map(|order| ("signOrder".to_owned(), Value::from(order))));
        fields.finish().map_err(|error| BadInput(format!("third_signer: {error}")))?;
        Ok(Self { tag, members })
    }

    fn encrypted(&self, encryption: &Encryption) -> Result<Value, EncryptionError> {
        let mut members = self.members.clone();
        for name in SIGNER_IDENTITY {
            if let Some(Value::String(clear)) = members.get(name) {
                let encrypted = encryption.of(clear)?;
                members.insert(name.to_owned(), encrypted.into());
            }
        }
        Ok(Value::Object(members))
    }
}

/// `[{templateId, templateArgs: {name: text}}]`.
fn templates(list: Vec<Fields>) -> Result<Value, BadInput> {
    if list.is_empty() {
        return Err(BadInput("template_list: is empty".into()));
    }
    let template = |mut fields: Fields| {
        let id = fields.required_text("templateId", 1..=128)?;
        let mut template = Map::from_iter([("templateId".to_owned(), Value::from(id))]);
        if let Some(args) = fields.object("templateArgs")? {
            let args = args.texts("templateArgs")?.into_iter().map(|(name, text)| (name, Value::from(text)));
            template.insert("templateArgs".to_owned(), Value::Object(args.collect()));
        }
        fields.finish().map_err(|error| BadInput(format!("template_list: {error}")))?;
        Ok(Value::Object(template))
    };
    list.into_iter().map(template).collect::<Result<_, _>>().map(Value::Array)
}
