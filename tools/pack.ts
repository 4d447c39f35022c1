/**
 * Around `npm pack` and `npm publish`: `before` compiles to dist/ and writes the manifest of the package, `after` takes
 * both away again. The working tree's own manifest names sources, so that nothing in it can use a stale dist/.
 */
import { spawnSync } from "node:child_process";
import { cpSync, existsSync, globSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { dirname, resolve } from "node:path";

type Manifest = {
  exports: Record<string, unknown>;
  scripts?: unknown;
  devDependencies?: unknown;
  workspaces?: unknown;
};

const root = resolve(import.meta.dirname, "..");
const dist = resolve(root, "dist");
const manifest = resolve(root, "package.json");
const kept = resolve(root, "package.tree.json");

if (process.argv[2] === "after") restore();
else pack();

/** Gives the working tree back as it was; also after a `before` that was broken off. */
function restore(): void {
  rmSync(dist, { recursive: true, force: true });
  if (existsSync(kept)) renameSync(kept, manifest);
}

function pack(): void {
  restore();
  const { status } = spawnSync(
    process.execPath,
    [resolve(root, "node_modules/typescript/bin/tsc"), "-p", "tsconfig.build.json"],
    {
      cwd: root,
      stdio: "inherit",
    },
  );
  if (status !== 0) process.exit(status ?? 1);
  // tsc leaves the extensions of sources in declarations.
  for (const path of globSync("**/*.d.ts", { cwd: dist })) {
    const file = resolve(dist, path);
    writeFileSync(file, readFileSync(file, "utf8").replaceAll(/(["']\.{1,2}\/[^"'\n]*)\.ts(["'])/g, "$1.js$2"));
  }
  const needed = declarationsOf(JSON.parse(readFileSync(manifest, "utf8")) as Manifest);
  for (const path of globSync("**/*.d.ts", { cwd: dist }))
    if (!needed.has(resolve(dist, path))) rmSync(resolve(dist, path));
  for (const path of globSync("contracts/**/*.{json,yaml}", { cwd: root }))
    cpSync(resolve(root, path), resolve(dist, path));
  const text = readFileSync(manifest, "utf8");
  writeFileSync(kept, text);
  const { scripts, devDependencies, workspaces, ...packed } = JSON.parse(text) as Manifest;
  packed.exports = Object.fromEntries(
    Object.entries(packed.exports).flatMap(([name, path]) => {
      const target = compiled(String(path));
      return target === undefined ? [] : [[name, target]];
    }),
  );
  writeFileSync(manifest, `${JSON.stringify(packed, null, 2)}\n`);
}

/** The declarations that whoever imports an export can come to; nobody reads the others. */
function declarationsOf({ exports }: Manifest): ReadonlySet<string> {
  const found = new Set<string>();
  const left = Object.values(exports).map((path) => resolve(dist, String(path).replace(/\.ts$/, ".d.ts")));
  for (let file = left.pop(); file !== undefined; file = left.pop()) {
    if (found.has(file) || !file.endsWith(".d.ts") || !existsSync(file)) continue;
    found.add(file);
    for (const [, to = ""] of readFileSync(file, "utf8").matchAll(/["'](\.{1,2}\/[^"'\n]*)\.js["']/g))
      left.push(resolve(dirname(file), `${to}.d.ts`));
  }
  return found;
}

/** What an export of the tree is in the package; undefined where its source is not there. */
function compiled(path: string): unknown {
  if (path === "./package.json") return path;
  if (!path.endsWith(".ts")) return path.replace("./", "./dist/");
  if (!existsSync(resolve(root, path))) return undefined;
  const file = path.replace("./", "./dist/").slice(0, -".ts".length);
  return { types: `${file}.d.ts`, default: `${file}.js` };
}
