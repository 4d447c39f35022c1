/**
 * Pages about everything that the package exports, in komfrem-out/api: `npm run api`. Needs `npm ci --prefix tools/apidocs` once. Fails where
 * something exported says nothing of itself, or a link in it leads nowhere.
 *
 * TypeDoc reads sources by an API that TypeScript 7 has no more, hence a TypeScript of its own in that folder.
 */
import { existsSync, readFileSync } from "node:fs";
import { resolve } from "node:path";

/** As much of TypeDoc as is used here. */
type Application = {
  readonly logger: { hasErrors(): boolean; hasWarnings(): boolean };
  convert(): Promise<Project | undefined>;
  validate(project: Project): void;
  generateDocs(project: Project, to: string): Promise<void>;
};
type Project = { readonly children?: { name: string }[] };
type TypeDoc = { readonly Application: { bootstrap(options: object): Promise<Application> } };

const root = resolve(import.meta.dirname, "..");
const typedoc = resolve(root, "tools/apidocs/node_modules/typedoc/dist/index.js");
if (!existsSync(typedoc)) {
  console.error("TypeDoc is not installed.\n  Next: npm ci --prefix tools/apidocs");
  process.exit(3);
}
const { exports } = JSON.parse(readFileSync(resolve(root, "package.json"), "utf8")) as {
  readonly exports: Readonly<Record<string, string>>;
};
/** What each export is called by whoever imports it, by the name that TypeDoc has from its file. */
const names = new Map(
  Object.entries(exports)
    .filter(([, file]) => file.endsWith(".ts"))
    .map(([name, file]) => [file.slice("./".length, -".ts".length), name.replace(/^\./, "komfrem")]),
);

const { Application } = (await import(typedoc)) as TypeDoc;
const app = await Application.bootstrap({
  name: "Komfrem",
  entryPoints: [...names.keys()].map((file) => resolve(root, `${file}.ts`)),
  tsconfig: resolve(root, "tsconfig.json"),
  basePath: root,
  // Types are checked by our own TypeScript, which infers some that this one does not.
  skipErrorChecking: true,
  readme: "none",
  disableSources: true,
  excludeExternals: true,
  excludeInternal: true,
  sort: ["source-order"],
  treatWarningsAsErrors: true,
  validation: { notExported: false, invalidLink: true, notDocumented: true },
  requiredToBeDocumented: ["Function", "Class", "Interface", "TypeAlias", "Variable"],
  blockTags: ["@param", "@returns", "@throws", "@source"],
});
const project = await app.convert();
if (project === undefined) process.exit(1);
for (const module of project.children ?? []) module.name = names.get(module.name) ?? module.name;
app.validate(project);
if (app.logger.hasErrors() || app.logger.hasWarnings()) process.exit(1);
await app.generateDocs(project, resolve(root, "komfrem-out/api"));
