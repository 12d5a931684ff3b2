//! libFuzzer on `vsr_fuzz::history`.

#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| vsr_fuzz::history::judge(data));
