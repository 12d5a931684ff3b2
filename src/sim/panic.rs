//! Assertions of the code under test, caught as violations with their place.

use core::cell::RefCell;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Once;

thread_local! {
    /// Whether a run is under way on this thread, and what it panicked with.
    static CAUGHT: RefCell<Option<String>> = const { RefCell::new(None) };
}

static HOOK: Once = Once::new();

/// Runs something that may panic.
///
/// # Errors
/// With the panic's message and place.
pub fn catch<T>(run: impl FnOnce() -> T) -> Result<T, String> {
    HOOK.call_once(|| {
        let before = std::panic::take_hook();
        std::panic::set_hook(Box::new(move |info| {
            let is_ours = CAUGHT.with_borrow_mut(|caught| match caught {
                Some(text) => {
                    *text = info.to_string().replace('\n', " ");
                    true
                }
                None => false,
            });
            if !is_ours {
                before(info);
            }
        }));
    });
    CAUGHT.set(Some(String::new()));
    // What is left behind half done is only looked at, to say how far it got.
    let result = catch_unwind(AssertUnwindSafe(run));
    let text = CAUGHT.take().unwrap_or_default();
    result.map_err(|_| text)
}
