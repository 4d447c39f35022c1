// A small case system that reads its own mail: what comes in Altinn Correspondence is fetched, made a case of in our
// database in one transaction, and only then confirmed. Nobody else stands behind it: what is in the database is all.
import { createHash, createPrivateKey, createSign, randomUUID } from "node:crypto";
import { readFileSync } from "node:fs";
import { setTimeout as sleep } from "node:timers/promises";
import { openStore } from "./store.mjs";

const env = process.env;
const altinnUrl = `${env.ALTINN_URL}/correspondence/api/v1/correspondence`;
const recipients = JSON.parse(env.RECIPIENTS);
const pollMs = Number(env.POLL_MS ?? 900_000);
const warnAfterMs = Number(env.WARN_AFTER_MS ?? 24 * 3_600_000);
const lookBackMs = 90 * 24 * 3_600_000;
// See README: planted defects, "" in production.
const flaw = env.PRODUCT_FLAW ?? "";

/** Never, however often it is asked for. */
class Refused extends Error {}
/** Not now: the same again at the next poll. */
class Passing extends Error {}

async function ask(method, url, headers = {}, body = undefined) {
  let answer;
  try {
    answer = await fetch(url, { method, headers, body, signal: AbortSignal.timeout(Number(env.TIMEOUT_MS ?? 60_000)) });
    return {
      status: answer.status,
      bytes: Buffer.from(await answer.arrayBuffer()),
      length: answer.headers.get("content-length"),
    };
  } catch {
    throw new Passing("no answer");
  }
}

const base64url = (value) => Buffer.from(value).toString("base64url");
let token = { text: "", endsMs: 0 };

async function bearer() {
  if (Date.now() < token.endsMs - 10_000) return { authorization: `Bearer ${token.text}` };
  const now = Math.floor(Date.now() / 1000);
  const head = { alg: "RS256", typ: "JWT", kid: env.MASKINPORTEN_KEY_ID };
  const claims = {
    aud: env.MASKINPORTEN_ISSUER,
    iss: env.MASKINPORTEN_CLIENT_ID,
    jti: randomUUID(),
    scope: JSON.parse(env.MASKINPORTEN_SCOPES).join(" "),
    iat: now,
    exp: now + 100,
  };
  const unsigned = [head, claims].map((part) => base64url(JSON.stringify(part))).join(".");
  const signature = createSign("RSA-SHA256")
    .update(unsigned)
    .sign(createPrivateKey(readFileSync(env.MASKINPORTEN_KEY_FILE)));
  const grant = new URLSearchParams({
    grant_type: "urn:ietf:params:oauth:grant-type:jwt-bearer",
    assertion: `${unsigned}.${base64url(signature)}`,
  });
  const form = { "content-type": "application/x-www-form-urlencoded" };
  const granted = await ask("POST", env.MASKINPORTEN_TOKEN_URL, form, grant.toString());
  if (granted.status !== 200) throw new Passing(`Maskinporten answered ${granted.status}`);
  const ours = { authorization: `Bearer ${JSON.parse(granted.bytes.toString()).access_token}` };
  const exchanged = await ask("GET", `${env.ALTINN_URL}/authentication/api/v1/exchange/maskinporten`, ours);
  if (exchanged.status !== 200) throw new Passing(`the token exchange answered ${exchanged.status}`);
  const text = exchanged.bytes.toString().trim().replaceAll('"', "");
  token = { text, endsMs: JSON.parse(Buffer.from(text.split(".")[1], "base64url").toString()).exp * 1000 };
  return { authorization: `Bearer ${text}` };
}

async function altinn(method, path) {
  const answer = await ask(method, altinnUrl + path, await bearer());
  if (answer.status < 300) return answer;
  if (answer.status === 401) token = { text: "", endsMs: 0 };
  if ([401, 403, 408, 429].includes(answer.status) || answer.status >= 500)
    throw new Passing(`Altinn answered ${answer.status}`);
  throw new Refused(`altinn-refused-${answer.status}`);
}

/** A person hears of what is not done, by its id and nothing that is in it. */
async function tell(reason, id) {
  console.log(`deviation: ${reason} ${id ?? ""}`);
  const what = JSON.stringify({ source: { channel: "altinn-correspondence", id }, reason });
  const { status } = await ask("POST", env.ALARM_URL, { "content-type": "application/json" }, what);
  if (status >= 300) throw new Passing("nobody could be told");
}

async function download(id, attachment) {
  const { bytes, length } = await altinn("GET", `/${id}/attachment/${attachment.id}/download`);
  if (length !== null && Number(length) !== bytes.length) throw new Passing("a file broke off");
  const sum = createHash("md5").update(bytes).digest("hex");
  if (attachment.checksum && sum !== attachment.checksum.toLowerCase())
    throw new Passing("a file has another checksum");
  return { name: attachment.fileName ?? attachment.displayName ?? "", bytes };
}

