import { PlaybackError } from "../playback-error.ts";

/** Where parameters come from: the query of a URL, or the claims of a token. */
export type ParamSource = Pick<URLSearchParams, "get" | "has">;

interface Range {
  min: number;
  max: number;
}

/** Reads parameters of images. Whatever is wrong is collected, so that the answer names all of it. */
export class ImageParams {
  readonly #source: ParamSource;
  readonly #wrong: string[] = [];

  constructor(source: ParamSource) {
    this.#source = source;
  }

  /** Null when it is not given, and when it is wrong. */
  seconds(name: string): number | null {
    return this.#read(name, "seconds from 0, such as 12.5", (text) =>
      /^\d{1,9}(\.\d{0,9})?$/.test(text) ? Number(text) : null,
    );
  }

  whole(name: string, { min, max }: Range): number | null {
    return this.#read(name, `a whole number from ${min} to ${max}`, (text) =>
      /^\d{1,5}$/.test(text) && Number(text) >= min && Number(text) <= max ? Number(text) : null,
    );
  }

  number(name: string, { min, max }: Range): number | null {
    return this.#read(name, `a number from ${min} to ${max}`, (text) =>
      /^\d{1,5}(\.\d{0,3})?$/.test(text) && Number(text) >= min && Number(text) <= max ? Number(text) : null,
    );
  }

  oneOf<T extends string>(name: string, values: readonly T[]): T | null {
    return this.#read(name, `one of ${values.join(", ")}`, (text) => values.find((value) => value === text) ?? null);
  }

  flag(name: string): boolean {
    return this.oneOf(name, ["true", "false"]) === "true";
  }

  has(name: string): boolean {
    return this.#source.has(name);
  }

  refuse(message: string): void {
    this.#wrong.push(message);
  }

  /** Throws 400 with all that is wrong. */
  check(): void {
    if (this.#wrong.length > 0) throw new PlaybackError("invalid_parameters", this.#wrong);
  }

  #read<T>(name: string, what: string, parse: (text: string) => T | null): T | null {
    const text = this.#source.get(name);
    if (text === null) return null;
    const value = parse(text);
    if (value === null) this.#wrong.push(`${name} must be ${what}`);
    return value;
  }
}
