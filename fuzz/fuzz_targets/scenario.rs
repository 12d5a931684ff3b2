//! libFuzzer on `vsr_fuzz::scenario`.

#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| vsr_fuzz::scenario::judge(data));
