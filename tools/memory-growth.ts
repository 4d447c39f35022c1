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
