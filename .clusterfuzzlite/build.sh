#!/usr/bin/env bash
# Builds every target, and puts it where the engine looks for it, with what it begins with.
set -euo pipefail

# No debug assertions: the code's own are always on.
cargo fuzz build --release
cargo run --manifest-path fuzz/Cargo.toml --example seed_corpus

for target in $(cargo fuzz list); do
    cp "fuzz/target/x86_64-unknown-linux-gnu/release/$target" "$OUT/"
    (cd "fuzz/corpus/$target" && zip --quiet "$OUT/${target}_seed_corpus.zip" ./*)
done
