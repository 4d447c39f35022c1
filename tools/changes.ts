/**
 * Changesets, of this package: `npm run changes -- add`, `status`, `version`. Where there are workspaces it looks at these alone, and ours holds a Node
 * (ADR 0001): while it works, the manifest names none. `version` writes the new version into the lock too, and
 * into the examples that name it.
 */
import { spawnSync } from "node:child_process";
import { globSync, readFileSync, writeFileSync } from "node:fs";
import { resolve } from "node:path";

type Manifest = { readonly version: string; readonly workspaces?: unknown };
type Dependent = { readonly devDependencies?: Readonly<Record<string, string>> };
type Lock = { version: string; readonly packages: Record<string, { version?: string }> };

const root = resolve(import.meta.dirname, "..");
const manifest = resolve(root, "package.json");
const lock = resolve(root, "package-lock.json");
const read = <T>(file: string): T => JSON.parse(readFileSync(file, "utf8")) as T;
const write = (file: string, value: unknown): void => writeFileSync(file, `${JSON.stringify(value, null, 2)}\n`);

const before = read<Manifest>(manifest);
const { workspaces: _, ...alone } = before;
write(manifest, alone);
let status: number | null;
try {
  const changeset = resolve(root, "node_modules/@changesets/cli/bin.js");
  ({ status } = spawnSync(process.execPath, [changeset, ...process.argv.slice(2)], { cwd: root, stdio: "inherit" }));
} finally {
  const { version } = read<Manifest>(manifest);
  write(manifest, { ...before, version });
  const locked = read<Lock>(lock);
  locked.version = version;
  locked.packages[""] = { ...locked.packages[""], version };
  write(lock, locked);
  for (const example of globSync("examples/*/package.json", { cwd: root })) {
    const file = resolve(root, example);
    const dependent = read<Dependent>(file);
    if (dependent.devDependencies?.komfrem !== undefined)
      write(file, { ...dependent, devDependencies: { ...dependent.devDependencies, komfrem: version } });
  }
}
process.exit(status ?? 1);
