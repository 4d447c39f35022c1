import type { Boundaries, Heard } from "./boundaries.ts";
import type { Answer, Asker, HttpOperation, HttpSimulator, WireRequest } from "./wire.ts";

type Params = Readonly<Record<string, string>>;
type Route = {
  readonly simulator: HttpSimulator;
  readonly operation: HttpOperation;
  readonly pattern: RegExp;
  readonly names: readonly string[];
};

const noParams: Params = Object.freeze({});

/** Finds which operation a request asks for, at one origin that one or more simulators share. */
export class Router {
  readonly #fixed = new Map<string, { readonly simulator: HttpSimulator; readonly operation: HttpOperation }>();
  readonly #routes: Route[] = [];

  constructor(simulators: readonly HttpSimulator[]) {
    for (const simulator of simulators)
      for (const operation of simulator.operations) {
        if (!operation.path.includes("{")) {
          this.#fixed.set(`${operation.method} ${operation.path}`, { simulator, operation });
          continue;
        }
        const names: string[] = [];
        const source = operation.path
          .split(/\{([^}]+)\}/)
          .map((text, i) => {
            if (i % 2 === 0) return text.replace(/[.+?^$()|[\]\\]/g, "\\$&");
            names.push(text);
            return "([^/]+)";
          })
          .join("");
        this.#routes.push({ simulator, operation, pattern: new RegExp(`^${source}$`), names });
      }
  }

  /** The operation and the path's parameters; undefined where no operation has that method and path. */
  find(
    method: string,
    path: string,
  ): { readonly simulator: HttpSimulator; readonly operation: HttpOperation; readonly params: Params } | undefined {
    const fixed = this.#fixed.get(`${method} ${path}`);
    if (fixed !== undefined) return { ...fixed, params: noParams };
    for (const { simulator, operation, pattern, names } of this.#routes) {
      if (operation.method !== method) continue;
      const found = pattern.exec(path);
      if (found === null) continue;
      const params: Record<string, string> = {};
      for (const [i, name] of names.entries()) params[name] = found[i + 1] ?? "";
      return { simulator, operation, params };
    }
    return undefined;
  }
}

/**
 * Performs a request at a router through the one wrapper.
 *
 * @returns False where no operation has that method and path: nothing is recorded.
 */
export function exchangeAt(
  router: Router,
  boundaries: Boundaries,
  request: WireRequest,
  asker: Asker,
  hear: (heard: Heard<Answer>, confirm: (inFull: boolean) => void) => void,
): boolean {
  const found = router.find(request.method, request.path);
  if (found === undefined) return false;
  const { simulator, operation, params } = found;
  const about = operation.about(request, params, asker);
  boundaries.perform(
    {
      party: simulator.party,
      operation: about.operation ?? operation.operation,
      about,
      asker,
      bytes: request.body.length,
    },
    () => {
      const answer = operation.handle(request, params, asker);
      return {
        saying: answer.saying,
        code: String(answer.reply.status),
        copies: answer.copies,
        ...(answer.takesDebt === undefined ? {} : { takesDebt: answer.takesDebt }),
        ...(answer.also === undefined ? {} : { also: answer.also }),
        value: answer,
      };
    },
    (heard, confirm) =>
      hear(heard, (inFull) => {
        confirm(inFull);
        if (inFull && heard.kind === "told") heard.value.whenTold?.();
      }),
  );
  return true;
}
