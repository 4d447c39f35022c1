import { existsSync, mkdirSync, writeFileSync } from "node:fs";
import { dirname, join, resolve } from "node:path";
import { oneOf, parsed } from "./flags.ts";

const channels = ["fiks-io", "altinn-correspondence", "altinn-dispatch"] as const;
type Channel = (typeof channels)[number];

/**
 * `komfrem init [folder]`: writes a config, a scenario, a test and CI files into a vendor's repository. What is there
 * already is left as it is.
 *
 * @throws {HarnessError} A flag cannot be used.
 */
export function init(args: readonly string[]): number {
  const { values, positionals } = parsed(args, {
    role: { type: "string", default: "integration" },
    channel: { type: "string", default: "fiks-io" },
    command: { type: "string" },
    ci: { type: "string", default: "github" },
  });
  const folder = resolve(positionals[0] ?? ".");
  const role = oneOf("--role", values.role, ["integration", "sender"]);
  const channel = oneOf("--channel", values.channel, channels);
  const ci = oneOf("--ci", values.ci, ["github", "gitlab", "azure", "none"]);
  const files: [path: string, text: string][] = [
    ["komfrem.config.ts", (role === "sender" ? sendersConfig : config)(values.command, channel)],
    ["komfrem/first.scenario.ts", (role === "sender" ? sendersScenario : scenario)(channel)],
    ["komfrem/first.test.mjs", test],
  ];
  if (ci !== "none") files.push(ciFile[ci]);
  for (const [path, text] of files) {
    const file = join(folder, path);
    const there = existsSync(file);
    if (!there) {
      mkdirSync(dirname(file), { recursive: true });
      writeFileSync(file, text, { flag: "wx" });
    }
    console.log(`${there ? "kept   " : "wrote  "} ${path}`);
  }
  console.log("Next: say in komfrem.config.ts what your program reads from its environment, then");
  console.log("      npx komfrem doctor --integration ./komfrem.config.ts");
  return 0;
}

const words = (command: string): string =>
  command
    .split(/\s+/)
    .filter((word) => word !== "")
    .map((word) => JSON.stringify(word))
    .join(", ");

const config = (command = "node intake.mjs", channel: Channel): string => `import { defineConfig } from "komfrem";

export default defineConfig({
  name: "my-intake",
  command: [${words(command)}],
  channels: ["${channel}"],
  // Its own names on the left; KOMFREM_ENDPOINTS is the path of a file with all endpoints.
  environment: { CASE_SYSTEM_URL: "$KOMFREM_RECEIVER_BASE_URL", CASE_SYSTEM_KEY: "$KOMFREM_RECEIVER_API_KEY" },
});
`;

const sendersConfig = (
  command = "node sender.mjs",
  channel: Channel,
): string => `import { defineConfig } from "komfrem";

export default defineConfig({
  name: "my-sender",
  role: "sender",
  command: [${words(command)}],
  channels: ["${channel}"],
  // Its own names on the left. Orders come by POST to SEND_URL; KOMFREM_ENDPOINTS is the path of a file with all endpoints.
  environment: { SEND_URL: "$KOMFREM_SEND_URL", ALARM_URL: "$KOMFREM_ALARM_WEBHOOK_URL" },
});
`;

/** What takes a message on, on each channel. */
const takesOn: Readonly<Record<Channel, string>> = {
  "fiks-io": "portal.submit(A)",
  "altinn-correspondence": "altinn-correspondence.initialize(A)",
  "altinn-dispatch": "altinn-dispatch.send(A)",
};

