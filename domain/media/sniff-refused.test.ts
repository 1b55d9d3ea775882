import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { sniffContainer } from "./sniff-container.ts";
import { sniffRefused } from "./sniff-refused.ts";

const bytes = (text: string): Uint8Array => Uint8Array.from(text, (letter) => letter.charCodeAt(0));
const utf16 = (text: string): Uint8Array =>
  Uint8Array.from([0xff, 0xfe, ...[...text].flatMap((c) => [c.charCodeAt(0), 0])]);

describe("sniffRefused", () => {
  it.each([
    ["#EXTM3U\n#EXT-X-VERSION:3\n", "playlist"],
    ["\u00ef\u00bb\u00bf#EXTM3U\n", "playlist"],
    ["ffconcat version 1.0\nfile /etc/passwd\n", "playlist"],
    ["[playlist]\nFile1=http://a.example/\n", "playlist"],
    ['<ASX version="3.0">', "playlist"],
    ['<?xml version="1.0"?><MPD>', "manifest"],
    ['<?xml version="1.0"?>\n<Error><Code>AccessDenied</Code></Error>', "manifest"],
    ["\n\n<!DOCTYPE html><html>", "page"],
    ["<HTML lang=en>", "page"],
    ["<!-- hello --> <!-- again --><!doctype html>", "page"],
    ["<!---->".repeat(146), "unknown"],
    ['<svg xmlns="http://www.w3.org/2000/svg">', "picture"],
    ['<?xml version="1.0"?><!DOCTYPE svg [', "picture"],
    ["<svg/>", "picture"],
    ['<?xml version="1.0"?>\n<!-- Created with a program -->\n<svg>', "picture"],
    ['<?xml version="1.0"?><!-- a list --><MPD>', "manifest"],
    ['{"error":"expired"}', "json"],
    ['[ {"a":1}]', "json"],
    ["#!/bin/sh\ncurl", "script"],
    ["v=0\no=- 0 0 IN IP4 127.0.0.1", "session"],
    ["WEBVTT\n\n00:01.000", "subtitles"],
    ["1\r\n00:00:01,000 --> 00:00:02,000\r\nHello", "subtitles"],
    ["[Script Info]\nTitle", "subtitles"],
    ["%PDF-1.7", "document"],
    ["PK\u0003\u0004....", "archive"],
    [`PK\u0003\u0004${".".repeat(26)}[Content_Types].xml`, "document"],
    [`PK\u0003\u0004${".".repeat(26)}xl/drawings/drawing1.xml`, "document"],
    [`PK\u0003\u0004${".".repeat(26)}mimetypeapplication/vnd.oasis.opendocument.text`, "document"],
    [`PK\u0003\u0004${".".repeat(26)}film.mp4`, "archive"],
    ["AT&TFORM....DJVM", "document"],
    ["\u001f\u008b\u0008", "archive"],
    ["\u00ff\u00d8\u00ff\u00e0", "picture"],
    ["\u0089PNG\r\n", "picture"],
    ["RIFF....WEBPVP8 ", "picture"],
    ["....ftypheic", "picture"],
    ["\u0000\u0000\u0000\u000cjP  \r\n\u0087\n\u0000\u0000\u0000\u0014ftypjp2 ", "picture"],
    ["\u00ff\u004f\u00ff\u0051", "picture"],
    ["\u0000\u0000\u0001\u0000\u0003\u0000", "picture"],
    ["\u007fELF", "program"],
    ["", "unknown"],
    ["This is no film.", "unknown"],
  ])("says of %j that it is: %s", (text, refusal) => {
    expect(sniffRefused(bytes(text))).toBe(refusal);
    expect(sniffContainer(bytes(text))).toBeNull();
  });

  it("knows texts in UTF-16", () => {
    expect(sniffRefused(utf16("#EXTM3U\n"))).toBe("playlist");
  });

  it("never throws", () => {
    fc.assert(fc.property(fc.uint8Array({ maxLength: 400 }), (head) => void sniffRefused(head)));
  });
});
