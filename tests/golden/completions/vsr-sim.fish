# Print an optspec for argparse to handle cmd's options that are independent of any subcommand.
function __fish_vsr_sim_global_optspecs
    string join \n seed= format= quiet way= sabotage= durability= beyond color= no-config h/help V/version
end

function __fish_vsr_sim_needs_command
    # Figure out if the current invocation already has a command.
    set -l cmd (commandline -opc)
    set -e cmd[1]
    argparse -s (__fish_vsr_sim_global_optspecs) -- $cmd 2>/dev/null
    or return
    if set -q argv[1]
        # Also print the command, so this can be used to figure out what it is.
        echo $argv[1]
        return 1
    end
    return 0
end

function __fish_vsr_sim_using_subcommand
    set -l cmd (__fish_vsr_sim_needs_command)
    test -z "$cmd"
    and return 1
    contains -- $cmd[1] $argv
end

complete -c vsr-sim -n "__fish_vsr_sim_needs_command" -l seed -d 'The seed to run: a number (42, 1_000, 0xd1ce) or a commit; picked where it is missing' -r
complete -c vsr-sim -n "__fish_vsr_sim_needs_command" -l format -d 'For people, or JSON lines for programs; `run` and `check` also have JUnit\'s XML, and `fuzz` writes it to a file' -r -f -a "text\t''
json\t''
junit\t''"
complete -c vsr-sim -n "__fish_vsr_sim_needs_command" -l way -d 'How a seed\'s faults are chosen: swarm, medium, heavy, crashes, walk, stories, attacks, turns, ambush, ranks, moves, portfolio' -r
complete -c vsr-sim -n "__fish_vsr_sim_needs_command" -l sabotage -d 'Lets the hosts cheat, to see what a failure looks like: answers-too-soon, forgets-to-recover, never-resends, …' -r
complete -c vsr-sim -n "__fish_vsr_sim_needs_command" -l durability -d 'Whether replicas have disks, whatever a seed says: memory, disk' -r
complete -c vsr-sim -n "__fish_vsr_sim_needs_command" -l color -d 'When to use colours' -r -f -a "auto\t''
always\t''
never\t''"
complete -c vsr-sim -n "__fish_vsr_sim_needs_command" -l quiet -d 'Says nothing but results'
complete -c vsr-sim -n "__fish_vsr_sim_needs_command" -l beyond -d 'Lets clocks run further off than the group is told: what it promises does not hold, and reads under a lease may be old'
complete -c vsr-sim -n "__fish_vsr_sim_needs_command" -l no-config -d 'Takes nothing from `vsr-sim.toml`'
complete -c vsr-sim -n "__fish_vsr_sim_needs_command" -s h -l help -d 'Print help'
complete -c vsr-sim -n "__fish_vsr_sim_needs_command" -s V -l version -d 'Print version'
complete -c vsr-sim -n "__fish_vsr_sim_needs_command" -f -a "run" -d 'Runs scenario files and compares what comes out with what they expect'
complete -c vsr-sim -n "__fish_vsr_sim_needs_command" -f -a "fuzz" -d 'Runs many seeds'
complete -c vsr-sim -n "__fish_vsr_sim_needs_command" -f -a "check" -d 'Judges histories that others have recorded: is there an order that explains them?'
complete -c vsr-sim -n "__fish_vsr_sim_needs_command" -f -a "scenario" -d 'Prints the scenario that a seed, or what `cargo fuzz` found, stands for'
complete -c vsr-sim -n "__fish_vsr_sim_needs_command" -f -a "trace" -d 'Prints what happens in a run, a line each, or writes it for Perfetto or ShiViz'
complete -c vsr-sim -n "__fish_vsr_sim_needs_command" -f -a "debug" -d 'Goes through a run on the terminal: forwards and back, to a time or a mark'
complete -c vsr-sim -n "__fish_vsr_sim_needs_command" -f -a "report" -d 'Draws a run as a page for browsers: who said what to whom, and who believed what'
complete -c vsr-sim -n "__fish_vsr_sim_needs_command" -f -a "shrink" -d 'Makes a failure small: the least scenario that fails in the same way'
complete -c vsr-sim -n "__fish_vsr_sim_needs_command" -f -a "explain" -d 'Tells the story of a run that fails, or what a code means'
complete -c vsr-sim -n "__fish_vsr_sim_needs_command" -f -a "explore" -d 'Looks at every run of a small group in which little goes wrong'
complete -c vsr-sim -n "__fish_vsr_sim_needs_command" -f -a "merge" -d 'Joins the results of shards'
complete -c vsr-sim -n "__fish_vsr_sim_needs_command" -f -a "selftest" -d 'Lets broken systems loose: each must be caught, or the simulator is blind'
complete -c vsr-sim -n "__fish_vsr_sim_needs_command" -f -a "schema" -d 'Prints what scenario files look like, as a JSON schema: editors complete and check by it'
complete -c vsr-sim -n "__fish_vsr_sim_needs_command" -f -a "completions" -d 'Prints what makes a shell complete words: bash, zsh, fish, elvish, powershell'
complete -c vsr-sim -n "__fish_vsr_sim_needs_command" -f -a "man" -d 'Writes manual pages, one for each command'
complete -c vsr-sim -n "__fish_vsr_sim_needs_command" -f -a "help" -d 'Print this message or the help of the given subcommand(s)'
complete -c vsr-sim -n "__fish_vsr_sim_using_subcommand run" -l history -d 'Writes what the clients of the one scenario saw, as JSON lines: `check` reads them. Reads that may be old are left out' -r -F
complete -c vsr-sim -n "__fish_vsr_sim_using_subcommand run" -l format -d 'For people, or JSON lines for programs; `run` and `check` also have JUnit\'s XML, and `fuzz` writes it to a file' -r -f -a "text\t''
json\t''
junit\t''"
complete -c vsr-sim -n "__fish_vsr_sim_using_subcommand run" -l way -d 'How a seed\'s faults are chosen: swarm, medium, heavy, crashes, walk, stories, attacks, turns, ambush, ranks, moves, portfolio' -r
complete -c vsr-sim -n "__fish_vsr_sim_using_subcommand run" -l sabotage -d 'Lets the hosts cheat, to see what a failure looks like: answers-too-soon, forgets-to-recover, never-resends, …' -r
complete -c vsr-sim -n "__fish_vsr_sim_using_subcommand run" -l durability -d 'Whether replicas have disks, whatever a seed says: memory, disk' -r
complete -c vsr-sim -n "__fish_vsr_sim_using_subcommand run" -l color -d 'When to use colours' -r -f -a "auto\t''
always\t''
never\t''"
complete -c vsr-sim -n "__fish_vsr_sim_using_subcommand run" -l quiet -d 'Says nothing but results'
complete -c vsr-sim -n "__fish_vsr_sim_using_subcommand run" -l beyond -d 'Lets clocks run further off than the group is told: what it promises does not hold, and reads under a lease may be old'
complete -c vsr-sim -n "__fish_vsr_sim_using_subcommand run" -l no-config -d 'Takes nothing from `vsr-sim.toml`'
complete -c vsr-sim -n "__fish_vsr_sim_using_subcommand run" -s h -l help -d 'Print help'
complete -c vsr-sim -n "__fish_vsr_sim_using_subcommand fuzz" -l seeds -d 'The seeds to run, the second one excluded: 0..1000, or 0.. without an end. Where it is missing, from a seed that nobody has run before, without an end' -r
complete -c vsr-sim -n "__fish_vsr_sim_using_subcommand fuzz" -l time -d 'Begins no more runs after that long: 30s, 10min, 8h' -r
complete -c vsr-sim -n "__fish_vsr_sim_using_subcommand fuzz" -l jobs -d 'How many runs at a time; each stays on one thread. All cores where it is missing' -r
complete -c vsr-sim -n "__fish_vsr_sim_using_subcommand fuzz" -l shard -d 'Runs one share of the seeds: 2/4 is the second of four; auto is what the environment says (Slurm, AWS Batch, GitLab, Buildkite, CircleCI), auto/20 where that has an index and no number (Kubernetes)' -r
complete -c vsr-sim -n "__fish_vsr_sim_using_subcommand fuzz" -l max-failures -d 'After how many failures to stop: a number, or all to go on whatever happens' -r
complete -c vsr-sim -n "__fish_vsr_sim_using_subcommand fuzz" -l timeout-per-seed -d 'After how long to give a seed up' -r
complete -c vsr-sim -n "__fish_vsr_sim_using_subcommand fuzz" -l check-determinism -d 'How many of the seeds to run twice; both must come to one hash' -r
complete -c vsr-sim -n "__fish_vsr_sim_using_subcommand fuzz" -l shares -d 'How a portfolio\'s seeds are shared out among its ways: by fixed shares, or by shares that shift to the ways that still find something new. They shift where nothing is said, but not in a shard, which does not know what the others have found' -r -f -a "fixed\t'As where nothing is known'
shifting\t'More and more to those that find something new'"
complete -c vsr-sim -n "__fish_vsr_sim_using_subcommand fuzz" -l results -d 'Keeps results in that file as they come, and goes on where it ends if it is there' -r -F
complete -c vsr-sim -n "__fish_vsr_sim_using_subcommand fuzz" -l failures -d 'The folder for scenarios that show what failed' -r -F
complete -c vsr-sim -n "__fish_vsr_sim_using_subcommand fuzz" -l shrink -d 'How long to shrink each kind of failure; 0s leaves them as they are' -r
complete -c vsr-sim -n "__fish_vsr_sim_using_subcommand fuzz" -l junit -d 'Writes the results as JUnit\'s XML' -r -F
complete -c vsr-sim -n "__fish_vsr_sim_using_subcommand fuzz" -l summary -d 'Writes a page of Markdown: what failed, what was reached, and when' -r -F
complete -c vsr-sim -n "__fish_vsr_sim_using_subcommand fuzz" -l format -d 'For people, or JSON lines for programs; `run` and `check` also have JUnit\'s XML, and `fuzz` writes it to a file' -r -f -a "text\t''
json\t''
junit\t''"
complete -c vsr-sim -n "__fish_vsr_sim_using_subcommand fuzz" -l way -d 'How a seed\'s faults are chosen: swarm, medium, heavy, crashes, walk, stories, attacks, turns, ambush, ranks, moves, portfolio' -r
complete -c vsr-sim -n "__fish_vsr_sim_using_subcommand fuzz" -l sabotage -d 'Lets the hosts cheat, to see what a failure looks like: answers-too-soon, forgets-to-recover, never-resends, …' -r
complete -c vsr-sim -n "__fish_vsr_sim_using_subcommand fuzz" -l durability -d 'Whether replicas have disks, whatever a seed says: memory, disk' -r
complete -c vsr-sim -n "__fish_vsr_sim_using_subcommand fuzz" -l color -d 'When to use colours' -r -f -a "auto\t''
always\t''
never\t''"
complete -c vsr-sim -n "__fish_vsr_sim_using_subcommand fuzz" -l all-marks -d 'Fails when not every mark was reached: a campaign that gets nowhere finds nothing'
complete -c vsr-sim -n "__fish_vsr_sim_using_subcommand fuzz" -l github -d 'Prints annotations for GitHub Actions, and adds the page to the step\'s summary'
complete -c vsr-sim -n "__fish_vsr_sim_using_subcommand fuzz" -l quiet -d 'Says nothing but results'
complete -c vsr-sim -n "__fish_vsr_sim_using_subcommand fuzz" -l beyond -d 'Lets clocks run further off than the group is told: what it promises does not hold, and reads under a lease may be old'
complete -c vsr-sim -n "__fish_vsr_sim_using_subcommand fuzz" -l no-config -d 'Takes nothing from `vsr-sim.toml`'
complete -c vsr-sim -n "__fish_vsr_sim_using_subcommand fuzz" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c vsr-sim -n "__fish_vsr_sim_using_subcommand check" -l semantics -d 'By whose rules: ours, knossos, porcupine-etcd, porcupine-kv. What a file looks like where it is missing' -r
complete -c vsr-sim -n "__fish_vsr_sim_using_subcommand check" -l model -d 'As what: register, kv, counter, set, queue, stack, priority-queue, lock, transactions, clock, lottery. What its functions are where it is missing' -r
complete -c vsr-sim -n "__fish_vsr_sim_using_subcommand check" -l key -d 'Judges the operations of that key only' -r
complete -c vsr-sim -n "__fish_vsr_sim_using_subcommand check" -l guarantee -d 'What is good enough: linearizable where it is missing, or sequential, stale=250ms, monotonic-reads, read-your-writes' -r
complete -c vsr-sim -n "__fish_vsr_sim_using_subcommand check" -l page -d 'Draws a history that has no explanation as a page for browsers' -r -F
complete -c vsr-sim -n "__fish_vsr_sim_using_subcommand check" -l steps -d 'After how many steps of a search to give a history up' -r
complete -c vsr-sim -n "__fish_vsr_sim_using_subcommand check" -l memory -d 'After how much memory of a search to give a history up: 512MiB, 2GB' -r
complete -c vsr-sim -n "__fish_vsr_sim_using_subcommand check" -l format -d 'For people, or JSON lines for programs; `run` and `check` also have JUnit\'s XML, and `fuzz` writes it to a file' -r -f -a "text\t''
json\t''
junit\t''"
complete -c vsr-sim -n "__fish_vsr_sim_using_subcommand check" -l way -d 'How a seed\'s faults are chosen: swarm, medium, heavy, crashes, walk, stories, attacks, turns, ambush, ranks, moves, portfolio' -r
complete -c vsr-sim -n "__fish_vsr_sim_using_subcommand check" -l sabotage -d 'Lets the hosts cheat, to see what a failure looks like: answers-too-soon, forgets-to-recover, never-resends, …' -r
complete -c vsr-sim -n "__fish_vsr_sim_using_subcommand check" -l durability -d 'Whether replicas have disks, whatever a seed says: memory, disk' -r
complete -c vsr-sim -n "__fish_vsr_sim_using_subcommand check" -l color -d 'When to use colours' -r -f -a "auto\t''
always\t''
never\t''"
complete -c vsr-sim -n "__fish_vsr_sim_using_subcommand check" -l quiet -d 'Says nothing but results'
complete -c vsr-sim -n "__fish_vsr_sim_using_subcommand check" -l beyond -d 'Lets clocks run further off than the group is told: what it promises does not hold, and reads under a lease may be old'
complete -c vsr-sim -n "__fish_vsr_sim_using_subcommand check" -l no-config -d 'Takes nothing from `vsr-sim.toml`'
complete -c vsr-sim -n "__fish_vsr_sim_using_subcommand check" -s h -l help -d 'Print help'
complete -c vsr-sim -n "__fish_vsr_sim_using_subcommand scenario" -l seed -d 'The seed' -r
complete -c vsr-sim -n "__fish_vsr_sim_using_subcommand scenario" -l bytes -d 'A file that the fuzz target `scenario` has left: an artefact, or one of its corpus' -r -F
complete -c vsr-sim -n "__fish_vsr_sim_using_subcommand scenario" -l format -d 'For people, or JSON lines for programs; `run` and `check` also have JUnit\'s XML, and `fuzz` writes it to a file' -r -f -a "text\t''
json\t''
junit\t''"
complete -c vsr-sim -n "__fish_vsr_sim_using_subcommand scenario" -l way -d 'How a seed\'s faults are chosen: swarm, medium, heavy, crashes, walk, stories, attacks, turns, ambush, ranks, moves, portfolio' -r
complete -c vsr-sim -n "__fish_vsr_sim_using_subcommand scenario" -l sabotage -d 'Lets the hosts cheat, to see what a failure looks like: answers-too-soon, forgets-to-recover, never-resends, …' -r
complete -c vsr-sim -n "__fish_vsr_sim_using_subcommand scenario" -l durability -d 'Whether replicas have disks, whatever a seed says: memory, disk' -r
complete -c vsr-sim -n "__fish_vsr_sim_using_subcommand scenario" -l color -d 'When to use colours' -r -f -a "auto\t''
always\t''
never\t''"
complete -c vsr-sim -n "__fish_vsr_sim_using_subcommand scenario" -l quiet -d 'Says nothing but results'
complete -c vsr-sim -n "__fish_vsr_sim_using_subcommand scenario" -l beyond -d 'Lets clocks run further off than the group is told: what it promises does not hold, and reads under a lease may be old'
complete -c vsr-sim -n "__fish_vsr_sim_using_subcommand scenario" -l no-config -d 'Takes nothing from `vsr-sim.toml`'
complete -c vsr-sim -n "__fish_vsr_sim_using_subcommand scenario" -s h -l help -d 'Print help'
complete -c vsr-sim -n "__fish_vsr_sim_using_subcommand trace" -l seed -d 'The run of that seed' -r
complete -c vsr-sim -n "__fish_vsr_sim_using_subcommand trace" -l process -l replica -d 'Tells what happens at that process only: r0, c1, admin. May be given several times' -r
complete -c vsr-sim -n "__fish_vsr_sim_using_subcommand trace" -l kind -d 'Tells messages of that kind only: PREPARE, STARTVIEW. May be given several times' -r
complete -c vsr-sim -n "__fish_vsr_sim_using_subcommand trace" -l from -d 'Leaves out what happened before: 1.2s, 300ms' -r
complete -c vsr-sim -n "__fish_vsr_sim_using_subcommand trace" -l to -d 'Leaves out what happened after that' -r
complete -c vsr-sim -n "__fish_vsr_sim_using_subcommand trace" -l as -d 'For programs, or the tools of others: json (as docs/traces.md has it), perfetto (ui.perfetto.dev, chrome://tracing), shiviz' -r
complete -c vsr-sim -n "__fish_vsr_sim_using_subcommand trace" -s o -l output -d 'The file to write; standard output where it is missing' -r -F
complete -c vsr-sim -n "__fish_vsr_sim_using_subcommand trace" -l format -d 'For people, or JSON lines for programs; `run` and `check` also have JUnit\'s XML, and `fuzz` writes it to a file' -r -f -a "text\t''
json\t''
junit\t''"
complete -c vsr-sim -n "__fish_vsr_sim_using_subcommand trace" -l way -d 'How a seed\'s faults are chosen: swarm, medium, heavy, crashes, walk, stories, attacks, turns, ambush, ranks, moves, portfolio' -r
complete -c vsr-sim -n "__fish_vsr_sim_using_subcommand trace" -l sabotage -d 'Lets the hosts cheat, to see what a failure looks like: answers-too-soon, forgets-to-recover, never-resends, …' -r
complete -c vsr-sim -n "__fish_vsr_sim_using_subcommand trace" -l durability -d 'Whether replicas have disks, whatever a seed says: memory, disk' -r
complete -c vsr-sim -n "__fish_vsr_sim_using_subcommand trace" -l color -d 'When to use colours' -r -f -a "auto\t''
always\t''
never\t''"
complete -c vsr-sim -n "__fish_vsr_sim_using_subcommand trace" -l quiet -d 'Says nothing but results'
complete -c vsr-sim -n "__fish_vsr_sim_using_subcommand trace" -l beyond -d 'Lets clocks run further off than the group is told: what it promises does not hold, and reads under a lease may be old'
complete -c vsr-sim -n "__fish_vsr_sim_using_subcommand trace" -l no-config -d 'Takes nothing from `vsr-sim.toml`'
complete -c vsr-sim -n "__fish_vsr_sim_using_subcommand trace" -s h -l help -d 'Print help'
complete -c vsr-sim -n "__fish_vsr_sim_using_subcommand debug" -l seed -d 'The run of that seed' -r
complete -c vsr-sim -n "__fish_vsr_sim_using_subcommand debug" -l format -d 'For people, or JSON lines for programs; `run` and `check` also have JUnit\'s XML, and `fuzz` writes it to a file' -r -f -a "text\t''
json\t''
junit\t''"
complete -c vsr-sim -n "__fish_vsr_sim_using_subcommand debug" -l way -d 'How a seed\'s faults are chosen: swarm, medium, heavy, crashes, walk, stories, attacks, turns, ambush, ranks, moves, portfolio' -r
complete -c vsr-sim -n "__fish_vsr_sim_using_subcommand debug" -l sabotage -d 'Lets the hosts cheat, to see what a failure looks like: answers-too-soon, forgets-to-recover, never-resends, …' -r
complete -c vsr-sim -n "__fish_vsr_sim_using_subcommand debug" -l durability -d 'Whether replicas have disks, whatever a seed says: memory, disk' -r
complete -c vsr-sim -n "__fish_vsr_sim_using_subcommand debug" -l color -d 'When to use colours' -r -f -a "auto\t''
always\t''
never\t''"
complete -c vsr-sim -n "__fish_vsr_sim_using_subcommand debug" -l quiet -d 'Says nothing but results'
complete -c vsr-sim -n "__fish_vsr_sim_using_subcommand debug" -l beyond -d 'Lets clocks run further off than the group is told: what it promises does not hold, and reads under a lease may be old'
complete -c vsr-sim -n "__fish_vsr_sim_using_subcommand debug" -l no-config -d 'Takes nothing from `vsr-sim.toml`'
complete -c vsr-sim -n "__fish_vsr_sim_using_subcommand debug" -s h -l help -d 'Print help'
complete -c vsr-sim -n "__fish_vsr_sim_using_subcommand report" -l seed -d 'The run of that seed' -r
complete -c vsr-sim -n "__fish_vsr_sim_using_subcommand report" -s o -l output -d 'The file to write; - is standard output' -r -F
complete -c vsr-sim -n "__fish_vsr_sim_using_subcommand report" -l from -d 'Leaves out what happened before: 1.2s, 300ms' -r
complete -c vsr-sim -n "__fish_vsr_sim_using_subcommand report" -l to -d 'Leaves out what happened after that' -r
complete -c vsr-sim -n "__fish_vsr_sim_using_subcommand report" -l format -d 'For people, or JSON lines for programs; `run` and `check` also have JUnit\'s XML, and `fuzz` writes it to a file' -r -f -a "text\t''
json\t''
junit\t''"
complete -c vsr-sim -n "__fish_vsr_sim_using_subcommand report" -l way -d 'How a seed\'s faults are chosen: swarm, medium, heavy, crashes, walk, stories, attacks, turns, ambush, ranks, moves, portfolio' -r
complete -c vsr-sim -n "__fish_vsr_sim_using_subcommand report" -l sabotage -d 'Lets the hosts cheat, to see what a failure looks like: answers-too-soon, forgets-to-recover, never-resends, …' -r
complete -c vsr-sim -n "__fish_vsr_sim_using_subcommand report" -l durability -d 'Whether replicas have disks, whatever a seed says: memory, disk' -r
complete -c vsr-sim -n "__fish_vsr_sim_using_subcommand report" -l color -d 'When to use colours' -r -f -a "auto\t''
always\t''
never\t''"
complete -c vsr-sim -n "__fish_vsr_sim_using_subcommand report" -l quiet -d 'Says nothing but results'
complete -c vsr-sim -n "__fish_vsr_sim_using_subcommand report" -l beyond -d 'Lets clocks run further off than the group is told: what it promises does not hold, and reads under a lease may be old'
complete -c vsr-sim -n "__fish_vsr_sim_using_subcommand report" -l no-config -d 'Takes nothing from `vsr-sim.toml`'
complete -c vsr-sim -n "__fish_vsr_sim_using_subcommand report" -s h -l help -d 'Print help'
complete -c vsr-sim -n "__fish_vsr_sim_using_subcommand shrink" -l seed -d 'The run of that seed' -r
complete -c vsr-sim -n "__fish_vsr_sim_using_subcommand shrink" -s o -l output -d 'The file to write the scenario to; standard output where it is missing' -r -F
complete -c vsr-sim -n "__fish_vsr_sim_using_subcommand shrink" -l jobs -d 'How many candidates to try at a time. What comes out does not depend on it' -r
complete -c vsr-sim -n "__fish_vsr_sim_using_subcommand shrink" -l time -d 'After how long to be content with what was reached: 30s, 10min' -r
complete -c vsr-sim -n "__fish_vsr_sim_using_subcommand shrink" -l format -d 'For people, or JSON lines for programs; `run` and `check` also have JUnit\'s XML, and `fuzz` writes it to a file' -r -f -a "text\t''
json\t''
junit\t''"
complete -c vsr-sim -n "__fish_vsr_sim_using_subcommand shrink" -l way -d 'How a seed\'s faults are chosen: swarm, medium, heavy, crashes, walk, stories, attacks, turns, ambush, ranks, moves, portfolio' -r
complete -c vsr-sim -n "__fish_vsr_sim_using_subcommand shrink" -l sabotage -d 'Lets the hosts cheat, to see what a failure looks like: answers-too-soon, forgets-to-recover, never-resends, …' -r
complete -c vsr-sim -n "__fish_vsr_sim_using_subcommand shrink" -l durability -d 'Whether replicas have disks, whatever a seed says: memory, disk' -r
complete -c vsr-sim -n "__fish_vsr_sim_using_subcommand shrink" -l color -d 'When to use colours' -r -f -a "auto\t''
always\t''
never\t''"
complete -c vsr-sim -n "__fish_vsr_sim_using_subcommand shrink" -l quiet -d 'Says nothing but results'
complete -c vsr-sim -n "__fish_vsr_sim_using_subcommand shrink" -l beyond -d 'Lets clocks run further off than the group is told: what it promises does not hold, and reads under a lease may be old'
complete -c vsr-sim -n "__fish_vsr_sim_using_subcommand shrink" -l no-config -d 'Takes nothing from `vsr-sim.toml`'
complete -c vsr-sim -n "__fish_vsr_sim_using_subcommand shrink" -s h -l help -d 'Print help'
complete -c vsr-sim -n "__fish_vsr_sim_using_subcommand explain" -l seed -d 'The run of that seed' -r
complete -c vsr-sim -n "__fish_vsr_sim_using_subcommand explain" -l branch -d 'Forks the run at so many events into many futures: where does the violation become likely?' -r
complete -c vsr-sim -n "__fish_vsr_sim_using_subcommand explain" -l format -d 'For people, or JSON lines for programs; `run` and `check` also have JUnit\'s XML, and `fuzz` writes it to a file' -r -f -a "text\t''
json\t''
junit\t''"
complete -c vsr-sim -n "__fish_vsr_sim_using_subcommand explain" -l way -d 'How a seed\'s faults are chosen: swarm, medium, heavy, crashes, walk, stories, attacks, turns, ambush, ranks, moves, portfolio' -r
complete -c vsr-sim -n "__fish_vsr_sim_using_subcommand explain" -l sabotage -d 'Lets the hosts cheat, to see what a failure looks like: answers-too-soon, forgets-to-recover, never-resends, …' -r
complete -c vsr-sim -n "__fish_vsr_sim_using_subcommand explain" -l durability -d 'Whether replicas have disks, whatever a seed says: memory, disk' -r
complete -c vsr-sim -n "__fish_vsr_sim_using_subcommand explain" -l color -d 'When to use colours' -r -f -a "auto\t''
always\t''
never\t''"
complete -c vsr-sim -n "__fish_vsr_sim_using_subcommand explain" -l quiet -d 'Says nothing but results'
complete -c vsr-sim -n "__fish_vsr_sim_using_subcommand explain" -l beyond -d 'Lets clocks run further off than the group is told: what it promises does not hold, and reads under a lease may be old'
complete -c vsr-sim -n "__fish_vsr_sim_using_subcommand explain" -l no-config -d 'Takes nothing from `vsr-sim.toml`'
complete -c vsr-sim -n "__fish_vsr_sim_using_subcommand explain" -s h -l help -d 'Print help'
complete -c vsr-sim -n "__fish_vsr_sim_using_subcommand explore" -l replicas -d 'How many replicas there are, whatever the file says' -r
complete -c vsr-sim -n "__fish_vsr_sim_using_subcommand explore" -l clients -d 'How many clients' -r
complete -c vsr-sim -n "__fish_vsr_sim_using_subcommand explore" -l operations -d 'How many operations they ask for, all together' -r
complete -c vsr-sim -n "__fish_vsr_sim_using_subcommand explore" -l deviations -d 'How much goes wrong at most, all together' -r
complete -c vsr-sim -n "__fish_vsr_sim_using_subcommand explore" -l crashes -d 'How many replicas crash at most; they start again whenever they like' -r
complete -c vsr-sim -n "__fish_vsr_sim_using_subcommand explore" -l timeouts -d 'How many timers go off at most by which somebody gives up on somebody, at any moment' -r
complete -c vsr-sim -n "__fish_vsr_sim_using_subcommand explore" -l resends -d 'How many timers go off at most by which something is said again, at any moment' -r
complete -c vsr-sim -n "__fish_vsr_sim_using_subcommand explore" -l late -d 'How many messages are late at most: they arrive at any moment, or never' -r
complete -c vsr-sim -n "__fish_vsr_sim_using_subcommand explore" -l copies -d 'How many messages come twice at most, the second time at any moment' -r
complete -c vsr-sim -n "__fish_vsr_sim_using_subcommand explore" -l deaf -d 'How many replicas hear nothing at most, for as long as they like' -r
complete -c vsr-sim -n "__fish_vsr_sim_using_subcommand explore" -l states-max -d 'After how many states to give up; a state takes 24 bytes' -r
complete -c vsr-sim -n "__fish_vsr_sim_using_subcommand explore" -l failures -d 'The folder for a scenario that shows what is wrong' -r -F
complete -c vsr-sim -n "__fish_vsr_sim_using_subcommand explore" -l shrink -d 'How long to shrink it; 0s leaves it as it is' -r
complete -c vsr-sim -n "__fish_vsr_sim_using_subcommand explore" -l format -d 'For people, or JSON lines for programs; `run` and `check` also have JUnit\'s XML, and `fuzz` writes it to a file' -r -f -a "text\t''
json\t''
junit\t''"
complete -c vsr-sim -n "__fish_vsr_sim_using_subcommand explore" -l way -d 'How a seed\'s faults are chosen: swarm, medium, heavy, crashes, walk, stories, attacks, turns, ambush, ranks, moves, portfolio' -r
complete -c vsr-sim -n "__fish_vsr_sim_using_subcommand explore" -l sabotage -d 'Lets the hosts cheat, to see what a failure looks like: answers-too-soon, forgets-to-recover, never-resends, …' -r
complete -c vsr-sim -n "__fish_vsr_sim_using_subcommand explore" -l durability -d 'Whether replicas have disks, whatever a seed says: memory, disk' -r
complete -c vsr-sim -n "__fish_vsr_sim_using_subcommand explore" -l color -d 'When to use colours' -r -f -a "auto\t''
always\t''
never\t''"
complete -c vsr-sim -n "__fish_vsr_sim_using_subcommand explore" -l quiet -d 'Says nothing but results'
complete -c vsr-sim -n "__fish_vsr_sim_using_subcommand explore" -l beyond -d 'Lets clocks run further off than the group is told: what it promises does not hold, and reads under a lease may be old'
complete -c vsr-sim -n "__fish_vsr_sim_using_subcommand explore" -l no-config -d 'Takes nothing from `vsr-sim.toml`'
complete -c vsr-sim -n "__fish_vsr_sim_using_subcommand explore" -s h -l help -d 'Print help'
complete -c vsr-sim -n "__fish_vsr_sim_using_subcommand merge" -l failures -d 'The folder for scenarios that show what failed' -r -F
complete -c vsr-sim -n "__fish_vsr_sim_using_subcommand merge" -l shrink -d 'How long to shrink each kind of failure; 0s leaves them as they are' -r
complete -c vsr-sim -n "__fish_vsr_sim_using_subcommand merge" -l junit -d 'Writes the results as JUnit\'s XML' -r -F
complete -c vsr-sim -n "__fish_vsr_sim_using_subcommand merge" -l summary -d 'Writes a page of Markdown: what failed, what was reached, and when' -r -F
complete -c vsr-sim -n "__fish_vsr_sim_using_subcommand merge" -l format -d 'For people, or JSON lines for programs; `run` and `check` also have JUnit\'s XML, and `fuzz` writes it to a file' -r -f -a "text\t''
json\t''
junit\t''"
complete -c vsr-sim -n "__fish_vsr_sim_using_subcommand merge" -l way -d 'How a seed\'s faults are chosen: swarm, medium, heavy, crashes, walk, stories, attacks, turns, ambush, ranks, moves, portfolio' -r
complete -c vsr-sim -n "__fish_vsr_sim_using_subcommand merge" -l sabotage -d 'Lets the hosts cheat, to see what a failure looks like: answers-too-soon, forgets-to-recover, never-resends, …' -r
complete -c vsr-sim -n "__fish_vsr_sim_using_subcommand merge" -l durability -d 'Whether replicas have disks, whatever a seed says: memory, disk' -r
complete -c vsr-sim -n "__fish_vsr_sim_using_subcommand merge" -l color -d 'When to use colours' -r -f -a "auto\t''
always\t''
never\t''"
complete -c vsr-sim -n "__fish_vsr_sim_using_subcommand merge" -l github -d 'Prints annotations for GitHub Actions, and adds the page to the step\'s summary'
complete -c vsr-sim -n "__fish_vsr_sim_using_subcommand merge" -l quiet -d 'Says nothing but results'
complete -c vsr-sim -n "__fish_vsr_sim_using_subcommand merge" -l beyond -d 'Lets clocks run further off than the group is told: what it promises does not hold, and reads under a lease may be old'
complete -c vsr-sim -n "__fish_vsr_sim_using_subcommand merge" -l no-config -d 'Takes nothing from `vsr-sim.toml`'
complete -c vsr-sim -n "__fish_vsr_sim_using_subcommand merge" -s h -l help -d 'Print help'
complete -c vsr-sim -n "__fish_vsr_sim_using_subcommand selftest" -l format -d 'For people, or JSON lines for programs; `run` and `check` also have JUnit\'s XML, and `fuzz` writes it to a file' -r -f -a "text\t''
json\t''
junit\t''"
complete -c vsr-sim -n "__fish_vsr_sim_using_subcommand selftest" -l way -d 'How a seed\'s faults are chosen: swarm, medium, heavy, crashes, walk, stories, attacks, turns, ambush, ranks, moves, portfolio' -r
complete -c vsr-sim -n "__fish_vsr_sim_using_subcommand selftest" -l sabotage -d 'Lets the hosts cheat, to see what a failure looks like: answers-too-soon, forgets-to-recover, never-resends, …' -r
complete -c vsr-sim -n "__fish_vsr_sim_using_subcommand selftest" -l durability -d 'Whether replicas have disks, whatever a seed says: memory, disk' -r
complete -c vsr-sim -n "__fish_vsr_sim_using_subcommand selftest" -l color -d 'When to use colours' -r -f -a "auto\t''
always\t''
never\t''"
complete -c vsr-sim -n "__fish_vsr_sim_using_subcommand selftest" -l quiet -d 'Says nothing but results'
complete -c vsr-sim -n "__fish_vsr_sim_using_subcommand selftest" -l beyond -d 'Lets clocks run further off than the group is told: what it promises does not hold, and reads under a lease may be old'
complete -c vsr-sim -n "__fish_vsr_sim_using_subcommand selftest" -l no-config -d 'Takes nothing from `vsr-sim.toml`'
complete -c vsr-sim -n "__fish_vsr_sim_using_subcommand selftest" -s h -l help -d 'Print help'
complete -c vsr-sim -n "__fish_vsr_sim_using_subcommand schema" -l format -d 'For people, or JSON lines for programs; `run` and `check` also have JUnit\'s XML, and `fuzz` writes it to a file' -r -f -a "text\t''
json\t''
junit\t''"
complete -c vsr-sim -n "__fish_vsr_sim_using_subcommand schema" -l way -d 'How a seed\'s faults are chosen: swarm, medium, heavy, crashes, walk, stories, attacks, turns, ambush, ranks, moves, portfolio' -r
complete -c vsr-sim -n "__fish_vsr_sim_using_subcommand schema" -l sabotage -d 'Lets the hosts cheat, to see what a failure looks like: answers-too-soon, forgets-to-recover, never-resends, …' -r
complete -c vsr-sim -n "__fish_vsr_sim_using_subcommand schema" -l durability -d 'Whether replicas have disks, whatever a seed says: memory, disk' -r
complete -c vsr-sim -n "__fish_vsr_sim_using_subcommand schema" -l color -d 'When to use colours' -r -f -a "auto\t''
always\t''
never\t''"
complete -c vsr-sim -n "__fish_vsr_sim_using_subcommand schema" -l quiet -d 'Says nothing but results'
complete -c vsr-sim -n "__fish_vsr_sim_using_subcommand schema" -l beyond -d 'Lets clocks run further off than the group is told: what it promises does not hold, and reads under a lease may be old'
complete -c vsr-sim -n "__fish_vsr_sim_using_subcommand schema" -l no-config -d 'Takes nothing from `vsr-sim.toml`'
complete -c vsr-sim -n "__fish_vsr_sim_using_subcommand schema" -s h -l help -d 'Print help'
complete -c vsr-sim -n "__fish_vsr_sim_using_subcommand completions" -l format -d 'For people, or JSON lines for programs; `run` and `check` also have JUnit\'s XML, and `fuzz` writes it to a file' -r -f -a "text\t''
json\t''
junit\t''"
complete -c vsr-sim -n "__fish_vsr_sim_using_subcommand completions" -l way -d 'How a seed\'s faults are chosen: swarm, medium, heavy, crashes, walk, stories, attacks, turns, ambush, ranks, moves, portfolio' -r
complete -c vsr-sim -n "__fish_vsr_sim_using_subcommand completions" -l sabotage -d 'Lets the hosts cheat, to see what a failure looks like: answers-too-soon, forgets-to-recover, never-resends, …' -r
complete -c vsr-sim -n "__fish_vsr_sim_using_subcommand completions" -l durability -d 'Whether replicas have disks, whatever a seed says: memory, disk' -r
complete -c vsr-sim -n "__fish_vsr_sim_using_subcommand completions" -l color -d 'When to use colours' -r -f -a "auto\t''
always\t''
never\t''"
complete -c vsr-sim -n "__fish_vsr_sim_using_subcommand completions" -l quiet -d 'Says nothing but results'
complete -c vsr-sim -n "__fish_vsr_sim_using_subcommand completions" -l beyond -d 'Lets clocks run further off than the group is told: what it promises does not hold, and reads under a lease may be old'
complete -c vsr-sim -n "__fish_vsr_sim_using_subcommand completions" -l no-config -d 'Takes nothing from `vsr-sim.toml`'
complete -c vsr-sim -n "__fish_vsr_sim_using_subcommand completions" -s h -l help -d 'Print help'
complete -c vsr-sim -n "__fish_vsr_sim_using_subcommand man" -l format -d 'For people, or JSON lines for programs; `run` and `check` also have JUnit\'s XML, and `fuzz` writes it to a file' -r -f -a "text\t''
json\t''
junit\t''"
complete -c vsr-sim -n "__fish_vsr_sim_using_subcommand man" -l way -d 'How a seed\'s faults are chosen: swarm, medium, heavy, crashes, walk, stories, attacks, turns, ambush, ranks, moves, portfolio' -r
complete -c vsr-sim -n "__fish_vsr_sim_using_subcommand man" -l sabotage -d 'Lets the hosts cheat, to see what a failure looks like: answers-too-soon, forgets-to-recover, never-resends, …' -r
complete -c vsr-sim -n "__fish_vsr_sim_using_subcommand man" -l durability -d 'Whether replicas have disks, whatever a seed says: memory, disk' -r
complete -c vsr-sim -n "__fish_vsr_sim_using_subcommand man" -l color -d 'When to use colours' -r -f -a "auto\t''
always\t''
never\t''"
complete -c vsr-sim -n "__fish_vsr_sim_using_subcommand man" -l quiet -d 'Says nothing but results'
complete -c vsr-sim -n "__fish_vsr_sim_using_subcommand man" -l beyond -d 'Lets clocks run further off than the group is told: what it promises does not hold, and reads under a lease may be old'
complete -c vsr-sim -n "__fish_vsr_sim_using_subcommand man" -l no-config -d 'Takes nothing from `vsr-sim.toml`'
complete -c vsr-sim -n "__fish_vsr_sim_using_subcommand man" -s h -l help -d 'Print help'
complete -c vsr-sim -n "__fish_vsr_sim_using_subcommand help; and not __fish_seen_subcommand_from run fuzz check scenario trace debug report shrink explain explore merge selftest schema completions man help" -f -a "run" -d 'Runs scenario files and compares what comes out with what they expect'
complete -c vsr-sim -n "__fish_vsr_sim_using_subcommand help; and not __fish_seen_subcommand_from run fuzz check scenario trace debug report shrink explain explore merge selftest schema completions man help" -f -a "fuzz" -d 'Runs many seeds'
complete -c vsr-sim -n "__fish_vsr_sim_using_subcommand help; and not __fish_seen_subcommand_from run fuzz check scenario trace debug report shrink explain explore merge selftest schema completions man help" -f -a "check" -d 'Judges histories that others have recorded: is there an order that explains them?'
complete -c vsr-sim -n "__fish_vsr_sim_using_subcommand help; and not __fish_seen_subcommand_from run fuzz check scenario trace debug report shrink explain explore merge selftest schema completions man help" -f -a "scenario" -d 'Prints the scenario that a seed, or what `cargo fuzz` found, stands for'
complete -c vsr-sim -n "__fish_vsr_sim_using_subcommand help; and not __fish_seen_subcommand_from run fuzz check scenario trace debug report shrink explain explore merge selftest schema completions man help" -f -a "trace" -d 'Prints what happens in a run, a line each, or writes it for Perfetto or ShiViz'
complete -c vsr-sim -n "__fish_vsr_sim_using_subcommand help; and not __fish_seen_subcommand_from run fuzz check scenario trace debug report shrink explain explore merge selftest schema completions man help" -f -a "debug" -d 'Goes through a run on the terminal: forwards and back, to a time or a mark'
complete -c vsr-sim -n "__fish_vsr_sim_using_subcommand help; and not __fish_seen_subcommand_from run fuzz check scenario trace debug report shrink explain explore merge selftest schema completions man help" -f -a "report" -d 'Draws a run as a page for browsers: who said what to whom, and who believed what'
complete -c vsr-sim -n "__fish_vsr_sim_using_subcommand help; and not __fish_seen_subcommand_from run fuzz check scenario trace debug report shrink explain explore merge selftest schema completions man help" -f -a "shrink" -d 'Makes a failure small: the least scenario that fails in the same way'
complete -c vsr-sim -n "__fish_vsr_sim_using_subcommand help; and not __fish_seen_subcommand_from run fuzz check scenario trace debug report shrink explain explore merge selftest schema completions man help" -f -a "explain" -d 'Tells the story of a run that fails, or what a code means'
complete -c vsr-sim -n "__fish_vsr_sim_using_subcommand help; and not __fish_seen_subcommand_from run fuzz check scenario trace debug report shrink explain explore merge selftest schema completions man help" -f -a "explore" -d 'Looks at every run of a small group in which little goes wrong'
complete -c vsr-sim -n "__fish_vsr_sim_using_subcommand help; and not __fish_seen_subcommand_from run fuzz check scenario trace debug report shrink explain explore merge selftest schema completions man help" -f -a "merge" -d 'Joins the results of shards'
complete -c vsr-sim -n "__fish_vsr_sim_using_subcommand help; and not __fish_seen_subcommand_from run fuzz check scenario trace debug report shrink explain explore merge selftest schema completions man help" -f -a "selftest" -d 'Lets broken systems loose: each must be caught, or the simulator is blind'
complete -c vsr-sim -n "__fish_vsr_sim_using_subcommand help; and not __fish_seen_subcommand_from run fuzz check scenario trace debug report shrink explain explore merge selftest schema completions man help" -f -a "schema" -d 'Prints what scenario files look like, as a JSON schema: editors complete and check by it'
complete -c vsr-sim -n "__fish_vsr_sim_using_subcommand help; and not __fish_seen_subcommand_from run fuzz check scenario trace debug report shrink explain explore merge selftest schema completions man help" -f -a "completions" -d 'Prints what makes a shell complete words: bash, zsh, fish, elvish, powershell'
complete -c vsr-sim -n "__fish_vsr_sim_using_subcommand help; and not __fish_seen_subcommand_from run fuzz check scenario trace debug report shrink explain explore merge selftest schema completions man help" -f -a "man" -d 'Writes manual pages, one for each command'
complete -c vsr-sim -n "__fish_vsr_sim_using_subcommand help; and not __fish_seen_subcommand_from run fuzz check scenario trace debug report shrink explain explore merge selftest schema completions man help" -f -a "help" -d 'Print this message or the help of the given subcommand(s)'
