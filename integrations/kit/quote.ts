/** What a message says, as some put it into a deviation. Content of a message on a worklist is a leak: that is the flaw. */
export function quoted(body: Uint8Array): string {
  return new TextDecoder()
    .decode(body)
    .replace(/[^\p{L}\p{N} .,:-]/gu, " ")
    .slice(0, 4000);
}
