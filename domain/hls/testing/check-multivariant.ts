import type { Note } from "./fault.ts";
import { type Line, readLines, type Tag, tagsNamed } from "./playlist-lines.ts";

export interface Variant {
  uri: string;
  tag: Tag;
}

export interface Multivariant {
  variants: readonly Variant[];
  /** EXT-X-I-FRAME-STREAM-INF. */
  iFrames: readonly Variant[];
  images: readonly Variant[];
  /** EXT-X-MEDIA. */
  media: readonly Tag[];
  sessionData: readonly Tag[];
  isIndependent: boolean;
}

const OF_MEDIA_PLAYLISTS = [
  "EXTINF",
  "EXT-X-TARGETDURATION",
  "EXT-X-MEDIA-SEQUENCE",
  "EXT-X-PLAYLIST-TYPE",
  "EXT-X-ENDLIST",
  "EXT-X-MAP",
];

/** A multivariant playlist, judged without looking at what it points to (§4.4.6). */
export function checkMultivariant(text: string, note: Note): Multivariant {
  const lines = readLines(text, note);
  if (tagsNamed(lines, "EXT-X-VERSION").length > 1) note("4.4.1.2", "has EXT-X-VERSION twice");
  for (const name of OF_MEDIA_PLAYLISTS) {
    if (tagsNamed(lines, name).length > 0) note("4.1", `a multivariant playlist has ${name}, of media playlists`);
  }
  const media = tagsNamed(lines, "EXT-X-MEDIA");
  const variants = readVariants(lines, note);
  const iFrames = tagsNamed(lines, "EXT-X-I-FRAME-STREAM-INF").map(withUri);
  for (const { uri, tag } of iFrames) {
    if (uri === "") note("4.4.6.3", "EXT-X-I-FRAME-STREAM-INF has no URI");
    requireBandwidth(tag, "4.4.6.3", note);
    for (const name of ["FRAME-RATE", "AUDIO", "SUBTITLES", "CLOSED-CAPTIONS"]) {
      if (tag.attributes.has(name)) note("4.4.6.3", `EXT-X-I-FRAME-STREAM-INF has ${name}`);
    }
  }
  for (const tag of media) checkRendition(tag, note);
  checkGroups(media, note);
  for (const { tag } of variants) checkVariant(tag, media, note);
  const sessionData = tagsNamed(lines, "EXT-X-SESSION-DATA");
  checkSessionData(sessionData, note);
  const images = tagsNamed(lines, "EXT-X-IMAGE-STREAM-INF").map(withUri);
  const isIndependent = tagsNamed(lines, "EXT-X-INDEPENDENT-SEGMENTS").length > 0;
  return { variants, iFrames, images, media, sessionData, isIndependent };
}

function withUri(tag: Tag): Variant {
  return { uri: tag.attributes.get("URI") ?? "", tag };
}

/** The URI line is the next line of all (§4.4.6.2). */
function readVariants(lines: readonly Line[], note: Note): Variant[] {
  const variants: Variant[] = [];
  for (const [at, line] of lines.entries()) {
    const next = lines[at + 1];
    if (line.kind === "tag" && line.name === "EXT-X-STREAM-INF") {
      if (next?.kind === "uri") variants.push({ uri: next.uri, tag: line });
      else note("4.4.6.2", "EXT-X-STREAM-INF is not followed by a URI");
    }
    const before = lines[at - 1];
    const isNamed = before?.kind === "tag" && before.name === "EXT-X-STREAM-INF";
    if (line.kind === "uri" && !isNamed) note("4.4.6.2", `${line.uri} follows no EXT-X-STREAM-INF`);
  }
  if (variants.length === 0) note("4.4.6.2", "there is no variant");
  const keys = variants.map(({ uri, tag }) => `${uri} with sound ${tag.attributes.get("AUDIO") ?? "of its own"}`);
  const twice = keys.find((key, at) => keys.indexOf(key) !== at);
  if (twice !== undefined) note("4.4.6.2", `${twice} is listed twice`);
  return variants;
}

