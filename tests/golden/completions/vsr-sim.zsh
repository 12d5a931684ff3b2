#compdef vsr-sim

autoload -U is-at-least

_vsr-sim() {
    typeset -A opt_args
    typeset -a _arguments_options
    local ret=1

    if is-at-least 5.2; then
        _arguments_options=(-s -S -C)
    else
        _arguments_options=(-s -C)
    fi

    local context curcontext="$curcontext" state line
    _arguments "${_arguments_options[@]}" : \
'--seed=[The seed to run\: a number (42, 1_000, 0xd1ce) or a commit; picked where it is missing]:SEED:_default' \
'--format=[For people, or JSON lines for programs; \`run\` and \`check\` also have JUnit'\''s XML, and \`fuzz\` writes it to a file]:FORMAT:(text json junit)' \
'--way=[How a seed'\''s faults are chosen\: swarm, medium, heavy, crashes, walk, stories, attacks, turns, ambush, ranks, moves, portfolio]:WAY:_default' \
'--sabotage=[Lets the hosts cheat, to see what a failure looks like\: answers-too-soon, forgets-to-recover, never-resends, …]:SABOTAGE:_default' \
'--durability=[Whether replicas have disks, whatever a seed says\: memory, disk]:DURABILITY:_default' \
'--color=[When to use colours]:COLOR:(auto always never)' \
'--quiet[Says nothing but results]' \
'--beyond[Lets clocks run further off than the group is told\: what it promises does not hold, and reads under a lease may be old]' \
'--no-config[Takes nothing from \`vsr-sim.toml\`]' \
'-h[Print help]' \
'--help[Print help]' \
'-V[Print version]' \
'--version[Print version]' \
":: :_vsr-sim_commands" \
"*::: :->vsr-sim" \
&& ret=0
    case $state in
    (vsr-sim)
        words=($line[1] "${words[@]}")
        (( CURRENT += 1 ))
        curcontext="${curcontext%:*:*}:vsr-sim-command-$line[1]:"
        case $line[1] in
            (run)
_arguments "${_arguments_options[@]}" : \
'--history=[Writes what the clients of the one scenario saw, as JSON lines\: \`check\` reads them. Reads that may be old are left out]:OUT:_files' \
'--format=[For people, or JSON lines for programs; \`run\` and \`check\` also have JUnit'\''s XML, and \`fuzz\` writes it to a file]:FORMAT:(text json junit)' \
'--way=[How a seed'\''s faults are chosen\: swarm, medium, heavy, crashes, walk, stories, attacks, turns, ambush, ranks, moves, portfolio]:WAY:_default' \
'--sabotage=[Lets the hosts cheat, to see what a failure looks like\: answers-too-soon, forgets-to-recover, never-resends, …]:SABOTAGE:_default' \
'--durability=[Whether replicas have disks, whatever a seed says\: memory, disk]:DURABILITY:_default' \
'--color=[When to use colours]:COLOR:(auto always never)' \
'--quiet[Says nothing but results]' \
'--beyond[Lets clocks run further off than the group is told\: what it promises does not hold, and reads under a lease may be old]' \
'--no-config[Takes nothing from \`vsr-sim.toml\`]' \
'-h[Print help]' \
'--help[Print help]' \
'*::files -- Files, or folders that are searched for *.toml:_files' \
&& ret=0
;;
(fuzz)
_arguments "${_arguments_options[@]}" : \
'--seeds=[The seeds to run, the second one excluded\: 0..1000, or 0.. without an end. Where it is missing, from a seed that nobody has run before, without an end]:SEEDS:_default' \
'--time=[Begins no more runs after that long\: 30s, 10min, 8h]:TIME:_default' \
'--jobs=[How many runs at a time; each stays on one thread. All cores where it is missing]:JOBS:_default' \
'--shard=[Runs one share of the seeds\: 2/4 is the second of four; auto is what the environment says (Slurm, AWS Batch, GitLab, Buildkite, CircleCI), auto/20 where that has an index and no number (Kubernetes)]:SHARD:_default' \
'--max-failures=[After how many failures to stop\: a number, or all to go on whatever happens]:MAX_FAILURES:_default' \
'--timeout-per-seed=[After how long to give a seed up]:TIMEOUT_PER_SEED:_default' \
'--check-determinism=[How many of the seeds to run twice; both must come to one hash]:CHECK_DETERMINISM:_default' \
'--shares=[How a portfolio'\''s seeds are shared out among its ways\: by fixed shares, or by shares that shift to the ways that still find something new. They shift where nothing is said, but not in a shard, which does not know what the others have found]:SHARES:((fixed\:"As where nothing is known"
shifting\:"More and more to those that find something new"))' \
'--results=[Keeps results in that file as they come, and goes on where it ends if it is there]:RESULTS:_files' \
'--failures=[The folder for scenarios that show what failed]:FAILURES:_files' \
'--shrink=[How long to shrink each kind of failure; 0s leaves them as they are]:SHRINK:_default' \
'--junit=[Writes the results as JUnit'\''s XML]:JUNIT:_files' \
'--summary=[Writes a page of Markdown\: what failed, what was reached, and when]:SUMMARY:_files' \
'--format=[For people, or JSON lines for programs; \`run\` and \`check\` also have JUnit'\''s XML, and \`fuzz\` writes it to a file]:FORMAT:(text json junit)' \
'--way=[How a seed'\''s faults are chosen\: swarm, medium, heavy, crashes, walk, stories, attacks, turns, ambush, ranks, moves, portfolio]:WAY:_default' \
'--sabotage=[Lets the hosts cheat, to see what a failure looks like\: answers-too-soon, forgets-to-recover, never-resends, …]:SABOTAGE:_default' \
'--durability=[Whether replicas have disks, whatever a seed says\: memory, disk]:DURABILITY:_default' \
'--color=[When to use colours]:COLOR:(auto always never)' \
'--all-marks[Fails when not every mark was reached\: a campaign that gets nowhere finds nothing]' \
'--github[Prints annotations for GitHub Actions, and adds the page to the step'\''s summary]' \
'--quiet[Says nothing but results]' \
'--beyond[Lets clocks run further off than the group is told\: what it promises does not hold, and reads under a lease may be old]' \
'--no-config[Takes nothing from \`vsr-sim.toml\`]' \
'-h[Print help (see more with '\''--help'\'')]' \
'--help[Print help (see more with '\''--help'\'')]' \
&& ret=0
;;
(check)
_arguments "${_arguments_options[@]}" : \
'--semantics=[By whose rules\: ours, knossos, porcupine-etcd, porcupine-kv. What a file looks like where it is missing]:SEMANTICS:_default' \
'--model=[As what\: register, kv, counter, set, queue, stack, priority-queue, lock, transactions, clock, lottery. What its functions are where it is missing]:MODEL:_default' \
'--key=[Judges the operations of that key only]:KEY:_default' \
'--guarantee=[What is good enough\: linearizable where it is missing, or sequential, stale=250ms, monotonic-reads, read-your-writes]:GUARANTEE:_default' \
'--page=[Draws a history that has no explanation as a page for browsers]:OUT:_files' \
'--steps=[After how many steps of a search to give a history up]:STEPS:_default' \
'--memory=[After how much memory of a search to give a history up\: 512MiB, 2GB]:MEMORY:_default' \
'--format=[For people, or JSON lines for programs; \`run\` and \`check\` also have JUnit'\''s XML, and \`fuzz\` writes it to a file]:FORMAT:(text json junit)' \
'--way=[How a seed'\''s faults are chosen\: swarm, medium, heavy, crashes, walk, stories, attacks, turns, ambush, ranks, moves, portfolio]:WAY:_default' \
'--sabotage=[Lets the hosts cheat, to see what a failure looks like\: answers-too-soon, forgets-to-recover, never-resends, …]:SABOTAGE:_default' \
'--durability=[Whether replicas have disks, whatever a seed says\: memory, disk]:DURABILITY:_default' \
'--color=[When to use colours]:COLOR:(auto always never)' \
'--quiet[Says nothing but results]' \
'--beyond[Lets clocks run further off than the group is told\: what it promises does not hold, and reads under a lease may be old]' \
'--no-config[Takes nothing from \`vsr-sim.toml\`]' \
'-h[Print help]' \
'--help[Print help]' \
'*::files -- Files\: JSON lines, Jepsen'\''s EDN, or its log as porcupine'\''s tests have it; - is standard input:_files' \
&& ret=0
;;
(scenario)
_arguments "${_arguments_options[@]}" : \
'--seed=[The seed]:SEED:_default' \
'--bytes=[A file that the fuzz target \`scenario\` has left\: an artefact, or one of its corpus]:FILE:_files' \
'--format=[For people, or JSON lines for programs; \`run\` and \`check\` also have JUnit'\''s XML, and \`fuzz\` writes it to a file]:FORMAT:(text json junit)' \
'--way=[How a seed'\''s faults are chosen\: swarm, medium, heavy, crashes, walk, stories, attacks, turns, ambush, ranks, moves, portfolio]:WAY:_default' \
'--sabotage=[Lets the hosts cheat, to see what a failure looks like\: answers-too-soon, forgets-to-recover, never-resends, …]:SABOTAGE:_default' \
'--durability=[Whether replicas have disks, whatever a seed says\: memory, disk]:DURABILITY:_default' \
'--color=[When to use colours]:COLOR:(auto always never)' \
'--quiet[Says nothing but results]' \
'--beyond[Lets clocks run further off than the group is told\: what it promises does not hold, and reads under a lease may be old]' \
'--no-config[Takes nothing from \`vsr-sim.toml\`]' \
'-h[Print help]' \
'--help[Print help]' \
&& ret=0
;;
(trace)
_arguments "${_arguments_options[@]}" : \
'--seed=[The run of that seed]:SEED:_default' \
'*--process=[Tells what happens at that process only\: r0, c1, admin. May be given several times]:PROCESS:_default' \
'*--replica=[Tells what happens at that process only\: r0, c1, admin. May be given several times]:PROCESS:_default' \
'*--kind=[Tells messages of that kind only\: PREPARE, STARTVIEW. May be given several times]:KIND:_default' \
'--from=[Leaves out what happened before\: 1.2s, 300ms]:TIME:_default' \
'--to=[Leaves out what happened after that]:TIME:_default' \
'--as=[For programs, or the tools of others\: json (as docs/traces.md has it), perfetto (ui.perfetto.dev, chrome\://tracing), shiviz]:FORM:_default' \
'-o+[The file to write; standard output where it is missing]:OUT:_files' \
'--output=[The file to write; standard output where it is missing]:OUT:_files' \
'--format=[For people, or JSON lines for programs; \`run\` and \`check\` also have JUnit'\''s XML, and \`fuzz\` writes it to a file]:FORMAT:(text json junit)' \
'--way=[How a seed'\''s faults are chosen\: swarm, medium, heavy, crashes, walk, stories, attacks, turns, ambush, ranks, moves, portfolio]:WAY:_default' \
'--sabotage=[Lets the hosts cheat, to see what a failure looks like\: answers-too-soon, forgets-to-recover, never-resends, …]:SABOTAGE:_default' \
'--durability=[Whether replicas have disks, whatever a seed says\: memory, disk]:DURABILITY:_default' \
'--color=[When to use colours]:COLOR:(auto always never)' \
'--quiet[Says nothing but results]' \
'--beyond[Lets clocks run further off than the group is told\: what it promises does not hold, and reads under a lease may be old]' \
'--no-config[Takes nothing from \`vsr-sim.toml\`]' \
'-h[Print help]' \
'--help[Print help]' \
'::file -- The run of that scenario file:_files' \
&& ret=0
;;
(debug)
_arguments "${_arguments_options[@]}" : \
'--seed=[The run of that seed]:SEED:_default' \
'--format=[For people, or JSON lines for programs; \`run\` and \`check\` also have JUnit'\''s XML, and \`fuzz\` writes it to a file]:FORMAT:(text json junit)' \
'--way=[How a seed'\''s faults are chosen\: swarm, medium, heavy, crashes, walk, stories, attacks, turns, ambush, ranks, moves, portfolio]:WAY:_default' \
'--sabotage=[Lets the hosts cheat, to see what a failure looks like\: answers-too-soon, forgets-to-recover, never-resends, …]:SABOTAGE:_default' \
'--durability=[Whether replicas have disks, whatever a seed says\: memory, disk]:DURABILITY:_default' \
'--color=[When to use colours]:COLOR:(auto always never)' \
'--quiet[Says nothing but results]' \
'--beyond[Lets clocks run further off than the group is told\: what it promises does not hold, and reads under a lease may be old]' \
'--no-config[Takes nothing from \`vsr-sim.toml\`]' \
'-h[Print help]' \
'--help[Print help]' \
'::file -- The run of that scenario file:_files' \
&& ret=0
;;
(report)
_arguments "${_arguments_options[@]}" : \
'--seed=[The run of that seed]:SEED:_default' \
'-o+[The file to write; - is standard output]:OUT:_files' \
'--output=[The file to write; - is standard output]:OUT:_files' \
'--from=[Leaves out what happened before\: 1.2s, 300ms]:TIME:_default' \
'--to=[Leaves out what happened after that]:TIME:_default' \
'--format=[For people, or JSON lines for programs; \`run\` and \`check\` also have JUnit'\''s XML, and \`fuzz\` writes it to a file]:FORMAT:(text json junit)' \
'--way=[How a seed'\''s faults are chosen\: swarm, medium, heavy, crashes, walk, stories, attacks, turns, ambush, ranks, moves, portfolio]:WAY:_default' \
'--sabotage=[Lets the hosts cheat, to see what a failure looks like\: answers-too-soon, forgets-to-recover, never-resends, …]:SABOTAGE:_default' \
'--durability=[Whether replicas have disks, whatever a seed says\: memory, disk]:DURABILITY:_default' \
'--color=[When to use colours]:COLOR:(auto always never)' \
'--quiet[Says nothing but results]' \
'--beyond[Lets clocks run further off than the group is told\: what it promises does not hold, and reads under a lease may be old]' \
'--no-config[Takes nothing from \`vsr-sim.toml\`]' \
'-h[Print help]' \
'--help[Print help]' \
'::file -- The run of that scenario file:_files' \
&& ret=0
;;
(shrink)
_arguments "${_arguments_options[@]}" : \
'--seed=[The run of that seed]:SEED:_default' \
'-o+[The file to write the scenario to; standard output where it is missing]:OUTPUT:_files' \
'--output=[The file to write the scenario to; standard output where it is missing]:OUTPUT:_files' \
'--jobs=[How many candidates to try at a time. What comes out does not depend on it]:JOBS:_default' \
'--time=[After how long to be content with what was reached\: 30s, 10min]:TIME:_default' \
'--format=[For people, or JSON lines for programs; \`run\` and \`check\` also have JUnit'\''s XML, and \`fuzz\` writes it to a file]:FORMAT:(text json junit)' \
'--way=[How a seed'\''s faults are chosen\: swarm, medium, heavy, crashes, walk, stories, attacks, turns, ambush, ranks, moves, portfolio]:WAY:_default' \
'--sabotage=[Lets the hosts cheat, to see what a failure looks like\: answers-too-soon, forgets-to-recover, never-resends, …]:SABOTAGE:_default' \
'--durability=[Whether replicas have disks, whatever a seed says\: memory, disk]:DURABILITY:_default' \
'--color=[When to use colours]:COLOR:(auto always never)' \
'--quiet[Says nothing but results]' \
'--beyond[Lets clocks run further off than the group is told\: what it promises does not hold, and reads under a lease may be old]' \
'--no-config[Takes nothing from \`vsr-sim.toml\`]' \
'-h[Print help]' \
'--help[Print help]' \
'::file -- The run of that scenario file:_files' \
&& ret=0
;;
(explain)
_arguments "${_arguments_options[@]}" : \
'--seed=[The run of that seed]:SEED:_default' \
'--branch=[Forks the run at so many events into many futures\: where does the violation become likely?]:POINTS:_default' \
'--format=[For people, or JSON lines for programs; \`run\` and \`check\` also have JUnit'\''s XML, and \`fuzz\` writes it to a file]:FORMAT:(text json junit)' \
'--way=[How a seed'\''s faults are chosen\: swarm, medium, heavy, crashes, walk, stories, attacks, turns, ambush, ranks, moves, portfolio]:WAY:_default' \
'--sabotage=[Lets the hosts cheat, to see what a failure looks like\: answers-too-soon, forgets-to-recover, never-resends, …]:SABOTAGE:_default' \
'--durability=[Whether replicas have disks, whatever a seed says\: memory, disk]:DURABILITY:_default' \
'--color=[When to use colours]:COLOR:(auto always never)' \
'--quiet[Says nothing but results]' \
'--beyond[Lets clocks run further off than the group is told\: what it promises does not hold, and reads under a lease may be old]' \
'--no-config[Takes nothing from \`vsr-sim.toml\`]' \
'-h[Print help]' \
'--help[Print help]' \
'::file -- The run of that scenario file; or a code, such as VSR-LOST:_files' \
&& ret=0
;;
(explore)
_arguments "${_arguments_options[@]}" : \
'--replicas=[How many replicas there are, whatever the file says]:REPLICAS:_default' \
'--clients=[How many clients]:CLIENTS:_default' \
'--operations=[How many operations they ask for, all together]:OPERATIONS:_default' \
'--deviations=[How much goes wrong at most, all together]:DEVIATIONS:_default' \
'--crashes=[How many replicas crash at most; they start again whenever they like]:CRASHES:_default' \
'--timeouts=[How many timers go off at most by which somebody gives up on somebody, at any moment]:TIMEOUTS:_default' \
'--resends=[How many timers go off at most by which something is said again, at any moment]:RESENDS:_default' \
'--late=[How many messages are late at most\: they arrive at any moment, or never]:LATE:_default' \
'--copies=[How many messages come twice at most, the second time at any moment]:COPIES:_default' \
'--deaf=[How many replicas hear nothing at most, for as long as they like]:DEAF:_default' \
'--states-max=[After how many states to give up; a state takes 24 bytes]:STATES_MAX:_default' \
'--failures=[The folder for a scenario that shows what is wrong]:FAILURES:_files' \
'--shrink=[How long to shrink it; 0s leaves it as it is]:SHRINK:_default' \
'--format=[For people, or JSON lines for programs; \`run\` and \`check\` also have JUnit'\''s XML, and \`fuzz\` writes it to a file]:FORMAT:(text json junit)' \
'--way=[How a seed'\''s faults are chosen\: swarm, medium, heavy, crashes, walk, stories, attacks, turns, ambush, ranks, moves, portfolio]:WAY:_default' \
'--sabotage=[Lets the hosts cheat, to see what a failure looks like\: answers-too-soon, forgets-to-recover, never-resends, …]:SABOTAGE:_default' \
'--durability=[Whether replicas have disks, whatever a seed says\: memory, disk]:DURABILITY:_default' \
'--color=[When to use colours]:COLOR:(auto always never)' \
'--quiet[Says nothing but results]' \
'--beyond[Lets clocks run further off than the group is told\: what it promises does not hold, and reads under a lease may be old]' \
'--no-config[Takes nothing from \`vsr-sim.toml\`]' \
'-h[Print help]' \
'--help[Print help]' \
'::file -- A scenario file that says who there is; three replicas and a client that asks twice where it is missing. What goes wrong is what is explored\: it may not say:_files' \
&& ret=0
;;
(merge)
_arguments "${_arguments_options[@]}" : \
'--failures=[The folder for scenarios that show what failed]:FAILURES:_files' \
'--shrink=[How long to shrink each kind of failure; 0s leaves them as they are]:SHRINK:_default' \
'--junit=[Writes the results as JUnit'\''s XML]:JUNIT:_files' \
'--summary=[Writes a page of Markdown\: what failed, what was reached, and when]:SUMMARY:_files' \
'--format=[For people, or JSON lines for programs; \`run\` and \`check\` also have JUnit'\''s XML, and \`fuzz\` writes it to a file]:FORMAT:(text json junit)' \
'--way=[How a seed'\''s faults are chosen\: swarm, medium, heavy, crashes, walk, stories, attacks, turns, ambush, ranks, moves, portfolio]:WAY:_default' \
'--sabotage=[Lets the hosts cheat, to see what a failure looks like\: answers-too-soon, forgets-to-recover, never-resends, …]:SABOTAGE:_default' \
'--durability=[Whether replicas have disks, whatever a seed says\: memory, disk]:DURABILITY:_default' \
'--color=[When to use colours]:COLOR:(auto always never)' \
'--github[Prints annotations for GitHub Actions, and adds the page to the step'\''s summary]' \
'--quiet[Says nothing but results]' \
'--beyond[Lets clocks run further off than the group is told\: what it promises does not hold, and reads under a lease may be old]' \
'--no-config[Takes nothing from \`vsr-sim.toml\`]' \
'-h[Print help]' \
'--help[Print help]' \
'*::results -- Files written by `fuzz --results`, in any order:_files' \
&& ret=0
;;
(selftest)
_arguments "${_arguments_options[@]}" : \
'--format=[For people, or JSON lines for programs; \`run\` and \`check\` also have JUnit'\''s XML, and \`fuzz\` writes it to a file]:FORMAT:(text json junit)' \
'--way=[How a seed'\''s faults are chosen\: swarm, medium, heavy, crashes, walk, stories, attacks, turns, ambush, ranks, moves, portfolio]:WAY:_default' \
'--sabotage=[Lets the hosts cheat, to see what a failure looks like\: answers-too-soon, forgets-to-recover, never-resends, …]:SABOTAGE:_default' \
'--durability=[Whether replicas have disks, whatever a seed says\: memory, disk]:DURABILITY:_default' \
'--color=[When to use colours]:COLOR:(auto always never)' \
'--quiet[Says nothing but results]' \
'--beyond[Lets clocks run further off than the group is told\: what it promises does not hold, and reads under a lease may be old]' \
'--no-config[Takes nothing from \`vsr-sim.toml\`]' \
'-h[Print help]' \
'--help[Print help]' \
&& ret=0
;;
(schema)
_arguments "${_arguments_options[@]}" : \
'--format=[For people, or JSON lines for programs; \`run\` and \`check\` also have JUnit'\''s XML, and \`fuzz\` writes it to a file]:FORMAT:(text json junit)' \
'--way=[How a seed'\''s faults are chosen\: swarm, medium, heavy, crashes, walk, stories, attacks, turns, ambush, ranks, moves, portfolio]:WAY:_default' \
'--sabotage=[Lets the hosts cheat, to see what a failure looks like\: answers-too-soon, forgets-to-recover, never-resends, …]:SABOTAGE:_default' \
'--durability=[Whether replicas have disks, whatever a seed says\: memory, disk]:DURABILITY:_default' \
'--color=[When to use colours]:COLOR:(auto always never)' \
'--quiet[Says nothing but results]' \
'--beyond[Lets clocks run further off than the group is told\: what it promises does not hold, and reads under a lease may be old]' \
'--no-config[Takes nothing from \`vsr-sim.toml\`]' \
'-h[Print help]' \
'--help[Print help]' \
&& ret=0
;;
(completions)
_arguments "${_arguments_options[@]}" : \
'--format=[For people, or JSON lines for programs; \`run\` and \`check\` also have JUnit'\''s XML, and \`fuzz\` writes it to a file]:FORMAT:(text json junit)' \
'--way=[How a seed'\''s faults are chosen\: swarm, medium, heavy, crashes, walk, stories, attacks, turns, ambush, ranks, moves, portfolio]:WAY:_default' \
'--sabotage=[Lets the hosts cheat, to see what a failure looks like\: answers-too-soon, forgets-to-recover, never-resends, …]:SABOTAGE:_default' \
'--durability=[Whether replicas have disks, whatever a seed says\: memory, disk]:DURABILITY:_default' \
'--color=[When to use colours]:COLOR:(auto always never)' \
'--quiet[Says nothing but results]' \
'--beyond[Lets clocks run further off than the group is told\: what it promises does not hold, and reads under a lease may be old]' \
'--no-config[Takes nothing from \`vsr-sim.toml\`]' \
'-h[Print help]' \
'--help[Print help]' \
':shell -- The shell:(bash elvish fish powershell zsh)' \
&& ret=0
;;
(man)
_arguments "${_arguments_options[@]}" : \
'--format=[For people, or JSON lines for programs; \`run\` and \`check\` also have JUnit'\''s XML, and \`fuzz\` writes it to a file]:FORMAT:(text json junit)' \
'--way=[How a seed'\''s faults are chosen\: swarm, medium, heavy, crashes, walk, stories, attacks, turns, ambush, ranks, moves, portfolio]:WAY:_default' \
'--sabotage=[Lets the hosts cheat, to see what a failure looks like\: answers-too-soon, forgets-to-recover, never-resends, …]:SABOTAGE:_default' \
'--durability=[Whether replicas have disks, whatever a seed says\: memory, disk]:DURABILITY:_default' \
'--color=[When to use colours]:COLOR:(auto always never)' \
'--quiet[Says nothing but results]' \
'--beyond[Lets clocks run further off than the group is told\: what it promises does not hold, and reads under a lease may be old]' \
'--no-config[Takes nothing from \`vsr-sim.toml\`]' \
'-h[Print help]' \
'--help[Print help]' \
':folder -- The folder:_files' \
&& ret=0
;;
(help)
_arguments "${_arguments_options[@]}" : \
":: :_vsr-sim__subcmd__help_commands" \
"*::: :->help" \
&& ret=0

    case $state in
    (help)
        words=($line[1] "${words[@]}")
        (( CURRENT += 1 ))
        curcontext="${curcontext%:*:*}:vsr-sim-help-command-$line[1]:"
        case $line[1] in
            (run)
_arguments "${_arguments_options[@]}" : \
&& ret=0
;;
(fuzz)
_arguments "${_arguments_options[@]}" : \
&& ret=0
;;
(check)
_arguments "${_arguments_options[@]}" : \
&& ret=0
;;
(scenario)
_arguments "${_arguments_options[@]}" : \
&& ret=0
;;
(trace)
_arguments "${_arguments_options[@]}" : \
&& ret=0
;;
(debug)
_arguments "${_arguments_options[@]}" : \
&& ret=0
;;
(report)
_arguments "${_arguments_options[@]}" : \
&& ret=0
;;
(shrink)
_arguments "${_arguments_options[@]}" : \
&& ret=0
;;
(explain)
_arguments "${_arguments_options[@]}" : \
&& ret=0
;;
(explore)
_arguments "${_arguments_options[@]}" : \
&& ret=0
;;
(merge)
_arguments "${_arguments_options[@]}" : \
&& ret=0
;;
(selftest)
_arguments "${_arguments_options[@]}" : \
&& ret=0
;;
(schema)
_arguments "${_arguments_options[@]}" : \
&& ret=0
;;
(completions)
_arguments "${_arguments_options[@]}" : \
&& ret=0
;;
(man)
_arguments "${_arguments_options[@]}" : \
&& ret=0
;;
(help)
_arguments "${_arguments_options[@]}" : \
&& ret=0
;;
        esac
    ;;
esac
;;
        esac
    ;;
esac
}

(( $+functions[_vsr-sim_commands] )) ||
_vsr-sim_commands() {
    local commands; commands=(
'run:Runs scenario files and compares what comes out with what they expect' \
'fuzz:Runs many seeds' \
'check:Judges histories that others have recorded\: is there an order that explains them?' \
'scenario:Prints the scenario that a seed, or what \`cargo fuzz\` found, stands for' \
'trace:Prints what happens in a run, a line each, or writes it for Perfetto or ShiViz' \
'debug:Goes through a run on the terminal\: forwards and back, to a time or a mark' \
'report:Draws a run as a page for browsers\: who said what to whom, and who believed what' \
'shrink:Makes a failure small\: the least scenario that fails in the same way' \
'explain:Tells the story of a run that fails, or what a code means' \
'explore:Looks at every run of a small group in which little goes wrong' \
'merge:Joins the results of shards' \
'selftest:Lets broken systems loose\: each must be caught, or the simulator is blind' \
'schema:Prints what scenario files look like, as a JSON schema\: editors complete and check by it' \
'completions:Prints what makes a shell complete words\: bash, zsh, fish, elvish, powershell' \
'man:Writes manual pages, one for each command' \
'help:Print this message or the help of the given subcommand(s)' \
    )
    _describe -t commands 'vsr-sim commands' commands "$@"
}
(( $+functions[_vsr-sim__subcmd__check_commands] )) ||
_vsr-sim__subcmd__check_commands() {
    local commands; commands=()
    _describe -t commands 'vsr-sim check commands' commands "$@"
}
(( $+functions[_vsr-sim__subcmd__completions_commands] )) ||
_vsr-sim__subcmd__completions_commands() {
    local commands; commands=()
    _describe -t commands 'vsr-sim completions commands' commands "$@"
}
(( $+functions[_vsr-sim__subcmd__debug_commands] )) ||
_vsr-sim__subcmd__debug_commands() {
    local commands; commands=()
    _describe -t commands 'vsr-sim debug commands' commands "$@"
}
(( $+functions[_vsr-sim__subcmd__explain_commands] )) ||
_vsr-sim__subcmd__explain_commands() {
    local commands; commands=()
    _describe -t commands 'vsr-sim explain commands' commands "$@"
}
(( $+functions[_vsr-sim__subcmd__explore_commands] )) ||
_vsr-sim__subcmd__explore_commands() {
    local commands; commands=()
    _describe -t commands 'vsr-sim explore commands' commands "$@"
}
(( $+functions[_vsr-sim__subcmd__fuzz_commands] )) ||
_vsr-sim__subcmd__fuzz_commands() {
    local commands; commands=()
    _describe -t commands 'vsr-sim fuzz commands' commands "$@"
}
(( $+functions[_vsr-sim__subcmd__help_commands] )) ||
_vsr-sim__subcmd__help_commands() {
    local commands; commands=(
'run:Runs scenario files and compares what comes out with what they expect' \
'fuzz:Runs many seeds' \
'check:Judges histories that others have recorded\: is there an order that explains them?' \
'scenario:Prints the scenario that a seed, or what \`cargo fuzz\` found, stands for' \
'trace:Prints what happens in a run, a line each, or writes it for Perfetto or ShiViz' \
'debug:Goes through a run on the terminal\: forwards and back, to a time or a mark' \
'report:Draws a run as a page for browsers\: who said what to whom, and who believed what' \
'shrink:Makes a failure small\: the least scenario that fails in the same way' \
'explain:Tells the story of a run that fails, or what a code means' \
'explore:Looks at every run of a small group in which little goes wrong' \
'merge:Joins the results of shards' \
'selftest:Lets broken systems loose\: each must be caught, or the simulator is blind' \
'schema:Prints what scenario files look like, as a JSON schema\: editors complete and check by it' \
'completions:Prints what makes a shell complete words\: bash, zsh, fish, elvish, powershell' \
'man:Writes manual pages, one for each command' \
'help:Print this message or the help of the given subcommand(s)' \
    )
    _describe -t commands 'vsr-sim help commands' commands "$@"
}
(( $+functions[_vsr-sim__subcmd__help__subcmd__check_commands] )) ||
_vsr-sim__subcmd__help__subcmd__check_commands() {
    local commands; commands=()
    _describe -t commands 'vsr-sim help check commands' commands "$@"
}
(( $+functions[_vsr-sim__subcmd__help__subcmd__completions_commands] )) ||
_vsr-sim__subcmd__help__subcmd__completions_commands() {
    local commands; commands=()
    _describe -t commands 'vsr-sim help completions commands' commands "$@"
}
(( $+functions[_vsr-sim__subcmd__help__subcmd__debug_commands] )) ||
_vsr-sim__subcmd__help__subcmd__debug_commands() {
    local commands; commands=()
    _describe -t commands 'vsr-sim help debug commands' commands "$@"
}
(( $+functions[_vsr-sim__subcmd__help__subcmd__explain_commands] )) ||
_vsr-sim__subcmd__help__subcmd__explain_commands() {
    local commands; commands=()
    _describe -t commands 'vsr-sim help explain commands' commands "$@"
}
(( $+functions[_vsr-sim__subcmd__help__subcmd__explore_commands] )) ||
_vsr-sim__subcmd__help__subcmd__explore_commands() {
    local commands; commands=()
    _describe -t commands 'vsr-sim help explore commands' commands "$@"
}
(( $+functions[_vsr-sim__subcmd__help__subcmd__fuzz_commands] )) ||
_vsr-sim__subcmd__help__subcmd__fuzz_commands() {
    local commands; commands=()
    _describe -t commands 'vsr-sim help fuzz commands' commands "$@"
}
(( $+functions[_vsr-sim__subcmd__help__subcmd__help_commands] )) ||
_vsr-sim__subcmd__help__subcmd__help_commands() {
    local commands; commands=()
    _describe -t commands 'vsr-sim help help commands' commands "$@"
}
(( $+functions[_vsr-sim__subcmd__help__subcmd__man_commands] )) ||
_vsr-sim__subcmd__help__subcmd__man_commands() {
    local commands; commands=()
    _describe -t commands 'vsr-sim help man commands' commands "$@"
}
(( $+functions[_vsr-sim__subcmd__help__subcmd__merge_commands] )) ||
_vsr-sim__subcmd__help__subcmd__merge_commands() {
    local commands; commands=()
    _describe -t commands 'vsr-sim help merge commands' commands "$@"
}
(( $+functions[_vsr-sim__subcmd__help__subcmd__report_commands] )) ||
_vsr-sim__subcmd__help__subcmd__report_commands() {
    local commands; commands=()
    _describe -t commands 'vsr-sim help report commands' commands "$@"
}
(( $+functions[_vsr-sim__subcmd__help__subcmd__run_commands] )) ||
_vsr-sim__subcmd__help__subcmd__run_commands() {
    local commands; commands=()
    _describe -t commands 'vsr-sim help run commands' commands "$@"
}
(( $+functions[_vsr-sim__subcmd__help__subcmd__scenario_commands] )) ||
_vsr-sim__subcmd__help__subcmd__scenario_commands() {
    local commands; commands=()
    _describe -t commands 'vsr-sim help scenario commands' commands "$@"
}
(( $+functions[_vsr-sim__subcmd__help__subcmd__schema_commands] )) ||
_vsr-sim__subcmd__help__subcmd__schema_commands() {
    local commands; commands=()
    _describe -t commands 'vsr-sim help schema commands' commands "$@"
}
(( $+functions[_vsr-sim__subcmd__help__subcmd__selftest_commands] )) ||
_vsr-sim__subcmd__help__subcmd__selftest_commands() {
    local commands; commands=()
    _describe -t commands 'vsr-sim help selftest commands' commands "$@"
}
(( $+functions[_vsr-sim__subcmd__help__subcmd__shrink_commands] )) ||
_vsr-sim__subcmd__help__subcmd__shrink_commands() {
    local commands; commands=()
    _describe -t commands 'vsr-sim help shrink commands' commands "$@"
}
(( $+functions[_vsr-sim__subcmd__help__subcmd__trace_commands] )) ||
_vsr-sim__subcmd__help__subcmd__trace_commands() {
    local commands; commands=()
    _describe -t commands 'vsr-sim help trace commands' commands "$@"
}
(( $+functions[_vsr-sim__subcmd__man_commands] )) ||
_vsr-sim__subcmd__man_commands() {
    local commands; commands=()
    _describe -t commands 'vsr-sim man commands' commands "$@"
}
(( $+functions[_vsr-sim__subcmd__merge_commands] )) ||
_vsr-sim__subcmd__merge_commands() {
    local commands; commands=()
    _describe -t commands 'vsr-sim merge commands' commands "$@"
}
(( $+functions[_vsr-sim__subcmd__report_commands] )) ||
_vsr-sim__subcmd__report_commands() {
    local commands; commands=()
    _describe -t commands 'vsr-sim report commands' commands "$@"
}
(( $+functions[_vsr-sim__subcmd__run_commands] )) ||
_vsr-sim__subcmd__run_commands() {
    local commands; commands=()
    _describe -t commands 'vsr-sim run commands' commands "$@"
}
(( $+functions[_vsr-sim__subcmd__scenario_commands] )) ||
_vsr-sim__subcmd__scenario_commands() {
    local commands; commands=()
    _describe -t commands 'vsr-sim scenario commands' commands "$@"
}
(( $+functions[_vsr-sim__subcmd__schema_commands] )) ||
_vsr-sim__subcmd__schema_commands() {
    local commands; commands=()
    _describe -t commands 'vsr-sim schema commands' commands "$@"
}
(( $+functions[_vsr-sim__subcmd__selftest_commands] )) ||
_vsr-sim__subcmd__selftest_commands() {
    local commands; commands=()
    _describe -t commands 'vsr-sim selftest commands' commands "$@"
}
(( $+functions[_vsr-sim__subcmd__shrink_commands] )) ||
_vsr-sim__subcmd__shrink_commands() {
    local commands; commands=()
    _describe -t commands 'vsr-sim shrink commands' commands "$@"
}
(( $+functions[_vsr-sim__subcmd__trace_commands] )) ||
_vsr-sim__subcmd__trace_commands() {
    local commands; commands=()
    _describe -t commands 'vsr-sim trace commands' commands "$@"
}

if [ "$funcstack[1]" = "_vsr-sim" ]; then
    _vsr-sim "$@"
else
    compdef _vsr-sim vsr-sim
fi
