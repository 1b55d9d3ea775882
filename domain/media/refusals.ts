/**
 * Every way in which a file is refused: what is wrong, and what helps. Customers read these (`errors.messages`);
 * docs/refused-files.md lists them all, and a test compares.
 */
export const REFUSALS = {
  empty: "The file is empty. Send it again, whole.",
  unknown:
    "The file is no video or sound file that we know. Send a file such as MP4, MOV, MKV, WebM, MPEG-TS, MP3, WAV or FLAC.",
  playlist: "The file is a playlist, which only names other files. Send the video itself.",
  manifest: "The file is an XML document, such as a DASH manifest, and no video. Send the video itself.",
  page: "The file is a web page and no video. Send the video itself; a link has to lead to the file, not to a page that shows it.",
  json: "The file is an answer in JSON and no video; it may be a service's error. Send the video itself.",
  script: "The file is a script or list of commands, and no video. Send the video itself.",
  session: "The file describes a stream (SDP) and has no video in it. Record the stream and send the recording.",
  subtitles: "The file has subtitles only. Send the video, and the subtitles as a text track.",
  picture: "The file is a picture. Send a video; of a picture, one can be made with any video editor.",
  document: "The file is a document. Send a video or sound file.",
  archive: "The file is an archive. Unpack it and send the video that is in it.",
  program: "The file is a program. Send a video or sound file.",
  encrypted: "The file is encrypted or protected against copying. Send one without protection.",
  unreadable:
    "The file is damaged or cut off: its contents cannot be read. Export or download it again, and send the whole file.",
  slow_to_read: "The file's contents cannot be read in a reasonable time: it is damaged. Export it again as MP4.",
  no_media: "The file has no video or sound that we can read. Export it as MP4 with H.264 and AAC.",
  no_sound: "The file has no sound that we can read. Send a sound file such as M4A with AAC, MP3, WAV or FLAC.",
  cut_off: "The file is cut off: its index names more bytes than it has. Send the whole file again.",
  too_long: "The file is longer than 12 hours. Cut it into shorter ones.",
  implausible_length:
    "The file's times are damaged: it is far too small for the length that it claims. Export it again, for example as MP4.",
  endless: "The file's times are damaged: it goes on long after its end. Export it again, for example as MP4.",
  undecodable: "The file is damaged: it cannot be decoded. Export it again, for example as MP4 with H.264 and AAC.",
  stuck: "The file is damaged: decoding it leads nowhere. Export it again, for example as MP4 with H.264 and AAC.",
  slow_to_decode: "The file takes too long to decode. Export it with a smaller picture, or as MP4 with H.264.",
  grows_too_large:
    "The file becomes too large when it is decoded. Export it with a smaller picture or in shorter pieces.",
  no_pictures:
    "The file is damaged: none of its pictures can be decoded. Export it again, for example as MP4 with H.264.",
  clip_of_nothing:
    "The asset that the clip was to be made of has neither picture nor sound in that time. Make a clip with another start_time and end_time.",
  clip_without_source:
    "The asset that the clip was to be made of was deleted before the clip was made. Make a clip of one that is there.",
} as const;

export type Refusal = keyof typeof REFUSALS;

/** What helps where the index of an MP4 or MOV says itself what is wrong with it. */
export const EXPORT_AGAIN = "Export it again as MP4, and send the whole file.";

export function tooLarge(widthPx: number, heightPx: number): string {
  return `The picture of ${widthPx} × ${heightPx} is too large: at most 8192 × 4096 can be decoded. Export it smaller.`;
}
