/** What came of seeking in a page. */
export interface TrialReport {
  /** [asked for, on screen] of each seek after which another picture was on screen than the one asked for. */
  wrong: [asked: number, shown: number][];
  seeks: number;
  /** Heights in pixels that were on screen. */
  heights: number[];
  medianMs: number;
}

interface PlayerOfPage {
  video: HTMLVideoElement;
  ready: boolean;
  errors: string[];
  renditions(): number;
  choose(rendition: number): void;
  /** The rendition that is buffered where it plays; another number while that changes. */
  current(): number;
}

export interface Trial {
  /** Numbers of the pictures to seek to. */
  pictures: readonly number[];
  /** Pictures a second. */
  rate: number;
  /** Number of the picture at 0: of a clip not 0. */
  first: number;
}

/**
 * Runs in the page: seeks to the middle of each of these pictures, in another rendition every time, and reads from the screen
 * which picture is shown. Bits of the number are black and white blocks in the upper half, the highest left.
 */
export async function seekTrial({ pictures, rate, first }: Trial): Promise<TrialReport> {
  const { player } = window as unknown as { player: PlayerOfPage };
  const BITS = 16;
  const PATIENCE_MS = 20_000;
  const canvas = document.createElement("canvas");
  const context = canvas.getContext("2d", { willReadFrequently: true });
  if (context === null) throw new Error("there is no canvas");
  canvas.width = BITS * 4;
  canvas.height = 8;

  const shown = (): number => {
    const { video } = player;
    context.drawImage(video, 0, 0, video.videoWidth, video.videoHeight / 2, 0, 0, canvas.width, canvas.height);
    const row = context.getImageData(0, 4, canvas.width, 1).data;
    let number = 0;
    for (let bit = 0; bit < BITS; bit += 1) number = number * 2 + Number((row[(bit * 4 + 2) * 4 + 1] ?? 0) > 125);
    return number;
  };
  const until = async (isSo: () => boolean): Promise<boolean> => {
    const deadlineMs = performance.now() + PATIENCE_MS;
    while (!isSo() && performance.now() < deadlineMs) await new Promise((resolve) => setTimeout(resolve, 20));
    return isSo();
  };

  const report: TrialReport = { wrong: [], seeks: 0, heights: [], medianMs: 0 };
  const tookMs: number[] = [];
  await until(() => player.video.readyState >= 2); // players go to their own begin first
  for (const [n, picture] of pictures.entries()) {
    player.choose(n % player.renditions());
    // a seek at the same moment is one of the player's and the browser's own races, whatever they play
    const isCalm = (): boolean => !player.video.seeking && player.video.readyState >= 2;
    await until(() => isCalm() && player.current() === n % player.renditions());
    const startedMs = performance.now();
    const seconds = (picture - first + 0.5) / rate;
    player.video.currentTime = seconds;
    const isShown = await until(() => {
      // a player on a busy machine may go to its own begin only now; where it stands, the picture has to be right
      if (isCalm() && Math.abs(player.video.currentTime - seconds) > 1) player.video.currentTime = seconds;
      return isCalm() && shown() === picture;
    });
    tookMs.push(performance.now() - startedMs);
    if (!isShown) report.wrong.push([picture, shown()]);
    report.seeks += 1;
    if (!report.heights.includes(player.video.videoHeight)) report.heights.push(player.video.videoHeight);
  }
  report.medianMs = tookMs.sort((one, other) => one - other)[tookMs.length >> 1] ?? 0;
  return report;
}
