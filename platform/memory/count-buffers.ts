import { setFlagsFromString } from "node:v8";

/**
 * Has buffers count towards the memory at which the heap is next gone through. By itself V8 does that whenever 64 MB of them came,
 * however much there is to go through: while an upload comes in, that takes half of a program's time (bench/upload.ts).
 */
export function countBuffersWithHeap(): void {
  setFlagsFromString("--external-memory-accounted-in-global-limit");
}
