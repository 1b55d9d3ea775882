/** QuickTime's and ISO's names of raw sound: one sample a tick, of the same size each. */
const RAW: readonly string[] = ["sowt", "twos", "raw ", "in24", "in32", "fl32", "fl64", "lpcm", "ulaw", "alaw"];
/** What ffmpeg decodes out of an MP4 with nothing but the sample entry: AAC and MPEG, Dolby, Opus, FLAC, Apple Lossless. */
const PACKETS: readonly string[] = ["mp4a", ".mp3", "ms\0U", "ac-3", "ec-3", "Opus", "fLaC", "alac"];

/** Whether sound with this sample entry is taken from the file as it is: copied, or encoded when it is asked for. */
export function isCutEntry(type: string): boolean {
  return RAW.includes(type) || PACKETS.includes(type);
}

export function isRawEntry(type: string): boolean {
  return RAW.includes(type);
}

/** Bytes of one sample of all channels; null where the codec (ffmpeg's name) is not raw. */
export function rawFrameBytes(codec: string, channels: number): number | null {
  if (codec === "pcm_mulaw" || codec === "pcm_alaw") return channels;
  const bits = /^pcm_[suf](8|16|24|32|64)(?:le|be)?$/.exec(codec)?.[1];
  return bits === undefined ? null : (Number(bits) / 8) * channels;
}
