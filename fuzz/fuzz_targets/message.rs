//! libFuzzer on `vsr_fuzz::message`.

#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| vsr_fuzz::message::judge(data));
