import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { CODES, letters, twice, withParity } from "../testing/cea608-bytes.ts";
import { decodeCea608 } from "./decode-cea608.ts";

const { RCL, BS, DER, RU2, RU3, RDC, TR, EDM, CR, ENM, EOC, ITALIC, PLAIN, TAB2, ROW15, ROW14_12, ROW1_ITALIC } = CODES;
const END_MS = 60_000;

type Sent = readonly [timeMs: number, bytes: readonly number[]];

/** Cues of CC1 as `start-end text`, with settings behind. */
function cuesOf(...sent: Sent[]): string[] {
  const pictures = sent.map(([timeMs, bytes]) => ({ timeMs, field1: bytes.map(withParity), field2: [] }));
  const cues = decodeCea608(pictures, END_MS).get("CC1")?.cues ?? [];
  return cues.map(
    ({ startMs, endMs, text, settings }) => `${startMs}-${endMs} ${text}${settings === "" ? "" : ` {${settings}}`}`,
  );
}

const load = (text: string): number[] => [...twice(RCL, ENM, ROW15), ...letters(text)];
const LEFT = "{position:10% align:start}";

describe("pop-on captions", () => {
  it("are on screen from their flip to the next, or until they are erased", () => {
    const sent: Sent[] = [
      [0, load("first")],
      [1_000, twice(EOC)],
      [1_500, load("second")],
      [2_000, twice(EOC)],
      [3_000, twice(EDM)],
      [4_000, load("third")],
      [5_000, twice(EOC)],
    ];
    expect(cuesOf(...sent)).toEqual([
      `1000-2000 first ${LEFT}`,
      `2000-3000 second ${LEFT}`,
      `5000-60000 third ${LEFT}`,
    ]);
  });

  it("keep rows, places and italics", () => {
    const text = [
      ...twice(RCL, ROW14_12),
      ...letters("mid"),
      ...twice(ITALIC),
      ...letters("sta"),
      ...twice(PLAIN),
      ...letters("r"),
    ];
    const rows = [...text, ...twice(ROW15, TAB2, TAB2, TAB2, TAB2), ...letters("also centred now")];
    expect(cuesOf([0, rows], [1_000, twice(EOC)])).toEqual(["1000-60000 mid <i>sta </i>r\nalso centred now"]);
    const top = [...twice(RCL, ROW1_ITALIC), ...letters("a<b")];
    expect(cuesOf([0, top], [1_000, twice(EOC)])).toEqual([
      "1000-60000 <i>a&lt;b</i> {line:10% position:10% align:start}",
    ]);
  });

  it("know the characters that ASCII lacks, and those that replace one before", () => {
    const text = [
      ...load("*\\"),
      ...twice([0x11, 0x37]),
      ...letters("E"),
      ...twice([0x12, 0x21]),
      ...letters("u"),
      ...twice([0x13, 0x34]),
    ];
    expect(cuesOf([0, text], [1_000, twice(EOC)])[0]).toContain("áé♪Éß");
  });

  it("can be mended while they load", () => {
    const text = [...load("abcd"), ...twice(BS), ...twice(BS), ...letters("x")];
    expect(cuesOf([0, text], [1_000, twice(EOC)])[0]).toContain(" abx ");
    const erased = [...load("abcd"), ...twice(ROW15, TAB2, DER), ...letters("ef")];
    expect(cuesOf([0, erased], [1_000, twice(EOC)])[0]).toContain(" abef ");
  });

  it("are taken once where their codes come twice, and twice where they come four times", () => {
    const sent: Sent[] = [
      [0, load("on")],
      [1_000, [...EOC, ...EOC]],
      [2_000, load("off")],
      [3_000, [...EOC, ...EOC, ...EOC, ...EOC]],
    ];
    expect(cuesOf(...sent).map((cue) => cue.split(" ")[0])).toEqual(["1000-3000", "3000-60000"]);
  });
});

