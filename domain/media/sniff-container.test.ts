import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { SNIFFED_BYTES, sniffContainer } from "./sniff-container.ts";

const ascii = (text: string): number[] => [...text].map((letter) => letter.charCodeAt(0));
const head = (...parts: (string | number[] | Uint8Array)[]): Uint8Array =>
  Uint8Array.from(parts.flatMap((part) => (typeof part === "string" ? ascii(part) : [...part])));
const zeros = (length: number): number[] => new Array<number>(length).fill(0);

const box = (type: string, brand: string): Uint8Array => head([0, 0, 0, 24], type, brand, zeros(12));
const ebml = (docType: string): Uint8Array =>
  head([0x1a, 0x45, 0xdf, 0xa3, 0x93, 0x42, 0x86, 0x81, 1, 0x42, 0x82, 0x80 + docType.length], docType, zeros(50));
const packets = (bytes: number, start = 0): Uint8Array => {
  const data = new Uint8Array(SNIFFED_BYTES);
  for (let at = start; at < data.length; at += bytes) data[at] = 0x47;
  return data;
};
/** 128 kbit/s at 44.1 kHz, layer III: 417 bytes a frame. */
const mp3Frame = [0xff, 0xfb, 0x90, 0x00, ...zeros(413)];
/** 300 bytes a frame, LC, 48 kHz, two channels. */
const adtsFrame = [0xff, 0xf1, 0x4c, 0x80, 0x25, 0x9f, 0xfc, ...zeros(293)];
const id3 = (size: number): number[] => [...ascii("ID3"), 4, 0, 0, 0, 0, size >> 7, size & 0x7f, ...zeros(size)];

describe("sniffContainer", () => {
  it.each([
    ["MP4", box("ftyp", "isom"), "mp4", "mov"],
    ["an iPhone's MOV", box("ftyp", "qt  "), "mov", "mov"],
    ["a MOV older than ftyp", box("mdat", "...."), "mov", "mov"],
    ["a CMAF segment", box("styp", "msdh"), "mp4", "mov"],
    ["Motion JPEG 2000", head([0, 0, 0, 12], "jP  \r\n", [0x87, 10], box("ftyp", "mjp2")), "mp4", "mov"],
    ["WebM", ebml("webm"), "webm", "matroska"],
    ["Matroska", ebml("matroska"), "matroska", "matroska"],
    ["MPEG-TS", packets(188), "mpegts", "mpegts"],
    ["MPEG-TS from the middle of a packet", packets(188, 100), "mpegts", "mpegts"],
    ["Blu-ray's TS", packets(192, 4), "mpegts", "mpegts"],
    ["MPEG-PS", head([0, 0, 1, 0xba], zeros(20)), "mpegps", "mpeg"],
    ["AVI", head("RIFF", zeros(4), "AVI LIST"), "avi", "avi"],
    ["WAV", head("RIFF", zeros(4), "WAVEfmt "), "wav", "wav"],
    ["Ogg", head("OggS", zeros(30)), "ogg", "ogg"],
    ["FLV", head("FLV", [1, 5], zeros(20)), "flv", "flv"],
    ["WMV", head([0x30, 0x26, 0xb2, 0x75, 0x8e, 0x66, 0xcf, 0x11]), "asf", "asf"],
    ["MXF", head([0x06, 0x0e, 0x2b, 0x34, 0x02, 0x05, 0x01, 0x01]), "mxf", "mxf"],
    ["FLAC", head("fLaC", zeros(30)), "flac", "flac"],
    ["AIFF", head("FORM", zeros(4), "AIFC"), "aiff", "aiff"],
    ["MP3", head(mp3Frame, mp3Frame), "mp3", "mp3"],
    ["MP3 behind a tag", head(id3(200), mp3Frame, mp3Frame), "mp3", "mp3"],
    ["MP3 behind a large tag", head("ID3", [4, 0, 0, 0, 1, 0, 0], zeros(4000)), "mp3", "mp3"],
    ["AAC", head(adtsFrame, adtsFrame), "aac", "aac"],
    ["AAC behind a tag", head(id3(200), adtsFrame, adtsFrame), "aac", "aac"],
    ["FLAC behind a tag", head(id3(20), "fLaC"), "flac", "flac"],
  ])("knows %s", (_, bytes, container, demuxer) => {
    expect(sniffContainer(bytes)).toEqual({ container, demuxer });
  });

  it.each([
    ["an HLS playlist", head("#EXTM3U\n#EXT-X-VERSION:3\n")],
    ["a concat script", head("ffconcat version 1.0\nfile /etc/passwd\n")],
    ["a DASH manifest", head('<?xml version="1.0"?><MPD>')],
    ["HTML", head("<!doctype html><html>")],
    ["SDP", head("v=0\no=- 0 0 IN IP4 127.0.0.1")],
    ["subtitles", head("WEBVTT\n\n00:01.000 --> 00:02.000\n")],
    ["a JPEG", head([0xff, 0xd8, 0xff, 0xe0, 0, 16], "JFIF")],
    ["a PNG", head([0x89], "PNG\r\n\u001a\n")],
    ["a WebP", head("RIFF", zeros(4), "WEBPVP8 ")],
    ["a HEIC", box("ftyp", "heic")],
    ["another EBML file", ebml("unknown")],
    ["zeros", new Uint8Array(SNIFFED_BYTES)],
    ["one accidental frame sync", head(mp3Frame, zeros(100))],
    ["nothing", new Uint8Array()],
  ])("does not take %s for media", (_, bytes) => {
    expect(sniffContainer(bytes)).toBeNull();
  });

  it("never throws", () => {
    fc.assert(fc.property(fc.uint8Array({ maxLength: 300 }), (bytes) => void sniffContainer(bytes)));
  });
});
