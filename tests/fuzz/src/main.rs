//! `fuzz TARGET FILE…` holds a target to inputs, and shows the first that it does not hold for.
//!
//! `cargo xtask fuzz` builds the program another way, as libFuzzer over the target that `TENOR_FUZZ_TARGET` names; its
//! arguments are libFuzzer's own then. Seeds are written into the folder `TENOR_FUZZ_SEEDS`, if it is set.
#![cfg_attr(fuzzing, no_main)]

#[cfg(fuzzing)]
mod under_libfuzzer {
    use std::path::PathBuf;
    use std::sync::LazyLock;
    use std::{env, fs};

    use fuzz::Target;
    use libfuzzer_sys::fuzz_target;

    static TARGET: LazyLock<&Target> = LazyLock::new(|| {
        let name = env::var("TENOR_FUZZ_TARGET").expect("TENOR_FUZZ_TARGET");
        Target::named(&name).unwrap_or_else(|| panic!("no target {name}"))
    });

    /// libFuzzer looks for them afterwards.
    fn write_seeds() {
        let Some(folder) = env::var_os("TENOR_FUZZ_SEEDS").map(PathBuf::from) else { return };
        for (number, seed) in (TARGET.seeds)().iter().enumerate() {
            fs::write(folder.join(format!("seed-{number}")), seed).expect("a seed");
        }
    }

    fuzz_target!(init: write_seeds(), |data: &[u8]| (TARGET.hold)(data));
}

#[cfg(not(fuzzing))]
fn main() {
    let mut arguments = std::env::args().skip(1);
    let name = arguments.next().expect("a target's name");
    let target = fuzz::Target::named(&name).unwrap_or_else(|| panic!("no target {name}"));
    for file in arguments {
        (target.hold)(&std::fs::read(&file).expect("an input"));
    }
}
