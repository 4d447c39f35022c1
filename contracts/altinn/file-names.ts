/** Ends of file names that are taken, in lower case, with their media types. @source altinn.md 2.2; the list: the service's code */
export const fileTypes: ReadonlyMap<string, string> = new Map([
  [".doc", "application/msword"],
  [".xls", "application/vnd.ms-excel"],
  [".docx", "application/vnd.openxmlformats-officedocument.wordprocessingml.document"],
  [".xlsx", "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"],
  [".ppt", "application/vnd.ms-powerpoint"],
  [".pps", "application/vnd.ms-powerpoint"],
  [".zip", "application/zip"],
  [".pdf", "application/pdf"],
  [".html", "text/html"],
  [".txt", "text/plain"],
  [".xml", "application/xml"],
  [".jpg", "image/jpeg"],
  [".jpeg", "image/jpeg"],
  [".gif", "image/gif"],
  [".bmp", "image/bmp"],
  [".png", "image/png"],
  [".json", "application/json"],
  [".csv", "text/csv"],
  [".dcm", "application/dicom"],
  [".dicom", "application/dicom"],
]);

/** Names that Windows keeps for itself, whatever their ending. */
export const reservedName: RegExp = /^(?:CON|PRN|AUX|NUL|COM[1-9]|LPT[1-9])(?:\.|$)/i;

/** The end of a file name from its last dot, in lower case; empty where there is none. */
export function endingOf(fileName: string): string {
  const dot = fileName.lastIndexOf(".");
  return dot < 0 ? "" : fileName.slice(dot).toLowerCase();
}

/** Whether a name holds a character that a file name must not have. */
export function hasForbiddenCharacter(fileName: string): boolean {
  return [...fileName].some((letter) => letter < " " || '<>:"/\\|?*'.includes(letter));
}
