import sharp from "sharp";
import { describe, expect, it } from "vitest";
import { sniffImage } from "./sniff-image.ts";

const drawn = (widthPx: number, heightPx: number) =>
  sharp({
    create: { width: widthPx, height: heightPx, channels: 4, background: { r: 200, g: 10, b: 10, alpha: 0.5 } },
  });

describe("sniffImage", () => {
  it.each([
    ["png_pipe", drawn(301, 77).png()],
    ["jpeg_pipe", drawn(301, 77).jpeg()],
    ["jpeg_pipe", drawn(301, 77).jpeg({ progressive: true })],
    [
      "jpeg_pipe",
      drawn(301, 77)
        .withExif({ IFD0: { Copyright: "somebody" } })
        .jpeg(),
    ],
    ["webp_pipe", drawn(301, 77).webp()],
    ["webp_pipe", drawn(301, 77).flatten().webp()],
    ["webp_pipe", drawn(301, 77).webp({ lossless: true })],
    ["webp_pipe", drawn(301, 77).flatten().removeAlpha().webp({ lossless: true })],
  ] as const)("tells a file for %s and its size", async (demuxer, image) => {
    const found = sniffImage(await image.toBuffer());
    expect(found).toMatchObject({ demuxer, widthPx: 301, heightPx: 77 });
    expect(found?.isMoving ?? false).toBe(false);
  });

  it("tells a WebP that moves", async () => {
    const pages = await Promise.all([drawn(8, 8).negate().png().toBuffer(), drawn(8, 8).png().toBuffer()]);
    const moving = await sharp(pages, { join: { animated: true } })
      .webp()
      .toBuffer();
    expect(sniffImage(moving)).toMatchObject({ widthPx: 8, heightPx: 8, isMoving: true });
  });

  it("takes nothing else, and no part of a head for one", async () => {
    const gif = await drawn(9, 9).gif().toBuffer();
    for (const other of [gif, Buffer.from("<svg xmlns='http://www.w3.org/2000/svg'/>"), Buffer.alloc(0)])
      expect(sniffImage(other)).toBeNull();
    for (const image of [drawn(301, 77).png(), drawn(301, 77).jpeg(), drawn(301, 77).webp()]) {
      const bytes = await image.toBuffer();
      for (let length = 0; length < 24; length += 1) {
        const found = sniffImage(bytes.subarray(0, length));
        expect(found === null || (found.widthPx === 301 && found.heightPx === 77)).toBe(true);
      }
    }
  });

  it("does not follow a JPEG's segments for ever", () => {
    expect(sniffImage(Buffer.from([0xff, 0xd8, 0xff, 0xe0, 0, 2, 0xff, 0xe0, 0, 0]))).toBeNull();
    expect(sniffImage(Buffer.concat([Buffer.from([0xff, 0xd8]), Buffer.alloc(1_000, 0xff)]))).toBeNull();
  });
});
