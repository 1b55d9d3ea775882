import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { CaptionsError } from "./captions-error.ts";
import { readCaptions } from "./read-captions.ts";

const bytesOf = (text: string): Uint8Array => new TextEncoder().encode(text);
const read = (text: string) => readCaptions(bytesOf(text));
const texts = (text: string): string[] => read(text).cues.map((cue) => cue.text);

function errorOf(bytes: Uint8Array): CaptionsError {
  try {
    readCaptions(bytes);
  } catch (error) {
    if (error instanceof CaptionsError) return error;
    throw error;
  }
  throw new Error("was read");
}

const SRT = `1
00:00:01,000 --> 00:00:02,500
Hello

2
00:00:03,000 --> 00:00:04,000
two
lines
`;

describe("readCaptions of SRT", () => {
  it("reads numbers, times and lines", () => {
    expect(read(SRT)).toEqual({
      version: 1,
      blocks: [],
      cues: [
        { startMs: 1_000, endMs: 2_500, id: null, settings: "", text: "Hello" },
        { startMs: 3_000, endMs: 4_000, id: null, settings: "", text: "two\nlines" },
      ],
    });
  });

  it.each([
    ["CRLF", SRT.replaceAll("\n", "\r\n")],
    ["CR", SRT.replaceAll("\n", "\r")],
    ["dots", SRT.replaceAll(",", ".")],
    ["empty lines before", `\n\n${SRT}`],
    ["no numbers", SRT.replace(/^\d\n/gm, "")],
    ["wrong numbers", SRT.replace(/^\d$/gm, "77")],
    ["no empty line between cues", SRT.replace("\n\n", "\n")],
    ["many empty lines between cues", SRT.replace("\n\n", "\n\n\n \n")],
    ["an empty line behind the number", SRT.replace("2\n00", "2\n\n00")],
    ["an empty line in the text", SRT.replace("two\n", "two\n\n")],
    ["no line end at the end", SRT.trimEnd()],
    ["places behind the times", SRT.replace("02,500", "02,500 X1:100 X2:200 Y1:1 Y2:2")],
    ["blanks around the arrow", SRT.replaceAll(" --> ", "  -->\t")],
    ["cues out of order", `2\n00:00:03,000 --> 00:00:04,000\ntwo\nlines\n\n1\n00:00:01,000 --> 00:00:02,500\nHello\n`],
  ])("takes %s", (_, file) => {
    expect(read(file)).toEqual(read(SRT));
  });

  it("keeps cues that overlap, and leaves out those without text or length", () => {
    const file =
      "1\n0:0:1,0 --> 0:0:5,0\na\n\n2\n00:00:02 --> 00:00:03\nb\n\n3\n0:0:4,0 --> 0:0:5,0\n\n4\n0:0:6,0 --> 0:0:6,0\nc";
    expect(read(file).cues).toMatchObject([
      { startMs: 1_000, endMs: 5_000, text: "a" },
      { startMs: 2_000, endMs: 3_000, text: "b" },
    ]);
  });

  it("knows hours beyond 99, and fractions of every length", () => {
    const [cue] = read("1\n100:00:00,5 --> 12345:59:59,25\nlong").cues;
    expect(cue).toMatchObject({ startMs: 360_000_500, endMs: (12_345 * 3_600 + 3_599) * 1_000 + 250 });
  });

  it("keeps a text that is a number", () => {
    expect(texts("1\n00:00:01,000 --> 00:00:02,000\n42\n\n2\n00:00:03,000 --> 00:00:04,000\n1984")).toEqual([
      "42",
      "1984",
    ]);
    expect(texts("00:00:01,000 --> 00:00:02,000\n42\n00:00:03,000 --> 00:00:04,000\nx")).toEqual(["42", "x"]);
  });

  it("turns tags and places into WebVTT, and the rest into text", () => {
    const cue = (text: string) => read(`1\n00:00:01,000 --> 00:00:02,000\n${text}`).cues[0];
    expect(cue('<I>so</I> <font color="#fff">white</font> <b >fat</b>')?.text).toBe("<i>so</i> white <b>fat</b>");
    expect(cue("1 < 2 & 3 > 2 &amp; R&B <3 you>")?.text).toBe("1 &lt; 2 &amp; 3 &gt; 2 &amp; R&amp;B &lt;3 you&gt;");
    expect(cue("{\\an8}above")).toMatchObject({ text: "above", settings: "line:0" });
    expect(cue("{\\an1}{\\i1}left{\\i0}")).toMatchObject({ text: "left", settings: "align:start" });
    expect(cue("{curly}")?.text).toBe("{curly}");
  });
});

