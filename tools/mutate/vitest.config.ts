import { defineConfig } from "vitest/config";

/** Core's own tests alone: what specifies core must be enough to hold it. */
export default defineConfig({ test: { include: ["core/**/*.test.ts"], testTimeout: 60_000 } }) as unknown;
