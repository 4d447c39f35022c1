import { typeOf } from "../../contracts/fiks/types.ts";
import type { Municipality } from "../../core/scenario.ts";
import type { Order } from "../../port/host.ts";
import type { Composed, Sends } from "./compose.ts";

/** What a sender under test is told to send: PORT.md, **Sender**. The kind is the message type of fiks.md. */
export function orderOf({ delivery }: Composed, step: Sends, { organizationNumber, number }: Municipality): Order {
  return {
    label: step.label,
    kind: delivery.sentAs ?? typeOf(step.messageKind, step.version),
    recipient: { organizationNumber, municipalityNumber: number },
    ...(step.to.district === undefined ? {} : { district: step.to.district }),
    confidential: delivery.class !== "ordinary",
    parts: delivery.parts.map(({ name, mediaType, bytes }) => ({
      name,
      mediaType,
      contentBase64: Buffer.from(bytes).toString("base64"),
    })),
  };
}
