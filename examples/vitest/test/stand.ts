import { createWorld, type TestWorld, type WorldOptions } from "komfrem/msw";
import { Altinn } from "../src/altinn.ts";
import { CaseSystem } from "../src/case-system.ts";
import { Intake } from "../src/intake.ts";
import { Tokens } from "../src/tokens.ts";
import { server } from "./server.ts";

/** A world, and our intake in it: polled each hour of the world's time. */
export function stand(options: Partial<WorldOptions> = {}): { readonly world: TestWorld; readonly intake: Intake } {
  const world = createWorld({
    channels: ["altinn-correspondence"],
    name: "intake",
    poll: () => intake.poll(),
    ...options,
  });
  server.use(...world.handlers);
  const intake = intakeIn(world);
  return { world, intake };
}

/** Labels of the messages that have become cases. */
export function registeredIn({ ledger }: TestWorld): readonly string[] {
  return ledger.flatMap((entry) => (entry.kind === "registered" ? [entry.delivery ?? ""] : []));
}

/** What people were told. */
export function toldIn({ ledger }: TestWorld): readonly unknown[] {
  return ledger.filter(({ kind }) => kind === "alerted");
}

/** Faults that were carried out. */
export function struckIn({ ledger }: TestWorld): readonly string[] {
  return ledger.flatMap((entry) => (entry.kind === "faulted" && entry.outcome === "injected" ? [entry.boundary] : []));
}

/** Our product, told where everything is. */
export function intakeIn({ endpoints, now }: TestWorld): Intake {
  const { maskinporten, altinn, receiver, recipients } = endpoints;
  if (altinn === undefined || receiver === undefined || maskinporten?.privateKey === undefined)
    throw new Error("This world has no Altinn.");
  const { privateKey } = maskinporten;
  return new Intake({
    altinn: new Altinn(altinn.baseUrl, new Tokens({ ...maskinporten, privateKey }, altinn.baseUrl)),
    cases: new CaseSystem(receiver.baseUrl, receiver.apiKey),
    resources: [...new Set(recipients.flatMap((one) => Object.values(one.altinn?.resourceIds ?? {})))],
    municipalities: recipients.map(({ organizationNumber, municipalityNumber, districts }) => ({
      organizationNumber,
      municipalityNumber,
      districts: districts.map(({ number }) => number),
    })),
    now,
  });
}
