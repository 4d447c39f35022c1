// Sends requests at a steady rate and tells how long each took, counted from when it was due: a server that falls behind
// cannot make the load smaller. Plain Node, in a process of its own: load.mjs <url> <rate> <seconds> <body> <headers>.
import { Agent, request } from "node:http";

const [url, rateText, secondsText, body, headersText] = process.argv.slice(2);
const rate = Number(rateText);
const total = rate * Number(secondsText);
const headers = { ...JSON.parse(headersText ?? "{}"), ...(body ? { "content-length": Buffer.byteLength(body) } : {}) };
const agent = new Agent({ keepAlive: true, maxSockets: 64 });
const took = [];
let wrong = 0;
let sent = 0;
let ended = 0;
const began = performance.now();

function send(dueMs) {
  const asked = request(url, { method: body ? "POST" : "GET", agent, headers }, (answer) => {
    if (answer.statusCode >= 300) wrong += 1;
    answer.resume();
    answer.on("end", () => over(dueMs));
  });
  asked.on("error", () => {
    wrong += 1;
    over(dueMs);
  });
  asked.end(body || undefined);
}

function over(dueMs) {
  took.push(performance.now() - dueMs);
  ended += 1;
  if (ended === total) tell();
}

function tell() {
  took.sort((a, b) => a - b);
  const at = (share) => took[Math.min(took.length - 1, Math.floor(share * took.length))];
  console.log(
    JSON.stringify({ perSecond: (1000 * total) / (performance.now() - began), p50: at(0.5), p99: at(0.99), wrong }),
  );
  agent.destroy();
}

function step() {
  const dueBy = Math.min(total, Math.floor(((performance.now() - began) / 1000) * rate) + 1);
  for (; sent < dueBy; sent++) send(began + (1000 * sent) / rate);
  if (sent < total) setImmediate(step);
}
step();
