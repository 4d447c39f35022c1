import type { Host, Integration, Sender } from "../port/host.ts";

/** What a module's default export does: it runs, and a sender takes orders too. */
export type Main = { readonly run: (host: Host) => Promise<void>; readonly send?: Sender["send"] };

/** @returns Undefined where it is neither an integration nor a sender. */
export function mainOf(exported: unknown): Main | undefined {
  if (typeof exported === "function") return { run: exported as Integration };
  const sender = exported as Partial<Sender> | null | undefined;
  if (sender?.role !== "sender" || typeof sender.run !== "function" || typeof sender.send !== "function")
    return undefined;
  const { run, send } = sender as Sender;
  return { run: (host) => run.call(sender, host), send: (order, host) => send.call(sender, order, host) };
}
