import { fileURLToPath } from "node:url";
import { defineConfig, mergeConfig } from "vitest/config";
import example from "../../examples/vitest/vitest.config.ts";

const entry = (name: string): string => fileURLToPath(new URL(`../../cli/entry/${name}.ts`, import.meta.url));

/** The vendor's example against the working tree: what the package exports to whoever has installed it. */
const vendor = {
  root: process.env.VENDOR ?? fileURLToPath(new URL("../../examples/vitest", import.meta.url)),
  resolve: {
    alias: {
      "komfrem/msw/fiks": entry("msw-fiks"),
      "komfrem/msw": entry("msw"),
      "komfrem/vitest": entry("vitest"),
    },
  },
};

/** Tests that fail on purpose, to see what is told of them. */
const failing = {
  ...vendor,
  root: fileURLToPath(new URL(".", import.meta.url)),
  test: { include: ["failing.fixture.ts"] },
};

export default (process.env.FAILING === "1" ? defineConfig(failing) : mergeConfig(example, vendor)) as unknown;