describe("readCaptions of WebVTT", () => {
  it("keeps ids, settings, voices, styles and regions, and drops notes and what is not valid", () => {
    const file = `WEBVTT - a title
Kind: captions

STYLE
::cue(b) { color: red }

REGION
id:fred

NOTE
not for
people

intro
00:01.000 --> 00:02.000 align:middle line:-1 region:fred colour:red line:x
<v Ann>Hi <b.loud>there</b>

NOTE also not

1:00:03.000 --> 1:00:04.000
two
lines
`;
    expect(read(file)).toEqual({
      version: 1,
      blocks: ["STYLE\n::cue(b) { color: red }", "REGION\nid:fred"],
      cues: [
        {
          startMs: 1_000,
          endMs: 2_000,
          id: "intro",
          settings: "align:center line:-1 region:fred",
          text: "<v Ann>Hi <b.loud>there</b>",
        },
        { startMs: 3_603_000, endMs: 3_604_000, id: null, settings: "", text: "two\nlines" },
      ],
    });
  });

  it.each([
    ["no empty line behind the header", "WEBVTT\n00:01.000 --> 00:02.000\na", ["a"]],
    ["no empty line between cues", "WEBVTT\n\n00:01.000 --> 00:02.000\na\n00:03.000 --> 00:04.000\nb", ["a", "b"]],
    ["numbers and no empty line", "WEBVTT\n\n1\n00:01.000 --> 00:02.000\na\n2\n00:03.000 --> 00:04.000\nb", ["a", "b"]],
    ["an empty line in a text", "WEBVTT\n\n00:01.000 --> 00:02.000\na\n\nb", ["a\nb"]],
    ["commas", "WEBVTT\n\n00:00:01,000 --> 00:00:02,000\na", ["a"]],
    ["empty lines before the header", "\n \nWEBVTT\n\n00:01.000 --> 00:02.000\na", ["a"]],
    ["a line of a no-break space", "WEBVTT\n\n00:01.000 --> 00:02.000\na\n\u00a0", ["a\n\u00a0"]],
  ])("takes %s", (_, file, expected) => {
    expect(texts(file)).toEqual(expected);
  });

  it("forgets ids that two cues have, since players take them for one cue", () => {
    const cues = read(
      "WEBVTT\n\nx\n00:01.000 --> 00:02.000\na\n\nx\n00:03.000 --> 00:04.000\nb\n\ny\n00:05.000 --> 00:06.000\nc",
    );
    expect(cues.cues.map(({ id }) => id)).toEqual([null, null, "y"]);
  });
});

describe("encodings", () => {
  const file = "1\r\n00:00:01,000 --> 00:00:02,000\r\nGrüße – “naïve” ščťž 字幕 🎬\r\n";
  const text = "Grüße – “naïve” ščťž 字幕 🎬";
  const utf16 = (littleEndian: boolean, mark: string): Uint8Array => {
    const units = mark + file;
    const bytes = new Uint8Array(units.length * 2);
    const view = new DataView(bytes.buffer);
    for (let at = 0; at < units.length; at += 1) view.setUint16(2 * at, units.charCodeAt(at), littleEndian);
    return bytes;
  };

  it.each([
    ["UTF-8", bytesOf(file)],
    ["UTF-8 with a mark", bytesOf(`\ufeff${file}`)],
    ["UTF-16, little-endian, with a mark", utf16(true, "\ufeff")],
    ["UTF-16, big-endian, with a mark", utf16(false, "\ufeff")],
    ["UTF-16, little-endian", utf16(true, "")],
    ["UTF-16, big-endian", utf16(false, "")],
  ])("reads %s", (_, bytes) => {
    expect(readCaptions(bytes).cues[0]?.text).toBe(text);
  });

  it("takes what is not UTF-8 for Windows-1252, and refuses what that lacks", () => {
    const head = [...bytesOf("1\n00:00:01,000 --> 00:00:02,000\n")];
    const german = [0x47, 0x72, 0xfc, 0xdf, 0x65, 0x20, 0x96, 0x20, 0x80, 0x35]; // Grüße – €5
    expect(readCaptions(Uint8Array.from([...head, ...german])).cues[0]?.text).toBe("Grüße – €5");
    expect(errorOf(Uint8Array.from([...head, 0x81, 0xc0])).message).toContain("save it as UTF-8");
    expect(errorOf(Uint8Array.from([0xef, 0xbb, 0xbf, ...head, 0xfc, 0x20])).message).toContain(
      "says that it is UTF-8",
    );
  });

  it("decodes UTF-8 as the platform does, and takes what that refuses for something else", () => {
    const decoder = new TextDecoder("utf-8", { fatal: true });
    const head = bytesOf("WEBVTT\n\n00:01.000 --> 00:02.000\nx");
    fc.assert(
      fc.property(fc.string({ unit: "binary" }), (content) => {
        const line = content
          .replace(/\0/g, "\ufffd")
          .replace(/[\r\n]|-->/g, "")
          .toWellFormed();
        expect(texts(`WEBVTT\n\n00:01.000 --> 00:02.000\nx${line}`)).toEqual([`x${line}`]);
      }),
    );
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 6 }), (content) => {
        const bytes = Uint8Array.from([...head, ...content.map((byte) => byte | 0x80)]);
        const isUtf8 = (() => {
          try {
            return decoder.decode(bytes) !== "";
          } catch {
            return false;
          }
        })();
        if (isUtf8) expect(readCaptions(bytes).cues[0]?.text).toBe(decoder.decode(bytes).slice(head.length - 1));
        else expect(readOrNull(bytes)).not.toContain("\ufffd");
      }),
    );
  });
});

