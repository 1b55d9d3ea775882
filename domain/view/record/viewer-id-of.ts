import type { ViewState } from "../view-state.ts";
import { toldText } from "./told.ts";

/** Whom viewers are counted by: the page's own id of them, else that of the player's cookie; "" where neither is told. */
export function viewerIdOf(view: ViewState): string {
  return toldText(view, "viewer_user_id", "mux_viewer_id");
}
