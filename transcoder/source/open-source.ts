import { type AssetRef, sourceKey } from "../../domain/media/object-keys.ts";
import { indexPictures, type PictureIndex } from "../../domain/media/picture-index.ts";
import type { AudioRendition } from "../../domain/media/plan.ts";
import { playedSounds, playedTrack } from "../../domain/media/played-track.ts";
import { withShortRows } from "../../domain/media/raw-sound.ts";
import { picturesUntil, soundUntil } from "../../domain/media/shown-part.ts";
import { indexSound, type SoundIndex } from "../../domain/media/sound-index.ts";
import { readMovieBox } from "../../domain/mp4/locate.ts";
import { type Movie, parseMovie, type Track } from "../../domain/mp4/movie.ts";
import { ObjectMissingError, type Objects } from "../../platform/objects/objects.ts";
import { readBytes } from "./read-samples.ts";

/** A source as segments are cut from it: its tracks with the places of all samples, on the presentation's time line. */
export interface Source {
  key: string;
  picture: { track: Track; index: PictureIndex } | null;
  /** Every track that is heard, the one first that is meant to be. */
  sounds: readonly Sound[];
}

export interface Sound {
  track: Track;
  index: SoundIndex;
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

/** The tracks that are played, the sounds placed in relation to the picture. */
export function indexSource(key: string, movie: Movie): Source {
  const pictureTrack = playedTrack(movie.tracks);
  const picture = pictureTrack === null ? null : { track: pictureTrack, index: indexPictures(movie, pictureTrack) };
  const originSeconds = picture === null ? 0 : picture.index.presentationStart / picture.track.timescale;
  const sounds = playedSounds(movie.tracks).flatMap((sound) => {
    const track = withShortRows(sound);
    const index = indexSound(movie, track, originSeconds);
    return index === null ? [] : [{ track, index }];
  });
  return { key, picture, sounds };
}

/** As if the source ended there: what lies behind is neither planned nor made. */
export function sourceUntil({ key, picture, sounds }: Source, seconds: number): Source {
  return {
    key,
    picture: picture && { ...picture, index: picturesUntil(picture.index, seconds) },
    sounds: sounds.flatMap((sound) => {
      const index = soundUntil(sound.index, seconds);
      return index === null ? [] : [{ ...sound, index }];
    }),
  };
}

/** The track that a rendition of sound is made of. Throws when the source has it not, which the plan says it has. */
export function soundOf({ key, sounds }: Source, { name, trackId }: AudioRendition): Sound {
  const sound = trackId === null ? sounds[0] : sounds.find(({ track }) => track.id === trackId);
  if (sound === undefined) throw new Error(`${key} has no sound for ${name}`);
  return sound;
}
