//! What must come before what (§4, §6, §9, §12), and who may set it aside.

mod closing;
mod contracts;
mod overrides;
mod unsigning;
mod withholds;
