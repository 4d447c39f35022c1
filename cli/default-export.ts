/** The default export of a module that was imported; a CommonJS module has its own under that of Node's. */
export function defaultExport(module: { readonly default?: unknown }): unknown {
  const exported = module.default;
  return typeof exported === "object" && exported !== null && "default" in exported ? exported.default : exported;
}
