// Tells what stands in our database, one JSON object a line: komfrem.probe/v1.
import { createHash } from "node:crypto";
import { openStore } from "./store.mjs";

const store = openStore(process.argv[2] ?? process.env.DATABASE_URL);
await store.ready();
const asOf = new Date().toISOString();
for (const { case_id, message_id, municipality, district, confidential, parts } of await store.all())
  console.log(
    JSON.stringify({
      ids: [message_id],
      ...(case_id === undefined
        ? { state: "rejected" }
        : { state: "registered", caseId: case_id, municipality, district, confidential: confidential === 1 }),
      parts: parts.map(({ name, content }) => ({
        name,
        sha256: createHash("sha256").update(content).digest("hex"),
        ...(name === "message" ? { text: Buffer.from(content).toString() } : {}),
      })),
      complete: true,
      asOf,
    }),
  );
console.log(JSON.stringify({ complete: true, asOf }));
await store.close();
