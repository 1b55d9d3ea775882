/** One quality that a person can choose. */
export interface Rendition {
  id: string;
  width: number;
  height: number;
  /** bit/s */
  bitrate: number;
}

/** The player's own choice. */
export const AUTOMATIC = -1;

/**
 * What media-chrome's quality menu looks for as `videoRenditions` of a media element: array-like, with a selection, and events
 * when either changes.
 */
export class RenditionList extends EventTarget {
  readonly [index: number]: Rendition;
  #renditions: readonly Rendition[] = [];
  #selectedIndex = AUTOMATIC;
  readonly #onSelect: (index: number) => void;

  constructor(onSelect: (index: number) => void) {
    super();
    this.#onSelect = onSelect;
  }

  get length(): number {
    return this.#renditions.length;
  }

  get selectedIndex(): number {
    return this.#selectedIndex;
  }

  set selectedIndex(index: number) {
    if (index === this.#selectedIndex) return;
    this.#selectedIndex = index;
    this.#onSelect(index);
    this.dispatchEvent(new Event("change"));
  }

  replace(renditions: readonly Rendition[]): void {
    for (let at = 0; at < this.length; at += 1) Reflect.deleteProperty(this, at);
    this.#renditions = renditions;
    for (const [at, rendition] of renditions.entries()) {
      Object.defineProperty(this, at, { value: rendition, configurable: true });
    }
    this.dispatchEvent(new Event("addrendition"));
  }

  [Symbol.iterator](): Iterator<Rendition> {
    return this.#renditions[Symbol.iterator]();
  }
}
