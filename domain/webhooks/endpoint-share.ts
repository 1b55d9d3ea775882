/** How much of the sender endpoints may take. */
export interface SendingLimits {
  /** Attempts under way in all. */
  inAll: number;
  /** Of one endpoint that takes what it gets. So many, or the fewer the fewer are free, begin before it has to answer again. */
  ofOne: number;
  /** Of one that takes nothing. */
  ofFailing: number;
  /** Of all together that take nothing, or are slow: the rest is for the others. */
  ofAllStrained: number;
}

/** Attempts that may begin now. */
export interface Offer {
  /** Of each of these endpoints. */
  rooms: ReadonlyMap<string, number>;
  /** Of each that is not among them. */
  ofOthers: number;
  /** Of all together. */
  inAll: number;
}

/** An endpoint is strained when so many attempts one after another failed or were slow. */
const STRAINED_AFTER = 5;
/** An attempt that takes longer strains as one that failed does: it holds its place as long as many others need. */
const SLOW_MS = 1_000;
/** What is free is not given away at once: those that answer show it before the next are given. */
const GIVEN_AT_ONCE = 1 / 2;

interface State {
  underWay: number;
  /** Of those, the ones that began after the last good attempt ended. */
  unanswered: number;
  /** Failed or slow attempts since the last good one. */
  bad: number;
  /** Failed attempts since the last that was taken, however slowly. */
  failed: number;
}

/**
 * Who may send how much just now. An endpoint is given places as it answers, so that those that begin to hang, and those that nothing
 * is known of, never take all (as the dynamic thresholds of Choudhury and Hahne, IEEE/ACM ToN 6(2), share a switch's memory). One that goes on
 * taking nothing keeps few places, and all of those together with all that are slow leave the rest to the others, however many they are.
 * Forgets endpoints that have nothing under way and are well.
 */
export class EndpointShare {
  readonly #limits: SendingLimits;
  readonly #states = new Map<string, State>();
  #underWay = 0;
  #strainedUnderWay = 0;

  constructor(limits: SendingLimits) {
    this.#limits = limits;
  }

  /** For endpoints that answer, and those that nothing is known of. */
  offerToWell(): Offer {
    const { inAll, ofOne } = this.#limits;
    const free = Math.max(0, inAll - this.#underWay);
    const trust = Math.ceil((ofOne * free) / inAll);
    const rooms = new Map<string, number>();
    for (const [id, state] of this.#states) {
      const room = isStrained(state) ? 0 : Math.min(ofOne - state.underWay, trust - state.unanswered);
      rooms.set(id, Math.max(0, room));
    }
    return { rooms, ofOthers: trust, inAll: Math.ceil(free * GIVEN_AT_ONCE) };
  }

  /** For those that hang or are slow. */
  offerToStrained(): Offer {
    const rooms = new Map<string, number>();
    for (const [id, state] of this.#states)
      if (isStrained(state)) rooms.set(id, Math.max(0, this.#mostOf(state) - state.underWay));
    const ofStrained = Math.max(0, this.#limits.ofAllStrained - this.#strainedUnderWay);
    return { rooms, ofOthers: 0, inAll: Math.min(ofStrained, this.#limits.inAll - this.#underWay) };
  }

  begin(id: string): void {
    const state = this.#states.get(id) ?? { underWay: 0, unanswered: 0, bad: 0, failed: 0 };
    this.#states.set(id, state);
    state.unanswered += 1;
    this.#count(state, 1);
  }

  end(id: string, { isTaken, tookMs }: { isTaken: boolean; tookMs: number }): void {
    const state = this.#states.get(id);
    if (state === undefined) throw new Error(`nothing was under way for ${id}`);
    this.#count(state, -1);
    const wasStrained = isStrained(state);
    state.failed = isTaken ? 0 : state.failed + 1;
    const isGood = isTaken && tookMs <= SLOW_MS;
    state.bad = isGood ? 0 : state.bad + 1;
    state.unanswered = isGood ? 0 : Math.min(state.unanswered, state.underWay);
    if (isStrained(state) !== wasStrained) this.#strainedUnderWay += wasStrained ? -state.underWay : state.underWay;
    if (state.underWay === 0 && state.bad === 0) this.#states.delete(id);
  }

  #mostOf({ failed }: State): number {
    return failed >= STRAINED_AFTER ? this.#limits.ofFailing : this.#limits.ofOne;
  }

  #count(state: State, change: 1 | -1): void {
    state.underWay += change;
    this.#underWay += change;
    if (isStrained(state)) this.#strainedUnderWay += change;
  }
}

function isStrained({ bad }: State): boolean {
  return bad >= STRAINED_AFTER;
}
