import { existsSync, statSync } from "node:fs";
import { extname } from "node:path";
import { build, type Message } from "esbuild";
import { HarnessError } from "../../core/error.ts";

/** An integration's own modules as one script; packages stay outside and are required by name. */
export type Bundle = { readonly entry: string; readonly code: string };

const bundles = new Map<string, { readonly changedMs: number; readonly bundle: Promise<Bundle> }>();

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
      packages: "external",
      sourcemap: false,
      legalComments: "none",
      logLevel: "silent",
      define: { "import.meta.url": JSON.stringify(new URL(`file://${entry}`).href) },
    });
    const code = result.outputFiles[0]?.text;
    if (code === undefined) throw new Error("nothing was built");
    return { entry, code };
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
