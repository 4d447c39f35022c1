import { execFileSync } from "node:child_process";
import { copyFileSync, cpSync, mkdirSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join, resolve } from "node:path";
import { build } from "esbuild";

const stubs = "export const register = () => {};";
const require = createRequire(import.meta.url);

/**
 * Lays out what an image FROM scratch is built of: this Node with its libraries, and `komfrem host` for the design that
 * `DESIGN` in its environment names.
 *
 * @param folder Gets a Dockerfile.
 * @param designs Name and path of a module each.
 */
export async function layOut(folder: string, designs: Readonly<Record<string, string>>): Promise<void> {
  const root = join(folder, "root");
  const app = join(root, "app");
  mkdirSync(app, { recursive: true });
  for (const path of [process.execPath, ...librariesOf(process.execPath)]) {
    const to = path === process.execPath ? join(root, "bin/node") : join(root, path);
    mkdirSync(dirname(to), { recursive: true });
    copyFileSync(path, to);
  }
  writeFileSync(join(folder, "tsx.mjs"), stubs);
  const host = `import { host } from ${JSON.stringify(resolve("cli/host.ts"))};
process.exit(await host(["/app/" + process.env.DESIGN + ".mjs"]));`;
  await build({
    stdin: { contents: host, resolveDir: resolve("."), loader: "ts" },
    outfile: join(app, "host.mjs"),
    alias: { "tsx/esm/api": join(folder, "tsx.mjs") },
    ...asModule,
  });
  for (const [name, path] of Object.entries(designs))
    await build({ entryPoints: [path], outfile: join(app, `${name}.mjs`), ...asModule });
  copyFileSync(resolve("contracts/komfrem/endpoints.v1.schema.json"), join(app, "endpoints.v1.schema.json"));
  copyPackage("ajv", require, join(app, "node_modules"));
  writeFileSync(
    join(folder, "Dockerfile"),
    'FROM scratch\nCOPY root/ /\nUSER 4690:4690\nENTRYPOINT ["/bin/node", "/app/host.mjs"]\n',
  );
}

const asModule = {
  bundle: true,
  platform: "node",
  format: "esm",
  logLevel: "error",
  banner: { js: 'import { createRequire as madeOf } from "node:module"; const require = madeOf(import.meta.url);' },
} as const;

/** A package and all that it depends on, side by side. */
function copyPackage(name: string, from: NodeJS.Require, to: string): void {
  const manifest = from.resolve(`${name}/package.json`);
  cpSync(dirname(manifest), join(to, name), { recursive: true });
  const { dependencies = {} } = from(manifest) as { readonly dependencies?: Readonly<Record<string, string>> };
  for (const one of Object.keys(dependencies)) copyPackage(one, createRequire(manifest), to);
}

function librariesOf(program: string): string[] {
  const said = execFileSync("ldd", [program], { encoding: "utf8" });
  return [...new Set(said.match(/\/\S+/g) ?? [])];
}
