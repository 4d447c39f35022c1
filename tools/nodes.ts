import { existsSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";

/** A major release of Node that a run must come out the same in; `path` is absent where npm brought none. */
export type OtherNode = { readonly major: 22 | 26; readonly path?: string; readonly because?: string };

const { resolve } = createRequire(import.meta.url);

/**
 * The Nodes beside our own 24 (tools/nodes/package.json): the oldest that we promise, and the newest.
 *
 * @returns Always both, with the reason where one is not on this machine.
 */
export function otherNodes(): readonly OtherNode[] {
  return [otherNode(22), otherNode(26)];
}

function otherNode(major: OtherNode["major"]): OtherNode {
  const alias = `node-${process.platform}-${process.arch}-${major}`;
  try {
    const path = join(dirname(resolve(`${alias}/package.json`)), "bin/node");
    if (existsSync(path)) return { major, path };
  } catch {
    // Told below: an optional dependency may be absent.
  }
  return { major, because: `npm brought no ${alias}; tools/nodes/package.json names the platforms that have one` };
}
