#!/usr/bin/env bash
# A campaign with GNU parallel, on this machine or on many (add --sshlogin below).
#
#     contrib/parallel.sh 0..1_000_000 16 results
#
# runs the seeds in 16 shards and joins them; words after these go to `vsr-sim fuzz`. Run again, it
# goes on where it was. Do not add `--halt now,fail=0`: it stops at the first bug found, and calls
# that a success.
set -euo pipefail

seeds=${1:?the seeds, such as 0..1_000_000}
shards=${2:?how many shards}
folder=${3:?a folder for the results}
shift 3
sim=${VSR_SIM:-vsr-sim}
mkdir -p "$folder"

# A shard that finds something ends with status 100, and is a success here: its results say what.
shard() {
    local sim=$1 seeds=$2 number=$3 shards=$4 folder=$5 status=0
    "$sim" fuzz --seeds "$seeds" --shard "$number/$shards" --jobs 1 --max-failures all --quiet \
        --shrink 0s --results "$folder/$number.jsonl" --failures "$folder/failures" "${@:6}" \
        >"$folder/$number.log" 2>&1 || status=$?
    case $status in
    0 | 4 | 100 | 102) return 0 ;;
    *) return "$status" ;;
    esac
}
export -f shard

seq "$shards" | parallel --quote --joblog "$folder/joblog" --retries 3 \
    shard "$sim" "$seeds" {} "$shards" "$folder" "$@"

# A shard without any seed has no results.
exec "$sim" merge "$folder"/[0-9]*.jsonl --failures "$folder/failures" --summary "$folder/summary.md"
