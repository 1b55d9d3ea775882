import type { AssetError } from "../../domain/asset/outcome.ts";
import { REFUSALS, type Refusal } from "../../domain/media/refusals.ts";

/** What the customer sent cannot become an asset: the asset ends as errored, and trying again would not help. */
export class MediaError extends Error {
  override readonly name = "MediaError";
  readonly type: AssetError["type"];

  constructor(type: AssetError["type"], message: string, options?: ErrorOptions) {
    super(message, options);
    this.type = type;
  }
}

/** The file itself is at fault. */
export function refused(refusal: Refusal, options?: ErrorOptions): MediaError {
  return new MediaError("invalid_input", REFUSALS[refusal], options);
}
