import type { ViteUserConfig } from "vitest/config";

const config: ViteUserConfig = {
  test: {
    include: ["test/**/*.spec.ts"],
    setupFiles: ["test/setup.ts"],
    isolate: false,
  },
};

export default config;
