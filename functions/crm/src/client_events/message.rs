//! The messages on the wire (§12): one JSON object each. A text that is null, empty or blank is absent (§13).

use domain::crm::{
    BackId, BackSystem, BackSystemId, EventId, Inn, Kpp, MdmId, Migration, MigrationStatus, Ogrn, Okpo,
    OrganizationId, Snapshot, Stamp, Text, WizardChange, WizardStatus,
};
use platform::{json, rfc3339};
use serde_json::{Map, Value};

use super::{Message, Part, Reason};

/// Reads a message's body.
///
/// # Errors
/// It can never succeed.
pub fn read(body: &str) -> Result<Message, Reason> {
    let members = Members(json::object(body.as_bytes()).map_err(|_| Reason::Unreadable)?);
    match members.required("type")? {
        "migration_client" => members.migration(),
        "wizard_status_changed" => members.wizard(),
        "back_system_id" => members.back_system_id(),
        "client_snapshot" => members.snapshot(),
        _ => Err(Reason::UnknownType),
    }
}

struct Members(Map<String, Value>);

impl Members {
    /// Without an `mdm_id` it is kept all the same: the organization is skipped until it has one (§13).
    fn migration(&self) -> Result<Message, Reason> {
        let migration = Migration {
            mdm_id: MdmId::optional(self.text("mdm_id")?)?,
            status: self.status("status")?.map(MigrationStatus::from),
            wizard_status: self.status("wizard_status")?.map(WizardStatus::from),
            stamp: self.stamp("occurred_at")?,
        };
        Ok(Message::Part(self.organization_id()?, Part::Migration(migration)))
    }

    fn wizard(&self) -> Result<Message, Reason> {
        let wizard_status = self.status("wizard_status")?.map(WizardStatus::from);
        let change = WizardChange { wizard_status, stamp: self.stamp("change_date")? };
        Ok(Message::Part(self.organization_id()?, Part::Wizard(change)))
    }

    fn snapshot(&self) -> Result<Message, Reason> {
        let snapshot = Snapshot {
            inn: Inn::optional(self.text("tin")?)?,
            ogrn: Ogrn::optional(self.text("registry_number")?)?,
            kpp: Kpp::optional(self.text("kpp")?)?,
            okpo: Okpo::optional(self.text("okpo")?)?,
            stamp: self.stamp("occurred_at")?,
        };
        Ok(Message::Part(self.organization_id()?, Part::Snapshot(snapshot)))
    }

    fn back_system_id(&self) -> Result<Message, Reason> {
        let mdm_id = MdmId::new(self.required("mdm_id")?)?;
        let Some(system) = BackSystem::parse(self.required("back_system_name")?) else {
            return Ok(Message::ForeignSystem);
        };
        let id = BackId::new(self.required("back_system_id")?)?;
        Ok(Message::BackSystemId(mdm_id, BackSystemId { system, id, stamp: self.stamp("occurred_at")? }))
    }

    fn organization_id(&self) -> Result<OrganizationId, Reason> {
        OrganizationId::new(self.required("organization_id")?).map_err(Reason::from)
    }

    fn stamp(&self, date: &str) -> Result<Stamp, Reason> {
        let event_id = EventId::new(self.required("event_id")?)?;
        let at = rfc3339::parse(self.required(date)?).ok_or(Reason::BadDate)?;
        Ok(Stamp { at, event_id })
    }

    /// A status is compared with those that are known; what is over 200 characters is none of them, and cut.
    fn status(&self, name: &str) -> Result<Option<Text>, Reason> {
        Ok(self.text(name)?.and_then(Text::clip).map(|(text, _)| text))
    }

    fn required(&self, name: &str) -> Result<&str, Reason> {
        self.text(name)?.map(str::trim).filter(|text| !text.is_empty()).ok_or(Reason::Incomplete)
    }

    fn text(&self, name: &str) -> Result<Option<&str>, Reason> {
        match self.0.get(name) {
            None | Some(Value::Null) => Ok(None),
            Some(value) => value.as_str().map(Some).ok_or(Reason::Unreadable),
        }
    }
}