function requireBandwidth({ name, attributes }: Tag, rule: string, note: Note): void {
  if (!(Number(attributes.get("BANDWIDTH")) > 0)) note(rule, `${name} has no BANDWIDTH`);
}

function checkVariant(tag: Tag, media: readonly Tag[], note: Note): void {
  const { attributes } = tag;
  requireBandwidth(tag, "4.4.6.2", note);
  const average = Number(attributes.get("AVERAGE-BANDWIDTH") ?? 0);
  if (average > Number(attributes.get("BANDWIDTH"))) note("4.4.6.2", `AVERAGE-BANDWIDTH ${average} is above BANDWIDTH`);
  for (const type of ["AUDIO", "SUBTITLES", "CLOSED-CAPTIONS"]) {
    const group = attributes.get(type);
    if (group === undefined || (type === "CLOSED-CAPTIONS" && group === "NONE")) continue;
    const found = media.some((one) => one.attributes.get("TYPE") === type && one.attributes.get("GROUP-ID") === group);
    if (!found) note("4.4.6.2", `a variant's ${type} group ${group} does not exist`);
  }
}

/** §4.4.6.1. */
function checkRendition({ attributes }: Tag, note: Note): void {
  for (const name of ["TYPE", "GROUP-ID", "NAME"]) {
    if (!attributes.has(name)) note("4.4.6.1", `EXT-X-MEDIA has no ${name}`);
  }
  const type = attributes.get("TYPE");
  if (type === "CLOSED-CAPTIONS" && attributes.has("URI")) note("4.4.6.1", "closed captions have a URI");
  if (type === "CLOSED-CAPTIONS" && !attributes.has("INSTREAM-ID"))
    note("4.4.6.1", "closed captions have no INSTREAM-ID");
  if (type === "SUBTITLES" && !attributes.has("URI")) note("4.4.6.1", "subtitles have no URI");
  if (attributes.get("DEFAULT") === "YES" && attributes.get("AUTOSELECT") === "NO") {
    note("4.4.6.1", "a rendition is DEFAULT and not AUTOSELECT");
  }
  if (attributes.has("FORCED") && type !== "SUBTITLES") note("4.4.6.1", `FORCED on ${type}`);
}

/** §4.4.6.1.1. */
function checkGroups(media: readonly Tag[], note: Note): void {
  const groups = Map.groupBy(media, ({ attributes }) => `${attributes.get("TYPE")} ${attributes.get("GROUP-ID")}`);
  for (const [group, members] of groups) {
    const names = members.map(({ attributes }) => attributes.get("NAME"));
    if (new Set(names).size < names.length) note("4.4.6.1.1", `group ${group} has a NAME twice`);
    const defaults = members.filter(({ attributes }) => attributes.get("DEFAULT") === "YES");
    if (defaults.length > 1) note("4.4.6.1.1", `group ${group} has several defaults`);
    const withChannels = members.filter(({ attributes }) => attributes.has("CHANNELS"));
    if (withChannels.length > 0 && withChannels.length < members.length) {
      note("4.4.6.1", `group ${group} says CHANNELS of some members only`);
    }
  }
}

/** §4.4.6.4. */
function checkSessionData(tags: readonly Tag[], note: Note): void {
  const keys = tags.map(({ attributes }) => {
    if (!attributes.has("DATA-ID")) note("4.4.6.4", "EXT-X-SESSION-DATA has no DATA-ID");
    if (attributes.has("VALUE") === attributes.has("URI"))
      note("4.4.6.4", "EXT-X-SESSION-DATA has not one of VALUE and URI");
    return `${attributes.get("DATA-ID")} ${attributes.get("LANGUAGE") ?? ""}`;
  });
  if (new Set(keys).size < keys.length) note("4.4.6.4", "a DATA-ID comes twice in one LANGUAGE");
}
