//! What the fuzz targets do with bytes. Nothing here knows which engine chooses them: the targets
//! below `fuzz_targets/` hand them to libFuzzer, and the project's own tests to `proptest`.

pub mod brute_force;
pub mod history;
pub mod journal;
pub mod message;
pub mod scenario;
pub mod scenario_text;
pub mod seeds;
