import { defineConfig } from "komfrem";

export default defineConfig({
  name: "python-sender",
  role: "sender",
  command: ["python3", "sender.py"],
  channels: ["altinn-dispatch"],
  environment: {
    LISTEN_AT: "$KOMFREM_SEND_URL",
    ALTINN_URL: "$KOMFREM_ALTINN_BASE_URL",
    MASKINPORTEN_TOKEN_URL: "$KOMFREM_MASKINPORTEN_TOKEN_ENDPOINT",
    MASKINPORTEN_ISSUER: "$KOMFREM_MASKINPORTEN_ISSUER",
    MASKINPORTEN_CLIENT_ID: "$KOMFREM_MASKINPORTEN_CLIENT_ID",
    MASKINPORTEN_KEY_ID: "$KOMFREM_MASKINPORTEN_KEY_ID",
    MASKINPORTEN_SCOPES: "$KOMFREM_MASKINPORTEN_SCOPES",
    MASKINPORTEN_JWK_FILE: "$KOMFREM_MASKINPORTEN_JWK_FILE",
    ALARM_URL: "$KOMFREM_ALARM_WEBHOOK_URL",
    DATA_FOLDER: "$KOMFREM_DATA_DIRECTORY",
    POLL_MS: "$KOMFREM_POLL_INTERVAL_MS",
    // What it counts in days is shortened as the day is: a day is three seconds.
    WARN_AFTER: "4.5",
    RETURN_AFTER: "15",
    TIMEOUT: "1",
  },
  clock: { tier: "compressed", dayTakesMs: 3000, pollIntervalMs: 250 },
  // A poll, and a request that is never answered.
  maxRetryDelayMs: 1500,
});
