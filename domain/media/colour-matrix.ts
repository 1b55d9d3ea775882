/** How the colours of pictures are coded as Y′CbCr, by the names of ffmpeg's scaler. */
export type ColourMatrix = "bt601" | "bt709" | "bt2020";

/** From this height on, players take pictures that do not say how their colours are coded as BT.709. */
const HD_PX = 720;

/** Of pictures that do not say it themselves. */
export function usualColourMatrix(heightPx: number): ColourMatrix {
  return heightPx >= HD_PX ? "bt709" : "bt601";
}
