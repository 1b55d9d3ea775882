/** Parts that a view splits into: time in one quality, or in one mode of the player (data-api.md §2). */
export const SUBVIEW_TYPES = ["rendition", "playback_mode"] as const;
export type SubviewType = (typeof SUBVIEW_TYPES)[number];

/** Something that the parts of a view can be told apart by. */
export interface SubviewAttribute {
  /** Id of the Data API. */
  id: string;
  title: string;
  /** Field of the part in table `views`. */
  field: string;
  /** Texts; numbers otherwise, 0 where the player did not tell. */
  text: boolean;
}

/** The array column of table `views` that holds the parts, and what tells them apart. */
export const SUBVIEWS: Readonly<Record<SubviewType, { column: string; attributes: readonly SubviewAttribute[] }>> = {
  rendition: {
    column: "renditions",
    attributes: [
      { id: "video_source_bitrate", title: "Source Bitrate", field: "bitrate", text: false },
      { id: "video_source_width", title: "Source Width", field: "width", text: false },
      { id: "video_source_height", title: "Source Height", field: "height", text: false },
      { id: "video_source_fps", title: "Source Framerate", field: "fps", text: false },
      { id: "video_source_codec", title: "Source Codec", field: "codec", text: true },
      { id: "video_source_rendition_name", title: "Rendition Name", field: "name", text: true },
    ],
  },
  playback_mode: {
    column: "playback_modes",
    attributes: [{ id: "player_playback_mode", title: "Playback Mode", field: "mode", text: true }],
  },
};

/** null when parts of this type have no such attribute. */
export function subviewAttribute(type: SubviewType, id: string): SubviewAttribute | null {
  return SUBVIEWS[type].attributes.find((each) => each.id === id) ?? null;
}
