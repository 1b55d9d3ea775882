/** One file of the matrix, and what has to become of it. */
export interface MatrixSource {
  name: string;
  family: Family;
  /** Gives the file's path, made in the folder or found; null where it cannot be had on this machine. */
  provide(folder: string): Promise<string | null>;
  expected: Expected;
}

export const FAMILIES = ["codec", "rate", "group", "shape", "container", "sound", "found", "long", "refused"] as const;

export type Family = (typeof FAMILIES)[number];

/** `because`: the key of the sentence that is told (`REFUSALS`), or the sentence. */
export type Expected = ExpectedReady | { status: "errored"; because: string };

export interface ExpectedReady {
  status: "ready";
  /** `non_standard_input_reasons`; none where it is standard. */
  reasons?: Readonly<Record<string, string>>;
  /**
   * How its pictures are known again. `numbered`: by the number in each. `matched`: by what each shows. `resampled`: as
   * `matched`, made anew at another rate or with some left out, so that only what is on screen at a time can be compared.
   */
  pictures: "numbered" | "matched" | "resampled" | "none";
  /** As many as the source has. */
  sounds: number;
  /** Its sound has nothing to hear. */
  isSilent?: boolean;
  /**
   * Times of its packets leave out so much that its samples do not, ms. Samples are heard one behind the other, as in players: a
   * hole is filled from a tenth of a second on.
   */
  leftOutMs?: number;
}

/** `non_standard_input_reasons` of what cannot be cut as it is, whatever is in it. */
export const NON_STANDARD = { unexpected_media_file_parameters: "non-standard" } as const;
