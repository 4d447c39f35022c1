import { municipalityParty, type PartyId } from "../names.ts";

const prefix = municipalityParty("");

/** Whether a party is a municipality that is not under test: its people, or a machine of theirs. */
export function isMunicipality(party: PartyId): boolean {
  return party.startsWith(prefix);
}

/**
 * Whose work a case shows: that of whoever was offered the message. People carry what they got as they got it, so what
 * is wrong with a case of theirs is the sender's.
 */
export function whoseCase(reader: PartyId | undefined, sender: PartyId, sut: PartyId): PartyId {
  if (reader === undefined) return sut;
  return isMunicipality(reader) ? sender : reader;
}
