import type { Note } from "./fault.ts";

export interface Tag {
  kind: "tag";
  /** Without `#`, such as `EXT-X-MAP`. */
  name: string;
  /** What follows the colon. */
  value: string;
  /** Of an attribute list (§4.2), quotes taken off; empty where the tag has none. */
  attributes: ReadonlyMap<string, string>;
}

export interface Uri {
  kind: "uri";
  uri: string;
}

export type Line = Tag | Uri;

const WITH_ATTRIBUTES = new Set([
  "EXT-X-I-FRAME-STREAM-INF",
  "EXT-X-IMAGE-STREAM-INF",
  "EXT-X-MAP",
  "EXT-X-MEDIA",
  "EXT-X-SESSION-DATA",
  "EXT-X-START",
  "EXT-X-STREAM-INF",
  "EXT-X-TILES",
]);

/** What each attribute's value must look like (§4.2), where it is known here. */
const QUOTED = /^"[^"\r\n]*"$/;
const INTEGER = /^\d{1,20}$/;
const DECIMAL = /^\d+(\.\d+)?$/;
const YES_OR_NO = /^(YES|NO)$/;
const SHAPES: Readonly<Record<string, RegExp>> = {
  AUDIO: QUOTED,
  AUTOSELECT: YES_OR_NO,
  "AVERAGE-BANDWIDTH": INTEGER,
  BANDWIDTH: INTEGER,
  CHANNELS: QUOTED,
  CHARACTERISTICS: QUOTED,
  "CLOSED-CAPTIONS": /^("[^"\r\n]*"|NONE)$/,
  CODECS: QUOTED,
  "DATA-ID": QUOTED,
  DEFAULT: YES_OR_NO,
  FORCED: YES_OR_NO,
  "FRAME-RATE": DECIMAL,
  "GROUP-ID": QUOTED,
  "INSTREAM-ID": QUOTED,
  LANGUAGE: QUOTED,
  NAME: QUOTED,
  RESOLUTION: /^\d+x\d+$/,
  SUBTITLES: QUOTED,
  TYPE: /^(AUDIO|VIDEO|SUBTITLES|CLOSED-CAPTIONS)$/,
  URI: QUOTED,
  VALUE: QUOTED,
  "VIDEO-RANGE": /^(SDR|HLG|PQ)$/,
};

const ATTRIBUTE = /([A-Z0-9-]+)=("[^"\r\n]*"|[^",\s]+)(,|$)/y;

/** The lines of a playlist that mean something (§4.1), its syntax judged. */
export function readLines(text: string, note: Note): Line[] {
  if (text.startsWith("\ufeff")) note("4.1", "begins with a byte order mark");
  // biome-ignore lint/suspicious/noControlCharactersInRegex: the rule is about control characters
  if (/[\u0000-\u0009\u000b\u000c\u000e-\u001f\u007f-\u009f]/.test(text)) note("4.1", "has control characters");
  if (text !== text.normalize("NFC")) note("4.1", "is not in normalization form C");
  const raw = text.split(/\r?\n/);
  if (raw[0] !== "#EXTM3U") note("4.4.1.1", "does not begin with EXTM3U");
  const lines: Line[] = [];
  for (const line of raw) {
    if (line === "" || (line.startsWith("#") && !line.startsWith("#EXT"))) continue;
    if (line !== line.trim()) note("4.1", `a line has white space around it: ${line}`);
    lines.push(line.startsWith("#") ? readTag(line.slice(1), note) : { kind: "uri", uri: line });
  }
  return lines;
}

function readTag(line: string, note: Note): Tag {
  const colon = line.indexOf(":");
  const name = colon < 0 ? line : line.slice(0, colon);
  const value = colon < 0 ? "" : line.slice(colon + 1);
  return {
    kind: "tag",
    name,
    value,
    attributes: WITH_ATTRIBUTES.has(name) ? readAttributes(name, value, note) : EMPTY,
  };
}

const EMPTY: ReadonlyMap<string, string> = new Map();

function readAttributes(tag: string, list: string, note: Note): ReadonlyMap<string, string> {
  const attributes = new Map<string, string>();
  ATTRIBUTE.lastIndex = 0;
  for (let end = 0; end < list.length; end = ATTRIBUTE.lastIndex) {
    const [, name = "", value = ""] = ATTRIBUTE.exec(list) ?? [];
    if (name === "") {
      note("4.2", `${tag} has a malformed attribute list: ${list.slice(end)}`);
      break;
    }
    if (attributes.has(name)) note("4.2", `${tag} has ${name} twice`);
    if (SHAPES[name]?.test(value) === false) note("4.2", `${tag} has ${name} of the wrong type: ${value}`);
    attributes.set(name, value.replace(/^"(.*)"$/, "$1"));
  }
  return attributes;
}

export function tagsNamed(lines: readonly Line[], name: string): Tag[] {
  return lines.filter((line): line is Tag => line.kind === "tag" && line.name === name);
}
