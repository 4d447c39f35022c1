/** Of its token, of another try of its own, of load, or of the channel's state. */
const passing = /^(401|408|409|423|429|5\d\d)$/;

/** Whether a negative answer with this code says nothing for good to a sender: it may ask, or try, again. */
export function isPassing(code: string): boolean {
  return passing.test(code);
}
