import { createHash } from "node:crypto";
import { existsSync, statSync } from "node:fs";
import { isBuiltin } from "node:module";
import { extname } from "node:path";
import { pathToFileURL } from "node:url";
import { build, type Message, type Plugin } from "esbuild";
import { HarnessError } from "../../core/error.ts";

/** An integration's own modules as one script; packages stay outside and are required by name. */
export type Bundle = {
  readonly entry: string;
  readonly code: string;
  /** SHA-256 of the code, hex; the same wherever the files lie. */
  readonly hash: string;
};

const bundles = new Map<string, { readonly changedMs: number; readonly bundle: Promise<Bundle> }>();

/** Leaves out what only says where files lie: the comments that name them, and the paths of packages. */
function hashOf(code: string, entry: string): string {
  const placeless = code
    .replaceAll(/^\s*\/\/ .*$/gm, "")
    .replaceAll(/"[^"\n]*[\\/]node_modules[\\/]/g, '"')
    .replaceAll(JSON.stringify(pathToFileURL(entry).href), '"entry"');
  return createHash("sha256").update(placeless).digest("hex");
}

const asked = Symbol("asked by ourselves");

/** Packages are required from where they are installed for the module that imports them; all else is the integration's own. */
const packagesStayOutside: Plugin = {
  name: "packages-stay-outside",
  setup(building) {
    building.onResolve({ filter: /^[^./\\]/ }, async ({ path, kind, resolveDir, importer, pluginData }) => {
      if (kind === "entry-point" || pluginData === asked) return undefined;
      if (isBuiltin(path)) return { path, external: true };
      const found = await building.resolve(path, { kind, resolveDir, importer, pluginData: asked });
      if (found.errors.length > 0) return { path, external: true };
      return { path: found.path, external: found.external || /[\\/]node_modules[\\/]/.test(found.path) };
    });
  },
};

/**
 * Bundles a module and everything of its own that it imports, so that each incarnation can evaluate all of it afresh.
 *
 * @param entry Absolute path of a `.ts`, `.mts`, `.js`, `.mjs` or `.cjs` file.
 * @throws {HarnessError} The file is missing, is no module, or does not compile.
 */
export async function bundleOf(entry: string): Promise<Bundle> {
  if (!existsSync(entry) || !statSync(entry).isFile())
    throw new HarnessError({
      happened: `There is no integration at ${entry}.`,
      because: existsSync(entry) ? "That path is a folder." : "No such file.",
      next: "Give the path of a TypeScript or JavaScript module: komfrem run --integration ./mine.ts",
    });
  if (!/^\.[cm]?[jt]sx?$/.test(extname(entry)))
    throw new HarnessError({
      happened: `${entry} cannot be run as an integration.`,
      because: `A file that ends in "${extname(entry)}" is no TypeScript or JavaScript module.`,
      next: "Give the path of a .ts, .mts, .js, .mjs or .cjs file whose default export is the integration.",
    });
  const changedMs = statSync(entry).mtimeMs;
  const known = bundles.get(entry);
  if (known !== undefined && known.changedMs === changedMs) return known.bundle;
  const bundle = bundled(entry);
  bundles.set(entry, { changedMs, bundle });
  return bundle;
}

async function bundled(entry: string): Promise<Bundle> {
  try {
    const result = await build({
      entryPoints: [entry],
      bundle: true,
      write: false,
      format: "cjs",
      platform: "node",
      target: "node22",
      plugins: [packagesStayOutside],
      sourcemap: false,
      legalComments: "none",
      logLevel: "silent",
      define: { "import.meta.url": JSON.stringify(pathToFileURL(entry).href) },
    });
    const code = result.outputFiles[0]?.text;
    if (code === undefined) throw new Error("nothing was built");
    return { entry, code, hash: hashOf(code, entry) };
  } catch (error) {
    const first = (error as { errors?: Message[] }).errors?.[0];
    const where =
      first?.location == null ? "" : ` (${first.location.file}:${first.location.line}:${first.location.column + 1})`;
    const text = first?.text ?? (error instanceof Error ? error.message : String(error));
    throw new HarnessError({
      happened: `The integration ${entry} could not be loaded.`,
      because: `${text.includes("Top-level await") ? "It awaits at its top level, which is evaluated anew at each start." : text}${where}`,
      next: text.includes("Top-level await")
        ? "Move what is awaited into the exported function; each start of the integration evaluates the module afresh."
        : "Correct the module so that it compiles, then run again.",
    });
  }
}
