import type { SimulationOptions } from "./options.ts";
import type { SendAction } from "./transport.ts";
import type { ViewTruth } from "./view-truth.ts";
import { createViewer, type Viewer } from "./viewer.ts";

/** Many viewers as one. Times are true time, Unix milliseconds; the caller's clock decides how fast they live. */
export interface Simulation {
  nextActionAt(): number;
  /** Requests that are due, in order. */
  advance(nowMs: number): SendAction[];
  acknowledge(action: SendAction, nowMs: number): void;
  fail(action: SendAction, nowMs: number): void;
  /** Everybody closes the page at once. */
  leaveAll(nowMs: number): SendAction[];
  truth(nowMs: number): ViewTruth[];
  /** Concurrent viewers right now; cheaper than asking the truth. */
  watching(): number;
  /** All have left and all requests are answered. */
  isOver(): boolean;
}

/** A viewer that has something to do; stale once its viewer has other plans. */
interface Wake {
  atMs: number;
  index: number;
}

export function createSimulation(options: SimulationOptions, startMs: number): Simulation {
  const viewers = Array.from({ length: options.viewers }, (_, index) => createViewer(index, options, startMs));
  const wakes: Wake[] = [];
  const plan = (index: number) => {
    const atMs = viewerAt(viewers, index).nextActionAt();
    if (atMs !== Number.POSITIVE_INFINITY) push(wakes, { atMs, index });
  };
  for (let index = 0; index < viewers.length; index += 1) plan(index);

  const settle = (action: SendAction, nowMs: number, how: "acknowledge" | "fail") => {
    viewerAt(viewers, action.viewerIndex)[how](action.id, nowMs);
    plan(action.viewerIndex);
  };
  return {
    nextActionAt: () => wakes[0]?.atMs ?? Number.POSITIVE_INFINITY,
    advance(nowMs) {
      const actions: SendAction[] = [];
      for (let wake = wakes[0]; wake !== undefined && wake.atMs <= nowMs; wake = wakes[0]) {
        pop(wakes);
        const viewer = viewerAt(viewers, wake.index);
        if (viewer.nextActionAt() > nowMs) continue; // stale: its newer wake is in the heap
        actions.push(...viewer.advance(nowMs));
        plan(wake.index);
      }
      return actions;
    },
    acknowledge: (action, nowMs) => settle(action, nowMs, "acknowledge"),
    fail: (action, nowMs) => settle(action, nowMs, "fail"),
    leaveAll(nowMs) {
      wakes.length = 0;
      return viewers.flatMap((viewer) => viewer.leave(nowMs));
    },
    truth: (nowMs) => viewers.flatMap((viewer) => viewer.truth(nowMs)),
    watching: () => viewers.reduce((count, viewer) => count + (viewer.isWatching() ? 1 : 0), 0),
    isOver: () => viewers.every((viewer) => viewer.isGone()),
  };
}

function viewerAt(viewers: readonly Viewer[], index: number): Viewer {
  const viewer = viewers[index];
  if (viewer === undefined) throw new RangeError(`No viewer ${index}`);
  return viewer;
}

/** Binary heap, earliest first. */
function push(heap: Wake[], wake: Wake): void {
  let at = heap.length;
  heap.push(wake);
  while (at > 0) {
    const parent = (at - 1) >> 1;
    if (!swapIfEarlier(heap, at, parent)) return;
    at = parent;
  }
}

function pop(heap: Wake[]): void {
  const last = heap.pop();
  if (last === undefined || heap.length === 0) return;
  heap[0] = last;
  for (let at = 0; ; ) {
    const left = 2 * at + 1;
    const right = left + 1;
    const child = right < heap.length && earlier(heap, right, left) ? right : left;
    if (child >= heap.length || !swapIfEarlier(heap, child, at)) return;
    at = child;
  }
}

function swapIfEarlier(heap: Wake[], child: number, parent: number): boolean {
  if (!earlier(heap, child, parent)) return false;
  [heap[child], heap[parent]] = [heap[parent] as Wake, heap[child] as Wake];
  return true;
}

function earlier(heap: readonly Wake[], one: number, other: number): boolean {
  return (heap[one] as Wake).atMs < (heap[other] as Wake).atMs;
}
