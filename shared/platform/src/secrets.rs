//! Secrets by reference (design §7).

/// A type that a secret's JSON is read into.
pub trait FromSecret: Sized {
    /// Reads the secret's text.
    ///
    /// # Errors
    /// What is wrong with it, as the end of a sentence that begins with the parameter's name; never the value itself.
    fn from_secret(json: &str) -> Result<Self, String>;
}
