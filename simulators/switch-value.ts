import type { Switch } from "../contracts/fiks/switches.ts";
import type { SwitchValues } from "../core/scenario.ts";

/** A switch's value in a scenario: a number, the table's own unless the scenario sets another. */
export function switchNumber<Name extends string>(
  table: Readonly<Record<Name, Switch>>,
  values: SwitchValues,
  name: Name,
): number {
  return Number(values[name] ?? table[name].value);
}

/** A switch that is on or off, or names a choice. */
export function switchChoice<Name extends string>(
  table: Readonly<Record<Name, Switch>>,
  values: SwitchValues,
  name: Name,
): string | boolean {
  const value = values[name] ?? table[name].value;
  return typeof value === "number" ? value !== 0 : value;
}
