//! Text → a scenario → text → the same scenario; and nonsense is refused in words.

use vsr::sim::Scenario;

/// Reads a scenario file's text, prints what was read, and reads that.
///
/// # Panics
/// When what is printed means something else, or cannot be read.
pub fn judge(data: &[u8]) {
    let Ok(text) = core::str::from_utf8(data) else { return };
    let scenario = match Scenario::parse(text) {
        Ok(scenario) => scenario,
        Err(why) => {
            let why = why.to_string();
            assert!(why.starts_with("line "), "no place in {why:?}");
            return;
        }
    };
    for printed in [scenario.to_string(), scenario.brief()] {
        match Scenario::parse(&printed) {
            Ok(again) => assert_eq!(again, scenario, "printed as\n{printed}"),
            Err(why) => panic!("{why}\nprinted as\n{printed}"),
        }
    }
    // And through bytes, where only what is within their ranges stays as it is.
    let near = Scenario::from_bytes(&scenario.to_bytes());
    assert_eq!(Scenario::from_bytes(&near.to_bytes()), near, "from\n{text}");
}
