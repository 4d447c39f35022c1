import { createRequire } from "node:module";

export const version: string = (createRequire(import.meta.url)("komfrem/package.json") as { version: string }).version;
