use boon::{Compiler, SchemaIndex, Schemas};
use serde_json::Value;

use super::file;

/// What holds messages against the schema of one queue.
pub struct Judge {
    schemas: Schemas,
    index: SchemaIndex,
}

impl Judge {
    /// Of this queue.
    ///
    /// # Panics
    /// When docs/messages has no schema for it.
    #[must_use]
    pub fn of(queue: &str) -> Self {
        let (mut schemas, mut compiler) = (Schemas::new(), Compiler::new());
        compiler.enable_format_assertions();
        let path = file(&format!("docs/messages/{queue}.json"));
        let index = compiler.compile(path.to_str().expect("a path"), &mut schemas).expect(queue);
        Self { schemas, index }
    }

    /// Why a message is not what the schema says, if it is not.
    #[must_use]
    pub fn problem(&self, message: &Value) -> Option<String> {
        self.schemas.validate(message, self.index).err().map(|error| format!("{error:#}"))
    }
}
