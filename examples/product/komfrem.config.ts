import { defineConfig } from "komfrem";

export default defineConfig({
  name: "product",
  command: ["node", "product.mjs"],
  channels: ["altinn-correspondence"],
  environment: {
    ALTINN_URL: "$KOMFREM_ALTINN_BASE_URL",
    MASKINPORTEN_TOKEN_URL: "$KOMFREM_MASKINPORTEN_TOKEN_ENDPOINT",
    MASKINPORTEN_ISSUER: "$KOMFREM_MASKINPORTEN_ISSUER",
    MASKINPORTEN_CLIENT_ID: "$KOMFREM_MASKINPORTEN_CLIENT_ID",
    MASKINPORTEN_KEY_ID: "$KOMFREM_MASKINPORTEN_KEY_ID",
    MASKINPORTEN_SCOPES: "$KOMFREM_MASKINPORTEN_SCOPES",
    MASKINPORTEN_KEY_FILE: "$KOMFREM_MASKINPORTEN_PRIVATE_KEY_FILE",
    RECIPIENTS: "$KOMFREM_RECIPIENTS",
    ALARM_URL: "$KOMFREM_ALARM_WEBHOOK_URL",
    POLL_MS: "$KOMFREM_POLL_INTERVAL_MS",
    // On a desk; komfrem.postgres.config.ts has the database of production.
    DATABASE_URL: "sqlite:$KOMFREM_DATA_DIRECTORY/cases.db",
    // What it counts in hours is shortened as the day is: a day is three seconds.
    WARN_AFTER_MS: "3000",
    TIMEOUT_MS: "1000",
  },
  clock: { tier: "compressed", dayTakesMs: 3000, pollIntervalMs: 250 },
  maxRetryDelayMs: 1250,
  probe: { command: ["node", "probe.mjs"] },
});
