/**
 * How Node is started so that its engine adds nothing to the heap by itself: code is not compiled a second time when it
 * runs often, not thrown away when it does not, and what the engine learns of a function has its room from its first call
 * on. Left to itself it goes on for hundreds of runs (docs/measured.md).
 */
export const asCompiledOnce: readonly string[] = [
  "--no-opt",
  "--no-maglev",
  "--no-sparkplug",
  "--no-flush-bytecode",
  "--no-lazy-feedback-allocation",
];

/** How much memory is held once so many messages have been handled. */
export type MemoryAt = { readonly messages: number; readonly bytes: number };

/**
 * How many bytes each 1,000 messages more add: the slope, by least squares, of the second half of a series. Its first
 * half is warm-up.
 *
 * @param series By messages, at least four.
 */
export function bytesPerThousand(series: readonly MemoryAt[]): number {
  const points = series.slice(Math.floor(series.length / 2));
  const mean = (of: (point: MemoryAt) => number): number =>
    points.reduce((sum, point) => sum + of(point), 0) / points.length;
  const [x, y] = [mean(({ messages }) => messages), mean(({ bytes }) => bytes)];
  const above = points.reduce((sum, { messages, bytes }) => sum + (messages - x) * (bytes - y), 0);
  return (1000 * above) / points.reduce((sum, { messages }) => sum + (messages - x) ** 2, 0);
}
