/**
 * Every party and the operations exchanges with it are named by: RULES.md, section C rule 10. Frozen with the grammar
 * (docs/frozen.md). A second party of a kind is `receiver#2`.
 */
export const operations: { readonly [party: string]: readonly string[] } = {
  portal: ["municipalities", "districts", "keys", "submit", "status"],
  "fiks-io": [
    "connect",
    "channel",
    "qos",
    "consume",
    "cancel",
    "deliver",
    "get",
    "settle",
    "send",
    "receipt",
    "account",
    "key",
    "fetch",
  ],
  svarinn: ["list", "fetch", "receipt"],
  maskinporten: ["grant", "keys"],
  receiver: ["register", "upload", "lookup", "await", "deviate"],
  alarm: ["raise"],
  sender: ["send"],
  "altinn-broker": ["list", "overview", "fetch", "confirm"],
  "altinn-correspondence": [
    "initialize",
    "list",
    "overview",
    "details",
    "content",
    "fetch",
    "markasread",
    "confirm",
    "purge",
  ],
  "altinn-dispatch": ["send", "status", "unopened", "list", "overview", "fetch", "archive"],
  "altinn-events": ["subscribe", "list", "push"],
  "altinn-authentication": ["exchange"],
  eformidling: ["peek", "pop", "delete", "send", "status"],
  db: ["connect", "flush"],
};
