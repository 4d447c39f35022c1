// As if nothing had ever come in: before each run.
import { openStore } from "./store.mjs";

const store = openStore(process.argv[2]);
await store.ready();
await store.empty();
await store.close();
