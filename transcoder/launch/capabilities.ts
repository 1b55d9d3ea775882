/** By name, in the shapes that fluent-ffmpeg works with. */
export type Formats = Record<string, { description: string; canDemux: boolean; canMux: boolean }>;
export type Encoders = Record<
  string,
  {
    description: string;
    type: string;
    frameMT: boolean;
    sliceMT: boolean;
    experimental: boolean;
    drawHorizBand: boolean;
    directRendering: boolean;
  }
>;

/** libavcodec of ffmpeg 5.1, the oldest whose options are used here (`-fps_mode`). Builds from git have no version number. */
const OLDEST_LIBAVCODEC = [59, 37] as const;
const NEEDED_ENCODERS = ["libx264", "aac", "gif", "libwebp_anim"] as const;

/** What `ffmpeg -version` says, or null when it is no ffmpeg. */
export function parseVersion(text: string): { version: string; isNewEnough: boolean } | null {
  const version = /^ffmpeg version (\S+)/m.exec(text)?.[1];
  const library = /^libavcodec\s+(\d+)\.\s*(\d+)\./m.exec(text);
  if (version === undefined || library === null) return null;
  const [major, minor] = [Number(library[1]), Number(library[2])];
  const [oldestMajor, oldestMinor] = OLDEST_LIBAVCODEC;
  return { version, isNewEnough: major > oldestMajor || (major === oldestMajor && minor >= oldestMinor) };
}

/** What `ffmpeg -formats` lists. */
export function parseFormats(text: string): Formats {
  const formats: Formats = {};
  for (const [, demuxes, muxes, names = "", description = ""] of text.matchAll(
    /^ ([D ])([E ])[d ]? +(\S+)(?: +(.*))?$/gm,
  )) {
    for (const name of names.split(",")) {
      const known = formats[name];
      const canDemux = demuxes === "D" || known?.canDemux === true;
      formats[name] = { description, canDemux, canMux: muxes === "E" || known?.canMux === true };
    }
  }
  return formats;
}

const ENCODER_TYPES = { V: "video", A: "audio", S: "subtitle" } as const;

/** What `ffmpeg -encoders` lists. */
export function parseEncoders(text: string): Encoders {
  const encoders: Encoders = {};
  for (const [, type, flags = "", name = "", description = ""] of text.matchAll(
    /^ ([VAS])([A-Z.]{5}) (\w[\w.-]*) +(.*)$/gm,
  )) {
    encoders[name] = {
      description,
      type: ENCODER_TYPES[type as keyof typeof ENCODER_TYPES],
      frameMT: flags[0] === "F",
      sliceMT: flags[1] === "S",
      experimental: flags[2] === "X",
      drawHorizBand: flags[3] === "B",
      directRendering: flags[4] === "D",
    };
  }
  return encoders;
}

/** The needed encoders that are not there. */
export function missingEncoders(encoders: Encoders): string[] {
  return NEEDED_ENCODERS.filter((name) => encoders[name] === undefined);
}