const sendersScenario = (
  channel: Channel,
): string => `import { atSenders, municipality, person, type Scenario, sends, standardDistrict, waits } from "komfrem/scenario";

const fjordvik = municipality("4690", "Fjordvik", "310000000", [standardDistrict("01", "Fjordvik barnevern")]);
const rights = ["correspondence", "confidential", "dispatch-message", "dispatch-file"] as const;

const scenario: Scenario = {
  schema: "komfrem.scenario/v1",
  id: "first",
  title: "The message is taken on, and the answer is lost",
  because: "The sender cannot know: it must look up what it has sent before it sends again.",
  origin: "ours",
  tests: "sender",
  startsAt: "2023-05-08T09:00:00",
  municipalities: [fjordvik],
  people: [
    person("Postfordeler", "mail distributor", fjordvik, { hours: 2 }, { rights }),
    atSenders("Vakthavende", "deviations"),
  ],
  switches: {},
  channels: [${channel === "fiks-io" ? '"fiks-io"' : `"${channel}", "fiks-io"`}],
  steps: [sends("A", fjordvik.number, { district: "01" }), waits({ days: 4 })],
  faults: [{ id: "lost", at: "${takesOn[channel]}/1:done", does: { kind: "reset" } }],
  mustHold: ["delivers", "one-case"],
};
export default scenario;
`;

const scenario = (
  channel: Channel,
): string => `import { municipality, person, type Scenario, sends, standardDistrict, waits } from "komfrem/scenario";

const fjordvik = municipality("4690", "Fjordvik", "310000000", [standardDistrict("01", "Fjordvik barnevern")]);

const scenario: Scenario = {
  schema: "komfrem.scenario/v1",
  id: "first",
  title: "The answer to a registration is lost",
  because: "Whoever does not try again loses the message; whoever tries under a new key makes a second case.",
  origin: "ours",
  startsAt: "2023-05-08T08:00:00",
  municipalities: [fjordvik],
  people: [person("Saksbehandler", "caseworker", fjordvik), person("Avviksvakt", "deviations", fjordvik)],
  switches: {},${channel === "fiks-io" ? "" : `\n  channels: ["${channel}"],`}
  steps: [sends("A", fjordvik.number, { district: "01"${channel === "fiks-io" ? "" : `, by: "${channel}"`} }), waits({ hours: 1 })],
  faults: [{ id: "lost", at: "receiver.register(A)/1:done", does: { kind: "reset" } }],
  mustHold: ["no-loss", "delivers", "one-case"],
};
export default scenario;
`;

const test = `// node --test komfrem/   KOMFREM_INTEGRATION names another system than the config.
import { strictEqual } from "node:assert";
import { spawnSync } from "node:child_process";
import { test } from "node:test";

test("no message is lost where an answer is", () => {
  const integration = process.env.KOMFREM_INTEGRATION ?? "./komfrem.config.ts";
  const args = ["komfrem", "run", "./komfrem/first.scenario.ts", "--integration", integration];
  const { status } = spawnSync("npx", args, { stdio: "inherit", shell: process.platform === "win32" });
  strictEqual(status, 0);
});
`;

const ciFile: Readonly<Record<"github" | "gitlab" | "azure", [path: string, text: string]>> = {
  github: [
    ".github/workflows/komfrem.yml",
    `name: komfrem
on: [push, pull_request]
permissions:
  contents: read
jobs:
  komfrem:
    runs-on: ubuntu-latest
    steps:
      - uses: actions/checkout@v5
      - uses: actions/setup-node@v5
        with:
          node-version: 24
      - run: npm ci
      - run: npx komfrem run ./komfrem/first.scenario.ts --integration ./komfrem.config.ts
`,
  ],
  gitlab: [
    "komfrem.gitlab-ci.yml",
    `# include: { local: komfrem.gitlab-ci.yml } in .gitlab-ci.yml
komfrem:
  image: node:24
  script:
    - npm ci
    - npx komfrem run ./komfrem/first.scenario.ts --integration ./komfrem.config.ts
  artifacts:
    when: always
    reports:
      junit: komfrem-out/junit.xml
`,
  ],
  azure: [
    "komfrem.azure-pipelines.yml",
    `steps:
  - task: UseNode@1
    inputs:
      version: "24.x"
  - script: npm ci
  - script: npx komfrem run ./komfrem/first.scenario.ts --integration ./komfrem.config.ts
  - task: PublishTestResults@2
    condition: always()
    inputs:
      testResultsFiles: komfrem-out/junit.xml
`,
  ],
};
