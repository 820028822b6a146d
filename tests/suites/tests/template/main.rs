//! template.yaml keeps the rules of design §9, for everything in it and everything that comes later. The
//! rules read the template after its transforms, as the engine deployed it.

mod linters;
mod rules;
mod runtime;
mod template;
