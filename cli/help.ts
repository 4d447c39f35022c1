export const help = `Komfrem shows, before it reaches a municipality, whether an integration loses, drops or silently expires a message, and
whether a sender sees that nobody has read it.

komfrem run [scenario…]    Runs scenarios against a system under test and judges what was seen.
  --integration <what>     A module (./mine.ts), or one that we ship (correct/store-then-receipt); may be repeated.
                           A module whose default export is a sender is run in the scenarios for senders.
                           Default: every sound design that we ship.
                           A program of any kind: ./komfrem.config.ts says how it is started (docs/live.md).
  --upgrade-to <what>      Its next version, a module or one that we ship: started on the same store where a scenario
                           upgrades. Default: the same module again.
  --channel <name>         What it serves: fiks-io, altinn-correspondence, altinn-dispatch; may be repeated.
                           Default: what a config says, fiks-io for an integration of your own or all that a
                           scenario named here needs, all channels else.
  --only <text>            Only scenarios whose id contains the text; may be repeated.
  --seed <n>               Seed of everything drawn. Default 1.
  --seeds <n>              So many seeds, from --seed on.
  --profile strict         Registration must come before a business receipt.
  --world simulated|live   In memory with virtual time (default), or over sockets against a process.
  --workers <n>            Runs at once. Default: one a core; one over sockets, six on a clock of their own.
  --out <folder>           Where ledgers, scenarios, report.json and junit.xml go. Default komfrem-out.
  --junit <file>           JUnit XML, besides the one in the folder.
  --json                   The report (komfrem.report/v1) on standard output, nothing else there.
  --lang en|nb             Language of the report. Default en.
  --list                   Lists scenarios and the systems that we ship, and ends.
komfrem showcase           Four sound systems over all scenarios, and the two that failed in 2023.
komfrem tell [scenario…]   Tells scenarios in plain sentences (--lang en|nb).
komfrem fuzz               Draws scenarios, finds what a system fails, and shows the smallest story of it (docs/explore.md).
  --budget 5s|10m|8h       How long; default 60s, or budgets in its config. --runs <n>: so many instead, or besides. --first: until a finding.
  --shard <i>/<n>          One of n equal parts of the same campaign.
  --regressions <folder>   Where findings are kept, and replayed from first. Default komfrem-regressions.
  --integration, --upgrade-to, --channel, --seed, --profile, --world, --workers, --out, --json, --lang as for run.
komfrem sweep [scenario…]  Breaks every boundary of a clean run in every way; without a scenario a few messages.
  --budget, --pairs        How long (default 10m, or budgets in its config); two faults in a run once all single ones are done.
  --only <text>            Only boundaries that contain the text. --estimate: how many runs, and how long, and end.
  --names                  Names everything. --json: komfrem.sweep/v1; --junit <file>: a testcase a boundary.
  --integration, --upgrade-to, --channel, --seed, --profile, --world, --workers, --regressions as for fuzz.
komfrem replay <file…>     Performs regressions again, from their files alone: FIXED, FAILED, FLAKY or STALE.
  --integration <what>     Another system than the file names; a plain scenario names none.
  --seed, --profile        Instead of the file's. --world, --out, --json, --lang as for run.
komfrem merge <file…>      Puts the shards of a fuzzing campaign together, in any order, as if it had been one.
  --out <file>             Where the campaign goes (komfrem.campaign/v1). --json prints it.
komfrem doctor             Whether all that a verdict rests on is connected, link by link; 2 if something is not.
  --integration <what>     A module or a config. --channel, --world as for run.
komfrem contract record    What a system exchanges in scenarios, as a Pact file with shapes in place of values (docs/contracts.md).
  --integration <what>     A module or a config. [scenario…] --out <file>; --party <name>: only what is with this party.
komfrem contract ours      Writes the contracts of our sound designs. --check: are those that are shipped current?
  --out <folder>           Another folder than that of those that are shipped.
komfrem contract verify    Holds a case system's intake to our contract: --provider <url>.
  --pact <file>            Another contract. --states <url>: who sets provider states. --token-file <path>.
komfrem contract publish <file…>, fetch   To and from a Pact Broker: --broker <url> --token-file <path>, --version <v>,
                           --provider <name>, --out <folder>.
komfrem contract may-meet  Whether a version may meet another, as a broker knows: --of <name>@<v> --with <name>@<v>.
komfrem contract diff <old> <new>  What two descriptions differ in: breaking, risky or safe, for consumer and provider.
komfrem init [folder]      Writes a config, a scenario, a test and CI files; never overwrites.
  --role integration|sender  What it does; default integration.
  --channel <name>         As for run; default fiks-io. --command <text>: how your program is started.
  --ci github|gitlab|azure|none  Default github.
komfrem receiver           The receiver by itself, over HTTP on loopback, until it is ended (docs/live.md).
  --store <where>          sqlite:<file> (default sqlite:komfrem-receiver.sqlite), postgres://…, or memory.
  --port <n>               Default: one that is free; its address is the first line.
  --api-key <key>          Default: KOMFREM_RECEIVER_API_KEY, else one is drawn.
  --strain <how>           slow, queues, overloaded, locked or full, for as long as it stands; may be repeated.
komfrem host <module>      Runs an integration as a process, from KOMFREM_ENDPOINTS.

Exit codes: 0 passed · 1 failed · 2 inconclusive · 3 the harness could not do its job.`;
