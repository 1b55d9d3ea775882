import type { Refusal } from "./refusals.ts";
import { hasBytes, hasText } from "./sound-frames.ts";

/** Texts, by how they begin; of several the first counts. */
const TEXTS: readonly (readonly [start: RegExp, refusal: Refusal])[] = [
  [/^#extm3u|^\[playlist\]|^\[reference\]|^<asx[\s>]|^<smil[\s>]|^<playlist[\s>]/, "playlist"],
  [/^ffconcat/, "playlist"],
  [/^<!doctype html|^<html[\s>]|^<head[\s>]|^<body[\s>]/, "page"],
  [/^(<\?xml[^>]*\?>\s*)?(<!doctype svg|<svg[\s/>])/, "picture"],
  [/^(<\?xml[^>]*\?>\s*)?<asx[\s>]/, "playlist"],
  [/^<\?xml|^<mpd[\s>]|^<tt[\s>]|^<[a-z][\w:.-]*[\s>]/, "manifest"],
  [/^webvtt|^\d+\s*\r?\n\d\d:\d\d:\d\d[,.]\d{3} -->|^\[script info\]/, "subtitles"],
  [/^v=0\s*\r?\no=/, "session"],
  [/^[{[]\s*["{[\]}]/, "json"],
  [/^#!/, "script"],
  [/^%pdf-|^%!ps|^\{\\rtf/, "document"],
];

/** Of a ZIP's first file, 30 bytes in (APPNOTE §4.3.7): office documents are archives that nobody unpacks. */
const OFFICE_FILES = ["[Content_Types].xml", "_rels/.rels", "docProps/", "word/", "ppt/", "xl/"];
const OPEN_DOCUMENT = "mimetypeapplication/vnd.oasis.opendocument.";

const BYTES: readonly (readonly [at: number, bytes: readonly number[] | string, refusal: Refusal])[] = [
  ...[...OFFICE_FILES, OPEN_DOCUMENT].map((name) => [30, name, "document"] as const),
  [0, "PK\u0003\u0004", "archive"],
  [0, "PK\u0005\u0006", "archive"],
  [0, "Rar!", "archive"],
  [0, [0x37, 0x7a, 0xbc, 0xaf, 0x27, 0x1c], "archive"],
  [0, [0x1f, 0x8b], "archive"],
  [0, "BZh", "archive"],
  [0, [0xfd, 0x37, 0x7a, 0x58, 0x5a], "archive"],
  [0, [0x28, 0xb5, 0x2f, 0xfd], "archive"],
  [257, "ustar", "archive"],
  [0, [0xff, 0xd8, 0xff], "picture"],
  [0, [0x89, 0x50, 0x4e, 0x47], "picture"],
  [0, "GIF8", "picture"],
  [8, "WEBP", "picture"],
  [4, "ftyphei", "picture"],
  [4, "ftyphev", "picture"],
  [4, "ftypmif1", "picture"],
  [4, "ftypmsf1", "picture"],
  [4, "ftypavif", "picture"],
  [4, "ftypavis", "picture"],
  [0, "II*\u0000", "picture"],
  [0, "MM\u0000*", "picture"],
  [0, "8BPS", "picture"],
  [4, "jP  \r\n", "picture"],
  [0, [0xff, 0x4f, 0xff, 0x51], "picture"],
  [0, [0x00, 0x00, 0x01, 0x00], "picture"],
  [0, "AT&TFORM", "document"],
  [0, "BM", "picture"],
  [0, [0xd0, 0xcf, 0x11, 0xe0], "document"],
  [0, [0x7f, 0x45, 0x4c, 0x46], "program"],
  [0, "MZ", "program"],
];

/** What a file is that is no film, by its first bytes: a reason that helps more than "unknown". */
export function sniffRefused(head: Uint8Array): Refusal {
  const found = BYTES.find(([at, wanted]) =>
    typeof wanted === "string" ? hasText(head, at, wanted) : hasBytes(head, at, wanted),
  );
  return found?.[2] ?? sniffText(head) ?? "unknown";
}

function sniffText(head: Uint8Array): Refusal | undefined {
  const text = withoutComments(textOf(head)).trimStart().toLowerCase();
  return TEXTS.find(([start]) => start.test(text))?.[1];
}

/**
 * Pages may begin with comments, and have some behind the declaration of XML. In one pass: a pattern that may end a comment at
 * several places takes for ever.
 */
function withoutComments(text: string): string {
  const declaration = /^\s*<\?xml[^>]*\?>/i.exec(text)?.[0] ?? "";
  let rest = text.slice(declaration.length).trimStart();
  while (rest.startsWith("<!--") && rest.includes("-->")) rest = rest.slice(rest.indexOf("-->") + 3).trimStart();
  return declaration.trimStart() + rest;
}

/** UTF-8 or UTF-16, with or without its mark; only letters that all texts above begin with are asked for. */
function textOf(head: Uint8Array): string {
  const letters = Array.from(head.subarray(0, 1_024)).filter((byte) => byte !== 0 && byte < 0x80);
  return String.fromCharCode(...letters);
}
