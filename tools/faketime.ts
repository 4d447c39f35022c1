/**
 * `npx tsx tools/faketime.ts`: what follows when libfaketime moves the clock of a running program, by how the program waits.
 *
 * Each program waits for 15 minutes, again and again, and says so when it wakes; a second thread says what time it is
 * when asked. Its clock is moved on by 15 minutes, 48 times, each time once it has woken, or 100 ms after the last; in the
 * second round the program is stopped and continued after each.
 */
import { type ChildProcess, spawn, spawnSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { FakedClock, neededLibfaketime } from "../worlds/live/faked-clock.ts";

const moves = 48;
const quarterMs = 900_000;
const gapMs = 100;

const folder = mkdtempSync(join(tmpdir(), "komfrem-faketime-"));
const library = neededLibfaketime();

const node = (waits: string): string[] => [
  process.execPath,
  "-e",
  `process.stdin.on("data", () => console.log("now " + Date.now())); const woke = () => console.log("woke");
const next = require("node:timers/promises").setTimeout; ${waits}; console.log("started")`,
];
const python = (waits: string): string[] => [
  "python3",
  "-uc",
  `import asyncio, selectors, socket, sys, threading, time
def tell():
    for line in sys.stdin: print("now", int(time.time() * 1000))
threading.Thread(target=tell, daemon=True).start()
print("started")
${waits}`,
];
const java = (waits: string): string[] => ["java", "-cp", folder, "Waits", waits];
const waits = ["rate", "delay", "timer", "sleep", "latch"];
writeFileSync(
  join(folder, "Waits.java"),
  `import java.util.concurrent.*;
public class Waits {
  static void woke() { System.out.println("woke"); }
  public static void main(String[] given) throws Exception {
    var asked = new Thread(() -> {
      try { while (System.in.read() >= 0) System.out.println("now " + System.currentTimeMillis()); } catch (java.io.IOException gone) { }
    });
    asked.setDaemon(true);
    asked.start();
    System.out.println("started");
    switch (given[0]) {
      case "rate": Executors.newScheduledThreadPool(1).scheduleAtFixedRate(Waits::woke, 900, 900, TimeUnit.SECONDS); break;
      case "delay": Executors.newScheduledThreadPool(1).scheduleWithFixedDelay(Waits::woke, 900, 900, TimeUnit.SECONDS); break;
      case "timer": new java.util.Timer().schedule(new java.util.TimerTask() { public void run() { woke(); } }, 900000, 900000); break;
      case "sleep": while (true) { Thread.sleep(900000); woke(); }
      case "latch": while (true) { new CountDownLatch(1).await(900, TimeUnit.SECONDS); woke(); }
    }
  }
}`,
);
const hasJava = spawnSync("javac", ["-d", folder, join(folder, "Waits.java")]).status === 0;

const programs: readonly (readonly [string, readonly string[]])[] = [
  ["Node: setInterval", node("setInterval(woke, 900000)")],
  ["Node: timers/promises", node("(async () => { for (;;) { await next(900000); woke(); } })()")],
  [
    "Python: asyncio.sleep",
    python("async def go():\n  while True:\n    await asyncio.sleep(900); print('woke')\nasyncio.run(go())"),
  ],
  [
    "Python: selectors",
    python(
      "one, other = socket.socketpair(); them = selectors.DefaultSelector(); them.register(one, 1)\nwhile True: them.select(900); print('woke')",
    ),
  ],
  ["Python: time.sleep", python("while True: time.sleep(900); print('woke')")],
  ["Python: Event.wait", python("never = threading.Event()\nwhile True: never.wait(900); print('woke')")],
  ...(hasJava
    ? waits.map((one): [string, string[]] => [
        `Java: ${{ rate: "scheduleAtFixedRate", delay: "scheduleWithFixedDelay", timer: "Timer", sleep: "Thread.sleep", latch: "CountDownLatch.await" }[one]}`,
        java(one),
      ])
    : []),
];

/** How often a program woke, and whether the time that it tells has moved. */
async function measured(command: readonly string[], nudges: boolean): Promise<{ woke: number; moved: boolean }> {
  const [file = "", ...args] = command;
  const clock = new FakedClock(folder, library, process.env);
  let atMs = Date.now() + 86_400_000;
  clock.set(atMs);
  const program: ChildProcess = spawn(file, args, {
    detached: true,
    stdio: ["pipe", "pipe", "inherit"],
    env: { ...process.env, ...clock.environment },
  });
  const heard: string[] = [];
  let hear: () => void = () => {};
  if (program.stdout !== null)
    createInterface(program.stdout).on("line", (line) => {
      heard.push(line);
      hear();
    });
  const until = async (is: () => boolean): Promise<void> => {
    while (!is()) await new Promise<void>((again) => (hear = again));
  };
  await until(() => heard.includes("started"));
  await new Promise((then) => setTimeout(then, 500));
  for (let nth = 0; nth < moves; nth++) {
    atMs = Math.max(atMs + quarterMs, Date.now());
    clock.set(atMs);
    if (nudges) for (const signal of ["SIGSTOP", "SIGCONT"] as const) process.kill(-(program.pid ?? 0), signal);
    const before = heard.length;
    for (const began = performance.now(); heard.length === before && performance.now() - began < gapMs; )
      await new Promise((then) => setTimeout(then, 5));
  }
  program.stdin?.write("\n");
  await until(() => heard.some((line) => line.startsWith("now ")));
  const toldMs = Number(heard.find((line) => line.startsWith("now "))?.slice(4));
  process.kill(-(program.pid ?? 0), "SIGKILL");
  await new Promise((then) => program.once("close", then));
  if (program.pid !== undefined) clock.forget(program.pid);
  return { woke: heard.filter((line) => line === "woke").length, moved: Math.abs(toldMs - atMs) < 60_000 };
}

try {
  console.log(`${moves} moves of 15 minutes        woke  woke, stopped and continued  its time moved`);
  for (const [name, command] of programs) {
    const [plain, nudged] = [await measured(command, false), await measured(command, true)];
    console.log(
      `${name.padEnd(30)} ${String(plain.woke).padStart(8)} ${String(nudged.woke).padStart(28)}  ${nudged.moved ? "yes" : "no"}`,
    );
  }
  if (!hasJava) console.log("Java: skipped, there is no javac");
} finally {
  rmSync(folder, { recursive: true, force: true });
}
