import type { ConsoleOptions } from "../../evidence/console.ts";

/** How a test's failure is told: plain, for a terminal and a report alike. */
export const page: ConsoleOptions = { lang: "en", colour: false, width: 100 };
