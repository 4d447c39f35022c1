import type { Alarm, Host } from "../../port/host.ts";
import { within } from "./request.ts";
import { sendEmail } from "./sender-email.ts";
import type { SenderPolicy } from "./sender-policy.ts";

/** Whoever has not answered by then is asked again later. */
const patienceMs = 60_000;
/** Was on duty once. */
const oldAddress = "gammel.vakt@politi.example";

/** Tells a person, by the alarm's id and reason; false where nobody is known to have been told. */
export async function warn(host: Host, alarm: Alarm, policy: SenderPolicy): Promise<boolean> {
  const { source, reason } = alarm;
  switch (policy.warns) {
    case "whoever is on duty":
      return within(host, patienceMs, "warning", host.alarm(alarm)).then(
        () => true,
        () => false,
      );
    case "an old address": {
      const server = host.endpoints.alarm?.smtp;
      const text = `${source.channel} ${source.id ?? ""}: ${reason}`;
      return server !== undefined && sendEmail(host, server, { to: oldAddress, subject: "Forsendelse", text });
    }
    case "the log":
      host.log(`${reason} ${source.channel} ${source.id ?? ""}`);
      return true;
  }
}
