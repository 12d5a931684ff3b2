//! libFuzzer on `vsr_fuzz::scenario_text`.

#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| vsr_fuzz::scenario_text::judge(data));
