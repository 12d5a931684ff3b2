//! The examples do what they tell.

#![cfg(feature = "sim")]

#[expect(dead_code, reason = "an example's `main` only prints")]
#[path = "../examples/kv_in_one_process.rs"]
mod kv_in_one_process;
#[expect(dead_code, reason = "an example's `main` only prints")]
#[path = "../examples/your_own_service.rs"]
mod your_own_service;

#[test]
fn a_service_of_your_own_outlives_its_primary() {
    let told = your_own_service::story();
    let expected = include_str!("examples/your_own_service.txt");
    assert_eq!(told, expected, "the example tells now:\n{told}");
}

#[test]
fn a_store_on_real_threads_outlives_its_primary() {
    let told = kv_in_one_process::session();
    let expected = include_str!("examples/kv_in_one_process.txt");
    assert_eq!(told, expected, "the example tells now:\n{told}");
}
