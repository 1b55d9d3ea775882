import { type AssetRef, sourceKey } from "../../domain/media/object-keys.ts";
import { indexPictures, type PictureIndex } from "../../domain/media/picture-index.ts";
import { playedTrack } from "../../domain/media/played-track.ts";
import { indexSound, type SoundIndex } from "../../domain/media/sound-index.ts";
import { readMovieBox } from "../../domain/mp4/locate.ts";
import { type Movie, parseMovie, type Track } from "../../domain/mp4/movie.ts";
import { ObjectMissingError, type Objects } from "../../platform/objects/objects.ts";
import { readBytes } from "./read-samples.ts";

/** A source as segments are cut from it: its tracks with the places of all samples, on the presentation's time line. */
export interface Source {
  key: string;
  picture: { track: Track; index: PictureIndex } | null;
  sound: { track: Track; index: SoundIndex } | null;
}

/** Reads the index of a stored MP4. An hour takes about 0.2 s. Throws Mp4Error when it cannot be cut. */
export async function openSource(objects: Objects, ref: AssetRef, generation: number): Promise<Source> {
  const key = sourceKey(ref, generation);
  const info = await objects.head(key);
  if (info === null) throw new ObjectMissingError(`There is no object ${key}`);
  const read = (start: number, end: number): Promise<Uint8Array> =>
    readBytes(objects, key, { start, end: Math.min(end, info.sizeBytes) });
  const { moov } = await readMovieBox(read, info.sizeBytes);
  return indexSource(key, parseMovie(moov));
}

/** The tracks that are played, the sound placed in relation to the picture. */
export function indexSource(key: string, movie: Movie): Source {
  const pictureTrack = playedTrack(movie.tracks, "video");
  const soundTrack = playedTrack(movie.tracks, "audio");
  const picture = pictureTrack === null ? null : { track: pictureTrack, index: indexPictures(movie, pictureTrack) };
  const originSeconds = picture === null ? 0 : picture.index.presentationStart / picture.track.timescale;
  const soundIndex = soundTrack === null ? null : indexSound(movie, soundTrack, originSeconds);
  const sound = soundTrack === null || soundIndex === null ? null : { track: soundTrack, index: soundIndex };
  return { key, picture, sound };
}
