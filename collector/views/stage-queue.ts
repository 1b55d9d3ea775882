import type { OpenView } from "./open-view.ts";

const SECOND_MS = 1_000;

/**
 * Open views by the moment of log time at which silence alone changes their stage, so that nobody looks at all of them:
 * most wait for minutes. A view whose moment moved on stays where it is until then; only an earlier one moves it.
 */
export class StageQueue {
  readonly #seconds = new Map<number, OpenView[]>();
  #doneSecond = 0;

  /** Keeps the view until `open.stageAtMs`. */
  add(open: OpenView): void {
    const second = Math.max(Math.ceil(open.stageAtMs / SECOND_MS), this.#doneSecond + 1);
    if (open.queuedSecond !== null && open.queuedSecond <= second) return;
    open.queuedSecond = second;
    const waiting = this.#seconds.get(second);
    if (waiting === undefined) this.#seconds.set(second, [open]);
    else waiting.push(open);
  }

  /** Takes out the views whose moment has come by `nowMs`; it may have moved on since, and is asked of the view. */
  take(nowMs: number): OpenView[] {
    const untilSecond = Math.floor(nowMs / SECOND_MS);
    if (untilSecond <= this.#doneSecond) return [];
    const seconds =
      untilSecond - this.#doneSecond > this.#seconds.size
        ? [...this.#seconds.keys()].filter((second) => second <= untilSecond).sort((a, b) => a - b)
        : range(this.#doneSecond + 1, untilSecond);
    this.#doneSecond = untilSecond;
    return seconds.flatMap((second) => this.#takeSecond(second));
  }

  #takeSecond(second: number): OpenView[] {
    const waiting = this.#seconds.get(second) ?? [];
    this.#seconds.delete(second);
    const due = waiting.filter((open) => open.queuedSecond === second); // others have moved to an earlier one
    for (const open of due) open.queuedSecond = null;
    return due;
  }
}

function range(from: number, to: number): number[] {
  return Array.from({ length: to - from + 1 }, (_, index) => from + index);
}
