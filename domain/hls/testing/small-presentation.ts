import { box, concat } from "../../mp4/box-writer.ts";
import { type FragmentSample, writeFragmentHeader } from "../../mp4/fragment.ts";
import { writeInitSegment } from "../../mp4/init-segment.ts";
import { audioEntry, buildEsds, buildStsd, visualEntry } from "../../mp4/testing/build-moov.ts";
import type { Site } from "./site.ts";

/** Files of a presentation by their names, as text or bytes; tests spoil them. */
export type Files = Map<string, string | Uint8Array>;

export const RATE = 25;
const SAMPLE_BYTES = 100;
const AUDIO_TIMESCALE = 48_000;
const PACKET_TICKS = 1_024;
const AAC_LC_48K_STEREO = [0x11, 0x90];

/** Lengths of the segments in pictures, and in packets of sound. */
const PICTURES = [50, 50, 30];
const PACKETS = [95, 94, 56];

/** Five seconds in two renditions with sound, a rendition for scrubbing and a title: all as the draft wants it. */
export function smallPresentation(): Files {
  const files: Files = new Map<string, string | Uint8Array>([
    ["main.m3u8", MULTIVARIANT],
    ["title.json", "[]"],
    ["audio.m3u8", mediaPlaylist("audio", [94 * PACKET_TICKS, 94 * PACKET_TICKS, 56 * PACKET_TICKS], AUDIO_TIMESCALE)],
    ["audio/init.mp4", audioInit()],
  ]);
  for (const [name, widthPx, heightPx] of [
    ["high", 320, 180],
    ["low", 160, 90],
    ["trick", 160, 90],
  ] as const) {
    const isTrick = name === "trick";
    files.set(`${name}.m3u8`, mediaPlaylist(name, PICTURES, RATE, isTrick));
    files.set(`${name}/init.mp4`, videoInit(widthPx, heightPx));
    let start = 0;
    for (const [n, pictures] of PICTURES.entries()) {
      files.set(`${name}/${n}.m4s`, pictureSegment(start, isTrick ? [pictures] : Array(pictures).fill(1)));
      start += pictures;
    }
  }
  let packet = 0;
  for (const [n, packets] of PACKETS.entries()) {
    files.set(`audio/${n}.m4s`, soundSegment(packet, packets));
    packet += packets;
  }
  return files;
}

const MULTIVARIANT = `#EXTM3U
#EXT-X-VERSION:7
#EXT-X-INDEPENDENT-SEGMENTS
#EXT-X-SESSION-DATA:DATA-ID="com.apple.hls.chapters",URI="title.json"
#EXT-X-MEDIA:TYPE=AUDIO,GROUP-ID="audio",NAME="Audio",DEFAULT=YES,AUTOSELECT=YES,CHANNELS="2",URI="audio.m3u8"
#EXT-X-STREAM-INF:BANDWIDTH=69000,AVERAGE-BANDWIDTH=67000,CODECS="avc1.64001f,mp4a.40.2",RESOLUTION=320x180,FRAME-RATE=25.000,AUDIO="audio",CLOSED-CAPTIONS=NONE
high.m3u8
#EXT-X-STREAM-INF:BANDWIDTH=69000,AVERAGE-BANDWIDTH=67000,CODECS="avc1.64001f,mp4a.40.2",RESOLUTION=160x90,FRAME-RATE=25.000,AUDIO="audio",CLOSED-CAPTIONS=NONE
low.m3u8
#EXT-X-I-FRAME-STREAM-INF:BANDWIDTH=2400,CODECS="avc1.64001f",RESOLUTION=160x90,URI="trick.m3u8"
`;

function mediaPlaylist(name: string, lengths: readonly number[], timescale: number, isTrick = false): string {
  const head = [
    "#EXTM3U",
    "#EXT-X-VERSION:7",
    "#EXT-X-TARGETDURATION:2",
    "#EXT-X-MEDIA-SEQUENCE:0",
    "#EXT-X-PLAYLIST-TYPE:VOD",
    ...(isTrick ? ["#EXT-X-I-FRAMES-ONLY"] : []),
    `#EXT-X-MAP:URI="${name}/init.mp4"`,
  ];
  const segments = lengths.map((ticks, n) => `#EXTINF:${(ticks / timescale).toFixed(6)},\n${name}/${n}.m4s`);
  return `${[...head, ...segments, "#EXT-X-ENDLIST"].join("\n")}\n`;
}

export function videoInit(widthPx: number, heightPx: number, levelIdc = 31): Uint8Array {
  const avcC = box("avcC", Uint8Array.of(1, 100, 0, levelIdc, 0xff, 0xe0, 0));
  const stsd = buildStsd([visualEntry("avc1", widthPx, heightPx, avcC)]);
  return writeInitSegment({ kind: "video", timescale: RATE, stsd, widthPx, heightPx, editMediaTime: 0 });
}

/** The first packet of the sound is priming, hidden by an edit list. */
function audioInit(): Uint8Array {
  const esds = buildEsds(0x40, AAC_LC_48K_STEREO);
  const stsd = buildStsd([audioEntry("mp4a", 2, AUDIO_TIMESCALE, 0, esds)]);
  return writeInitSegment({
    kind: "audio",
    timescale: AUDIO_TIMESCALE,
    stsd,
    widthPx: 0,
    heightPx: 0,
    editMediaTime: PACKET_TICKS,
  });
}

export interface Spoiled {
  isSync?: boolean;
  /** NAL type of the first picture; 5 is an IDR slice. */
  nalType?: number;
  ctsOffsets?: readonly number[];
}

/** @param durations of the pictures, in ticks */
export function pictureSegment(start: number, durations: readonly number[], spoiled: Spoiled = {}): Uint8Array {
  const { isSync = true, nalType = 5, ctsOffsets = [] } = spoiled;
  const samples = durations.map(
    (duration, n): FragmentSample => ({
      size: SAMPLE_BYTES,
      duration,
      ctsOffset: ctsOffsets[n] ?? 0,
      isSync: n === 0 && isSync,
    }),
  );
  const media = new Uint8Array(samples.length * SAMPLE_BYTES);
  for (const n of samples.keys()) {
    const at = n * SAMPLE_BYTES;
    media.set([0, 0, 0, SAMPLE_BYTES - 4, n === 0 ? 0x60 + nalType : 0x41], at);
  }
  return concat(writeFragmentHeader({ sequence: 1, baseDecodeTime: start, samples }), media);
}

function soundSegment(first: number, packets: number): Uint8Array {
  const sample = { size: SAMPLE_BYTES, duration: PACKET_TICKS, ctsOffset: 0, isSync: true };
  const samples = Array<FragmentSample>(packets).fill(sample);
  const baseDecodeTime = first * PACKET_TICKS;
  return concat(writeFragmentHeader({ sequence: 1, baseDecodeTime, samples }), new Uint8Array(packets * SAMPLE_BYTES));
}

/** Answers with the files; the type is that of a playlist for all. */
export function siteOf(files: Files): Site {
  return {
    get: async (url) => {
      const file = files.get(url);
      const isText = typeof file === "string";
      return {
        status: file === undefined ? 404 : 200,
        contentType: "application/vnd.apple.mpegurl",
        bytes: file === undefined || isText ? new Uint8Array() : file,
        text: isText ? file : null,
      };
    },
    resolve: (uri, base) => base.slice(0, base.lastIndexOf("/") + 1) + uri,
  };
}