function addressed(overview) {
  const ours = recipients.find(({ organizationNumber }) => String(overview.recipient).endsWith(organizationNumber));
  const { kommunenummer, bydelsnummer = "00" } = overview.propertyList ?? {};
  if (ours === undefined || (kommunenummer ?? ours.municipalityNumber) !== ours.municipalityNumber)
    throw new Refused("other-municipality");
  const numbers = ours.districts.map(({ number }) => number);
  const district = bydelsnummer === "00" ? numbers[0] : bydelsnummer;
  if (!numbers.includes(district)) throw new Refused("other-district");
  return { municipality: ours.municipalityNumber, district };
}

async function take(store, id) {
  const known = await store.find(id);
  if (known?.state === "done" || known?.state === "aside") return;
  const overview = JSON.parse((await altinn("GET", `/${id}`)).bytes.toString());
  if (flaw === "confirms-first" && overview.isConfirmationNeeded && known === undefined)
    await altinn("POST", `/${id}/confirm`);
  if (known === undefined) {
    const parts = [];
    const { content } = overview;
    const text = content.messageBody || (await altinn("GET", `/${id}/content`)).bytes.toString();
    parts.push({ name: "message", bytes: Buffer.from(text) });
    for (const attachment of content.attachments ?? []) parts.push(await download(id, attachment));
    if (flaw === "first-file-only") parts.splice(2);
    let place;
    try {
      place = addressed(overview);
    } catch (error) {
      // Not ours to make a case of: it is kept for a person.
      await store.keepAside(id, parts);
      throw error;
    }
    try {
      await store.makeCase({ id, ...place, confidential: overview.isConfidential === true, parts });
    } catch (error) {
      if (flaw !== "swallows") throw error;
      console.log("the database did not answer in time");
    }
  }
  if (overview.isConfirmationNeeded) {
    const details = JSON.parse((await altinn("GET", `/${id}/details`)).bytes.toString());
    if (!details.statusHistory.some(({ status }) => status === "Confirmed")) {
      await altinn("POST", `/${id}/confirm`).catch((error) => {
        if (!(error instanceof Refused)) throw error;
      });
      throw new Passing("confirmed, and not noted yet");
    }
  }
  await altinn("POST", `/${id}/markasread`).catch((error) => {
    if (!(error instanceof Refused)) throw error;
  });
  await store.done(id);
}

/** Places to read, by resource and organization: when each was last heard, and whether people know that it is not. */
const heard = new Map();

async function listed(resourceId, organizationNumber) {
  const place = `${resourceId}:${organizationNumber}`;
  const last = heard.get(place) ?? { atMs: Date.now(), told: false };
  heard.set(place, last);
  const query = new URLSearchParams({
    resourceId,
    role: "Recipient",
    from: new Date(Date.now() - lookBackMs).toISOString(),
    onBehalfOf: `urn:altinn:organization:identifier-no:${organizationNumber}`,
  });
  try {
    const { ids } = JSON.parse((await altinn("GET", `?${query}`)).bytes.toString());
    heard.set(place, { atMs: Date.now(), told: false });
    return ids.reverse();
  } catch (error) {
    console.log(`${place}: ${error.message}`);
    if (!last.told && Date.now() - last.atMs >= warnAfterMs) {
      await tell("list-not-heard");
      last.told = true;
    }
    return [];
  }
}

async function poll(store) {
  const ids = new Set();
  for (const { organizationNumber, altinn } of recipients)
    for (const [kind, resourceId] of Object.entries(altinn.resourceIds))
      if (kind !== "broker") for (const id of await listed(resourceId, organizationNumber)) ids.add(id);
  for (const id of ids) {
    try {
      await take(store, id);
    } catch (error) {
      if (error instanceof Refused) {
        if (flaw !== "silent") await tell(error.message, id);
        await store.aside(id, error.message);
        continue;
      }
      console.log(`${id}: ${error.message}`);
      if (await store.isDueToWarn(id, warnAfterMs)) {
        await tell("not-done-yet", id);
        await store.warned(id);
      }
    }
  }
}

const store = openStore(env.DATABASE_URL);
let stopping = false;
for (const signal of ["SIGTERM", "SIGINT"])
  process.on(signal, () => {
    stopping = true;
  });
while (!stopping) {
  try {
    await store.ready();
    await poll(store);
  } catch (error) {
    console.log(`poll: ${error.message}`);
  }
  await sleep(pollMs);
}
await store.close();
