/** Label of a message, from the scenario step that sends it: `A`. Letters, digits, `.`, `_` and `-`. */
export type Label = string;
/** A message at one recipient: `A`, or `A@4601-02` where the message has several recipients. */
export type DeliveryId = string;
/** One envelope on one channel: the delivery's id, with `~2` for its second copy and so on. */
export type CopyId = string;
/** A party, named per API: `receiver`, `fiks-io`, `integration`; a second one is `receiver#2`. */
export type PartyId = string;
/** `receiver.register(A)/2`: RULES.md, section C. */
export type ExchangeName = string;
/** `receiver.register(A)/2:done`: RULES.md, section C. */
export type BoundaryName = string;
/** Municipality and district: `4601-02`. */
export type RecipientId = string;

/** The delivery a copy belongs to: `A~2` is a copy of `A`. */
export function deliveryOf(copy: CopyId): DeliveryId {
  const tilde = copy.indexOf("~");
  return tilde < 0 ? copy : copy.slice(0, tilde);
}

/** The message a delivery or copy belongs to: `A@4601-02~2` is about message `A`. */
export function messageOf(id: DeliveryId | CopyId): Label {
  const at = id.indexOf("@");
  return deliveryOf(at < 0 ? id : id.slice(0, at));
}

/** The nth copy of a delivery; the first has no number. */
export function copyOf(delivery: DeliveryId, nth: number): CopyId {
  return nth === 1 ? delivery : `${delivery}~${nth}`;
}

/** Whether an exchange is with a party: `receiver.register(A)/2` is with `receiver`, and not with `receiver#2`. */
export function isWith(exchange: ExchangeName, party: PartyId): boolean {
  return exchange[party.length] === "." && exchange.startsWith(party);
}

/** Whether an exchange is this operation of a party: `receiver.register(A)/2` is `register` of `receiver`. */
export function isOperation(exchange: ExchangeName, party: PartyId, operation: string): boolean {
  const from = party.length + 1;
  return exchange[from + operation.length] === "(" && isWith(exchange, party) && exchange.startsWith(operation, from);
}

/** Whether a party is a municipality's case system: `receiver`, or a second one, `receiver#2`. */
export function isReceiver(party: PartyId): boolean {
  return party === "receiver" || party.startsWith("receiver#");
}

/** A municipality that is not under test, as a party: its people, or a machine of theirs. */
export function municipalityParty(municipalityNumber: string): PartyId {
  return `municipality#${municipalityNumber}`;
}

/** A recipient's id from its municipality and district numbers. */
export function recipientId(municipalityNumber: string, district: string): RecipientId {
  return `${municipalityNumber}-${district}`;
}
