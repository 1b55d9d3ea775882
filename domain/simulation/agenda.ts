/** What a viewer does next: named appointments, each at most once. */
export interface Agenda {
  /** Replaces the appointment of that name. */
  set(name: string, atMs: number, run: (atMs: number) => void): void;
  has(name: string): boolean;
  clear(name: string): void;
  clearAll(): void;
  /** Infinity when nothing is planned. */
  nextAtMs(): number;
  /** Keeps all appointments up to `nowMs` in order of time, then of setting; they may set others. */
  runUntil(nowMs: number): void;
}

interface Appointment {
  atMs: number;
  order: number;
  run: (atMs: number) => void;
}

export function createAgenda(): Agenda {
  const appointments = new Map<string, Appointment>();
  let order = 0;

  function next(): [string, Appointment] | null {
    let first: [string, Appointment] | null = null;
    for (const entry of appointments) if (first === null || isBefore(entry[1], first[1])) first = entry;
    return first;
  }

  return {
    set(name, atMs, run) {
      order += 1;
      appointments.set(name, { atMs, order, run });
    },
    has: (name) => appointments.has(name),
    clear: (name) => void appointments.delete(name),
    clearAll: () => appointments.clear(),
    nextAtMs: () => next()?.[1].atMs ?? Number.POSITIVE_INFINITY,
    runUntil(nowMs) {
      for (let due = next(); due !== null && due[1].atMs <= nowMs; due = next()) {
        appointments.delete(due[0]);
        due[1].run(due[1].atMs);
      }
    },
  };
}

function isBefore(one: Appointment, other: Appointment): boolean {
  return one.atMs < other.atMs || (one.atMs === other.atMs && one.order < other.order);
}