describe("files that are refused", () => {
  it.each([
    ["nothing", "", null, "empty"],
    ["only empty lines", "\n\n\n", null, "no cue"],
    ["a WebVTT without a cue", "WEBVTT\n\nNOTE nothing\n", null, "no cue"],
    ["prose", "Dear all,\nhere is the film.", 1, "Neither a cue's number nor its times"],
    ["prose behind a number", "\n1\nHello\n00:00:01,000 --> 00:00:02,000\nx", 3, "Neither"],
    ["a web page", "\n<!DOCTYPE html><html>", 2, "web page"],
    ["TTML", '<?xml version="1.0"?><tt/>', 1, "TTML"],
    ["ASS", "[Script Info]\nTitle: x", 1, "ASS"],
    ["a broken time", SRT.replace("00:00:03,000", "00:00:03;000"), 6, "is no timing"],
    ["75 seconds", SRT.replace("00:00:03,000", "00:00:75,000"), 6, "is no timing"],
    ["no end", SRT.replace("--> 00:00:04,000", "-->"), 6, "is no timing"],
    ["an end before the begin", SRT.replace("00:00:04", "00:00:02"), 6, "ends before it begins"],
    ["an arrow in a text", SRT.replace("Hello", "go --> there"), 3, "is no timing"],
  ])("%s", (_, file, line, message) => {
    const error = errorOf(bytesOf(file));
    expect(error.line).toBe(line);
    expect(error.message).toContain(message);
    if (line !== null) expect(error.message).toMatch(new RegExp(`^Line ${line}: `));
  });

  it("are the only thing that any bytes can lead to, besides captions", () => {
    const pieces = fc.constantFrom(
      "WEBVTT",
      "\n",
      "\r",
      "\n\n",
      "1",
      "00:00:01,000 --> 00:00:02,000",
      "-->",
      "NOTE",
      "STYLE",
      "<i",
      "{\\an8}",
      "\0",
      "x",
    );
    fc.assert(fc.property(fc.uint8Array({ maxLength: 300 }), (bytes) => void readOrNull(bytes)));
    fc.assert(fc.property(fc.array(pieces, { maxLength: 40 }), (all) => void readOrNull(bytesOf(all.join("")))));
  });

  it("do not hold a reader up, whatever characters they repeat", () => {
    const head = "1\n00:00:01,000 --> 00:00:02,000\n";
    for (const piece of ["<", "<a", "{\\", "&", " ", "\n", "\n1", "1\n\n", "-->", "0", ":", "<i>", "x\n"]) {
      readOrNull(bytesOf(head + piece.repeat(200_000 / piece.length)));
      readOrNull(bytesOf(`WEBVTT\n\n${head}${piece.repeat(200_000 / piece.length)}`));
    }
  });
});

/** All text of the captions, "" where they are refused; any other failure is thrown. */
function readOrNull(bytes: Uint8Array): string {
  try {
    return readCaptions(bytes)
      .cues.map(({ text }) => text)
      .join("\n");
  } catch (error) {
    if (error instanceof CaptionsError) return "";
    throw error;
  }
}
