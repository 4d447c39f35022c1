/** A name as part of a file's or folder's: `correct/store-then-receipt` becomes `correct-store-then-receipt`. */
export function fileName(name: string): string {
  const plain = name.replaceAll(/[^A-Za-z0-9_.-]+/g, "-").replaceAll(/^[-.]+|[-.]+$/g, "");
  return plain === "" ? "system" : plain;
}
