import { fileURLToPath } from "node:url";
import { failureName, pack } from "../../contracts/fiks/container.ts";
import { feilet, mottatt } from "../../contracts/fiks/types.ts";
import { catalogue as shippedSystems } from "../../integrations/index.ts";
import { scenarios } from "../../scenarios/index.ts";
import { SimulatedWorld } from "../../worlds/simulated/simulated-world.ts";
import type { Witnessed } from "../../worlds/witness.ts";
import { agreed, idOf } from "./agreed.ts";
import { type Interaction, pactOf, textOf } from "./pact-file.ts";
import { messageInteraction, recorded } from "./recording.ts";
import { type Role, Stand } from "./stand.ts";
import { catalogue } from "./terms.ts";

/** What our sound designs are witnessed in: together they use everything that they use at all. */
export const integrationsIn: readonly string[] = [
  "every-kind",
  "receiver-queues",
  "receiver-locked",
  "receiver-overloaded",
  "receiver-full",
  "lost-answers",
  "poison-among-healthy",
  "mail-every-kind",
  "mail-lost-answers",
  "mail-right-revoked",
];
export const sendersIn: readonly string[] = ["dispatch-opened", "mail-opened", "altinn-down", "nobody-entitled"];
const witnessedIn: readonly { readonly role: Role; readonly system: string; readonly scenarios: readonly string[] }[] =
  [
    { role: "integration", system: "correct/store-then-receipt", scenarios: integrationsIn },
    { role: "integration", system: "correct/careful-simple", scenarios: integrationsIn },
    { role: "integration", system: "correct/refuses-early", scenarios: integrationsIn },
    { role: "sender", system: "correct/police-sender", scenarios: sendersIn },
  ];

/** Who answers, and in which folder of contracts/ what is agreed with them stands. */
const folders: Readonly<Record<string, string>> = {
  maskinporten: "maskinporten",
  "altinn-authentication": "altinn",
  "altinn-correspondence": "altinn",
  "altinn-dispatch": "altinn-dispatch",
  "fiks-io": "fiks",
  portal: "fiks",
  receiver: "receiver",
};

/** What a sender's own client reads in its queue of each receipt. @source fiks.md, section 3.3 */
function receipts(): Interaction[] {
  const headers = {
    "melding-id": idOf("other"),
    "avsender-id": idOf("account"),
    "svar-til": idOf("melding"),
    "svar-til-type": "no.ks.fiks.bekymringsmelding.offentlig.v1",
  };
  const reason = pack([{ name: failureName, bytes: new TextEncoder().encode('{"melding":"text"}') }]);
  const bodies = [
    [mottatt, new Uint8Array(0)],
    [feilet, reason],
  ] as const;
  return bodies.flatMap(([type, body]) => messageInteraction({ headers: { ...headers, type }, body }) ?? []);
}

/** What a sender's own client asks the catalogue of Fiks IO, of the accounts that it sends to. @source fiks.md, section 3.1 */
async function lookUps(): Promise<readonly Witnessed[]> {
  const stand = await new Stand("integration").open();
  try {
    const headers = {
      authorization: `Bearer ${agreed.token}`,
      integrasjonid: idOf("integration"),
      integrasjonpassord: idOf("password"),
    };
    const asked: Witnessed[] = [];
    for (const what of ["", "/status", "/offentligNokkel"]) {
      const response = await fetch(`${stand.url}${catalogue}/${idOf("account")}${what}`, { headers });
      asked.push({
        kind: "http",
        party: "fiks-io",
        method: "GET",
        template: `${catalogue}/{id}${what}`,
        params: { id: idOf("account") },
        query: {},
        headers,
        body: new Uint8Array(0),
        status: response.status,
        answerHeaders: [...response.headers],
        answer: new Uint8Array(await response.arrayBuffer()),
      });
    }
    return asked;
  } finally {
    await stand.close();
  }
}

/** Path below contracts/, and content. */
export type ContractFile = { readonly path: string; readonly text: string };

/** The consumer contracts of our sound designs, from what they are seen to exchange; the same bytes every time. */
export async function ourContracts(): Promise<readonly ContractFile[]> {
  const seen: Record<Role, Witnessed[]> = { integration: [], sender: [] };
  const world = new SimulatedWorld(1);
  try {
    for (const { role, system, scenarios: ids } of witnessedIn)
      for (const id of ids) {
        const scenario = scenarios.find((one) => one.id === id);
        const shipped = shippedSystems.find(({ name }) => name === system);
        if (scenario === undefined || shipped === undefined) throw new Error(`${system} or ${id} is not there`);
        const sut = { name: system, role, module: fileURLToPath(shipped.module) };
        const { witness } = await world.run(scenario, sut, { seed: 1, witness: true });
        seen[role].push(...(witness?.exchanges ?? []));
      }
  } finally {
    await world.close();
  }
  const files: ContractFile[] = [];
  for (const role of ["integration", "sender"] as const) {
    const { interactions } = recorded(seen[role], { role, onlyWhatIsRead: true });
    for (const [party, folder] of Object.entries(folders)) {
      const own = interactions.filter((one) => one.party === party).map(({ party: _, ...interaction }) => interaction);
      if (own.length === 0) continue;
      const pact = pactOf(`komfrem-correct-${role}`, party, role, own);
      files.push({ path: `${folder}/pact/${role}-${party}.json`, text: textOf(pact) });
    }
  }
  const { interactions } = recorded(await lookUps(), { role: "integration", onlyWhatIsRead: true });
  const asked = interactions.map(({ party: _, ...interaction }) => interaction);
  const pact = pactOf("komfrem-portal", "fiks-io", "integration", [...asked, ...receipts()]);
  files.push({ path: "fiks/pact/portal-fiks-io.json", text: textOf(pact) });
  return files;
}