describe("captions that roll up", () => {
  it("show a row with those above it from its first character on", () => {
    const sent: Sent[] = [
      [0, [...twice(RU2, CR, ROW15), ...letters("on")]],
      [500, letters("e.")],
      [2_000, twice(CR)],
      [2_100, letters("two.")],
      [4_000, twice(CR)],
      [4_200, letters("three.")],
      [6_000, twice(EDM)],
    ];
    expect(cuesOf(...sent)).toEqual([
      `0-2100 one. ${LEFT}`,
      `2100-4200 one.\ntwo. ${LEFT}`,
      `4200-6000 two.\nthree. ${LEFT}`,
    ]);
  });

  it("stay at the left, however long a row is", () => {
    const long = "thirty characters at the left.";
    const rows: Sent[] = [
      [0, [...twice(RU2, CR, ROW15), ...letters(long)]],
      [1_000, [...twice(CR), ...letters("short")]],
    ];
    expect(cuesOf(...rows)).toEqual([`0-1000 ${long} ${LEFT}`, `1000-60000 ${long}\nshort ${LEFT}`]);
  });

  it("keep as many rows as they say, and begin anew after pop-on", () => {
    const line = (timeMs: number, text: string): Sent => [timeMs, [...twice(CR), ...letters(text)]];
    const sent: Sent[] = [
      [0, load("popped")],
      [500, twice(EOC)],
      [1_000, twice(RU3, ROW15)],
      line(1_100, "a1"),
      line(2_000, "b2"),
    ];
    const cues = cuesOf(...sent, line(3_000, "c3"), line(4_000, "d4"));
    expect(cues.map((cue) => cue.replace(` ${LEFT}`, ""))).toEqual([
      "500-1000 popped",
      "1100-2000 a1",
      "2000-3000 a1\nb2",
      "3000-4000 a1\nb2\nc3",
      "4000-60000 b2\nc3\nd4",
    ]);
  });
});

describe("captions that are painted on", () => {
  it("show each row when it begins", () => {
    const sent: Sent[] = [
      [1_000, [...twice(RDC, ROW14_12), ...letters("above")]],
      [2_000, [...twice(ROW15), ...letters("below")]],
      [3_000, twice(EDM)],
    ];
    expect(cuesOf(...sent).map((cue) => cue.split(" {")[0])).toEqual(["1000-2000 above", "2000-3000 above\nbelow"]);
  });
});

describe("channels", () => {
  const second = (code: readonly number[]): number[] => [(code[0] ?? 0) | 8, code[1] ?? 0];

  it("are told apart in both fields, without programme information and text services", () => {
    const cc1 = [...twice(RCL, ENM, ROW15), ...letters("one")];
    const cc2 = [...twice(second(RCL), second(ROW15)), ...letters("two")];
    const xds = [1, 3, ...letters("XDS"), 0x0f, 0x20];
    const cc3 = [...twice([0x15, 0x20], [0x15, 0x60]), ...letters("trois"), ...xds];
    const text = [...twice(TR), ...letters("text")];
    const pictures = [
      { timeMs: 0, field1: [...text, ...cc1, ...cc2], field2: cc3 },
      { timeMs: 1_000, field1: [...twice(EOC), ...twice(second(EOC))], field2: twice([0x15, 0x2f]) },
    ];
    const found = decodeCea608(pictures, END_MS);
    expect([...found].map(([name, { cues }]) => [name, cues.map(({ text }) => text)])).toEqual([
      ["CC1", ["one"]],
      ["CC2", ["two"]],
      ["CC3", ["trois"]],
    ]);
  });

  it("that say nothing are none", () => {
    expect(decodeCea608([{ timeMs: 0, field1: [0x80, 0x80], field2: [] }], END_MS).size).toBe(0);
    expect(decodeCea608([{ timeMs: 0, field1: [...load("never flipped")], field2: [] }], END_MS).size).toBe(0);
  });
});

it("any bytes make cues that WebVTT can hold, one after the other", () => {
  const codes = fc.constantFrom(...Object.values(CODES)).map((code) => [...code]);
  const bytes = fc.array(fc.oneof(codes, fc.array(fc.nat({ max: 255 }), { minLength: 2, maxLength: 2 })), {
    maxLength: 60,
  });
  fc.assert(
    fc.property(fc.array(bytes, { maxLength: 8 }), (sent) => {
      const pictures = sent.map((pairs, at) => ({ timeMs: at * 33.37, field1: pairs.flat(), field2: pairs.flat() }));
      for (const { cues } of decodeCea608(pictures, 1_000).values()) {
        let behindMs = 0;
        for (const { startMs, endMs, text } of cues) {
          expect(startMs).toBeGreaterThanOrEqual(behindMs);
          expect(endMs).toBeGreaterThan(startMs);
          expect(text.split("\n")).not.toContain("");
          expect(text).not.toContain("-->");
          behindMs = endMs;
        }
      }
    }),
  );
});
