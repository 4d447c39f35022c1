import { defineConfig } from "komfrem";
import intake from "./komfrem.config.ts";

const { command: _, ...product } = intake;

/** The same product as the container that it is shipped as. */
export default defineConfig({
  ...product,
  name: "python-intake in a container",
  dockerfile: ".",
  data: "/var/lib/intake",
  environment: { ...product.environment, DATA_FOLDER: "/var/lib/intake" },
  limits: { memoryMb: 256, cpus: 1 },
});
