const ALPHANUMERICS = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789";
/** 62^44 is 2^262: nobody guesses one, and two are never the same. */
const ID_LENGTH = 44;
const MEDIA_ID = /^[A-Za-z0-9]{32,50}$/;

/** Id of an asset, upload, playback id or track. */
export function newMediaId(randomBelow: (limit: number) => number): string {
  return Array.from({ length: ID_LENGTH }, () => ALPHANUMERICS[randomBelow(ALPHANUMERICS.length)] ?? "").join("");
}

/** What cannot be an id is not worth a question to the database. */
export function isMediaId(text: string): boolean {
  return MEDIA_ID.test(text);
}
