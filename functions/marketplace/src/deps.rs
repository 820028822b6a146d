//! What all functions of the context have, and how it is configured and opened.
