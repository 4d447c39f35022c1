/** Whether a content type is this media type, whatever its parameters. */
export function isMediaType(contentType: string | undefined, mediaType: string): boolean {
  return contentType?.split(";")[0]?.trim().toLowerCase() === mediaType;
}
