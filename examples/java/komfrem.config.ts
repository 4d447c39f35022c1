import { defineConfig } from "komfrem";

export default defineConfig({
  name: "java-intake",
  command: ["java", "Intake.java"],
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
    CASE_SYSTEM_URL: "$KOMFREM_RECEIVER_BASE_URL",
    CASE_SYSTEM_KEY: "$KOMFREM_RECEIVER_API_KEY",
    ALARM_URL: "$KOMFREM_ALARM_WEBHOOK_URL",
    DATA_FOLDER: "$KOMFREM_DATA_DIRECTORY",
    POLL_MS: "$KOMFREM_POLL_INTERVAL_MS",
    // What it counts in hours is shortened as the day is: a day is three seconds.
    WARN_AFTER: "3",
    MAX_RETRY: "1",
    TIMEOUT: "1",
  },
  clock: { tier: "compressed", dayTakesMs: 3000, pollIntervalMs: 250 },
  // The longest pause, and a request that is never answered.
  maxRetryDelayMs: 2000,
});
