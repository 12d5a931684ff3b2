#!/usr/bin/env bash
# A campaign on Slurm: an array of shards, and a merge that waits for all of them.
#
#     contrib/slurm/submit.sh 0..1_000_000 200 /shared/results
#
# submits 200 tasks, each a shard, and prints the id of the merge job; words after these go to
# `vsr-sim fuzz`. Submitted again, each shard goes on where it was.
set -euo pipefail

seeds=${1:?the seeds, such as 0..1_000_000}
shards=${2:?how many shards}
folder=${3:?a folder that all nodes see}
shift 3
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
mkdir -p "$folder"

export VSR_SIM=${VSR_SIM:-vsr-sim} VSR_SEEDS=$seeds VSR_RESULTS=$folder
array=$(sbatch --parsable --array="1-$shards" --export=ALL --output="$folder/%a.log" \
    "$here/shard.sbatch" "$@")
# Also when a shard was lost: what is missing is told.
sbatch --parsable --dependency="afterany:$array" --export=ALL --output="$folder/merge.log" \
    "$here/merge.sbatch"
