import { defineConfig } from "komfrem";
import onADesk from "./komfrem.config.ts";

// Where the database of production is: a fresh one for this, at PGHOST_PORT, reached through us.
const place = process.env.PRODUCT_DATABASE ?? "127.0.0.1:5432/product?user=product";
const [at, database] = place.split("/");

export default defineConfig({
  ...onADesk,
  name: "product on PostgreSQL",
  environment: {
    ...onADesk.environment,
    DATABASE_URL: `postgres://$KOMFREM_DEPENDENCY_DB/${database}`,
    QUERY_TIMEOUT_MS: "500",
  },
  dependencies: { db: String(at) },
  reset: ["node", "empty.mjs", `postgres://${place}`],
  probe: { command: ["node", "probe.mjs", `postgres://${place}`] },
});
