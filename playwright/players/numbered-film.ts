import { makeFilm } from "../../transcoder/testing/barcode-film.ts";

export const RATE = 25;
export const PICTURES = 750;

/** Half a minute with sound whose pictures carry their number, with enough bits for two renditions. */
export function makeNumberedFilm(file: string): Promise<void> {
  return makeFilm(file, { rate: String(RATE), pictures: PICTURES, sound: "aac" });
}
