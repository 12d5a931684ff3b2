#!/usr/bin/env bash
# Runs the recipes for real where that can be had here, and checks the others against the schemas
# of what they are for. What is missing is installed where that is allowed, and skipped with a word
# where it is not.
#
#     cargo build --release && contrib/test.sh
set -Eeuo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

work=$PWD/target/contrib
rm -rf "$work"
mkdir -p "$work"
export VSR_SIM=$PWD/target/release/vsr-sim
[[ -x $VSR_SIM ]] || {
    echo "error: there is no $VSR_SIM: cargo build --release" >&2
    exit 1
}

# A broken system, so that there is something to be joined.
seeds=0..120
words=(--sabotage answers-too-soon)

skip() {
    printf '   skipped: %s\n' "$*"
}

fail() {
    printf 'error: %s\n' "$*" >&2
    exit 1
}

# A package of Debian's, where this is Debian and somebody who may.
package() {
    local program=$1
    shift
    PATH=$PATH:/usr/sbin command -v "$program" >/dev/null && return 0
    if [[ $(id -u) == 0 ]] && command -v apt-get >/dev/null &&
        { apt-get update -qq && apt-get install -y -qq --no-install-recommends "$@"; } \
            >"$work/apt.log" 2>&1; then
        return 0
    fi
    skip "$program is not there, and could not be had"
    return 1
}

# A tool of Python's.
tool() {
    python3 -m pip install --quiet --disable-pip-version-check --only-binary :all: --upgrade \
        --target "$work/tools" "$1" >"$work/pip.log" 2>&1 && return 0
    skip "$1 could not be installed: $(tail -n 1 "$work/pip.log" 2>/dev/null)"
    return 1
}

# What a campaign found, without how long it took and where it wrote.
found() {
    local status=0
    "$VSR_SIM" merge "$@" --shrink 0s --failures "$work/failures" --format json >"$work/merged" ||
        status=$?
    ((status == 100)) || fail "merge $* ends with status $status"
    sed -E 's/"seconds":[^,}]*//; s/"file":[^,}]*//' "$work/merged"
}

same_as_one_machine() {
    found "$2"/[0-9]*.jsonl >"$work/$1.txt"
    cmp -s "$work/one.txt" "$work/$1.txt" ||
        fail "$1 finds something else: $(diff "$work/one.txt" "$work/$1.txt" | head -n 5)"
    printf '   %s: the same as on one machine\n' "$1"
}

echo "== on one machine"
"$VSR_SIM" fuzz --seeds "$seeds" --max-failures all --shrink 0s --quiet "${words[@]}" \
    --results "$work/one.jsonl" --failures "$work/failures" >"$work/one.log" && fail "nothing is found"
found "$work/one.jsonl" >"$work/one.txt"

echo "== GNU parallel"
if package parallel parallel; then
    status=0
    contrib/parallel.sh "$seeds" 4 "$work/parallel" "${words[@]}" >"$work/parallel.log" 2>&1 || status=$?
    ((status == 100)) || fail "parallel.sh ends with status $status: $(tail -n 3 "$work/parallel.log")"
    same_as_one_machine parallel "$work/parallel"
fi

# A cluster of one node on the loopback interface.
slurm_stop() {
    for pid in "$work"/slurm/*.pid; do
        [[ -f $pid ]] && kill "$(cat "$pid")" 2>/dev/null
    done
    return 0
}

slurm_start() {
    local host
    host=$(hostname -s)
    mkdir -p "$work"/slurm/{state,spool,munge}
    export SLURM_CONF=$work/slurm/slurm.conf
    cat >"$SLURM_CONF" <<CONF
ClusterName=test
SlurmctldHost=$host(127.0.0.1)
CommunicationParameters=NoCtldInAddrAny,NoInAddrAny
AuthType=auth/munge
AuthInfo=socket=$work/slurm/munge/socket
CredType=cred/munge
MpiDefault=none
ProctrackType=proctrack/linuxproc
TaskPlugin=task/none
SchedulerType=sched/backfill
SelectType=select/cons_tres
JobAcctGatherType=jobacct_gather/none
AccountingStorageType=accounting_storage/none
ReturnToService=2
SlurmUser=root
SlurmctldPort=16817
SlurmdPort=16818
SlurmctldPidFile=$work/slurm/slurmctld.pid
SlurmdPidFile=$work/slurm/slurmd.pid
SlurmctldLogFile=$work/slurm/slurmctld.log
SlurmdLogFile=$work/slurm/slurmd.log
StateSaveLocation=$work/slurm/state
SlurmdSpoolDir=$work/slurm/spool
NodeName=$host NodeAddr=127.0.0.1 CPUs=$(nproc) State=UNKNOWN
PartitionName=test Nodes=$host Default=YES State=UP
CONF
    chmod 700 "$work/slurm/munge"
    head -c 128 /dev/urandom >"$work/slurm/munge/key"
    chmod 600 "$work/slurm/munge/key"
    trap slurm_stop EXIT
    munged --force --key-file="$work/slurm/munge/key" --socket="$work/slurm/munge/socket" \
        --pid-file="$work/slurm/munged.pid" --log-file="$work/slurm/munged.log" \
        --seed-file="$work/slurm/munge/seed" >>"$work/slurm/start.log" 2>&1 || return 1
    slurmctld >>"$work/slurm/start.log" 2>&1 || return 1
    slurmd >>"$work/slurm/start.log" 2>&1 || return 1
    for _ in $(seq 60); do
        [[ $(sinfo --noheader --format %T 2>/dev/null) == idle ]] && return 0
        sleep 0.5
    done
    return 1
}

echo "== Slurm"
export PATH=$PATH:/usr/sbin
if ! package slurmctld slurm-wlm munge || ! command -v munged >/dev/null; then
    :
elif [[ $(id -u) != 0 ]]; then
    skip "a cluster can be started by root only"
elif ! slurm_start; then
    skip "no cluster comes up here: $(cat "$work"/slurm/*.log 2>/dev/null | tail -n 1)"
else
    merge=$(contrib/slurm/submit.sh "$seeds" 4 "$work/results" "${words[@]}")
    for _ in $(seq 240); do
        state=$(squeue --noheader --jobs "$merge" --format %T 2>/dev/null || true)
        [[ -z $state || $state == COMPLETED || $state == FAILED ]] && break
        sleep 0.5
    done
    same_as_one_machine slurm "$work/results"
    grep -q "failures of" "$work/results/merge.log" ||
        fail "the merge job says: $(tail -n 3 "$work/results/merge.log")"
    slurm_stop
fi

echo "== schemas"
if ! python3 -m pip --version >/dev/null 2>&1; then
    skip "there is no pip to bring what knows them"
else
    export PYTHONPATH=$work/tools
    if tool kubernetes-validate==1.35.0; then
        python3 -m kubernetes_validate --strict contrib/kubernetes.yaml | sed 's/^/   /'
    fi
    if tool check-jsonschema==0.37.0; then
        python3 -m check_jsonschema --builtin-schema vendor.github-workflows \
            contrib/github-actions.yml | sed 's/^/   /'
    fi
fi
