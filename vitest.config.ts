import { defineConfig } from "vitest/config";

/** Rooms that leave nothing behind in the process: their tests share one. */
const pure = ["core", "contracts", "evidence", "simulators"].map((room) => `${room}/**/*.test.ts`);
const long = ["test/long-scenarios.test.ts", "test/vendor/vendor.test.ts"];
/** Runs over sockets mostly wait: several at once, and after the others, whose work would be in their way. */
const sockets = ["worlds/live/**/*.test.ts", "cli/process-host/**/*.test.ts"];
const notOurs = ["**/node_modules/**", "komfrem-out/**"];
/** In CI, and not in `npm test`, which is to take minutes: what packs and installs, takes a container engine, or takes long. */
const packed = ["test/package/**/*.test.ts"];
const contained = ["worlds/live/container.test.ts", "worlds/live/compose.test.ts", "cli/contract/real-broker.test.ts"];

export default defineConfig({
  test: {
    exclude: notOurs,
    testTimeout: 60_000,
    hookTimeout: 60_000,
    pool: "forks",
    maxWorkers: 2,
    projects: [
      { extends: true, test: { name: "pure", include: pure, isolate: false } },
      {
        extends: true,
        test: {
          name: "rest",
          include: ["**/*.test.ts"],
          exclude: [...notOurs, ...pure, ...sockets, ...packed, ...contained, ...long],
        },
      },
      {
        extends: true,
        test: {
          name: "sockets",
          include: sockets,
          exclude: [...notOurs, ...contained],
          maxWorkers: 4,
          sequence: { groupOrder: 1 },
          testTimeout: 120_000,
        },
      },
      { extends: true, test: { name: "package", include: packed } },
      { extends: true, test: { name: "containers", include: contained } },
      { extends: true, test: { name: "long", include: long } },
    ],
  },
}) as unknown;
