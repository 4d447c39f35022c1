import { defineConfig } from "vitest/config";

export default defineConfig({
  test: {
    include: ["**/*.test.ts"],
    exclude: ["**/node_modules/**", "komfrem-out/**"],
    testTimeout: 60_000,
    pool: "forks",
    maxWorkers: 2,
  },
}) as unknown;
