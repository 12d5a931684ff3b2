//! Signals: the first asks for a clean end, the second ends at once.

use signal_hook::consts::{SIGINT, SIGTERM};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};

/// What was asked of the program from outside.
#[derive(Clone, Debug, Default)]
pub(crate) struct Signals {
    must_stop: Arc<AtomicBool>,
    /// The number of the signal that asked for the end.
    number: Arc<AtomicUsize>,
    is_asked: Arc<AtomicBool>,
}

impl Signals {
    /// Listens from now on.
    pub(crate) fn listen() -> std::io::Result<Self> {
        let signals = Self::default();
        for signal in [SIGINT, SIGTERM] {
            let number = usize::try_from(signal).unwrap_or(0);
            // In this order: the first one finds the flag down, the second one finds it up.
            let flag = || Arc::clone(&signals.must_stop);
            signal_hook::flag::register_conditional_shutdown(signal, 128 + signal, flag())?;
            signal_hook::flag::register_usize(signal, Arc::clone(&signals.number), number)?;
            signal_hook::flag::register(signal, flag())?;
        }
        #[cfg(unix)]
        {
            let asked = Arc::clone(&signals.is_asked);
            signal_hook::flag::register(signal_hook::consts::SIGUSR1, asked)?;
        }
        Ok(signals)
    }

    /// Whether the end was asked for.
    pub(crate) fn must_stop(&self) -> bool {
        self.must_stop.load(Ordering::Relaxed)
    }

    /// The exit status that says by what the program was interrupted, if it was.
    pub(crate) fn status(&self) -> Option<u8> {
        let number = self.number.load(Ordering::Relaxed);
        let status = u8::try_from(128 + number).ok()?;
        self.must_stop().then_some(status)
    }

    /// Whether somebody wants to know how far it is, since the last time.
    pub(crate) fn is_asked(&self) -> bool {
        self.is_asked.swap(false, Ordering::Relaxed)
    }
}
